"""Intervals merged along runs."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from baiyun_gis.checks.stretches import TOUCHING_M, merged

intervals = st.lists(
    st.tuples(st.integers(0, 3), st.integers(-50, 50), st.integers(0, 20)), min_size=1, max_size=40
)


def naive(rows: list[tuple[int, float, float]]) -> list[tuple[int, float, float]]:
    out: list[tuple[int, float, float]] = []
    for key, low, high in sorted(rows):
        if out and out[-1][0] == key and low <= out[-1][2] + TOUCHING_M:
            out[-1] = (key, out[-1][1], max(out[-1][2], high))
        else:
            out.append((key, low, high))
    return out


@given(intervals)
def test_merging_agrees_with_one_at_a_time(rows):
    key = np.array([r[0] for r in rows], dtype=np.int64)
    low = np.array([r[1] for r in rows], dtype=float)
    high = low + np.array([r[2] for r in rows])
    got = merged(key, low, high)
    wanted = naive(list(zip(key.tolist(), low.tolist(), high.tolist(), strict=True)))
    assert np.allclose(got.from_m, [w[1] for w in wanted])
    assert np.allclose(got.to_m, [w[2] for w in wanted])
    assert all(wanted[s][0] == k for s, k in zip(got.of, key, strict=True))


def test_the_least_of_a_stretch_ignores_what_is_unknown():
    got = merged(np.zeros(3, dtype=np.int64), np.array([0.0, 1, 9]), np.array([2.0, 3, 10]))
    assert list(got.least(np.array([np.nan, 0.4, 0.1]))) == [1, 2]
