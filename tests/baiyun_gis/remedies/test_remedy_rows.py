"""What a move leads to, row by row: new, worse, or what was there before."""

from __future__ import annotations

import numpy as np
import pytest

from baiyun_gis.model.vocabulary import Verdict
from baiyun_gis.remedies.chains import Chain
from baiyun_gis.remedies.rows import Row, Target, judged

HERE, THERE = ("pipes", 0), ("pipes", 2)


def a_row(start: float, stop: float, short: float = 0.1) -> Row:
    return Row(
        check="horizontal_clearance",
        a=HERE,
        b=THERE,
        a_name=("line", "N"),
        b_name=("line", "E"),
        verdict=Verdict.CERTAIN,
        violated=True,
        probability=1.0,
        shortfall_m=short,
        actual_m=0.5 - short,
        required_m=0.5,
        at=(start, 0.0),
        rule=None,
        stretch=(start, stop),
    )


def target() -> Target:
    """A conflict of other lines, so that the rows here are all beside it."""
    station = np.array([0.0, 40.0])
    axis = np.column_stack([station, np.zeros(2)])
    one, none = np.zeros(1, dtype=np.int64), np.zeros(0)
    chain = Chain(one, (False,), np.array([0, 2]), axis, np.zeros(2), station, none, (False, True))
    return Target("collision", frozenset({HERE, ("pipes", 9)}), chain, (0.0, 40.0))


@pytest.mark.parametrize(
    ("now", "worse"),
    [
        ([(14, 19)], 0),
        ([(15, 20)], 0),  # a line that moves aside grows longer, and chainage with it
        ([(14, 15), (17, 19)], 0),  # mended in the middle
        ([(7, 11), (15, 20)], 1),  # beside what was there, a new one before it
        ([(15, 20), (7, 11)], 1),
        ([(21.5, 24)], 0),  # what was there lies elsewhere now
        ([(21.5, 24), (9, 12)], 1),  # one cannot become two
        ([(30, 35)], 1),  # too far to be the same
        ([], 0),
    ],
)
def test_what_was_not_there_before_is_new(now: list[tuple[float, float]], worse: int) -> None:
    rows = [a_row(*span) for span in now]
    assert len(judged(rows, [a_row(14, 19)], target()).worse) == worse


def test_a_larger_shortfall_is_worse() -> None:
    assert judged([a_row(14, 19, 0.102)], [a_row(14, 19)], target()).worse
    assert not judged([a_row(14, 19, 0.1005)], [a_row(14, 19)], target()).worse
