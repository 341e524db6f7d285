"""Lines cut where they cross the edges of areas, and which of the pieces lie in an area.

A grid of cells says where edges are. All that lies in a cell without edges lies in the same areas;
only beside an edge is an outline gone round.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I8, I32, I64, Bool
from baiyun_gis.kernels.cells import (
    SLACK_M,
    Cells,
    Frame,
    cell_at,
    cells_of_lines,
    columns_between,
    columns_in_line,
    extent_of,
    laid_out,
    lines_between,
)
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.outlines import Outlines
from baiyun_gis.kernels.segments import Segments, extent_of_axes, owned

NO_PIECE, OUTSIDE, INSIDE, OPEN = -1, 0, 1, 2
_SHORTEST = 1e-9
_LARGE = 256
_FEW = 16
_LEAST_CELL_M = 16.0
_CELLS_PER_SEGMENT = 2
_STEP_M = 30.0


class Cuts(NamedTuple):
    """Stations (0–1) at which segments are cut, both ends included, segment by segment.

    Those of segment k are `station[start[k]:start[k + 1]]`, none where it was left out. `on` says
    of the piece from each to the next: OUTSIDE all areas, INSIDE one, OPEN where only areas of
    many corners can tell, NO_PIECE behind the last station and where the next is the same.
    """

    start: I64
    station: F64
    on: I8

    def segments(self, at: I64) -> I32:
        """The segments that stations belong to."""
        return (np.searchsorted(self.start, at, side="right") - 1).astype(np.int32)


class Edges(NamedTuple):
    """Edges of areas in steps that are not long: from, to (n, 2), the area they are of."""

    begin: F64
    end: F64
    area: I32


class _Plan(NamedTuple):
    """Areas laid out in cells; `is_within` are cells wholly in an area with no edge in them."""

    outlines: Outlines
    edges: Edges
    cells: Cells
    is_within: Bool
    is_large: Bool


class _Axes(NamedTuple):
    """Axes in plan, and in how many equal steps they are cut in any case."""

    x0: F64
    y0: F64
    x1: F64
    y1: F64
    steps: I32


def is_large(outlines: Outlines) -> Bool:
    """Areas of so many corners that no loop over corners is fit for them."""
    return np.diff(outlines.ring_offsets[outlines.polygon_rings]) > _LARGE


@compiled
def _steps_within(box: F64, x: float, y: float, dx: float, dy: float, steps: int) -> Any:
    """First and one past the last of equal steps of a line that may come into a box."""
    begin, end = 0.0, 1.0
    for low, high, at, by in ((box[0], box[2], x, dx), (box[1], box[3], y, dy)):
        if by != 0.0:
            one, two = (low - at) / by, (high - at) / by
            begin, end = max(begin, min(one, two)), min(end, max(one, two))
        elif at < low or at > high:
            return np.int64(0), np.int64(0)
    if not begin <= end:
        return np.int64(0), np.int64(0)
    # One more at either end: rounding is not to leave one out.
    first, last = math.floor(begin * steps) - 1.0, math.floor(end * steps) + 1.0
    return np.int64(max(first, 0.0)), np.int64(min(last + 1.0, steps))


@compiled
def _put_edges(outlines: Outlines, box: F64, whence: F64, whither: F64, area: I32) -> int:
    """Count, or with room for them put down, the edges in steps; how many."""
    xy, count = outlines.xy, 0
    for polygon in range(len(outlines.polygon_rings) - 1):
        for ring in range(outlines.polygon_rings[polygon], outlines.polygon_rings[polygon + 1]):
            for k in range(outlines.ring_offsets[ring], outlines.ring_offsets[ring + 1] - 1):
                x, y = xy[k, 0], xy[k, 1]
                dx, dy = xy[k + 1, 0] - x, xy[k + 1, 1] - y
                long = math.hypot(dx, dy)
                if not math.isfinite(x + y + long):
                    continue
                steps = max(math.ceil(long / _STEP_M), 1)
                first, last = _steps_within(box, x, y, dx, dy, steps)
                for step in range(first, last if len(area) else first):
                    at = count + step - first
                    whence[at, 0], whence[at, 1] = x + dx / steps * step, y + dy / steps * step
                    whither[at, 0], whither[at, 1] = (
                        whence[at, 0] + dx / steps,
                        whence[at, 1] + dy / steps,
                    )
                    area[at] = polygon
                count += last - first
    return count


def edges_within(outlines: Outlines, frame: Frame) -> Edges:
    """The edges of all rings that may come into a frame; long ones in steps, of which those far off
    are left out."""
    reach_m = _STEP_M + SLACK_M
    east, north = (
        frame.x + frame.columns / frame.per_m,
        frame.y + frame.lines / frame.per_m,
    )
    box = np.array([frame.x - reach_m, frame.y - reach_m, east + reach_m, north + reach_m])
    none = Edges(np.empty((0, 2)), np.empty((0, 2)), np.empty(0, dtype=np.int32))
    count = _put_edges(outlines, box, *none)
    out = Edges(np.empty((count, 2)), np.empty((count, 2)), np.empty(count, dtype=np.int32))
    _put_edges(outlines, box, *out)
    return out


@compiled
def _row_crossings(
    outlines: Outlines, polygon: int, frame: Frame, low: int, counts: I64, at: F64
) -> None:  # fmt: skip
    """Count, or with room for them put down, where an outline crosses the middles of lines of
    cells from line `low` on."""
    xy = outlines.xy
    for ring in range(outlines.polygon_rings[polygon], outlines.polygon_rings[polygon + 1]):
        for k in range(outlines.ring_offsets[ring], outlines.ring_offsets[ring + 1] - 1):
            px, py, qx, qy = xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1]
            if not math.isfinite(px + py + qx + qy):
                continue
            first, last = lines_between(frame, min(py, qy), max(py, qy))
            for line in range(first, last + 1):
                y = frame.y + (line + 0.5) / frame.per_m
                if (py > y) != (qy > y):
                    if len(at):
                        at[counts[line - low]] = px + (y - py) * (qx - px) / (qy - py)
                    counts[line - low] += 1


@compiled
def _sort_few(values: F64, begin: int, end: int) -> None:
    """Put a part of the values in order, by insertion."""
    for last in range(begin + 1, end):
        value, at = values[last], last
        while at > begin and values[at - 1] > value:
            values[at] = values[at - 1]
            at -= 1
        values[at] = value


@compiled
def _mark_within(
    outlines: Outlines, polygon: int, area: I32, cells: Cells, low: int, high: int, within: Bool
) -> None:  # fmt: skip
    """Mark the cells of some lines that lie in a polygon and hold no edge of it."""
    frame, start, item = cells
    counts = np.zeros(high - low + 2, dtype=np.int64)
    _row_crossings(outlines, polygon, frame, low, counts[1:], np.empty(0))
    offsets = np.cumsum(counts)
    at = np.empty(max(int(offsets[-1]), 1))
    _row_crossings(outlines, polygon, frame, low, offsets[:-1].copy(), at)
    for line in range(low, high + 1):
        begin, end = offsets[line - low], offsets[line - low + 1]
        if end - begin > _FEW:
            at[begin:end] = np.sort(at[begin:end])
        else:
            _sort_few(at, begin, end)
        for k in range(begin, end - 1, 2):
            left = math.ceil((at[k] - frame.x) * frame.per_m - 0.5)
            right = math.floor((at[k + 1] - frame.x) * frame.per_m - 0.5)
            first = np.int64(max(left, 0.0))
            last = np.int64(min(right, frame.columns - 1.0))
            for cell in range(line * frame.columns + first, line * frame.columns + last + 1):
                has_edge = False
                for place in range(start[cell], start[cell + 1]):
                    has_edge = has_edge or area[item[place]] == polygon
                within[cell] = within[cell] or not has_edge


@compiled
def _within(outlines: Outlines, area: I32, cells: Cells, within: Bool) -> None:
    """Mark the cells that lie wholly in a polygon."""
    for polygon in range(len(outlines.polygon_rings) - 1):
        first = outlines.ring_offsets[outlines.polygon_rings[polygon]]
        last = outlines.ring_offsets[outlines.polygon_rings[polygon + 1]]
        south, north = np.inf, -np.inf
        for k in range(first, last):
            south, north = min(south, outlines.xy[k, 1]), max(north, outlines.xy[k, 1])
        if math.isfinite(south + north):
            low, high = lines_between(cells.frame, south, north)
            if low <= high:
                _mark_within(outlines, polygon, area, cells, low, high, within)


@compiled
def _is_inside(
    xy: F64, ring_offsets: I64, polygon_rings: I64, polygon: Any, x: Any, y: Any
) -> bool:
    """Whether a point lies in a polygon, by the even-odd rule."""
    inside = False
    for ring in range(polygon_rings[polygon], polygon_rings[polygon + 1]):
        for k in range(ring_offsets[ring], ring_offsets[ring + 1] - 1):
            px, py, qx, qy = xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1]
            if (py > y) != (qy > y) and x < px + (y - py) * (qx - px) / (qy - py):
                inside = not inside
    return inside


@compiled
def _station(x: Any, y: Any, ux: Any, uy: Any, begin: F64, end: F64, edge: Any) -> float:
    """Station (0–1, ends left out) at which a line meets an edge; NaN if it does not."""
    vx, vy = end[edge, 0] - begin[edge, 0], end[edge, 1] - begin[edge, 1]
    wx, wy = begin[edge, 0] - x, begin[edge, 1] - y
    turn, along, at = ux * vy - uy * vx, wx * vy - wy * vx, wx * uy - wy * ux
    if turn < 0.0:
        turn, along, at = -turn, -along, -at
    if along < 0.0 or at < 0.0 or along > turn or at > 1.000001 * turn:
        return np.nan
    station = along / turn
    return station if 0.0 < station < 1.0 and at / turn <= 1.0 else np.nan


@compiled
def _put_down(t: Any, k: Any, edge: I32, station: F64, count: Any) -> int:
    """Put a station in order among others, each edge once; how many there are then."""
    for other in range(count):
        if edge[other] == k:
            return count
    at = count
    while at > 0 and station[at - 1] > t:
        station[at], edge[at] = station[at - 1], edge[at - 1]
        at -= 1
    station[at], edge[at] = t, k
    return count + 1


@compiled
def _meetings(
    axis: tuple[float, float, float, float], frame: Frame, start: I32, item: I32, begin: F64,
    end: F64, edge: I32, station: F64,
) -> int:  # fmt: skip
    """Put down where a line (x, y, dx, dy) meets edges, in order; how many."""
    x, y, ux, uy = axis
    count = 0
    low, high = lines_between(frame, min(y, y + uy) - SLACK_M, max(y, y + uy) + SLACK_M)
    west, east = columns_between(frame, min(x, x + ux) - SLACK_M, max(x, x + ux) + SLACK_M)
    is_long = high - low > 1 and east - west > 1
    for line in range(low, high + 1):
        left, right = west, east
        if is_long:
            left, right = columns_in_line(frame, line, x, y, ux, uy, SLACK_M)
        first = line * frame.columns
        for place in range(start[first + left], start[first + right + 1]):
            k = item[place]
            t = _station(x, y, ux, uy, begin, end, k)
            if math.isnan(t):
                continue
            count = _put_down(t, k, edge, station, count)
    return count


@compiled
def _in_order(steps: int, met: int, meeting: F64, out: F64, head: int) -> int:
    """Put down the ends of equal steps and the meetings (in order) in order; where they end."""
    count, step, other = head, 0, 0
    while step <= steps or other < met:
        t = step / steps
        if other < met and (step > steps or meeting[other] < t):
            t = meeting[other]
            other += 1
        else:
            step += 1
        out[count] = t
        count += 1
    return count


@compiled
def _cut_up(first: int, last: int, axes: _Axes, plan: _Plan, counts: I64) -> tuple[F64, I8]:
    """Stations of a range of segments and what their pieces lie on; how many go to `counts`."""
    room = 2 * (last - first) + int(axes.steps[first:last].sum()) + 64
    out, on, count = np.empty(room), np.empty(room, np.int8), 0
    edge, meeting = np.empty(len(plan.edges.area), np.int32), np.empty(len(plan.edges.area))
    x0, y0, x1, y1, steps_of = axes
    outlines, edges, cells, is_within, large = plan
    xy, ring_offsets, polygon_rings = outlines
    begin, end, area = edges
    frame, start, item = cells
    for k in range(first, last):
        steps, head, met = steps_of[k], count, 0
        if steps == 0:
            continue
        x, y = x0[k], y0[k]
        ux, uy = x1[k] - x, y1[k] - y
        if math.isfinite(x + y + ux + uy):
            met = _meetings((x, y, ux, uy), frame, start, item, begin, end, edge, meeting)
        while count + steps + 1 + met > len(out):
            longer, wider = np.empty(2 * len(out)), np.empty(2 * len(out), np.int8)
            longer[:count], wider[:count] = out[:count], on[:count]
            out, on = longer, wider
        if met == 0 and steps == 1:
            out[count], out[count + 1] = 0.0, 1.0
            count += 2
        else:
            count = _in_order(steps, met, meeting, out, count)
        counts[k] = count - head
        for at in range(head, count - 1):
            on[at] = NO_PIECE
            if not out[at + 1] - out[at] > _SHORTEST:
                continue
            t = (out[at] + out[at + 1]) / 2
            px, py = x + ux * t, y + uy * t
            cell = cell_at(frame, px, py)
            on[at] = INSIDE if cell >= 0 and is_within[cell] else OUTSIDE
            if cell < 0 or is_within[cell]:
                continue
            before = -1
            for place in range(start[cell], start[cell + 1]):
                polygon = area[item[place]]
                if polygon != before and large[polygon]:
                    on[at] = OPEN
                elif polygon != before and _is_inside(
                    xy, ring_offsets, polygon_rings, polygon, px, py
                ):
                    on[at] = INSIDE
                    break
                before = polygon
        on[count - 1] = NO_PIECE
    return out[:count], on[:count]


def cuts_of(seg: Segments, steps: I32, outlines: Outlines) -> Cuts:
    """Segments cut in so many equal steps (0: left out) and where they cross edges of areas."""
    x0, y0, x1, y1 = (owned(c, np.float64) for c in (seg.x0, seg.y0, seg.x1, seg.y1))
    axes = _Axes(x0, y0, x1, y1, owned(steps, np.int32))
    start = np.zeros(len(steps) + 1, dtype=np.int64)
    parts = run_in_chunks(_cut_up, len(steps), axes, _plan_of(seg, outlines), start[1:])
    np.cumsum(start, out=start)
    if len(parts) == 1:
        return Cuts(start, *parts[0])
    none = np.zeros(0), np.zeros(0, dtype=np.int8)
    station, on = (np.concatenate(column) for column in zip(none, *parts, strict=True))
    return Cuts(start, station, on)


def _plan_of(seg: Segments, outlines: Outlines) -> _Plan:
    """Areas laid out in cells where there are segments."""
    whole = Outlines(
        owned(outlines.xy, np.float64),
        owned(outlines.ring_offsets, np.int64),
        owned(outlines.polygon_rings, np.int64),
    )
    low, high = extent_of_axes(seg)
    corners = whole.xy[:, 0], whole.xy[:, 1]
    least, most = extent_of(corners, corners)
    low, high = np.maximum(low, least) - 1.0, np.minimum(high, most) + 1.0
    room = _CELLS_PER_SEGMENT * len(seg.x0)
    frame = laid_out(low, high, most=room, least_m=_LEAST_CELL_M)
    edges = edges_within(whole, frame)
    cells = cells_of_lines(frame, edges.begin, edges.end)
    within = np.zeros(len(cells.start) - 1, dtype=np.bool_)
    _within(whole, edges.area, cells, within)
    return _Plan(whole, edges, cells, within, is_large(whole))
