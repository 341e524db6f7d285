"""Pairs that nothing can come of are counted, and none that something could come of is lost."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_builders import cells_of, marks_of

from baiyun_gis.kernels.first_look import (
    AT,
    CELL_BIT,
    CROSSES,
    LINKED,
    MEASURE,
    NEAR,
    OVER,
    PIECES,
    ROOMY,
    RUNS_BIT,
    SETTLED,
    STEEP,
    TOUCHES,
)
from baiyun_gis.kernels.quiet import BESIDE, CROSSING_FAR, CROSSING_NEAR, sifted
from baiyun_gis.model.columns import I64

CROSSING = CROSSES | STEEP | AT | OVER | ROOMY
BY_KIND = {BESIDE: STEEP, CROSSING_FAR: CROSSING, CROSSING_NEAR: CROSSING | NEAR}
LOUD = (SETTLED, LINKED, MEASURE, CROSSING | TOUCHES, CROSSING & ~ROOMY)


def looks(marks: list[int], runs: list[int], cells: list[int]) -> I64:
    rows = zip(marks, runs, cells, strict=True)
    return np.array([(r << RUNS_BIT) | (c << CELL_BIT) | m for m, r, c in rows], dtype=np.int64)


@pytest.mark.parametrize("kind", BY_KIND)
def test_quiet_pairs_are_counted_by_cell_and_kind(kind: int) -> None:
    look = looks([BY_KIND[kind]] * 3, [1, 2, 3], [0, 4, 4])
    pairs, kept, quiet = sifted(np.arange(3), look, 5)
    assert len(pairs) == len(kept) == 0
    assert (quiet[0, kind], quiet[4, kind], quiet.sum()) == (1, 2, 3)


@pytest.mark.parametrize("marks", LOUD)
def test_what_something_could_come_of_is_kept_with_all_of_its_runs(marks: int) -> None:
    look = looks([CROSSING, marks, STEEP, CROSSING], [7, 7, 7, 8], [0, 1, 0, 1])
    pairs, kept, quiet = sifted(np.arange(4), look, 2)
    assert pairs.tolist() == [0, 1, 2]
    assert marks_of(kept).tolist() == [CROSSING, marks, STEEP]
    assert cells_of(kept).tolist() == [0, 1, 0]
    assert quiet.tolist() == [[0, 0, 0], [0, 1, 0]]


def test_lines_of_several_pieces_stay_together_and_wake_no_other() -> None:
    look = looks([CROSSING | PIECES, STEEP | PIECES, STEEP], [3, 3, 3], [0, 0, 0])
    pairs, _, quiet = sifted(np.arange(3), look, 1)
    assert pairs.tolist() == [0, 1]
    assert quiet.sum() == 1


@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_lost_nor_counted_twice(seed: int) -> None:
    rng = np.random.default_rng(seed)
    marks = rng.choice([*BY_KIND.values(), *LOUD], 3000, p=[0.32, 0.32, 0.32, *[0.008] * 5])
    runs, cells = rng.integers(0, 900, 3000), rng.integers(0, 8, 3000)
    look = looks(marks.tolist(), runs.tolist(), cells.tolist())
    pairs, kept, quiet = sifted(np.arange(3000), look, 8)
    assert len(pairs) + quiet.sum() == 3000
    assert (kept == look[pairs]).all()
    loud_runs = set(runs[np.isin(marks, LOUD)].tolist())
    assert {row for row in range(3000) if int(runs[row]) in loud_runs} <= set(pairs.tolist())
    assert quiet.sum() > 300
