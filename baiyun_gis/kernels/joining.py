"""Ends of lines joined at nodes and places, and chains of lines, in one pass each."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from baiyun_gis.arrays import F64, I32, Bool
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import owned

_CELL_M = 8.0
_BLOCK = 8


@compiled
def _root(parent: I32, k: Any) -> Any:
    while parent[k] != k:
        parent[k] = parent[parent[k]]
        k = parent[k]
    return k


@compiled
def _unite(parent: I32, a: Any, b: Any) -> None:
    """The smaller root becomes the root of both."""
    p, q = _root(parent, a), _root(parent, b)
    if p < q:
        parent[q] = p
    elif q < p:
        parent[p] = q


@compiled
def _join_at_nodes(node: I32, family: I32, nodes: int, parent: I32) -> None:
    """Unite ends of one node and family; `node` is −1 where an end has none."""
    head, onward = np.full(nodes, -1, np.int32), np.full(len(node), -1, np.int32)
    for end in range(len(node)):
        at = node[end]
        if at < 0:
            continue
        other = head[at]
        while other >= 0 and family[other // 2] != family[end // 2]:
            other = onward[other]
        if other >= 0:
            _unite(parent, end, other)
        else:
            onward[end] = head[at]
            head[at] = end


@compiled
def _bucket(column: int, line: int, mask: int) -> int:
    """Where cells are kept: those of one block of 8 × 8 side by side."""
    block = (column // _BLOCK) * 73856093 ^ (line // _BLOCK) * 19349663
    return (block * _BLOCK * _BLOCK + (line % _BLOCK) * _BLOCK + column % _BLOCK) & mask


@compiled
def _join_at_places(xy: F64, family: I32, reach: float, size: int, parent: I32) -> None:
    """Unite ends of one family no more than `reach` (m) apart; ends nowhere join nothing."""
    head, onward = np.full(size, -1, np.int32), np.full(len(xy), -1, np.int32)
    for end in range(len(xy)):
        x, y = xy[end, 0], xy[end, 1]
        if not math.isfinite(x + y):
            continue
        first = _root(parent, end)
        if first < end and xy[first, 0] == x and xy[first, 1] == y:
            continue  # joined at a node to one that was here before: it has met what is near
        left, right = math.floor((x - reach) / _CELL_M), math.floor((x + reach) / _CELL_M)
        low, high = math.floor((y - reach) / _CELL_M), math.floor((y + reach) / _CELL_M)
        known = False
        for line in range(low, high + 1):
            for column in range(left, right + 1):
                other = head[_bucket(column, line, size - 1)]
                while other >= 0:
                    dx, dy = xy[other, 0] - x, xy[other, 1] - y
                    is_near = dx * dx + dy * dy <= reach * reach
                    if is_near and family[other // 2] == family[end // 2]:
                        _unite(parent, end, other)
                        known = known or (dx == 0.0 and dy == 0.0)
                    other = onward[other]
        if not known:
            at = _bucket(math.floor(x / _CELL_M), math.floor(y / _CELL_M), size - 1)
            onward[end] = head[at]
            head[at] = end


@compiled
def _ends_at(first: int, last: int, start: I32, end: I32, asked: Bool) -> I32:
    found, count = np.empty(2 * (last - first), np.int32), 0
    for line in range(first, last):
        one, two = start[line], end[line]
        if one >= 0 and asked[one]:
            found[count] = 2 * line
            count += 1
        if two >= 0 and asked[two]:
            found[count] = 2 * line + 1
            count += 1
    return found[:count].copy()


def ends_at(start_node: I32, end_node: I32, asked: Bool) -> I32:
    """The ends of lines, in order, that lie at nodes `asked` (nodes,); node −1 is none."""
    whole = owned(start_node, np.int32), owned(end_node, np.int32), owned(asked, np.bool_)
    return np.concatenate(
        [np.empty(0, np.int32), *run_in_chunks(_ends_at, len(start_node), *whole)]
    )


@compiled
def _labelled(parent: I32, label: I32, size: I32) -> int:
    """Labels in order of first members, and how many members each has (in `size`, which is as long
    as the labels); how many labels there are. Roots are the first members."""
    count = 0
    for end in range(len(parent)):
        root = _root(parent, end)
        if root == end:
            label[end] = count
            size[count] = 1
            count += 1
        else:
            label[end] = label[root]
            size[label[root]] += 1
    return count


def joined_ends(node: I32, family: I32, xy: F64, *, nodes: int, reach_m: float) -> tuple[I32, I32]:
    """Labels of ends that are one joint, in order of first members, and the size of each joint.

    Line i has ends 2 i and 2 i + 1; `node` (2 n,) is −1 for none, `family` by line, `xy` (2 n, 2).
    Ends of one family are one where they share a node or lie within `reach_m`, one by one.
    """
    parent = np.arange(len(node), dtype=np.int32)
    _join_at_nodes(owned(node, np.int32), owned(family, np.int32), nodes, parent)
    size = 1 << max(10, len(node).bit_length())
    _join_at_places(owned(xy, np.float64), owned(family, np.int32), reach_m, size, parent)
    label, degree = np.empty(len(node), dtype=np.int32), np.empty(len(node), dtype=np.int32)
    count = _labelled(parent, label, degree)
    return label, degree[:count].copy()


@compiled
def _links(joint: I32, degree: I32, kind: I32, other: I32) -> None:
    """The end that each end is linked to: the only other one of its joint, of another line."""
    first = np.full(len(degree), -1, np.int32)
    for end in range(len(joint)):
        at = joint[end]
        if degree[at] != 2:
            continue
        if first[at] < 0:
            first[at] = end
            continue
        one = first[at]
        if kind[one // 2] == kind[end // 2] and one // 2 != end // 2:
            other[one], other[end] = end, one


@compiled
def _last_way(other: I32, start: int) -> int:
    """The way out (end) by which a chain stops, going out by end `start`; −1 round a ring."""
    way = start
    while other[way] >= 0:
        way = other[way] ^ 1
        if way == start:
            return -1
    return way


@compiled
def _chains(
    other: I32, joint: I32, length: F64, run: I32, offset: F64, sign: F64
) -> None:  # fmt: skip
    """Label, chainage offset and direction of every line along its chain."""
    for line in range(len(length)):
        if run[line] >= 0:
            continue
        stop = _last_way(other, 2 * line)
        if stop < 0:
            # A ring is cut at its smallest row, at the joint with the smaller label.
            cut = 2 * line if joint[2 * line] < joint[2 * line + 1] else 2 * line + 1
            far = other[cut]
            other[cut] = other[far] = -1
            stop = _last_way(other, 2 * line)
        back = _last_way(other, 2 * line + 1)
        # Chainage begins at the end line with the smaller row.
        way = (stop if stop // 2 <= back // 2 else back) ^ 1
        along = 0.0
        while True:
            at = way // 2
            run[at] = line
            forward = way % 2 == 1
            offset[at] = along if forward else along + length[at]
            sign[at] = 1.0 if forward else -1.0
            along += length[at]
            if other[way] < 0:
                break
            way = other[way] ^ 1


def chains_of(joint: I32, degree: I32, kind: I32, length_m: F64) -> tuple[I32, F64, F64]:
    """Chains of lines of one kind through joints of two ends.

    The label of a chain is its smallest row; chainage along it is `offset + sign × chainage`.
    """
    count = len(length_m)
    other = np.full(2 * count, -1, dtype=np.int32)
    _links(owned(joint, np.int32), owned(degree, np.int32), owned(kind, np.int32), other)
    run, offset, sign = np.full(count, -1, dtype=np.int32), np.empty(count), np.empty(count)
    _chains(other, owned(joint, np.int32), owned(length_m, np.float64), run, offset, sign)
    return run, offset, sign
