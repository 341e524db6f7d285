"""What pairs of lines are spared changes no answer: with every short cut off it is the same."""

from __future__ import annotations

import numpy as np
import pytest

from baiyun_gis import DEFAULT_RULES
from baiyun_gis.checks import overlaps, pairs
from baiyun_gis.checks.check import CheckContext
from baiyun_gis.checks.engine import run_checks
from baiyun_gis.checks.joints import PlainEnds
from baiyun_gis.checks.snapshot import snapshot_of
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.kernels import first_look
from baiyun_gis.kernels.first_look import AT, CROSSES, LINKED, MEASURE, SETTLED, STEEP, TOUCHES
from baiyun_gis.model.columns import specs_of
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.synthetic.district import make_district

DAY = np.datetime64("2026-01-01", "D")
EVER = np.datetime64("NaT", "D")


@pytest.fixture(scope="module")
def district() -> ProjectState:
    return make_district(4000, 11).state


def run(state: ProjectState, day: np.datetime64) -> CheckReport:
    return run_checks(state, load_rule_set(DEFAULT_RULES), as_of=day)


@pytest.fixture
def with_no_short_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is plain, everything is measured and asked about, and no room is room enough."""
    none = np.zeros(0, dtype=np.int32)
    monkeypatch.setattr(pairs, "plain_ends", lambda *_: PlainEnds(none, none))
    monkeypatch.setattr(overlaps, "_enough_m", lambda ctx: np.full(2 * ctx.classes.count**2, 1e9))

    def looked_at(*given, **named):
        cell, marks = first_look.looked_at(*given, **named)
        crossing = marks & (CROSSES | STEEP) == CROSSES | STEEP
        marks |= np.where(crossing, 0, MEASURE).astype(marks.dtype)
        return cell, marks | (LINKED | SETTLED | TOUCHES)

    monkeypatch.setattr(pairs, "looked_at", looked_at)


def same(one: np.ndarray, two: np.ndarray) -> bool:
    return bool(np.array_equal(one, two, equal_nan=one.dtype.kind in "fM"))


@pytest.mark.parametrize("day", [DAY, EVER])
def test_no_short_cut_changes_an_answer(
    district: ProjectState, day: np.datetime64, request: pytest.FixtureRequest
) -> None:
    short = run(district, day)
    request.getfixturevalue("with_no_short_cut")
    whole = run(district, day)
    assert len(short.conflicts) > 50
    assert short.ledger == whole.ledger
    for spec in specs_of(type(short.conflicts)):
        one, two = getattr(short.conflicts, spec.name), getattr(whole.conflicts, spec.name)
        assert same(one, two), spec.name


def test_most_pairs_are_spared(district: ProjectState) -> None:
    ctx = CheckContext(snapshot_of(district, DAY), load_rule_set(DEFAULT_RULES))
    assert ctx.pairs.joined > len(ctx.pairs) / 2
    assert len(ctx.pairs.joints.rows) < len(ctx.pairs) / 10
    assert ctx.pairs.has(AT).any()
