"""Joints and runs."""

from __future__ import annotations

import numpy as np
from builders import pipe

from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.topology import topology_of
from baiyun_gis.model.vocabulary import Utility

W, G = Utility.WATER, Utility.GAS


def table(*pipes: PipeTable) -> PipeTable:
    return PipeTable.concat(pipes)


def test_chainage_goes_on_along_a_run_whatever_way_its_pipes_point():
    pipes = table(
        pipe("a", W, [(0, 0, 0), (10, 0, 0)]),
        pipe("b", W, [(30, 0, 0), (10, 0, 0)]),
        pipe("c", W, [(30, 0.0005, 0), (60, 0, 0)]),
        pipe("apart", W, [(100, 0, 0), (110, 0, 0)]),
    )
    topology = topology_of(pipes)
    assert list(topology.run) == [0, 0, 0, 3]
    assert list(topology.run_offset_m) == [0, 30, 30, 0]
    assert list(topology.run_sign) == [1, -1, 1, 1]


def test_a_run_ends_where_three_meet_and_where_the_kind_changes():
    pipes = table(
        pipe("a", W, [(0, 0, 0), (10, 0, 0)]),
        pipe("b", W, [(10, 0, 0), (20, 0, 0)]),
        pipe("c", W, [(10, 0, 0), (10, 9, 0)]),
        pipe("s", Utility.SEWAGE, [(0, 50, 0), (9, 50, 0)]),
        pipe("m", Utility.COMBINED, [(9, 50, 0), (20, 50, 0)]),
    )
    topology = topology_of(pipes)
    assert list(topology.run) == [0, 1, 2, 3, 4]
    assert topology.is_joined(np.array([3]), np.array([4])).all()


def test_a_ring_is_cut_once_and_measured_around():
    corners = [(0, 0), (10, 0), (10, 10), (0, 10)]
    ring = [pipe(f"r{k}", W, [(*corners[k], 0), (*corners[(k + 1) % 4], 0)]) for k in range(4)]
    topology = topology_of(table(*ring))
    assert set(topology.run) == {0}
    assert sorted(topology.run_offset_m) == [0, 10, 20, 30]


def test_a_long_chain_is_placed_in_order():
    count = 300
    order = np.random.default_rng(5).permutation(count)
    pipes = table(*[pipe(f"p{k}", W, [(k, 0, 0), (k + 1, 0, 0)]) for k in order])
    topology = topology_of(pipes)
    assert set(topology.run) == {0}
    along = topology.run_offset_m + topology.run_sign * 0.5
    assert np.allclose(np.abs(np.diff(along[np.argsort(order)])), 1.0)


def test_lines_of_different_kinds_at_one_place_are_not_joined():
    pipes = table(pipe("w", W, [(0, 0, 0), (10, 0, 0)]), pipe("g", G, [(10, 0, 0), (20, 0, 0)]))
    assert not topology_of(pipes).is_joined(np.array([0]), np.array([1])).any()
