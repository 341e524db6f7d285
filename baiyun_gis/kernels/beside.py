"""Which of the lines near buildings are near enough for what is asked of them."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32, Bool
from baiyun_gis.kernels.box_grid import comes_into
from baiyun_gis.kernels.candidates import SLACK_M
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
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
    anywhere), by segment deviations at both ends and whether its width is known."""

    class_of: I32
    required: F64
    sigma0: F64
    sigma1: F64
    width_known: Bool


class Outlying(NamedTuple):
    """Boxes around buildings (n, 4; NaN for none), how far each may lie elsewhere, and the level of
    its foundation's underside (m, NaN unknown); no levels where depth asks for nothing."""

    boxes: F64
    doubt: F64
    level: F64


class DepthRule(NamedTuple):
    """What depth below a foundation asks: that over `tangent` and `space`, no less than `least`
    and no more than of `deepest` (m)."""

    tangent: float
    space: float
    least: float
    deepest: float


class Beside(NamedTuple):
    """Pairs of segment `i` and building that are near enough; metres.

    `asked` is how far off the building has to be, `by_depth` what only the line's depth asks for,
    NaN where it need not; `reach` the larger with all that is in doubt.
    """

    i: I32
    building: I32
    asked: F64
    by_depth: F64
    reach: F64


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
    outlying: Outlying, rule: DepthRule, sigmas: float, unsized: float,
) -> tuple[I32, F64]:  # fmt: skip
    """Rows near enough, in order, and of each what is asked, by depth, and the reach."""
    rows, out, count = np.empty(last - first, np.int32), np.empty((last - first, 3)), 0
    class_of, required, sigma0, sigma1, width_known = lines
    boxes, doubt_of, level = outlying
    box = np.empty((1, 4))
    for row in range(first, last):
        k, b = i[row], building[row]
        asked = required[class_of[int(table[k, PIPE])]]
        if math.isnan(asked):
            continue
        x, y = table[k, X0], table[k, Y0]
        dx, dy = table[k, X1] - x, table[k, Y1] - y
        around = doubt_of[b]
        box[0, 0], box[0, 1] = boxes[b, 0] - around, boxes[b, 1] - around
        box[0, 2], box[0, 3] = boxes[b, 2] + around, boxes[b, 3] + around
        one, two = sigma0[k], sigma1[k]
        doubt = sigmas * (one if one > two or math.isnan(one) else two)
        doubt += 0.0 if width_known[k] else unsized
        is_placed = math.isfinite(x + y + table[k, X1] + table[k, Y1])
        if not is_placed or math.isnan(doubt) or math.isnan(box.sum()):
            continue
        half = 0.0 if math.isnan(table[k, WIDTH]) else table[k, WIDTH]
        grown = half + max(asked + doubt, 0.0) + 0.5 * SLACK_M
        by_depth = np.nan
        if not comes_into(x, y, dx, dy, grown, box, 0):
            if not len(level):
                continue
            low = _lower(table[k, Z0] - table[k, HEIGHT], table[k, Z1] - table[k, HEIGHT])
            by_depth = _depth_asks(rule, level[b] - low)
            grown = half + (by_depth + doubt) + 0.5 * SLACK_M
            if not by_depth > asked or not comes_into(x, y, dx, dy, grown, box, 0):
                continue
        needed = max(asked, by_depth)
        rows[count] = row
        out[count, 0], out[count, 1], out[count, 2] = asked, by_depth, needed + doubt + around
        count += 1
    return rows[:count], out[:count]


NO_DEPTH = DepthRule(1.0, 0.0, 0.0, 0.0)


def beside_buildings(
    seg: Segments, i: I32, building: I32, lines: AskedLines, outlying: Outlying,
    rule: DepthRule = NO_DEPTH, *, sigmas: float, unsized_m: float,
) -> Beside:  # fmt: skip
    """Those of the pairs of segment `i` and building that can come as near as is asked.

    So many deviations of the line are in doubt, and `unsized_m` where its width is unknown.
    """
    told = AskedLines(
        owned(lines.class_of, np.int32), owned(lines.required, np.float64),
        owned(lines.sigma0, np.float64), owned(lines.sigma1, np.float64),
        owned(lines.width_known, np.bool_),
    )  # fmt: skip
    boxes, doubt, level = outlying
    around = Outlying(owned(boxes, np.float64), owned(doubt, np.float64), owned(level, np.float64))
    exact = DepthRule(*map(float, rule))
    found = run_in_chunks(
        _near_enough, len(i), table_of(seg), i, building, told, around, exact, float(sigmas),
        float(unsized_m),
    )  # fmt: skip
    if len(found) == 1:
        rows, numbers = found[0]
    else:
        rows = np.concatenate([np.empty(0, np.int32), *(part for part, _ in found)])
        numbers = np.concatenate([np.empty((0, 3)), *(part for _, part in found)])
    return Beside(i[rows], building[rows], numbers[:, 0], numbers[:, 1], numbers[:, 2])
