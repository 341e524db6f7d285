"""What may have gone wrong at a unit: the seven causes, each with the true values it allows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I8, I64, Bool
from baiyun_gis.diagnosis.digits import decimals_of, in_other_units, undropped, untransposed
from baiyun_gis.diagnosis.pipe_ends import PipeEnds
from baiyun_gis.diagnosis.units import Units, UnitSort
from baiyun_gis.model.vocabulary import Vocabulary


class Cause(Vocabulary):
    """How a level came to be wrong."""

    TRANSPOSED = (0, "digits_transposed", "数字颠倒")
    DROPPED = (1, "digit_dropped", "漏写数字")
    UNIT = (2, "unit", "单位错误")
    TOP_FOR_INVERT = (3, "top_for_invert", "管顶与管底混淆")
    NEIGHBOUR = (4, "neighbours_record", "误抄相邻记录")
    DATUM = (5, "datum_offset", "基准偏差")
    REVERSED = (6, "reversed", "起终点颠倒")


FAULT_RATE = 0.01
"""Share of records that are taken to be wrong before anything is looked at."""

LOG_PRIOR = np.log(FAULT_RATE / len(Cause))
FREE_SHARE = 0.05 / 4.0
"""A value that may be anything within 4 m is met to 5 cm by chance this often."""

NO_REASON = 2.0
"""Taken off an offset that nothing speaks for but that it fits: a step may be by design."""

CONTRADICTION_M = 0.02
"""Ground minus depth further than this from the level contradicts it."""

LEAST_SHIFT_M = 0.03


class Hypotheses(NamedTuple):
    """One change a row: unit, by how much its level is to move, and why."""

    unit: I64
    shift_m: F64
    cause: I8
    log_prior: F64
    depth_follows: Bool
    """The depth was wrong too, the level having been computed from it."""

    def take(self, rows: I64 | Bool) -> Hypotheses:
        return Hypotheses(
            self.unit[rows],
            self.shift_m[rows],
            self.cause[rows],
            self.log_prior[rows],
            self.depth_follows[rows],
        )


def joined(parts: list[Hypotheses]) -> Hypotheses:
    """All hypotheses of all parts that move anything."""
    whole = Hypotheses(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    with np.errstate(invalid="ignore"):
        return whole.take(np.abs(whole.shift_m) >= LEAST_SHIFT_M)


def digit_causes(ends: PipeEnds, units: Units, near_m: F64) -> list[Hypotheses]:
    """Digits and units of the recorded level, and of the depth it was computed from.

    Candidates further than a third (at least 0.6 m) from the shift `near_m` the neighbours ask
    for are left out.
    """
    rows = np.flatnonzero(units.sort <= UnitSort.POINT)
    lead, near = units.lead[rows], near_m[rows]
    level = ends.level_m[lead]
    # What the depth must have been when the level was computed from it.
    depth = np.where(np.isnan(level), ends.depth_m[lead], ends.ground_m[lead] - level)
    follows = _is_consistent(ends)[lead]
    out: list[Hypotheses] = []
    for values, sign in ((level, 1.0), (depth, -1.0)):
        decimals = decimals_of(values)
        for cause, made in (
            (Cause.TRANSPOSED, untransposed(values, decimals)),
            (Cause.DROPPED, undropped(values, decimals)),
            (Cause.UNIT, in_other_units(values)),
        ):
            shift = sign * (made - values[:, None])
            out.append(_near(rows, shift, near, cause, follows))
    return out


def _is_consistent(ends: PipeEnds) -> Bool:
    """Ends whose level is ground minus depth, or where one of the three is not recorded."""
    return ~(np.abs(ends.unexplained_m) > CONTRADICTION_M)


def _near(rows: I64, shift: F64, near: F64, cause: Cause, follows: Bool) -> Hypotheses:
    count = np.maximum(np.isfinite(shift).sum(axis=1), 1)
    with np.errstate(invalid="ignore"):
        reach = np.maximum(0.6, np.abs(near) / 3)[:, None]
        at, which = np.nonzero(np.abs(shift - near[:, None]) <= reach)
    return Hypotheses(
        rows[at],
        shift[at, which],
        np.full(len(at), cause, np.int8),
        LOG_PRIOR - np.log(count[at]),
        follows[at],
    )


def section_causes(ends: PipeEnds, units: Units) -> list[Hypotheses]:
    """The top was recorded for the invert, or the reverse, at an end, a point or a whole pipe."""
    rows = np.flatnonzero(units.sort <= UnitSort.PIPE)
    pipe = units.lead[rows] // 2
    outer, inner = ends.pipes.outer_height_m[pipe], ends.pipes.inner_height_m[pipe]
    inner = np.where(np.isnan(inner), outer, inner)
    to_crown = outer - (outer - inner) / 2
    made = (outer, to_crown, inner)
    return [
        _each(ends, units, rows, sign * height, Cause.TOP_FOR_INVERT, np.log(6.0))
        for sign in (1.0, -1.0)
        for height in made
    ]


def direction_causes(ends: PipeEnds, units: Units) -> list[Hypotheses]:
    """Levels, or depths, of start and end were swapped."""
    rows = np.flatnonzero(units.sort == UnitSort.DIRECTION)
    start = units.lead[rows]
    levels = ends.z_m[start + 1] - ends.z_m[start]
    depths = ends.depth_m[start] - ends.depth_m[start + 1]
    return [
        _each(ends, units, rows, levels, Cause.REVERSED, np.log(2.0))._replace(
            depth_follows=np.zeros(len(rows), np.bool_)
        ),
        _each(ends, units, rows, depths, Cause.REVERSED, np.log(2.0)),
    ]


def free_causes(ends: PipeEnds, units: Units, rows: I64, shift_m: F64) -> list[Hypotheses]:
    """Any shift: the neighbouring row's record where it is the same number, else an offset."""
    cost = -np.log(FREE_SHARE)
    offset = _each(ends, units, rows, shift_m, Cause.DATUM, cost + NO_REASON)
    gain = _copy_gain(ends, units)[rows]
    copied = np.flatnonzero((units.sort[rows] <= UnitSort.POINT) & (gain > 0))
    gain = gain[copied]
    neighbour = _each(ends, units, rows[copied], shift_m[copied], Cause.NEIGHBOUR, cost - gain)
    # The depth says what the level should be: no free value, so nothing is taken off for one.
    told = np.flatnonzero((units.sort <= UnitSort.POINT) & ~_is_consistent(ends)[units.lead])
    by_depth = -ends.unexplained_m[units.lead[told]]
    contradicted = _each(ends, units, told, by_depth, Cause.DATUM, NO_REASON)
    return [
        offset,
        neighbour,
        contradicted._replace(depth_follows=np.zeros(len(told), np.bool_)),
    ]


def _copy_gain(ends: PipeEnds, units: Units) -> F64:
    """Of every unit, how telling it is that one of its ends has a neighbouring row's number."""
    same, odds = copies(ends)
    entries = units.matrix.tocoo()
    out = np.zeros(len(units))
    np.maximum.at(out, entries.row, np.where(same, odds, 0.0)[entries.col])
    return out


def copies(ends: PipeEnds) -> tuple[Bool, F64]:
    """Ends with the level or depth of the row before or after, and how telling that is.

    The second is minus the log of the share of ends of the kind that have it by chance.
    """
    size = len(ends)
    same = np.zeros(size, np.bool_)
    for values in (ends.level_m, ends.depth_m, ends.ground_m - ends.level_m):
        for step in (2, -2):
            other = np.roll(np.arange(size), -step)
            with np.errstate(invalid="ignore"):
                equal = np.abs(values - values[other]) < 5e-4
            same |= (
                equal & (ends.joint != ends.joint[other]) & (ends.utility == ends.utility[other])
            )
    _, inverse, count = np.unique(
        ends.utility * 512 + ends.size, return_inverse=True, return_counts=True
    )
    share = (np.bincount(inverse, weights=same) + 1.0) / (count + 2.0)
    return same, -np.log(share[inverse])


def _each(
    ends: PipeEnds, units: Units, rows: I64, shift: F64, cause: Cause, cost: F64 | float
) -> Hypotheses:
    return Hypotheses(
        rows,
        np.asarray(shift, float),
        np.full(len(rows), cause, np.int8),
        np.broadcast_to(LOG_PRIOR - cost, (len(rows),)).astype(float),
        _is_consistent(ends)[units.lead[rows]],
    )
