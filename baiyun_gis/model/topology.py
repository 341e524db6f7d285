"""What is joined to what: joints of pipe ends, runs, tees, unjoined ends.

A **joint** is one place where ends of lines of one family meet: they share a node, or their ends
coincide to the millimetre. A **run** is a chain of joined pipes of one utility through joints
that join just two. All answers are columns; nothing loops over pipes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np

from baiyun_gis.model.columns import F64, I8, I32, I64, Bool
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.vocabulary import Utility

COINCIDENT_M = 0.001
"""Ends this near are one point: the finest step survey tables are written in."""

_GRAVITY_FAMILY = int(Utility.DRAINAGE)


@dataclass(frozen=True, slots=True)
class Topology:
    """Joints and runs of a pipe table; pipe `i` has ends `2 i` (start) and `2 i + 1` (end).

    `joint` labels ends, shape (2 n,); `joint_degree` counts the ends of a joint, per label.
    `run` labels pipes by the smallest pipe row of their run; `run_offset_m` and `run_sign` turn
    chainage along a pipe into chainage along its run: `offset + sign × chainage`.
    """

    joint: I32
    joint_degree: I32
    family: I32
    run: I32
    run_offset_m: F64
    run_sign: F64
    end_xy: F64

    def shared_ends(self, a: I32, b: I32) -> tuple[I32, I32]:
        """The ends by which pipes `a` and `b` are joined (0 start, 1 end), −1 where not.

        When they are joined at both ends the first match is given; see `same_both_ends`.
        """
        end_a = np.full(len(a), -1, dtype=np.int32)
        end_b = np.full(len(a), -1, dtype=np.int32)
        for of_a in (1, 0):
            for of_b in (1, 0):
                same = self.joint[2 * a + of_a] == self.joint[2 * b + of_b]
                end_a[same] = of_a
                end_b[same] = of_b
        return end_a, end_b

    def same_both_ends(self, a: I32, b: I32) -> Bool:
        """Pairs that run between the same two joints."""
        sa, ea, sb, eb = (self.joint[2 * p + e] for p, e in ((a, 0), (a, 1), (b, 0), (b, 1)))
        return (sa != ea) & (((sa == sb) & (ea == eb)) | ((sa == eb) & (ea == sb)))

    def is_joined(self, a: I32, b: I32) -> Bool:
        return self.shared_ends(a, b)[0] >= 0


def family_of(pipes: PipeTable) -> I32:
    """Families of pipes; lines of one family may be joined to each other."""
    return family_codes(pipes.utility)


def family_codes(utility: I8) -> I32:
    """Families by utility: the gravity kinds are one, every other kind is its own."""
    table = np.array([_GRAVITY_FAMILY if u.is_gravity else int(u) for u in Utility], dtype=np.int32)
    return table[utility.astype(np.int64)]


def topology_of(pipes: PipeTable) -> Topology:
    """Joints and runs of all pipes, whether they are tested or not."""
    count = len(pipes)
    if count == 0:
        none = np.zeros(0, dtype=np.int32)
        return Topology(none, none, none, none, np.zeros(0), np.zeros(0), np.zeros((0, 2)))
    ends = end_points(pipes)
    family = family_of(pipes)
    joint, degree = _joints(pipes, family, ends)
    run, offset, sign = _runs(pipes, joint, degree)
    return Topology(joint, degree, family, run, offset, sign, ends)


def end_points(pipes: PipeTable) -> F64:
    """Plan position of all ends, shape (2 n, 2); NaN for pipes without geometry."""
    first, last = pipes.offsets[:-1], pipes.offsets[1:] - 1
    empty = last < first
    ends = np.full((2 * len(pipes), 2), np.nan)
    ends[0::2][~empty] = pipes.xy[first[~empty]]
    ends[1::2][~empty] = pipes.xy[last[~empty]]
    return ends


def _joints(pipes: PipeTable, family: I32, ends: F64) -> tuple[I32, I32]:
    node = np.empty(len(ends), dtype=np.int64)
    node[0::2], node[1::2] = pipes.start_node, pipes.end_node
    end_family = np.repeat(family, 2).astype(np.int64)
    has_node = np.flatnonzero(node >= 0)
    by_node = _links_of_equal(node[has_node] * 64 + end_family[has_node], has_node)
    placed = np.flatnonzero(np.isfinite(ends).all(axis=1))
    by_place = _coincident(ends, placed, end_family)
    links = np.concatenate([by_node, by_place])
    labels = _components(len(ends), links)
    return labels, np.bincount(labels).astype(np.int32)


def _links_of_equal(keys: I64, rows: I64) -> I64:
    """Links between neighbouring rows of equal key, shape (m, 2)."""
    order = np.argsort(keys, kind="stable")
    same = keys[order][1:] == keys[order][:-1]
    return np.column_stack([rows[order][:-1][same], rows[order][1:][same]])


def _coincident(ends: F64, placed: I64, family: I64) -> I64:
    """Links between ends of one family no more than a millimetre apart."""
    from scipy.spatial import KDTree

    if not len(placed):
        return np.zeros((0, 2), dtype=np.int64)
    points = ends[placed]
    rounded = np.round((points - points.min(axis=0)) * 1e6).astype(np.int64)
    order = np.lexsort((rounded[:, 1], rounded[:, 0], family[placed]))
    sorted_points, sorted_family = rounded[order], family[placed][order]
    same = (sorted_points[1:] == sorted_points[:-1]).all(axis=1)
    same &= sorted_family[1:] == sorted_family[:-1]
    equal = np.column_stack([placed[order][:-1][same], placed[order][1:][same]])
    single = placed[order][np.concatenate([[True], ~same])]
    tree = KDTree(ends[single])
    near = cast(I64, tree.query_pairs(COINCIDENT_M, output_type="ndarray")).astype(np.int64)
    near = single[near]
    near = near[family[near[:, 0]] == family[near[:, 1]]]
    return np.concatenate([equal, near])


def _components(count: int, links: I64) -> I32:
    """Connected components as labels in order of first member."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    ones = np.ones(len(links), dtype=np.int8)
    graph = coo_matrix((ones, (links[:, 0], links[:, 1])), shape=(count, count))
    _, labels = connected_components(graph, directed=False)
    return np.asarray(labels, dtype=np.int32)


def _runs(pipes: PipeTable, joint: I32, degree: I32) -> tuple[I32, F64, F64]:
    """Run label, chainage offset and direction of every pipe."""
    count = len(pipes)
    order = np.argsort(joint, kind="stable")
    same = joint[order][1:] == joint[order][:-1]
    pairs = np.flatnonzero(same & (degree[joint[order][1:]] == 2))
    one, two = order[pairs], order[pairs + 1]
    alike = (pipes.utility[one // 2] == pipes.utility[two // 2]) & (one // 2 != two // 2)
    one, two = one[alike], two[alike]
    label = _components(count, np.column_stack([one // 2, two // 2]))
    smallest = np.full(int(label.max()) + 1, count, dtype=np.int64)
    np.minimum.at(smallest, label, np.arange(count))
    run = smallest[label].astype(np.int32)
    keep = _without_loops(run, one, two)
    offset, sign = _along_runs(pipes.length_m(), one[keep], two[keep])
    return run, offset, sign


def _without_loops(run: I32, one: I64, two: I64) -> Bool:
    """Links to keep so that no run is a ring: a ring is cut at its smallest row."""
    keep = np.ones(len(one), dtype=np.bool_)
    links = np.bincount(run[one // 2], minlength=len(run))
    is_ring = (links > 0) & (links == np.bincount(run, minlength=len(run)))
    ring = run[one // 2]
    at_smallest = is_ring[ring] & ((one // 2 == ring) | (two // 2 == ring))
    rows = np.flatnonzero(at_smallest)
    _, first = np.unique(ring[rows], return_index=True)
    keep[rows[first]] = False
    return keep


def _along_runs(length: F64, one: I64, two: I64) -> tuple[F64, F64]:
    """Chainage offset and direction of every pipe along its run, from the smaller end row.

    Pointer doubling: every way out of a pipe learns in log2 steps where its chain ends and how
    far that is, all pipes at once.
    """
    count = len(length)
    other = np.full(2 * count, -1, dtype=np.int64)
    other[one], other[two] = two, one
    # Way out `2 i + e`: leave pipe i by end e. One step crosses the joint to the next pipe and
    # leaves that by its far end.
    way = np.arange(2 * count)
    last = np.where(other >= 0, other ^ 1, way)
    far = np.where(other >= 0, length[last // 2], 0.0)
    while True:
        onward = last[last]
        if (onward == last).all():
            break
        far = far + far[last]
        last = onward
    ends_at = (last // 2).reshape(-1, 2)
    starts_first = ends_at[:, 0] <= ends_at[:, 1]
    before = np.where(starts_first, far[0::2], far[1::2])
    return np.where(starts_first, before, before + length), np.where(starts_first, 1.0, -1.0)
