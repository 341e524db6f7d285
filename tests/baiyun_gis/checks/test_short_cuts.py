"""What pairs of lines are spared changes no answer: with every short cut off it is the same."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_builders import marks_of

from baiyun_gis import DEFAULT_RULES
from baiyun_gis.checks import near_pairs, overlaps
from baiyun_gis.checks.check import CheckContext
from baiyun_gis.checks.engine import run_checks
from baiyun_gis.checks.snapshot import snapshot_of
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.kernels.first_look import (
    AT,
    CROSSES,
    LINKED,
    MEASURE,
    SETTLED,
    STEEP,
    TOUCHES,
)
from baiyun_gis.kernels.quiet import KINDS
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
    monkeypatch.setattr(near_pairs, "plain_lines", lambda _, special: np.zeros_like(special))
    monkeypatch.setattr(overlaps, "_enough_m", lambda ctx: np.full(2 * ctx.classes.count**2, 1e9))

    find = near_pairs.found_near

    def found_near(*given):
        found = find(*given)
        marks = marks_of(found.look)
        crossing = marks & (CROSSES | STEEP) == CROSSES | STEEP
        more = np.where(crossing, 0, MEASURE) | (LINKED | SETTLED | TOUCHES)
        return found._replace(look=found.look | more)

    def sifted(given, look, cells):
        return given, look, np.zeros((cells, KINDS), dtype=np.int64)

    monkeypatch.setattr(near_pairs, "found_near", found_near)
    monkeypatch.setattr(near_pairs, "sifted", sifted)


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
    quiet = ctx.pairs.quiet.pairs.sum()
    assert ctx.pairs.joined > quiet / 2
    assert quiet > 4 * len(ctx.pairs)
    assert len(ctx.pairs.joints.rows) < quiet / 10
    assert ctx.pairs.has(AT).any()


def test_quiet_pairs_are_measured_where_somebody_wants_to_know(district: ProjectState) -> None:
    snapshot, rules = snapshot_of(district, DAY), load_rule_set(DEFAULT_RULES)
    ctx, whole = CheckContext(snapshot, rules), CheckContext(snapshot, rules)
    whole.spares_none = True
    assert len(whole.pairs) == len(ctx.pairs) + ctx.pairs.quiet.pairs.sum()
    assert whole.pairs.quiet.pairs.sum() == 0
    assert whole.pairs.joined == ctx.pairs.joined
