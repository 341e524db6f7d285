"""Lines near buildings: who is near enough for what is asked, how near, how surely."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32, Bool
from baiyun_gis.kernels.box_grid import comes_into
from baiyun_gis.kernels.candidates import SLACK_M
from baiyun_gis.kernels.chances import chance_too_near
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.outlines import Outlines
from baiyun_gis.kernels.polygons import CLEARANCE_COLUMNS, GAP, STATION, polygon_gaps
from baiyun_gis.kernels.segments import (
    HEIGHT,
    PIPE,
    WIDTH,
    X0,
    X1,
    Y0,
    Y1,
    Z0,
    Z1,
    Segments,
    owned,
    table_of,
)


class AskedLines(NamedTuple):
    """What is asked of lines: by pipe its class, by class how far off buildings have to be (m, NaN:
    anywhere), by segment deviations in plan and in level at both ends and whether its width and
    height are known."""

    class_of: I32
    required: F64
    sigma0: F64
    sigma1: F64
    sigma_z0: F64
    sigma_z1: F64
    width_known: Bool
    height_known: Bool


class Outlying(NamedTuple):
    """Boxes around buildings (n, 4; NaN for none), the deviation of each in plan, and the level of
    its foundation's underside (m, NaN unknown); no levels where depth asks for nothing.

    `level_beside` is by pair, and may know from the line's ground what `level` does not.
    """

    boxes: F64
    deviation: F64
    level: F64
    level_beside: F64


class DepthRule(NamedTuple):
    """What depth below a foundation asks: that over `tangent` and `space`, no less than `least`
    and no more than of `deepest` (m)."""

    tangent: float
    space: float
    least: float
    deepest: float


class Doubt(NamedTuple):
    """How many deviations are in doubt, what an unknown width may come to, how near pairs are
    measured whatever is asked, and by how much less than asked is enough (m)."""

    sigmas: float
    unsized: float
    zone: float
    tolerance: float


REQUIRED, REACH, SIGMA, DEEP, CHANCE = range(CLEARANCE_COLUMNS, CLEARANCE_COLUMNS + 5)


class Beside(NamedTuple):
    """Pairs of segment `i` and building that are near enough; metres.

    Columns of `numbers`: those of `polygons.polygon_gaps`; how far off the building has to be, how
    near counts, the deviation of the distance, whether the line's depth asks for so much, and how
    likely the distance is too little.
    """

    i: I32
    building: I32
    numbers: F64

    @property
    def gap(self) -> F64:
        """Clearance, shape (pairs,)."""
        return self.numbers[:, GAP]


@compiled
def _lower(one: Any, two: Any) -> Any:
    """The lesser of two levels, the known one where the other is not."""
    return one if one < two or math.isnan(two) else two


@compiled
def _depth_asks(rule: DepthRule, deeper: Any) -> Any:
    if not deeper > 0.0:
        return 0.0
    return max(min(deeper, rule.deepest) / rule.tangent + rule.space, rule.least)


@compiled
def _near_enough(
    first: int, last: int, table: F64, i: I32, building: I32, lines: AskedLines,
    outlying: Outlying, rule: DepthRule, doubt: Doubt,
) -> tuple[I32, F64]:  # fmt: skip
    """Rows near enough, in order, and of each what is asked, what only depth asks for, and the
    larger with all that is in doubt."""
    rows, out, count = np.empty(last - first, np.int32), np.empty((last - first, 3)), 0
    box = np.empty((1, 4))
    for row in range(first, last):
        k, b = i[row], building[row]
        asked = lines.required[lines.class_of[int(table[k, PIPE])]]
        if math.isnan(asked):
            continue
        x, y = table[k, X0], table[k, Y0]
        dx, dy = table[k, X1] - x, table[k, Y1] - y
        around = outlying.deviation[b] * doubt.sigmas
        box[0, 0], box[0, 1] = outlying.boxes[b, 0] - around, outlying.boxes[b, 1] - around
        box[0, 2], box[0, 3] = outlying.boxes[b, 2] + around, outlying.boxes[b, 3] + around
        one, two = lines.sigma0[k], lines.sigma1[k]
        of_line = doubt.sigmas * (one if one > two or math.isnan(one) else two)
        of_line += 0.0 if lines.width_known[k] else doubt.unsized
        is_placed = math.isfinite(x + y + table[k, X1] + table[k, Y1])
        if not is_placed or math.isnan(of_line) or math.isnan(box.sum()):
            continue
        half = 0.0 if math.isnan(table[k, WIDTH]) else table[k, WIDTH]
        grown = half + max(asked + of_line, doubt.zone) + 0.5 * SLACK_M
        by_depth = np.nan
        if not comes_into(x, y, dx, dy, grown, box, 0):
            if not len(outlying.level):
                continue
            low = _lower(table[k, Z0] - table[k, HEIGHT], table[k, Z1] - table[k, HEIGHT])
            by_depth = _depth_asks(rule, outlying.level[b] - low)
            grown = half + (by_depth + of_line) + 0.5 * SLACK_M
            if not by_depth > asked or not comes_into(x, y, dx, dy, grown, box, 0):
                continue
        needed = max(asked, by_depth)
        rows[count] = row
        out[count, 0], out[count, 1], out[count, 2] = asked, by_depth, needed + of_line + around
        count += 1
    return rows[:count], out[:count]


@compiled
def _ask(
    k: int, around: float, level: float, table: F64, lines: AskedLines, rule: DepthRule, out: F64
) -> None:  # fmt: skip
    """Deviation of a segment's distance to a building of some deviation and level, and what depth
    at the nearest station asks where that is more than `out` holds."""
    t = out[STATION]
    one, two = lines.sigma0[k], lines.sigma1[k]
    out[SIGMA], out[DEEP] = math.hypot(one + (two - one) * t, around), 0.0
    start, stop = table[k, Z0] - table[k, HEIGHT], table[k, Z1] - table[k, HEIGHT]
    deeper = level - (start + (stop - start) * t)
    if not deeper > 0.0 or not lines.height_known[k]:
        return
    by_depth = _depth_asks(rule, deeper)
    if by_depth > out[REQUIRED]:
        one, two = lines.sigma_z0[k], lines.sigma_z1[k]
        of_level = (one + (two - one) * t) / rule.tangent
        out[SIGMA] = math.hypot(out[SIGMA], of_level)
        out[REQUIRED], out[DEEP] = by_depth, 1.0


@compiled
def _measured_beside(
    first: int, last: int, table: F64, i: I32, building: I32, lines: AskedLines,
    outlying: Outlying, outlines: Outlines, rule: DepthRule, doubt: Doubt,
) -> tuple[I32, F64]:  # fmt: skip
    """Rows near enough, in order, and what is measured and asked of each."""
    rows, asked = _near_enough(first, last, table, i, building, lines, outlying, rule, doubt)
    count = len(rows)
    some, polygons = np.empty((count, PIPE + 1)), np.empty(count, np.int32)
    beyond, out = np.empty(count), np.empty((count, CHANCE + 1))
    for k in range(count):
        some[k], polygons[k] = table[i[rows[k]]], building[rows[k]]
        # No question asks for more than this; further off it does not matter how far.
        beyond[k] = max(asked[k, 2], doubt.zone) + doubt.unsized
    polygon_gaps(0, count, some, outlines, polygons, beyond, out)
    kept = 0
    for k in range(count):
        row, level = int(rows[k]), np.nan
        if len(outlying.level):
            # How far off counts by depth alone is up to the nearest station.
            if not math.isnan(asked[k, 1]) and not out[k, GAP] < asked[k, 2]:
                continue
            level = float(outlying.level_beside[row])
        out[k, REQUIRED] = asked[k, 0]
        around = float(outlying.deviation[polygons[k]])
        _ask(int(i[row]), around, level, table, lines, rule, out[k])
        asks, sigma = float(out[k, REQUIRED]), float(out[k, SIGMA])
        out[k, REACH] = asks + doubt.sigmas * sigma
        out[k, CHANCE] = chance_too_near(float(out[k, GAP]), asks, sigma, doubt.tolerance)
        rows[kept] = row
        out[kept] = out[k]
        kept += 1
    return rows[:kept], out[:kept]


NO_DEPTH = DepthRule(1.0, 0.0, 0.0, 0.0)


def beside_buildings(
    seg: Segments, i: I32, building: I32, lines: AskedLines, outlying: Outlying,
    outlines: Outlines, rule: DepthRule = NO_DEPTH, *, doubt: Doubt,
) -> Beside:  # fmt: skip
    """Those of the pairs of segment `i` and building that can come as near as is asked, with the
    clearance to the outlines; a lower bound of it where that is surely enough."""
    class_of, required, *by_end = lines
    told = AskedLines(
        owned(class_of, np.int32), owned(required, np.float64),
        *(owned(column, np.float64) for column in by_end[:4]),
        *(owned(column, np.bool_) for column in by_end[4:]),
    )  # fmt: skip
    around = Outlying(*(owned(column, np.float64) for column in outlying))
    found = run_in_chunks(
        _measured_beside, len(i), table_of(seg), i, building, told, around, outlines, rule, doubt
    )
    if len(found) == 1:
        rows, out = found[0]
    else:
        rows = np.concatenate([np.empty(0, np.int32), *(part for part, _ in found)])
        out = np.concatenate([np.empty((0, CHANCE + 1)), *(part for _, part in found)])
    return Beside(i[rows], building[rows], out)
