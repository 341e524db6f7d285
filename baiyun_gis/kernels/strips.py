"""Segments in strips across the plan: what lies near lies near in memory.

A segment is entered once in every strip that it, grown by its reach, passes through, with the part
of it there. Two grown segments that overlap do so in some strip; a walk in order of x from the one
that begins further west over those that begin before it ends meets the other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import F32, F64, I32, I64
from baiyun_gis.kernels.compiled import compiled

SLACK_M = 1e-6
"""Added to every reach, so that rounding never drops a pair that lies exactly at it."""

_HEIGHT = 1.5
"""Height of a strip, in mean sizes of a segment's box."""
_STRIPS_AT_MOST = 2.0**22
_STRIPS_A_SEGMENT, _FEW_STRIPS = 4.0, 64.0
_ROUNDING = 2.0**-22
"""Places are kept as 32-bit floats relative to the extent, widened by four times their step."""


class Plans(NamedTuple):
    """The ends of axes in plan, and how far from them anything counts (m; NaN: nothing does)."""

    x0: F64
    y0: F64
    x1: F64
    y1: F64
    grown: F64


class Grid(NamedTuple):
    """Where strips begin, how high they are and how much wider parts of segments are taken (m);
    strips a metre."""

    x: float
    y: float
    height: float
    slack: float
    a_metre: float


class Strips(NamedTuple):
    """Entries strip by strip, those of strip k from `start[k]` on; in each as the segments come.

    From `west` to `east` and from `low` to `high` (m from the grid's corner) the entry's segment
    `owner` reaches in its strip.
    """

    start: I64
    west: F32
    east: F32
    low: F32
    high: F32
    owner: I32
    grid: Grid


@compiled
def _grid_of(plans: Plans) -> tuple[float, float, float, float, int]:
    """The grid of the segments that count and, at the end, how many strips it has."""
    x_low = y_low = np.inf
    x_high = y_high = -np.inf
    total, count = 0.0, 0
    for k in range(len(plans.grown)):
        g = plans.grown[k]
        if not g >= 0.0:
            continue
        xs, ys, xt, yt = plans.x0[k], plans.y0[k], plans.x1[k], plans.y1[k]
        x_low, x_high = min(x_low, min(xs, xt) - g), max(x_high, max(xs, xt) + g)
        y_low, y_high = min(y_low, min(ys, yt) - g), max(y_high, max(ys, yt) + g)
        total += max(abs(xt - xs), abs(yt - ys)) + 2.0 * g
        count += 1
    if count < 2:
        return 0.0, 0.0, 1.0, 0.0, 0
    wide, tall = max(x_high - x_low, 1e-9), max(y_high - y_low, 1e-9)
    most = min(_STRIPS_AT_MOST, _STRIPS_A_SEGMENT * count + _FEW_STRIPS)
    slack = max(wide, tall) * _ROUNDING
    height = max(total / count * _HEIGHT, tall / most, 4.0 * slack)
    return x_low, y_low, height, slack, int((tall + 2.0 * slack) / height) + 2


@compiled
def strip_at(grid: Grid, y: float) -> int:
    """The strip that a y lies in."""
    return int((y - grid.y) * grid.a_metre)


@compiled
def _counted(plans: Plans, grid: Grid, start: I64) -> None:
    """How many entries each strip has, two places further on."""
    for k in range(len(plans.grown)):
        g = plans.grown[k] + grid.slack
        if g >= 0.0:
            first = strip_at(grid, min(plans.y0[k], plans.y1[k]) - g)
            for strip in range(first, strip_at(grid, max(plans.y0[k], plans.y1[k]) + g) + 1):
                start[strip + 2] += 1


@compiled
def _enter(
    strips: Strips, strip: int, k: int, west: float, east: float, low: float, high: float
) -> None:  # fmt: skip
    at = strips.start[strip + 1]
    strips.start[strip + 1] = at + 1
    strips.west[at], strips.east[at], strips.low[at], strips.high[at] = west, east, low, high
    strips.owner[at] = k


@compiled
def _entered(plans: Plans, strips: Strips) -> None:
    """Fill in the entries, segment by segment; `start` is one place ahead, and moves on."""
    grid = strips.grid
    for k in range(len(plans.grown)):
        g = plans.grown[k] + grid.slack
        if not g >= 0.0:
            continue
        xs, ys = plans.x0[k] - grid.x, plans.y0[k] - grid.y
        xt, yt = plans.x1[k] - grid.x, plans.y1[k] - grid.y
        first = strip_at(grid, min(plans.y0[k], plans.y1[k]) - g)
        final = strip_at(grid, max(plans.y0[k], plans.y1[k]) + g)
        if ys > yt:
            xs, ys, xt, yt = xt, yt, xs, ys
        west, east = min(xs, xt), max(xs, xt)
        if first == final:
            _enter(strips, first, k, west - g, east + g, ys - g, yt + g)
            continue
        over = (xt - xs) / (yt - ys) if yt > ys else 0.0
        for strip in range(first, final + 1):
            # The part of the axis whose surroundings reach into the strip.
            y_from = max(ys, strip * grid.height - g)
            y_to = min(yt, (strip + 1) * grid.height + g)
            x_from = max(west, min(east, xs + over * (y_from - ys)))
            x_to = max(west, min(east, xs + over * (y_to - ys))) if yt > ys else xt
            _enter(
                strips, strip, k, min(x_from, x_to) - g, max(x_from, x_to) + g, y_from - g, y_to + g
            )  # fmt: skip


@compiled
def strips_of(plans: Plans) -> Strips:
    """The segments in strips; none where fewer than two count."""
    x, y, height, slack, count = _grid_of(plans)
    grid, start = Grid(x, y, height, slack, 1.0 / height), np.zeros(count + 2, np.int64)
    if count > 0:
        _counted(plans, grid, start)
    for strip in range(2, len(start)):
        start[strip] += start[strip - 1]
    total = start[count + 1]
    places = np.empty((4, total), np.float32)
    owner = np.empty(total, np.int32)
    strips = Strips(start, places[0], places[1], places[2], places[3], owner, grid)
    if count > 0:
        _entered(plans, strips)
    return strips
