"""Chambers as boxes around all places their outlines may have, in one pass over the nodes."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I8, I32, I64, Bool
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.passages import ACROSS, ALONG, COS, ROUND, SIN
from baiyun_gis.kernels.segments import owned


class Plans(NamedTuple):
    """Nodes as recorded: which are chambers there that day, place, size in plan and deviation (m,
    NaN unknown), and by shape code what is no circle though as long as wide. All by node but
    `is_box`."""

    is_there: Bool
    xy: F64
    width: F64
    length: F64
    shape: I8
    sigma: F64
    is_box: Bool


@compiled
def _boxes(
    first: int, last: int, plans: Plans, origin: tuple[float, float], usual: float, sigmas: float
) -> tuple[I64, F64, I64]:
    """Nodes with a size, their boxes, nodes without a size."""
    there, xy, wide, long, shape, sigma, is_box = plans
    node, boxes, count = np.empty(last - first, np.int64), np.empty((last - first, 4)), 0
    unsized, without = np.empty(last - first, np.int64), 0
    for row in range(first, last):
        if not there[row]:
            continue
        x, y = xy[row, 0] - origin[0], xy[row, 1] - origin[1]
        if not (math.isfinite(x) and math.isfinite(y)):
            continue
        width = wide[row] if wide[row] > 0.0 else np.nan
        length = long[row] if long[row] > 0.0 else width
        width = length if math.isnan(width) else width
        if math.isnan(width):
            unsized[without] = row
            without += 1
            continue
        is_round = width == length and not is_box[shape[row]]
        reach = (width if is_round else math.hypot(width, length)) / 2
        reach += sigmas * (usual if math.isnan(sigma[row]) else sigma[row])
        node[count] = row
        boxes[count, 0], boxes[count, 1] = x - reach, y - reach
        boxes[count, 2], boxes[count, 3] = x + reach, y + reach
        count += 1
    return node[:count].copy(), boxes[:count].copy(), unsized[:without].copy()


def chamber_boxes(
    plans: Plans, *, origin: F64, usual_m: float, sigmas: float
) -> tuple[I64, F64, I64]:
    """Nodes of chambers with a size, boxes x0, y0, x1, y1 (n, 4) around them with so many
    deviations (`usual_m` where none is recorded), `origin` off; nodes of those without a size."""
    whole = Plans(
        owned(plans.is_there, np.bool_), owned(plans.xy, np.float64),
        owned(plans.width, np.float64), owned(plans.length, np.float64),
        owned(plans.shape, np.int8), owned(plans.sigma, np.float64), plans.is_box,
    )  # fmt: skip
    corner = float(origin[0]), float(origin[1])
    found = run_in_chunks(_boxes, len(plans.width), whole, corner, float(usual_m), float(sigmas))
    none = np.zeros(0, dtype=np.int64), np.zeros((0, 4)), np.zeros(0, dtype=np.int64)
    node, boxes, unsized = zip(none, *found, strict=True)
    return np.concatenate(node), np.concatenate(boxes), np.concatenate(unsized)


class Kin(NamedTuple):
    """Families by pipe and by chamber, and the ends of pipes (2 n, 2)."""

    of_pipe: I32
    of_chamber: I32
    end_xy: F64


@compiled
def ends_inside(pipe: I32, k: I32, kin: Kin, centre: F64, table: F64, code: int, out: I8) -> None:
    """Give a code to pairs of a pipe and a chamber, of those with none, of one family of which an
    end of the pipe lies in the outline: `table` as `passages` has it, `centre` (n, 2) in the place
    of the ends."""
    for row in range(len(k)):
        well = table[k[row]]
        if out[row] != 0 or kin.of_pipe[pipe[row]] != kin.of_chamber[k[row]]:
            continue
        for end in (2 * np.int64(pipe[row]), 2 * np.int64(pipe[row]) + 1):
            dx, dy = (
                kin.end_xy[end, 0] - centre[k[row], 0],
                kin.end_xy[end, 1] - centre[k[row], 1],
            )
            along = abs(dx * well[COS] + dy * well[SIN])
            across = abs(dy * well[COS] - dx * well[SIN])
            if well[ROUND] == 1.0:
                inside = math.hypot(dx, dy) <= well[ACROSS] / 2
            else:
                inside = along <= well[ALONG] / 2 and across <= well[ACROSS] / 2
            if inside:
                out[row] = code
