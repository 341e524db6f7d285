"""What the sketches draw: the two sides of a conflict, taken from the project's tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.model.colours import UTILITY_COLOURS
from baiyun_gis.model.columns import F64
from baiyun_gis.model.tables import NodeTable, PipeTable
from baiyun_gis.model.vocabulary import Shape, Status, Utility
from baiyun_gis.project import ProjectState

_BUILDING, _PERMIT, _OTHER = "#8a7f72", "#2e6eb4", "#5d6b7a"


@dataclass(frozen=True, slots=True)
class PipeSubject:
    """A line: axis (n, 2) and levels (n,), outer size, ground along it; metres, NaN unknown."""

    name: str
    colour: str
    xy: F64
    z: F64
    ground: F64
    width_m: float
    height_m: float
    is_round: bool
    is_planned: bool


@dataclass(frozen=True, slots=True)
class AreaSubject:
    """A building or other outline, with ground level and foundation depth (NaN unknown)."""

    name: str
    colour: str
    geometry: Any
    ground_m: float
    depth_m: float


@dataclass(frozen=True, slots=True)
class ChamberSubject:
    """A chamber: centre, size in plan, turn, and levels of its bottom and cover."""

    name: str
    colour: str
    xy: F64
    width_m: float
    length_m: float
    angle_deg: float
    is_round: bool
    bottom_m: float
    ground_m: float


Subject = PipeSubject | AreaSubject | ChamberSubject


def subjects_of(
    report: CheckReport, state: ProjectState, row: int
) -> tuple[Subject | None, Subject | None]:
    """Both sides of a conflict; None for a side that is no feature, or not in `state` any more."""
    c = report.conflicts
    return (
        _subject(state, c.a_table[row], int(c.a_row[row]), c.a_id[row]),
        _subject(state, c.b_table[row], int(c.b_row[row]), c.b_id[row]),
    )


def _subject(state: ProjectState, table: str, row: int, name: str) -> Subject | None:
    if table not in {"pipes", "nodes", "buildings", "permits", "structures"} or row < 0:
        return None
    rows = state.table(table)
    if row >= len(rows) or getattr(rows, "id")[row] != name:  # noqa: B009  every table has ids
        return None
    if isinstance(rows, PipeTable):
        return _pipe(rows, row)
    if isinstance(rows, NodeTable):
        return _chamber(rows, row)
    facts = rows.row(row)
    geometry = facts.get("foundation") or facts["geometry"]
    if geometry is None:
        return None
    colour = {"buildings": _BUILDING, "permits": _PERMIT}.get(table, _OTHER)
    ground = float(facts.get("ground_m", np.nan))
    return AreaSubject(
        name, colour, geometry, ground, float(facts.get("foundation_depth_m", np.nan))
    )


def _pipe(pipes: PipeTable, row: int) -> PipeSubject:
    own = slice(pipes.offsets[row], pipes.offsets[row + 1])
    xy = pipes.xy[own]
    step = np.hypot(*np.diff(xy, axis=0).T)
    share = np.concatenate([[0.0], np.cumsum(step)]) / max(float(step.sum()), 1e-9)
    start, end = float(pipes.start_ground_m[row]), float(pipes.end_ground_m[row])
    return PipeSubject(
        name=pipes.id[row],
        colour=UTILITY_COLOURS[Utility(int(pipes.utility[row]))],
        xy=xy,
        z=pipes.axis_level[own],
        ground=start + (end - start) * share,
        width_m=float(pipes.outer_width_m[row]),
        height_m=float(pipes.outer_height_m[row]),
        is_round=int(pipes.shape[row]) in {Shape.CIRCLE, Shape.UNKNOWN},
        is_planned=Status(int(pipes.status[row])) is Status.PLANNED,
    )


def _chamber(nodes: NodeTable, row: int) -> ChamberSubject:
    ground = float(nodes.ground_m[row])
    bottom = float(nodes.bottom_m[row])
    if np.isnan(bottom):
        bottom = ground - float(nodes.chamber_depth_m[row])
    width = float(nodes.chamber_width_m[row])
    length = float(nodes.chamber_length_m[row])
    return ChamberSubject(
        name=nodes.id[row],
        colour=UTILITY_COLOURS[Utility(int(nodes.utility[row]))],
        xy=nodes.xy[row],
        width_m=width,
        length_m=width if np.isnan(length) else length,
        angle_deg=float(np.nan_to_num(nodes.chamber_angle_deg[row])),
        is_round=int(nodes.chamber_shape[row]) in {Shape.CIRCLE, Shape.UNKNOWN},
        bottom_m=bottom,
        ground_m=ground,
    )
