"""Wrong levels are found and named, good ones are left in peace, nothing changes by itself."""

from __future__ import annotations

import numpy as np
import pytest

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.diagnosis.causes import Cause
from baiyun_gis.diagnosis.correction import correction_label, standing, with_correction
from baiyun_gis.diagnosis.evidence import evidence_of, sentence_of
from baiyun_gis.diagnosis.of_conflicts import suspect_of_conflict
from baiyun_gis.diagnosis.suspects import LevelDiagnosis, suspect_levels
from baiyun_gis.diagnosis.units import UnitSort
from baiyun_gis.errors import UsageError
from baiyun_gis.model.columns import NO_DAY
from baiyun_gis.model.levels import settle
from baiyun_gis.model.vocabulary import Status
from baiyun_gis.project import Document, ProjectState
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.synthetic.district import District, make_district
from baiyun_gis.synthetic.level_mistakes import MISTAKES, Mistake, with_mistakes, with_survey_noise
from baiyun_gis.synthetic.level_score import Tally, outlier_rule, tally_of


@pytest.fixture(scope="module")
def district() -> District:
    return make_district(6_000, 11)


@pytest.fixture(scope="module")
def clean(district: District) -> ProjectState:
    return with_survey_noise(district.state, seed=11, sigma_m=0.02)


@pytest.fixture(scope="module")
def planted(clean: ProjectState) -> tuple[ProjectState, tuple[Mistake, ...]]:
    return with_mistakes(clean, seed=11)


@pytest.fixture(scope="module")
def found(planted: tuple[ProjectState, tuple[Mistake, ...]]) -> LevelDiagnosis:
    return suspect_levels(planted[0], as_of=NO_DAY)


@pytest.fixture(scope="module")
def tally(
    district: District,
    planted: tuple[ProjectState, tuple[Mistake, ...]],
    found: LevelDiagnosis,
) -> Tally:
    sides = [side for item in district.truth.items for side in (item.a, item.b) if side]
    odd = np.isin(district.state.pipes.id.astype(str), [name for _, name in sides])
    return tally_of(found, planted[1], odd=odd)


def first_of(found: LevelDiagnosis, cause: Cause) -> int:
    suspects = found.suspects
    return int(np.flatnonzero((suspects.rank == 0) & (suspects.cause == cause))[0])


def test_true_causes_are_among_the_first_two(tally: Tally) -> None:
    assert set(tally.by_kind) == set(MISTAKES)
    assert tally.share_named >= 0.80


def test_good_points_are_hardly_ever_accused(tally: Tally) -> None:
    assert tally.good > 4_000
    assert tally.share_accused <= 1 / 200


def test_a_plain_outlier_rule_does_worse(
    found: LevelDiagnosis, planted: tuple[ProjectState, tuple[Mistake, ...]], tally: Tally
) -> None:
    plain = outlier_rule(found, planted[1])
    assert plain.share_named < tally.share_named
    assert plain.share_accused > tally.share_accused


def test_same_project_gives_the_same_suspects(
    planted: tuple[ProjectState, tuple[Mistake, ...]], found: LevelDiagnosis
) -> None:
    again = suspect_levels(planted[0], as_of=NO_DAY)
    assert np.array_equal(again.suspects.end, found.suspects.end)
    assert np.array_equal(again.suspects.score, found.suspects.score)


def test_posteriors_of_a_case_leave_room_for_nothing_being_wrong(found: LevelDiagnosis) -> None:
    whole = np.bincount(found.suspects.case, weights=found.suspects.posterior)
    assert (whole <= 1.0 + 1e-9).all()


def test_a_correction_restores_the_true_level_and_keeps_the_raw_one(
    planted: tuple[ProjectState, tuple[Mistake, ...]], found: LevelDiagnosis
) -> None:
    state, mistakes = planted
    row = first_of(found, Cause.TRANSPOSED)
    end = int(found.suspects.end[row])
    true = {e: t for m in mistakes for e, t in zip(m.ends, m.true_m, strict=True)}[end]
    after = with_correction(state, found, row)
    pipe, column = end // 2, "end_level_m" if end % 2 else "start_level_m"
    assert getattr(after.pipes, column)[pipe] == pytest.approx(true, abs=0.002)
    raw = f"{column} {float(getattr(state.pipes, column)[pipe]):g}→"
    assert raw in after.pipes.lineage[pipe]
    settled = settle(after.pipes)
    assert np.allclose(settled.axis_level, after.pipes.axis_level, atol=1e-6, equal_nan=True)


def test_a_correction_is_one_step_that_can_be_undone(
    planted: tuple[ProjectState, tuple[Mistake, ...]], found: LevelDiagnosis
) -> None:
    document = Document(planted[0])
    row = first_of(found, Cause.REVERSED)
    document.apply(correction_label(found, row), with_correction(document.state, found, row))
    assert document.state.pipes is not planted[0].pipes
    document.undo()
    assert document.state is planted[0]


def test_looking_changes_nothing(
    planted: tuple[ProjectState, tuple[Mistake, ...]],
) -> None:
    before = planted[0].pipes.start_level_m.copy()
    suspect_levels(planted[0], as_of=NO_DAY)
    assert np.array_equal(before, planted[0].pipes.start_level_m, equal_nan=True)


def test_a_changed_record_must_be_looked_at_again(
    planted: tuple[ProjectState, tuple[Mistake, ...]], found: LevelDiagnosis
) -> None:
    state, end = planted[0], int(found.suspects.end[0])
    column = "end_level_m" if end % 2 else "start_level_m"
    levels = getattr(state.pipes, column).copy()
    levels[end // 2] += 0.01
    changed = state.with_(pipes=state.pipes.with_columns(**{column: levels}))
    with pytest.raises(UsageError):
        with_correction(changed, found, 0)


def test_cases_can_be_corrected_one_after_the_other(
    planted: tuple[ProjectState, tuple[Mistake, ...]], found: LevelDiagnosis
) -> None:
    first, second = (first_of(found, cause) for cause in (Cause.TRANSPOSED, Cause.REVERSED))
    once = with_correction(planted[0], found, first)
    left = standing(once, found)
    assert not left[first]
    assert left[second]
    assert not standing(with_correction(once, found, second), found)[[first, second]].any()


def test_lines_added_or_taken_away_end_a_diagnosis(
    planted: tuple[ProjectState, tuple[Mistake, ...]], found: LevelDiagnosis
) -> None:
    pipes = planted[0].pipes
    fewer = planted[0].with_(pipes=pipes.take(np.arange(len(pipes) - 1)))
    assert not standing(fewer, found).any()


def test_every_suspect_has_words_in_both_languages(found: LevelDiagnosis) -> None:
    for row in np.flatnonzero(found.suspects.rank == 0):
        for words in (sentence_of(found, int(row)), *evidence_of(found, int(row))):
            assert words.text("en") != words.text("zh")
        assert evidence_of(found, int(row))


def test_how_far_a_level_is_off_is_the_recorded_less_the_likely_one(found: LevelDiagnosis) -> None:
    suspects = found.suspects
    off = suspects.recorded_m - suspects.likely_m
    told = [sentence_of(found, row).values.get("off") for row in range(len(suspects))]
    assert told == [f"{value:+.3f}" for value in off]


def test_planned_lines_are_never_suspected(
    planted: tuple[ProjectState, tuple[Mistake, ...]],
) -> None:
    state = planted[0]
    status = np.full(len(state.pipes), Status.PLANNED, np.int8)
    nothing = suspect_levels(
        state.with_(pipes=state.pipes.with_columns(status=status)), as_of=NO_DAY
    )
    assert nothing.ends_judged == 0
    assert len(nothing.suspects) == 0


def test_an_empty_project_has_no_suspects() -> None:
    nothing = suspect_levels(ProjectState(), as_of=NO_DAY)
    assert nothing.ends_judged == 0
    assert len(nothing.suspects) == 0


@pytest.mark.parametrize("offset_m", [0.2, 5.0])
def test_a_batch_that_is_off_is_one_case(clean: ProjectState, offset_m: float) -> None:
    pipes = clean.pipes
    names = np.array([f"{a}|{b}" for a, b in zip(pipes.road, pipes.utility, strict=True)])
    busiest = max(set(names.tolist()), key=lambda name: int((names == name).sum()))
    off = offset_m * (names == busiest)
    moved = settle(
        pipes.with_columns(
            start_level_m=pipes.start_level_m + off,
            end_level_m=pipes.end_level_m + off,
            start_depth_m=pipes.start_depth_m - off,
            end_depth_m=pipes.end_depth_m - off,
        )
    )
    suspects = suspect_levels(clean.with_(pipes=moved), as_of=NO_DAY).suspects
    batch = np.flatnonzero(suspects.sort == UnitSort.BATCH)
    assert len(batch) == 1
    assert names[suspects.end[batch[0]] // 2] == busiest
    shift = suspects.likely_m[batch[0]] - suspects.recorded_m[batch[0]]
    assert shift == pytest.approx(-offset_m, abs=0.03)


def test_conflicts_that_would_be_gone_are_gone_after_the_correction(
    planted: tuple[ProjectState, tuple[Mistake, ...]],
) -> None:
    state = planted[0]
    rules = load_rule_set("gb50289-2016")
    report = run_checks(state, rules, as_of=NO_DAY, only=("vertical_clearance", "cover"))
    found = suspect_levels(state, as_of=NO_DAY, report=report)
    telling = (found.suspects.rank == 0) & (found.suspects.conflicts_gone > 0)
    telling &= np.isin(found.suspects.cause, [Cause.TRANSPOSED, Cause.DROPPED, Cause.UNIT])
    row = int(np.flatnonzero(telling)[0])
    promised = set(found.conflicts_gone(row))
    after = run_checks(
        with_correction(state, found, row), rules, as_of=NO_DAY,
        only=("vertical_clearance", "cover"),
    )  # fmt: skip
    left = set(after.conflicts.id[after.conflicts.violated].tolist())
    assert promised
    assert len(promised & left) <= 0.1 * len(promised)
    first = min(promised)
    conflict = int(np.flatnonzero(report.conflicts.id == first)[0])
    assert first in found.conflicts_gone(suspect_of_conflict(found, report, conflict))
