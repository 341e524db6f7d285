"""The errors of the surveyed points at the ends of straight pieces, for many pairs of pieces."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32, Bool
from baiyun_gis.kernels.compiled import compiled

XY, Z, POINT, SHARE, ERRORS = 0, 4, 8, 12, 16
"""Columns of the errors of a pair: a start, a end, b start, b end each. Errors are of the surveyed
points about a segment; `SHARE` is where its ends lie between these: 0 and 1 unless it was cut."""


class CutUp(NamedTuple):
    """Segments `row` (m,), sorted, that are parts of a straight piece between surveyed points.

    `lead` is the segment that begins where the piece does, `stop` one more than the last of it.
    `share` (m, 2) is from where to where on the piece, `sigma` (m, 4) deviations at the piece's
    ends: in plan, then in height (m).
    """

    row: I32
    lead: I32
    stop: I32
    share: F64
    sigma: F64


def none_cut_up() -> CutUp:
    """No segment is cut but at surveyed points."""
    row = np.zeros(0, dtype=np.int32)
    return CutUp(row, row, row, np.zeros((0, 2)), np.zeros((0, 4)))


class Surveyed(NamedTuple):
    """By segment: its line, deviations in plan and height at its two ends (m), and whether it ends
    its line there. By end of line: its joint; by line the node at its start and stop, −1 none.

    Points count from 0: joints first, then `nodes` nodes, then vertices.
    """

    pipe: I32
    xy0: F64
    xy1: F64
    z0: F64
    z1: F64
    is_first: Bool
    is_last: Bool
    joint: I32
    start_node: I32
    end_node: I32
    nodes: int
    cut: CutUp


@compiled
def part_of(cut: CutUp, k: int) -> int:
    """Where a segment stands among those that are parts; −1 where it is none."""
    low, high = 0, len(cut.row)
    while low < high:
        middle = (low + high) // 2
        if cut.row[middle] < k:
            low = middle + 1
        else:
            high = middle
    return low if low < len(cut.row) and cut.row[low] == k else -1


@compiled
def _side(of: Surveyed, k: int, side: int, out: F64) -> None:
    """One segment's columns of a row."""
    pipe, joints = of.pipe[k], len(of.joint)
    out[XY + side], out[XY + side + 1] = of.xy0[k], of.xy1[k]
    out[Z + side], out[Z + side + 1] = of.z0[k], of.z1[k]
    out[SHARE + side], out[SHARE + side + 1] = 0.0, 1.0
    lead, last = k, k
    part = part_of(of.cut, k)
    if part >= 0:
        lead, last = of.cut.lead[part], of.cut.stop[part] - 1
        for end in range(2):
            out[XY + side + end] = of.cut.sigma[part, end]
            out[Z + side + end] = of.cut.sigma[part, 2 + end]
            out[SHARE + side + end] = of.cut.share[part, end]
    # Neighbouring pieces of one pipe share the vertex between them.
    start, stop = joints + of.nodes + lead, joints + of.nodes + last + 1
    if of.is_first[lead]:
        node = of.start_node[pipe]
        start = joints + node if node >= 0 else of.joint[2 * pipe]
    if of.is_last[last]:
        node = of.end_node[pipe]
        stop = joints + node if node >= 0 else of.joint[2 * pipe + 1]
    out[POINT + side], out[POINT + side + 1] = start, stop


@compiled
def errors_of_pair(of: Surveyed, i: int, j: int, out: F64) -> None:
    """The errors about one pair of segments, (16,): standard deviations in plan (m) of the points
    before and behind i and j, the same in height, the numbers of these points, which err as one
    where they are one, and where the ends of i and j lie between them."""
    _side(of, i, 0, out)
    _side(of, j, 2, out)


@compiled
def weight(errors: F64, end: int, place: F64) -> float:
    """How far an end's error goes into a distance at a place (stations on a and b): ends 0, 1 are
    a's, 2 and 3 are b's."""
    side = 0 if end < 2 else 1
    begin, finish = errors[SHARE + 2 * side], errors[SHARE + 2 * side + 1]
    station = begin + place[side] * (finish - begin)
    share = station if end % 2 == 1 else 1.0 - station
    return -share if end < 2 else share
