"""Lines and the bodies of chambers: how deep one is in the other, how sure that is, and where."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32, Bool
from baiyun_gis.kernels.body_stretch import stretches_of_body
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.gaps import COLUMNS as GAP_COLUMNS
from baiyun_gis.kernels.gaps import GAP, POINT_A, POINT_B, STATION_A, pair_gaps
from baiyun_gis.kernels.plan import stretches_in_plan
from baiyun_gis.kernels.segments import (
    FLAT0,
    FLAT1,
    HEIGHT,
    PIPE,
    RECTANGLE,
    WIDTH,
    X0,
    X1,
    Y0,
    Y1,
    Z0,
    Z1,
    PairRows,
    Segments,
    owned,
    table_of,
)

# Columns of the table of chambers: centre, sizes (a circle has its diameter as both), direction of
# the length, 1 for a circle, levels of the neck's top, the body's top and its bottom (NaN unknown),
# deviation in plan.
X, Y, ACROSS, ALONG, COS, SIN, ROUND, TOP, SHOULDER, BOTTOM, SIGMA, CHAMBER_COLUMNS = range(12)

ENDLESS_M = 1e4
"""How far a body reaches where nobody recorded its end: beyond any line."""

_BODY, _WIDEST, _NECK, _WIDE_NECK = range(4)


class Doubt(NamedTuple):
    """How much is in doubt: deviations of lines at their ends (m, by segment), the half width of
    necks nobody measured, and how far clear, in deviations and metres, is surely clear."""

    sigma_xy0: F64
    sigma_xy1: F64
    sigma_z0: F64
    sigma_z1: F64
    neck_half: float
    sigmas: float
    tolerance: float


class Passages(NamedTuple):
    """Lines at chambers, pair by pair, metres.

    `gap` is the least distance in space, negative when one is in the other, and of what is surely
    clear in plan that in plan; NaN where it cannot be said, `is_unsure` where that matters: the two
    overlap in plan. `by_neck` where it is for the unknown width of the neck. `near` (n, 6) are the
    nearest points of line and chamber, in plan alone of what is surely clear there; `from_t`
    and `to_t` where along the segment they are in one place, NaN for what is surely clear.
    """

    gap: F64
    sigma: F64
    is_unsure: Bool
    by_neck: Bool
    from_t: F64
    to_t: F64
    near: F64


@compiled
def _solid(chambers: F64, k: Any, least: F64, part: Any, neck_half: float, out: F64) -> bool:
    """Put down a part of a chamber as a row of the table of segments; False where it has none.

    Level boxes along their length, and upright cylinders: boxes that have none.
    """
    well = chambers[k]
    low, high, half = well[BOTTOM], well[SHOULDER], well[ACROSS] / 2
    if part in (_BODY, _WIDEST):
        if math.isnan(low):
            low = least[k] if part == _BODY else -ENDLESS_M
        high = ENDLESS_M if math.isnan(high) else high
        low = min(low, high)
    else:
        if not well[SHOULDER] < well[TOP]:
            return False
        low, high = well[SHOULDER], well[TOP]
        half = min(0.0 if part == _NECK else neck_half, min(well[ACROSS], well[ALONG]) / 2)
    is_long = part in (_BODY, _WIDEST) and well[ROUND] != 1.0
    reach = well[ALONG] / 2 if is_long else 0.0
    dx, dy = reach * well[COS], reach * well[SIN]
    out[X0], out[Y0], out[X1], out[Y1] = well[X] - dx, well[Y] - dy, well[X] + dx, well[Y] + dy
    out[Z0] = out[Z1] = (low + high) / 2
    out[WIDTH], out[HEIGHT], out[PIPE] = half, (high - low) / 2, 0.0
    out[RECTANGLE] = out[FLAT0] = out[FLAT1] = 1.0
    return True


@compiled
def _deviation(doubt: Doubt, i: Any, sigma: float, near: F64) -> float:
    """Deviation of a gap along the line between the nearest points."""
    t = near[STATION_A]
    plan = math.hypot((1 - t) * doubt.sigma_xy0[i], t * doubt.sigma_xy1[i])
    level = math.hypot((1 - t) * doubt.sigma_z0[i], t * doubt.sigma_z1[i])
    x = near[POINT_B] - near[POINT_A]
    y = near[POINT_B + 1] - near[POINT_A + 1]
    z = near[POINT_B + 2] - near[POINT_A + 2]
    size = math.sqrt(x * x + y * y + z * z)
    up = abs(z) / size if size > 1e-9 else 0.0
    by_level = up * level
    return math.sqrt(by_level * by_level + (1 - up * up) * (plan * plan) + sigma * sigma)


@compiled
def _stretch(pair: PairRows, neck: PairRows, has_neck: bool, at: float) -> tuple[float, float]:
    """From and to which station the line is in the body or the neck; `at` where nothing says."""
    begin: Any = np.int64(0)
    one: Any = np.int64(1)
    limit, span = np.zeros(1), np.empty((1, 2))
    stretches_of_body(begin, one, pair, limit, span)
    low, high = span[0, 0], span[0, 1]
    if has_neck:
        stretches_of_body(begin, one, neck, limit, span)
        low = span[0, 0] if math.isnan(low) or span[0, 0] < low else low
        high = span[0, 1] if math.isnan(high) or span[0, 1] > high else high
    if math.isnan(low) or math.isnan(high):
        stretches_in_plan(begin, one, pair, limit, span)
        if math.isnan(low):
            low = at if math.isnan(span[0, 0]) else span[0, 0]
        if math.isnan(high):
            high = at if math.isnan(span[0, 1]) else span[0, 1]
    return low, high


@compiled
def _passages(
    first: int, last: int, table: F64, i: I32, chambers: F64, k: I32, least: F64, doubt: Doubt,
    out: F64, flags: Bool,
) -> None:  # fmt: skip
    begin: Any = np.int64(0)
    one: Any = np.int64(1)
    in_space: Any = np.bool_(False)
    planar: Any = np.bool_(True)
    bodies, necks = np.empty((2, PIPE + 1)), np.empty((2, PIPE + 1))
    left, right = np.zeros(1, np.int32), np.ones(1, np.int32)
    pair, neck = PairRows(bodies, left, right), PairRows(necks, left, right)
    near, other = np.empty((1, GAP_COLUMNS)), np.empty((1, GAP_COLUMNS))
    flat = np.empty((1, GAP_COLUMNS))
    for row in range(first, last):
        line, well = i[row], k[row]
        bodies[0] = necks[0] = table[line]
        _solid(chambers, well, least, _BODY, 0.0, bodies[1])
        # Most lie beside it: clear in plan by more than anything is in doubt. Necks are narrower.
        pair_gaps(begin, one, pair, planar, flat)
        most = math.hypot(max(doubt.sigma_xy0[line], doubt.sigma_xy1[line]), chambers[well, SIGMA])
        if flat[0, GAP] > doubt.sigmas * most + doubt.tolerance:
            out[row, 0], out[row, 1] = flat[0, GAP], most
            out[row, 4:] = flat[0, POINT_A : POINT_A + 6]
            continue
        pair_gaps(begin, one, pair, in_space, near)
        has_neck = _solid(chambers, well, least, _NECK, 0.0, necks[1])
        if has_neck:
            pair_gaps(begin, one, neck, in_space, other)
            if other[0, GAP] < near[0, GAP]:
                near[:] = other
        gap, by_neck, is_unsure = near[0, GAP], False, False
        is_unlevelled = math.isnan(gap)
        if gap >= 0.0:
            if has_neck:
                _solid(chambers, well, least, _WIDE_NECK, doubt.neck_half, necks[1])
                pair_gaps(begin, one, neck, in_space, other)
                by_neck = other[0, GAP] < 0.0
                _solid(chambers, well, least, _NECK, 0.0, necks[1])
            if not by_neck and math.isnan(chambers[well, BOTTOM]):
                _solid(chambers, well, least, _WIDEST, 0.0, bodies[1])
                pair_gaps(begin, one, pair, in_space, other)
                is_unsure = other[0, GAP] < 0.0
                _solid(chambers, well, least, _BODY, 0.0, bodies[1])
            if by_neck or is_unsure:
                gap = np.nan
        if math.isnan(gap):
            # A line clear of the outline in plan is clear whatever the levels.
            if is_unlevelled:
                near[0, STATION_A] = flat[0, STATION_A]
                for column in (POINT_A, POINT_A + 1, POINT_B, POINT_B + 1):
                    near[0, column] = flat[0, column]
            gap = flat[0, GAP] if flat[0, GAP] >= 0.0 else gap
            flags[row, 0] = flat[0, GAP] < 0.0
        flags[row, 1] = by_neck
        sigma = _deviation(doubt, line, chambers[well, SIGMA], near[0])
        out[row, 0], out[row, 1] = gap, sigma
        for column in range(6):
            out[row, 4 + column] = near[0, POINT_A + column]
        if not gap > doubt.sigmas * sigma + doubt.tolerance:
            low, high = _stretch(pair, neck, has_neck, near[0, STATION_A])
            out[row, 2], out[row, 3] = low, high


def passages_of(
    seg: Segments, i: I32, chambers: F64, k: I32, *, least_depth_m: F64, doubt: Doubt
) -> Passages:
    """How segments `i` pass chambers `k`, rows of a table of `CHAMBER_COLUMNS` in the segments'
    place, pair by pair.

    A chamber whose bottom nobody recorded surely reaches down to `least_depth_m` (by chamber),
    perhaps without end; one whose top is unknown goes up without end. A neck stands from the
    shoulder to the top, of unknown width.
    """
    out, flags = np.full((len(i), 10), np.nan), np.zeros((len(i), 2), dtype=np.bool_)
    xy0, xy1, z0, z1 = (owned(column, np.float64) for column in doubt[:4])
    exact = Doubt(xy0, xy1, z0, z1, *(float(number) for number in doubt[4:]))
    run_in_chunks(
        _passages, len(i), table_of(seg), owned(i, np.int32), owned(chambers, np.float64),
        owned(k, np.int32), owned(least_depth_m, np.float64), exact, out, flags,
    )  # fmt: skip
    return Passages(
        out[:, 0], out[:, 1], flags[:, 0], flags[:, 1], out[:, 2], out[:, 3], out[:, 4:]
    )
