"""What checks of two lines read off their distances, pair by pair: in one pass each."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I8, I32, I64, Bool
from baiyun_gis.kernels.bodies import BodyGap
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.pairing import deviation_of_both
from baiyun_gis.kernels.plan import PlanClearance
from baiyun_gis.kernels.segments import HEIGHT, Z0, Z1, PairRows

NEAR_A, NEAR_B, STATIONS, WAY, ACTUAL, SHORT, READINGS = 0, 3, 6, 8, 11, 12, 13
"""Columns of readings: nearest points of both (x, y, level), stations on both axes, the direction
that parts them, the distance (NaN where it cannot be judged) and how much it is below what is
required."""

NO_KIND, NO_LEVEL, NO_SIZE, UNSURE, FLAGS = range(5)
"""Rows of flags: a kind, a level or a size is not known; it cannot be judged."""

_NOWHERE_M = 1e-9


class PieceTraits(NamedTuple):
    """By segment: deviations in plan at both ends (m), whether its width is known, its pipe; the
    run by pipe."""

    sigma0: F64
    sigma1: F64
    width_known: Bool
    pipe: I32
    run: I32


class Breadths(NamedTuple):
    """Of pairs: the deviation of the distance (m), by how many
    unknown widths it may be less, and a number for the two runs; all shape (pairs,)."""

    sigma_m: F64
    unsized: F64
    runs: I64


@compiled
def breadths_of(rows: PairRows, some: I64, lines: PieceTraits) -> Breadths:
    """How wide some pairs are together, how sure their distance is, and whose they are."""
    count = len(some)
    out = Breadths(np.empty(count), np.empty(count), np.empty(count, np.int64))
    pipes = max(len(lines.run), 1)
    for k in range(count):
        i, j = rows.left[some[k]], rows.right[some[k]]
        out.sigma_m[k] = deviation_of_both(lines.sigma0, lines.sigma1, i, j)
        out.unsized[k] = int(not lines.width_known[i]) + int(not lines.width_known[j])
        a, b = np.int64(lines.run[lines.pipe[i]]), np.int64(lines.run[lines.pipe[j]])
        out.runs[k] = a * pipes + b
    return out


@compiled
def _level(table: F64, k: int, t: float) -> float:
    """The level of an axis at a station."""
    return table[k, Z0] + (table[k, Z1] - table[k, Z0]) * t


@compiled
def lies_above(
    rows: PairRows, at: F64, order: I8, least: F64, tolerance: float
) -> Bool:  # fmt: skip
    """Pairs of which one lies above the other (`order` 1: the first, −1: the second, 0: no matter)
    by at least so much, wall over wall, `at` the stations (rows) where they are nearest in plan."""
    out = np.zeros(len(order), np.bool_)
    for row in range(len(order)):
        if order[row] == 0:
            continue
        i, j = rows.left[row], rows.right[row]
        za, zb = _level(rows.table, i, at[0, row]), _level(rows.table, j, at[1, row])
        rise = za - zb if order[row] > 0 else zb - za
        rise = rise - rows.table[i, HEIGHT] - rows.table[j, HEIGHT]
        out[row] = rise >= least[row] - tolerance
    return out


@compiled
def read_in_plan(
    first: int, last: int, rows: PairRows, plan: PlanClearance, required: F64, known: Bool,
    origin: F64, tolerance: tuple[float, float], readings: F64, flags: Bool,
) -> None:  # fmt: skip
    """Readings and flags of clearances in plan; `known` says of segments whether their width is,
    `tolerance` (m) what is no violation yet, and rounding."""
    for row in range(first, last):
        i, j, out = rows.left[row], rows.right[row], readings[row]
        gap = plan.gap[row]
        out[NEAR_A], out[NEAR_A + 1] = plan.ax[row] + origin[0], plan.ay[row] + origin[1]
        out[NEAR_B], out[NEAR_B + 1] = plan.bx[row] + origin[0], plan.by[row] + origin[1]
        out[NEAR_A + 2] = _level(rows.table, i, plan.ta[row])
        out[NEAR_B + 2] = _level(rows.table, j, plan.tb[row])
        out[STATIONS], out[STATIONS + 1] = plan.ta[row], plan.tb[row]
        x, y = plan.bx[row] - plan.ax[row], plan.by[row] - plan.ay[row]
        length = math.hypot(x, y)
        # Deviations are the same every way in plan, so any direction will do where there is none.
        out[WAY], out[WAY + 1], out[WAY + 2] = 1.0, 0.0, 0.0
        if length > _NOWHERE_M:
            out[WAY], out[WAY + 1] = x / length, y / length
        flags[NO_KIND, row] = math.isnan(required[row])
        flags[NO_LEVEL, row] = False
        flags[NO_SIZE, row] = not (known[i] and known[j])
        # With unknown sizes counted as 0 a shortfall is a shortfall whatever the size.
        violated = gap < required[row] - tolerance[0] - tolerance[1]
        flags[UNSURE, row] = flags[NO_KIND, row] or (flags[NO_SIZE, row] and not violated)
        out[ACTUAL] = np.nan if flags[UNSURE, row] else gap
        out[SHORT] = required[row] - tolerance[0] - gap


class Known(NamedTuple):
    """What is known of segments."""

    level: Bool
    width: Bool
    height: Bool


@compiled
def read_in_space(
    first: int, last: int, rows: PairRows, gap: BodyGap, plan: PlanClearance, crosses: Bool,
    unsized: F64, credible: float, known: Known, origin: F64, tolerance: float, readings: F64,
    flags: Bool,
) -> None:  # fmt: skip
    """Readings and flags of the distance of bodies, of which 0 is required.

    `unsized` (m) is how much nearer walls may be, `credible` (m) the least to count for that where
    a size is unknown. Stations and direction are not read.
    """
    for row in range(first, last):
        i, j, out = rows.left[row], rows.right[row], readings[row]
        of_a, of_b = (
            (gap.ax[row], gap.ay[row], gap.az[row]),
            (gap.bx[row], gap.by[row], gap.bz[row]),
        )
        in_a = plan.ax[row], plan.ay[row], np.nan
        in_b = plan.bx[row], plan.by[row], np.nan
        for axis in range(3):
            a = in_a[axis] if math.isnan(of_a[axis]) else of_a[axis]
            b = in_b[axis] if math.isnan(of_b[axis]) else of_b[axis]
            shift = origin[axis] if axis < 2 else 0.0
            out[NEAR_A + axis], out[NEAR_B + axis] = a + shift, b + shift
        no_level = not (known.level[i] and known.level[j])
        no_size = not (known.width[i] and known.height[i] and known.width[j] and known.height[j])
        over = plan.gap[row] < unsized[row] or crosses[row]
        # Unknown sizes were counted as 0: a gap wider than any credible pipe decides all the same.
        is_open = gap.gap[row] >= 0 and gap.gap[row] < max(unsized[row], credible)
        flags[NO_KIND, row], flags[NO_LEVEL, row], flags[NO_SIZE, row] = False, no_level, no_size
        flags[UNSURE, row] = (no_level and over) or (no_size and not no_level and is_open)
        out[ACTUAL] = np.nan if flags[UNSURE, row] else gap.gap[row]
        out[SHORT] = 0.0 - tolerance - gap.gap[row]
