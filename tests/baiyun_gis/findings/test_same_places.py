"""Which conflict of a later run is which: by place, each within its own reach."""

from __future__ import annotations

import numpy as np

from baiyun_gis.findings.same_places import NEAR_M, same_places


def same(old_at: list[float], new_at: list[float], *, old_reach: list[float]) -> list[int]:
    def places(x: list[float]) -> np.ndarray:
        return np.column_stack([x, np.zeros((len(x), 2))])

    found = same_places(
        [["k"]] * len(old_at), places(old_at), ["k"] * len(new_at), places(new_at),
        old_reach_m=np.array(old_reach), new_reach_m=np.full(len(new_at), NEAR_M),
    )  # fmt: skip
    return found.tolist()


def test_the_nearest_pair_is_the_same() -> None:
    assert same([0.0, 3.0], [3.5, 0.5], old_reach=[5.0, 5.0]) == [1, 0]


def test_a_stretch_that_was_long_may_now_be_anywhere_along_it() -> None:
    assert same([0.0], [80.0], old_reach=[100.0]) == [0]


def test_one_long_stretch_stretches_no_other_conflict() -> None:
    assert same([0.0, 1000.0], [400.0], old_reach=[5.0, 500.0]) == [-1, -1]
