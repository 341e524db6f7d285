"""How the measured number of a finding comes about, step by step."""

from __future__ import annotations

import numpy as np

from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.language import Message, msg
from baiyun_gis.project import ProjectState


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
        case _:
            return []


def _horizontal(conflicts: ConflictTable, state: ProjectState, row: int) -> list[Message]:
    a = _half(state, conflicts, row, "a", "outer_width_m")
    b = _half(state, conflicts, row, "b", "outer_width_m")
    actual = float(conflicts.actual_m[row])
    if np.isnan(a + b + actual) or actual < 0:
        return []
    return [
        msg(
            "{actual} = {axes} between axes − {a} − {b} to the walls.",
            actual=f"{actual:.3f}",
            axes=f"{actual + a + b:.3f}",
            a=f"{a:.3f}",
            b=f"{b:.3f}",
        )
    ]


def _vertical(conflicts: ConflictTable, row: int) -> list[Message]:
    upper = max(float(conflicts.near_a[row, 2]), float(conflicts.near_b[row, 2]))
    lower = min(float(conflicts.near_a[row, 2]), float(conflicts.near_b[row, 2]))
    actual = float(conflicts.actual_m[row])
    if np.isnan(upper + lower + actual):
        return []
    # Bodies that overlap in height have the underside of the upper below the top of the lower.
    under, top = (upper, lower) if actual >= 0 else (lower, upper)
    return [
        msg(
            "{actual} = underside of the upper {under} − top of the lower {top}.",
            actual=f"{actual:.3f}",
            under=f"{under:.3f}",
            top=f"{top:.3f}",
        )
    ]


def _axes(conflicts: ConflictTable, row: int) -> list[Message]:
    za, zb = float(conflicts.near_a[row, 2]), float(conflicts.near_b[row, 2])
    if np.isnan(za + zb):
        return []
    return [
        msg(
            "Facing walls there: {first} at {za} m, {second} at {zb} m.",
            first=str(conflicts.a_id[row]),
            za=f"{za:.3f}",
            second=str(conflicts.b_id[row]),
            zb=f"{zb:.3f}",
        )
    ]


def _cover(conflicts: ConflictTable, row: int) -> list[Message]:
    top, ground = float(conflicts.near_a[row, 2]), float(conflicts.near_b[row, 2])
    if np.isnan(top + ground):
        return []
    return [
        msg(
            "{actual} = ground {ground} − top of the line {top}.",
            actual=f"{float(conflicts.actual_m[row]):.3f}",
            ground=f"{ground:.3f}",
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
