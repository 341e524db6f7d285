"""Kernels over ranges on threads."""

from __future__ import annotations

from itertools import pairwise

import pytest

from baiyun_gis.kernels import chunks
from baiyun_gis.kernels.chunks import a_lane, run_in_chunks


def ranges(start: int, stop: int) -> tuple[int, int]:
    return start, stop


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "thread_count", lambda: 2)


def test_ranges_cover_all_rows_once_and_in_order():
    found = run_in_chunks(ranges, 100_000)
    assert len(found) > 1
    assert found[0][0] == 0
    assert found[-1][1] == 100_000
    assert all(one[1] == two[0] for one, two in pairwise(found))


def test_nothing_to_do_calls_no_kernel():
    assert run_in_chunks(ranges, 0) == []


def test_lanes_beside_each_other_share_the_processors():
    with a_lane():
        assert len(run_in_chunks(ranges, 100_000)) > 1
        with a_lane():
            assert run_in_chunks(ranges, 100_000) == [(0, 100_000)]
    assert len(run_in_chunks(ranges, 100_000)) > 1


def test_a_lane_that_fails_leaves_no_trace():
    with pytest.raises(ValueError, match="no"), a_lane(), a_lane():
        raise ValueError("no")
    assert len(run_in_chunks(ranges, 100_000)) > 1
