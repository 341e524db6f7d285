"""How the measured number of a finding comes about, step by step."""

from __future__ import annotations

import numpy as np

from baiyun_gis.arrays import F64
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.language import Message, msg
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.ruleset import SIDEWAYS_M


def arithmetic_of(conflicts: ConflictTable, state: ProjectState, row: int) -> list[Message]:
    """The sum behind the number; nothing where a side can no longer be looked up."""
    match str(conflicts.check[row]):
        case "horizontal_clearance":
            return _horizontal(conflicts, state, row)
        case "vertical_clearance":
            return _vertical(conflicts, row)
        case "vertical_order":
            return _axes(conflicts, row)
        case "cover":
            return _cover(conflicts, row)
        case "structure_vertical_clearance" | "river_bed":
            return _beneath(conflicts, row)
        case "crossing_angle":
            return _angle(conflicts, row)
        case "gravity_slope":
            return _fall(conflicts, row)
        case _:
            return []


def _shown(value: float) -> float:
    """A number as it is printed, so that printed sums hold to the millimetre."""
    return round(value, 3) + 0.0


def degrees_of(sideways_m: float) -> float:
    """The angle at which a line gets this far sideways within `SIDEWAYS_M`."""
    return float(np.degrees(np.arcsin(np.clip(sideways_m / SIDEWAYS_M, -1.0, 1.0))))


def _angle(conflicts: ConflictTable, row: int) -> list[Message]:
    actual = float(conflicts.actual_m[row])
    return [
        msg(
            "{actual} m = {length} m × sin {angle}°: how far the line gets from the axis it"
            " crosses within that length.",
            actual=f"{actual:.3f}",
            length=f"{SIDEWAYS_M:g}",
            angle=f"{degrees_of(actual):.1f}",
        )
    ]


def _beneath(conflicts: ConflictTable, row: int) -> list[Message]:
    top, level = float(conflicts.near_a[row, 2]), float(conflicts.near_b[row, 2])
    if not np.isfinite(top + level):
        return []
    return [
        msg(
            "{actual} = level of the structure {level} − top of the line {top}.",
            actual=f"{_shown(level) - _shown(top):.3f}",
            level=f"{level:.3f}",
            top=f"{top:.3f}",
        )
    ]


def _fall(conflicts: ConflictTable, row: int) -> list[Message]:
    """The fall from axis to axis, and the least slope where one is asked."""
    upper, lower = float(conflicts.near_a[row, 2]), float(conflicts.near_b[row, 2])
    length = float(conflicts.stretch_to_m[row] - conflicts.stretch_from_m[row])
    required = float(conflicts.required_m[row])
    if not np.isfinite(upper + lower) or length <= 0:
        return []
    high, low = f"{_shown(upper):.3f}", f"{_shown(lower):.3f}"
    out = [
        msg(
            "Axis {first} m where it comes from, {second} m where it flows to.",
            first=high,
            second=low,
        )
    ]
    if required > 0:
        out.append(
            msg(
                "{required} = {slope} ‰ × {length} m.",
                required=f"{required:.3f}",
                slope=f"{1000 * required / length:.2f}",
                length=f"{length:.2f}",
            )
        )
    return out


def _horizontal(conflicts: ConflictTable, state: ProjectState, row: int) -> list[Message]:
    a = _half(state, conflicts, row, "a", "outer_width_m")
    b = _half(state, conflicts, row, "b", "outer_width_m")
    actual = float(conflicts.actual_m[row])
    is_known = np.isfinite(a + b + actual) and actual > 0
    if not is_known or not _is_square(conflicts, state, row, (a, b)):
        return []
    axes = _shown(actual) + _shown(a) + _shown(b)
    return [
        msg(
            "{actual} = {axes} between axes − {a} − {b} to the walls.",
            actual=f"{actual:.3f}",
            axes=f"{axes:.3f}",
            a=f"{a:.3f}",
            b=f"{b:.3f}",
        )
    ]


def _is_square(
    conflicts: ConflictTable, state: ProjectState, row: int, halves: tuple[float, float]
) -> bool:
    """Do both half widths lie on the line between the nearest points? Not so at a flat end."""
    near_a, near_b = conflicts.near_a[row, :2], conflicts.near_b[row, :2]
    apart = near_b - near_a
    way = apart / max(float(np.hypot(*apart)), 1e-9)
    sides = ((near_a - way * halves[0], "a_row"), (near_b + way * halves[1], "b_row"))
    return all(_off_axis(state, int(getattr(conflicts, at)[row]), p) < 0.0005 for p, at in sides)


def _off_axis(state: ProjectState, pipe: int, point: F64) -> float:
    """Plan distance of a point from the axis of a pipe."""
    own = slice(int(state.pipes.offsets[pipe]), int(state.pipes.offsets[pipe + 1]))
    start, step = state.pipes.xy[own][:-1], np.diff(state.pipes.xy[own], axis=0)
    square = np.maximum(np.square(step).sum(axis=1), 1e-12)
    share = np.clip(((point - start) * step).sum(axis=1) / square, 0.0, 1.0)
    return float(np.hypot(*(start + step * share[:, None] - point).T).min())


def _vertical(conflicts: ConflictTable, row: int) -> list[Message]:
    upper = max(float(conflicts.near_a[row, 2]), float(conflicts.near_b[row, 2]))
    lower = min(float(conflicts.near_a[row, 2]), float(conflicts.near_b[row, 2]))
    actual = float(conflicts.actual_m[row])
    if np.isnan(upper + lower + actual):
        return []
    # Bodies that overlap in height have the underside of the upper below the top of the lower.
    under = upper if actual >= 0 else lower
    return [
        msg(
            "{actual} = underside of the upper {under} − top of the lower {top}.",
            actual=f"{_shown(actual):.3f}",
            under=f"{under:.3f}",
            top=f"{_shown(under) - _shown(actual):.3f}",
        )
    ]


def _axes(conflicts: ConflictTable, row: int) -> list[Message]:
    za, zb = float(conflicts.near_a[row, 2]), float(conflicts.near_b[row, 2])
    actual = float(conflicts.actual_m[row])
    if np.isnan(za + zb + actual):
        return []
    rise = _shown(abs(actual))
    return [
        msg(
            "Axes there: {first} at {za} m, {second} at {zb} m.",
            first=str(conflicts.a_id[row]),
            za=f"{za:.3f}",
            second=str(conflicts.b_id[row]),
            zb=f"{_shown(za) + (rise if zb > za else -rise):.3f}",
        )
    ]


def _cover(conflicts: ConflictTable, row: int) -> list[Message]:
    top, actual = float(conflicts.near_a[row, 2]), float(conflicts.actual_m[row])
    if np.isnan(top + float(conflicts.near_b[row, 2]) + actual):
        return []
    return [
        msg(
            "{actual} = ground {ground} − top of the line {top}.",
            actual=f"{_shown(actual):.3f}",
            ground=f"{_shown(top) + _shown(actual):.3f}",
            top=f"{top:.3f}",
        )
    ]


def _half(state: ProjectState, conflicts: ConflictTable, row: int, side: str, column: str) -> float:
    """Half the outer size of a side that is a pipe; NaN where it cannot be looked up any more."""
    pipes = state.pipes
    at = int(getattr(conflicts, f"{side}_row")[row])
    is_there = getattr(conflicts, f"{side}_table")[row] == "pipes" and 0 <= at < len(pipes)
    if not is_there or pipes.id[at] != getattr(conflicts, f"{side}_id")[row]:
        return float("nan")
    return float(getattr(pipes, column)[at]) / 2


def unsized_sides(conflicts: ConflictTable, state: ProjectState, row: int) -> list[str]:
    """Ids of the pipes of a conflict whose outer section is not recorded."""
    out: list[str] = []
    for side in ("a", "b"):
        at = int(getattr(conflicts, f"{side}_row")[row])
        is_pipe = getattr(conflicts, f"{side}_table")[row] == "pipes" and 0 <= at < len(state.pipes)
        if not is_pipe or state.pipes.id[at] != getattr(conflicts, f"{side}_id")[row]:
            continue
        width, height = state.pipes.outer_width_m[at], state.pipes.outer_height_m[at]
        if not (width > 0 and height > 0):
            out.append(str(state.pipes.id[at]))
    return out
