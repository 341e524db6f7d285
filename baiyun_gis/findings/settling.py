"""What would settle a finding: the surveyed point whose level or position carries most doubt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from baiyun_gis.arrays import F64
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.findings.words import side_name
from baiyun_gis.language import Message, msg
from baiyun_gis.model.uncertainty import uncertainty_of
from baiyun_gis.project import ProjectState

_IN_PLAN = ("horizontal_clearance", "occupation", "building_clearance")
_IN_HEIGHT = ("vertical_clearance", "vertical_order", "cover")
_LEAST_DOUBT = 0.0005
"""Probabilities nearer than this to 0 or 1 are printed as such."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One number of the survey that a finding hangs on, and its part of the variance, m².

    `vertex` counts along the line; `side` is `a` or `b`.
    """

    side: str
    vertex: int
    is_level: bool
    variance: float


Errors = Callable[[int], tuple[F64, F64]]
"""The deviations in plan and in height (m) of the vertices of a pipe by its row."""


def errors_in(state: ProjectState) -> Errors:
    """The deviations of one pipe after the other, as they are asked for."""

    def of_pipe(pipe: int) -> tuple[F64, F64]:
        errors = uncertainty_of(state.pipes.take(np.array([pipe])), state.nodes)
        return errors.sigma_xy_m, errors.sigma_z_m

    return of_pipe


def errors_of(conflicts: ConflictTable, state: ProjectState) -> Errors:
    """The deviations of all pipes whose findings are open to doubt, found at once."""
    sigma, chance = conflicts.sigma_m, conflicts.probability
    doubtful = (sigma > 0) & (chance > _LEAST_DOUBT) & (chance < 1 - _LEAST_DOUBT)
    sides = [
        row[doubtful & (table == "pipes") & (row >= 0) & (row < len(state.pipes))]
        for table, row in (
            (conflicts.a_table, conflicts.a_row),
            (conflicts.b_table, conflicts.b_row),
        )
    ]
    rows = np.unique(np.concatenate(sides))
    part = state.pipes.take(rows)
    errors = uncertainty_of(part, state.nodes)

    def of_pipe(pipe: int) -> tuple[F64, F64]:
        at = int(np.searchsorted(rows, pipe))
        own = slice(int(part.offsets[at]), int(part.offsets[at + 1]))
        return errors.sigma_xy_m[own], errors.sigma_z_m[own]

    return of_pipe


def settling_of(
    conflicts: ConflictTable, state: ProjectState, row: int, errors: Errors | None = None
) -> list[Message]:
    """What to measure first, where the finding is open to doubt; else nothing."""
    sigma, chance = float(conflicts.sigma_m[row]), float(conflicts.probability[row])
    if not (sigma > 0 and _LEAST_DOUBT < chance < 1 - _LEAST_DOUBT):
        return []
    doubts = doubts_of(conflicts, state, row, errors)
    if not doubts or doubts[0].variance <= 0:
        return []
    most = doubts[0]
    whole = max(sigma**2, sum(doubt.variance for doubt in doubts))
    share = most.variance / whole
    line, pipe = side_name(conflicts, row, most.side), _row_of(conflicts, state, row, most.side)
    what = msg("the position of {line}", line=line)
    if most.is_level:
        what = msg("the level of {line}", line=line)
    return [
        msg(
            "What would settle most: {what} at {place}, {share} % of the doubt; known there, the"
            " standard deviation would be {rest} m.",
            what=what,
            place=_place(state, pipe, most.vertex),
            share=f"{100 * share:.0f}",
            rest=f"{sigma * np.sqrt(1 - share):.3f}",
        )
    ]


def doubts_of(
    conflicts: ConflictTable, state: ProjectState, row: int, errors: Errors | None = None
) -> list[Doubt]:
    """The levels and positions that a finding hangs on, those with the most doubt first."""
    flat, up = _shares(conflicts, row)
    out: list[Doubt] = []
    for side in ("a", "b"):
        pipe = _row_of(conflicts, state, row, side)
        if pipe < 0:
            continue
        near = conflicts.near_a if side == "a" else conflicts.near_b
        piece, station = _on_axis(state, pipe, near[row, :2])
        sigma_xy, sigma_z = (errors or errors_in(state))(pipe)
        for vertex, weight in ((piece, 1 - station), (piece + 1, station)):
            plan, height = float(sigma_xy[vertex]), float(sigma_z[vertex])
            if not np.isfinite(plan + height):
                return []  # a deviation that no survey has was left out of the run
            out.append(Doubt(side, vertex, is_level=False, variance=flat * (weight * plan) ** 2))
            out.append(Doubt(side, vertex, is_level=True, variance=up * (weight * height) ** 2))
    return sorted(out, key=lambda doubt: -doubt.variance)


def _shares(conflicts: ConflictTable, row: int) -> tuple[float, float]:
    """How much of an error in plan, and of one in height, goes into the number; squared."""
    check = str(conflicts.check[row])
    if check in _IN_PLAN or check in _IN_HEIGHT:
        return (1.0, 0.0) if check in _IN_PLAN else (0.0, 1.0)
    apart = conflicts.near_b[row] - conflicts.near_a[row]
    square = float(apart @ apart)
    up = float(apart[2] ** 2) / square if square > 1e-12 else 0.5
    return (1 - up, up) if np.isfinite(up) else (1.0, 0.0)


def _row_of(conflicts: ConflictTable, state: ProjectState, row: int, side: str) -> int:
    """The pipe on a side; −1 where it is none, or cannot be looked up any more."""
    at = int(getattr(conflicts, f"{side}_row")[row])
    is_pipe = getattr(conflicts, f"{side}_table")[row] == "pipes" and 0 <= at < len(state.pipes)
    if not is_pipe or state.pipes.id[at] != getattr(conflicts, f"{side}_id")[row]:
        return -1
    return at


def _on_axis(state: ProjectState, pipe: int, point: np.ndarray) -> tuple[int, float]:
    """The piece of a pipe's axis nearest a point in plan, and the station on it."""
    own = slice(int(state.pipes.offsets[pipe]), int(state.pipes.offsets[pipe + 1]))
    start, step = state.pipes.xy[own][:-1], np.diff(state.pipes.xy[own], axis=0)
    square = np.maximum(np.square(step).sum(axis=1), 1e-12)
    share = np.clip(((point - start) * step).sum(axis=1) / square, 0.0, 1.0)
    far = np.hypot(*(start + step * share[:, None] - point).T)
    piece = int(np.argmin(far))
    return piece, float(share[piece])


def _place(state: ProjectState, pipe: int, vertex: int) -> Message:
    """A vertex by its point number, else by its chainage."""
    pipes = state.pipes
    first, last = int(pipes.offsets[pipe]), int(pipes.offsets[pipe + 1]) - 1
    node = -1
    if vertex in {0, last - first}:
        node = int(pipes.start_node[pipe] if vertex == 0 else pipes.end_node[pipe])
    if 0 <= node < len(state.nodes):
        return msg("point {id}", id=str(state.nodes.id[node]))
    step = np.diff(pipes.xy[first : first + vertex + 1], axis=0)
    return msg("chainage {at} m", at=f"{float(np.hypot(*step.T).sum()):.2f}")
