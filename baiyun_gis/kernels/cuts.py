"""Segments cut where something crosses them, and points in areas."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32, I64, Bool
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.outlines import Outlines
from baiyun_gis.kernels.segments import X0, X1, Y0, Y1, owned

_MOST_CELLS = 1024
_LARGE = 256


@compiled
def _meetings(
    first: int, last: int, table: F64, rows: I32, start: F64, stop: F64, edges: I32, out: F64
) -> None:  # fmt: skip
    for k in range(first, last):
        row, edge = rows[k], edges[k]
        ux, uy = table[row, X1] - table[row, X0], table[row, Y1] - table[row, Y0]
        vx, vy = stop[edge, 0] - start[edge, 0], stop[edge, 1] - start[edge, 1]
        wx, wy = start[edge, 0] - table[row, X0], start[edge, 1] - table[row, Y0]
        turn = ux * vy - uy * vx
        station, at = (wx * vy - wy * vx) / turn, (wx * uy - wy * ux) / turn
        meets = 0.0 < station < 1.0 and 0.0 <= at <= 1.0
        out[k] = station if meets else np.nan


def meeting_stations(table: F64, rows: I32, start: F64, stop: F64, edges: I32) -> F64:
    """Station (0–1, ends left out) at which a segment meets an edge, pair by pair; NaN if none."""
    out = np.empty(len(rows))
    run_in_chunks(_meetings, len(rows), table, rows, start, stop, edges, out)
    return out


@compiled
def _cut_up(steps: I64, at: I32, station: F64, segment: I32, cuts: F64) -> None:
    k, edge = 0, 0
    for row in range(len(steps)):
        if steps[row] == 0:
            while edge < len(at) and at[edge] == row:
                edge += 1
            continue
        head = k
        for step in range(steps[row] + 1):
            segment[k], cuts[k] = row, step / steps[row]
            k += 1
        while edge < len(at) and at[edge] == row:
            place = k
            while place > head and cuts[place - 1] > station[edge]:
                cuts[place] = cuts[place - 1]
                place -= 1
            segment[k], cuts[place] = row, station[edge]
            k += 1
            edge += 1


def cut_stations(steps: I64, at: I32, station: F64) -> tuple[I32, F64]:
    """Segment and station of all cuts in order: each segment in so many equal steps (0: left out).

    `at`, `station` are further cuts, in order of their segments.
    """
    kept = steps[at] > 0
    count = int(np.where(steps > 0, steps + 1, 0).sum()) + int(kept.sum())
    segment, cuts = np.empty(count, dtype=np.int32), np.empty(count)
    _cut_up(owned(steps, np.int64), owned(at, np.int32), owned(station, np.float64), segment, cuts)
    return segment, cuts


class _Grid(NamedTuple):
    """Cells over all areas, row by row, and the areas whose boxes touch each."""

    x: float
    y: float
    size: float
    columns: int
    lines: int
    offset: I64
    area: I32


@compiled
def _cell(value: float, low: float, size: float, count: int) -> int:
    return min(count - 1, max(0, math.floor((value - low) / size)))


@compiled
def _fill(boxes: F64, grid: _Grid, counts: I64, area: I32) -> None:
    """Count the areas of each cell, or with room for them put them down."""
    for k in range(len(boxes)):
        if math.isnan(boxes[k, 0]):
            continue
        left = _cell(boxes[k, 0], grid.x, grid.size, grid.columns)
        right = _cell(boxes[k, 2], grid.x, grid.size, grid.columns)
        low = _cell(boxes[k, 1], grid.y, grid.size, grid.lines)
        high = _cell(boxes[k, 3], grid.y, grid.size, grid.lines)
        for line in range(low, high + 1):
            for column in range(left, right + 1):
                at = line * grid.columns + column
                if len(area):
                    area[counts[at]] = k
                counts[at] += 1


def _grid_of(boxes: F64) -> _Grid:
    low, high = np.nanmin(boxes[:, :2], axis=0), np.nanmax(boxes[:, 2:], axis=0)
    each = max(1, min(_MOST_CELLS, math.ceil(2 * math.sqrt(len(boxes)))))
    size = max(float((high - low).max()) / each, 1e-3)
    columns, lines = (int((high - low)[axis] // size) + 1 for axis in (0, 1))
    none, empty = np.zeros(0, dtype=np.int32), np.zeros(1, dtype=np.int64)
    bare = _Grid(float(low[0]), float(low[1]), size, columns, lines, empty, none)
    counts = np.zeros(columns * lines, dtype=np.int64)
    _fill(boxes, bare, counts, none)
    offset = np.concatenate([[0], np.cumsum(counts)])
    area = np.empty(max(int(offset[-1]), 1), dtype=np.int32)
    _fill(boxes, bare, offset[:-1].copy(), area)
    return bare._replace(offset=offset, area=area)


@compiled
def _is_inside(outlines: Outlines, polygon: int, x: float, y: float) -> bool:
    """Whether a point lies in a polygon, by the even-odd rule."""
    xy, inside = outlines.xy, False
    for ring in range(outlines.polygon_rings[polygon], outlines.polygon_rings[polygon + 1]):
        for k in range(outlines.ring_offsets[ring], outlines.ring_offsets[ring + 1] - 1):
            px, py, qx, qy = xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1]
            if (py > y) != (qy > y) and x < px + (y - py) * (qx - px) / (qy - py):
                inside = not inside
    return inside


@compiled
def _in_areas(
    first: int, last: int, table: F64, rows: I32, stations: F64, outlines: Outlines, boxes: F64,
    grid: _Grid, is_large: Bool, out: Bool, open_: Bool,
) -> None:  # fmt: skip
    for k in range(first, last):
        row, t = rows[k], stations[k]
        x = table[row, X0] + (table[row, X1] - table[row, X0]) * t
        y = table[row, Y0] + (table[row, Y1] - table[row, Y0]) * t
        line, column = (
            _cell(y, grid.y, grid.size, grid.lines), _cell(x, grid.x, grid.size, grid.columns)
        )  # fmt: skip
        cell = line * grid.columns + column
        out[k] = open_[k] = False
        for at in range(grid.offset[cell], grid.offset[cell + 1]):
            area = grid.area[at]
            if not (boxes[area, 0] <= x <= boxes[area, 2]):
                continue
            if not (boxes[area, 1] <= y <= boxes[area, 3]):
                continue
            if is_large[area]:
                open_[k] = True
            elif _is_inside(outlines, area, x, y):
                out[k] = True
                break


def in_areas(
    table: F64, rows: I32, stations: F64, outlines: Outlines, boxes: F64
) -> tuple[Bool, Bool, Bool]:
    """Whether stations on segments lie in any small area; which may lie in a large one.

    The third says which areas count as large: those of many corners, which no loop over corners
    is fit for. `boxes` (areas, 4) are around the areas.
    """
    rings = outlines.polygon_rings
    corners = np.diff(outlines.ring_offsets[rings])
    is_large = corners > _LARGE
    out, open_ = np.zeros((2, len(rows)), dtype=np.bool_)
    if len(boxes) and not np.isnan(boxes).all():
        whole = owned(boxes, np.float64)
        run_in_chunks(
            _in_areas, len(rows), table, owned(rows, np.int32), owned(stations, np.float64),
            outlines, whole, _grid_of(whole), is_large, out, open_,
        )  # fmt: skip
    return out, open_ & ~out, is_large


class Above(NamedTuple):
    """What lies above and in each pipe: levels and depths at both ends, by pipe, metres.

    `by_depth` pipes go by their recorded depth, which is of a point `offset` over the axis.
    """

    ground0: F64
    ground1: F64
    depth0: F64
    depth1: F64
    offset: F64
    by_depth: Bool
    length: F64


@compiled
def _covers(
    first: int, last: int, table: F64, chain0: F64, plumb: F64, above: Above, columns: I64,
    segment: I32, station: F64, terrain: F64, out: F64,
) -> None:  # fmt: skip
    z0, z1, height, pipe_at = columns
    for k in range(first, last):
        row, t = segment[k], station[k]
        pipe = int(table[row, pipe_at])
        dx, dy = table[row, X1] - table[row, X0], table[row, Y1] - table[row, Y0]
        whole = above.length[pipe]
        along = chain0[row] + t * math.sqrt(dx * dx + dy * dy)
        share = along / whole if whole > 0.0 else 0.0
        if above.by_depth[pipe]:
            depth = above.depth0[pipe] + (above.depth1[pipe] - above.depth0[pipe]) * share
            out[k] = depth - above.offset[pipe] - table[row, height]
            continue
        ground = above.ground0[pipe] + (above.ground1[pipe] - above.ground0[pipe]) * share
        if len(terrain) and not math.isinf(terrain[k]):
            ground = terrain[k]
        axis = table[row, z0] + (table[row, z1] - table[row, z0]) * t
        out[k] = ground - axis - plumb[row]


def covers(
    table: F64, chain0: F64, plumb: F64, above: Above, segment: I32, station: F64, terrain: F64
) -> F64:
    """Cover at stations on segments; `terrain` is its level there, infinite where not asked.

    `plumb` is the half height of each segment measured plumb. An empty `terrain` asks nowhere.
    """
    from baiyun_gis.kernels.segments import HEIGHT, PIPE, Z0, Z1

    out = np.empty(len(segment))
    columns = np.array([Z0, Z1, HEIGHT, PIPE])
    whole = Above(*(owned(c, np.bool_ if c.dtype == np.bool_ else np.float64) for c in above))
    run_in_chunks(
        _covers, len(segment), table, owned(chain0, np.float64), plumb, whole, columns,
        segment, station, terrain, out,
    )  # fmt: skip
    return out
