"""Axes that meet others, and which of them may do so at too small an angle."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32, I64, Bool
from baiyun_gis.kernels.box_grid import comes_into
from baiyun_gis.kernels.candidates import SLACK_M, with_room
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.plan import MEET_M, crossing_of_axes
from baiyun_gis.kernels.polygons import candidate_polygon_pairs
from baiyun_gis.kernels.segments import PIPE, WIDTH, X0, X1, Y0, Y1, Segments, owned, table_of
from baiyun_gis.kernels.shapes import UPRIGHT_M


class Slant(NamedTuple):
    """When a crossing may be too slanting: how far a line gets sideways within `sideways_m` of it,
    less what it may turn by its deviations at both ends (by segment, so many `sigmas`), is not
    `enough_m`."""

    sigma0: F64
    sigma1: F64
    sigmas: float
    sideways_m: float
    enough_m: float


class Met(NamedTuple):
    """Segments `i` whose axes meet others `k`, and which of them may do so at too small an angle:
    only of those the station on the first and the angle (degrees), NaN for the others."""

    i: I32
    k: I32
    t: F64
    angle_deg: F64
    is_doubtful: Bool

    def part(self, kept: Bool) -> Met:
        """Some of them."""
        is_doubtful = self.is_doubtful[kept]
        return Met(self.i[kept], self.k[kept], self.t[kept], self.angle_deg[kept], is_doubtful)


@compiled
def _aside(px: float, py: float, ux: float, uy: float, vx: float, vy: float) -> int:
    """On which sides of a line through 0 along (vx, vy) the piece from (px, py) by (ux, uy) lies.

    1: on one side, too far off to meet; −1: it has an end on either; 0: not told.
    """
    one = vx * py - vy * px
    two = one + (vx * uy - vy * ux)
    if one * two < 0.0:
        return -1
    near = min(abs(one), abs(two))
    return 1 if near * near > 4.0 * MEET_M * MEET_M * (vx * vx + vy * vy) else 0


@compiled
def met_rows(
    first: int, last: int, table: F64, left: I32, other: F64, right: I32, slant: Slant
) -> tuple[I64, F64, Bool]:
    """Of pairs in a range the rows that meet, station and angle there, and which are doubtful."""
    row_of, count = np.empty(last - first, np.int64), 0
    place, doubtful = np.empty((last - first, 2)), np.empty(last - first, np.bool_)
    sigma0, sigma1, sigmas, sideways, enough = slant
    for row in range(first, last):
        p, q = left[row], right[row]
        ux, uy = table[p, X1] - table[p, X0], table[p, Y1] - table[p, Y0]
        vx, vy = other[q, X1] - other[q, X0], other[q, Y1] - other[q, Y0]
        wx, wy = table[p, X0] - other[q, X0], table[p, Y0] - other[q, Y0]
        ours, theirs = _aside(wx, wy, ux, uy, vx, vy), _aside(-wx, -wy, vx, vy, ux, uy)
        long = ux * ux + uy * uy
        size = math.sqrt(long * (vx * vx + vy * vy))
        if ours > 0 or theirs > 0 or not size > UPRIGHT_M * UPRIGHT_M:
            continue
        across, along = abs(ux * vy - uy * vx), abs(ux * vx + uy * vy)
        turn = math.sqrt(sigma0[p] ** 2 + sigma1[p] ** 2) / max(math.sqrt(long), 1e-6)
        spare = sideways * (across - sigmas * turn * along) / size
        doubtful[count] = not spare > enough
        place[count, 0] = place[count, 1] = np.nan
        if doubtful[count] or ours == 0 or theirs == 0:
            meets, t, _, angle = crossing_of_axes(table, p, other, q)
            if not meets:
                continue
            if doubtful[count]:
                place[count, 0], place[count, 1] = t, angle
        row_of[count] = row
        count += 1
    return row_of[:count].copy(), place[:count].copy(), doubtful[:count].copy()


@compiled
def _met_of_few(
    table: F64, looks: Bool, other: F64, boxes: F64, slant: Slant
) -> tuple[I32, I32, F64, Bool]:  # fmt: skip
    """Those that meet of few segments and others, each with each, the segments of pipes that
    look (none given: of all)."""
    found, count = np.empty(64, np.int64), 0
    for p in range(len(table)):
        x, y = table[p, X0], table[p, Y0]
        dx, dy = table[p, X1] - x, table[p, Y1] - y
        if len(looks) > 0 and not looks[np.int64(table[p, PIPE])]:
            continue
        if not math.isfinite(x + y + table[p, X1] + table[p, Y1]):
            continue
        wide = (0.0 if math.isnan(table[p, WIDTH]) else table[p, WIDTH]) + 0.5 * SLACK_M
        below, above = min(y, table[p, Y1]) - wide, max(y, table[p, Y1]) + wide
        left_of, right_of = min(x, table[p, X1]) - wide, max(x, table[p, X1]) + wide
        for q in range(len(boxes)):
            if not (boxes[q, 0] <= right_of and boxes[q, 2] >= left_of):
                continue
            if not (boxes[q, 1] <= above and boxes[q, 3] >= below):
                continue
            if comes_into(x, y, dx, dy, wide, boxes, q):
                if count == len(found):
                    found = with_room(found)
                found[count] = (np.int64(p) << 32) | q
                count += 1
    left, right = (found[:count] >> 32).astype(np.int32), found[:count].astype(np.int32)
    # A plain number: a constant would have the kernel compiled once more for itself.
    begin: Any = np.int64(0)
    row, place, doubtful = met_rows(begin, len(left), table, left, other, right, slant)
    return left[row], right[row], place, doubtful


_FEW = 20_000
_ALL = np.zeros(0, dtype=np.bool_)


def met_with(
    seg: Segments, others: Segments, boxes: F64, slant: Slant, *, looks: Bool | None
) -> Met:
    """Which segments of pipes that look (None: all) meet others, in `boxes` (n, 4) of x0, y0, x1,
    y1 each, and how; in order, as by `plan_crossing`."""
    exact = Slant(
        owned(slant.sigma0, np.float64), owned(slant.sigma1, np.float64), float(slant.sigmas),
        float(slant.sideways_m), float(slant.enough_m),
    )  # fmt: skip
    table, other, around = table_of(seg), table_of(others), owned(boxes, np.float64)
    looking = len(table) if looks is None else np.count_nonzero(looks[seg.pipe])
    if looking * len(around) <= _FEW:
        some = _ALL if looks is None else owned(looks, np.bool_)
        i, k, place, doubtful = _met_of_few(table, some, other, around, exact)
        return Met(i, k, place[:, 0], place[:, 1], doubtful)
    reach = 0.0 if looks is None else np.where(looks[seg.pipe], 0.0, np.nan)
    i, k = candidate_polygon_pairs(seg, around, reach)
    parts = run_in_chunks(met_rows, len(i), table, i, other, k, exact)
    row = np.concatenate([np.zeros(0, dtype=np.int64), *(part[0] for part in parts)])
    place = np.concatenate([np.zeros((0, 2)), *(part[1] for part in parts)])
    doubtful = np.concatenate([np.zeros(0, dtype=np.bool_), *(part[2] for part in parts)])
    return Met(i[row], k[row], place[:, 0], place[:, 1], doubtful)
