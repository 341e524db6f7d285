"""A scope made into masks: which features are asked about, and which side they are on."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from baiyun_gis.checks.selection import selected_pipes
from baiyun_gis.errors import UsageError
from baiyun_gis.findings.conflicts import SuspicionTable
from baiyun_gis.findings.scope import Against, Scope
from baiyun_gis.model.columns import Bool, Str
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.vocabulary import Status
from baiyun_gis.project import ProjectState


@dataclass(frozen=True, slots=True)
class Sides:
    """Features of one side (planned, the delivery, the rest), by table."""

    pipes: Bool
    nodes: Bool
    buildings: Bool
    structures: Bool

    def of(self, table: str) -> Bool:
        """The mask of a table by its name."""
        return getattr(self, table)

    def turned(self) -> Sides:
        """All features that are not on this side."""
        return Sides(~self.pipes, ~self.nodes, ~self.buildings, ~self.structures)


@dataclass(frozen=True, slots=True)
class Owned:
    """What a part of a larger run answers for, so that each pair is looked at in one part only.

    `pipes` are whole runs; of two runs the part answers that owns the one with the smaller label.
    """

    pipes: Bool
    nodes: Bool
    structures: Bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run asks about. `pipes` may be asked about at all; with `sides` only pairs with one
    feature there and one on the side of `others` are, and single lines of `sides`. In a
    part of a larger run only what is `owned` is asked about. `lines_only`: some lines are picked
    out, so that things which are not lines are not asked about by themselves."""

    pipes: Bool
    sides: Sides | None = None
    others: Sides | None = None
    owned: Owned | None = None
    lines_only: bool = False

    @property
    def singly(self) -> Bool:
        """Pipes whose own requirements (cover, slope) are asked about; shape (n,)."""
        return self.pipes if self.sides is None else self.pipes & self.sides.pipes


def asked_of(state: ProjectState, scope: Scope) -> Asked:
    """The masks of a scope.

    Raises `UsageError` for a `where` or an area that cannot be understood.
    """
    pipes = selected_pipes(state.pipes, scope.where)
    if scope.area_wkt:
        pipes &= _inside(state.pipes, scope.area_wkt)
    asked = Asked(pipes, lines_only=bool(scope.where.strip() or scope.area_wkt))
    match scope.against:
        case Against.ALL:
            return asked
        case Against.PLANNED:
            return _opposed(asked, _planned(state))
        case Against.DELIVERY:
            return _opposed(asked, _delivered(state, scope.source))


def _opposed(asked: Asked, sides: Sides) -> Asked:
    return replace(asked, sides=sides, others=sides.turned())


def _planned(state: ProjectState) -> Sides:
    return Sides(
        pipes=state.pipes.status == Status.PLANNED,
        nodes=state.nodes.status == Status.PLANNED,
        buildings=np.zeros(len(state.buildings), dtype=np.bool_),
        structures=np.zeros(len(state.structures), dtype=np.bool_),
    )


def _delivered(state: ProjectState, source: str) -> Sides:
    return Sides(
        pipes=_of_source(state.pipes.source, source),
        nodes=_of_source(state.nodes.source, source),
        buildings=_of_source(state.buildings.source, source),
        structures=_of_source(state.structures.source, source),
    )


def _of_source(column: Str, source: str) -> Bool:
    names = {name for name in set(column) if _is_from(str(name), source)}
    return np.fromiter((name in names for name in column), np.bool_, len(column))


def _is_from(name: str, source: str) -> bool:
    """Does a feature of the source `name` belong to the delivery: by the whole name, else by the
    file's, where the name says a layer of it (`plan.dxf:gas`)."""
    return fnmatch.fnmatchcase(name, source) or fnmatch.fnmatchcase(name.split(":")[0], source)


def sources_of(state: ProjectState) -> tuple[str, ...]:
    """The deliveries a project holds features of, sorted."""
    tables = (state.pipes, state.nodes, state.buildings, state.structures)
    return tuple(sorted({str(name) for table in tables for name in set(table.source)} - {""}))


def require_source(state: ProjectState, source: str) -> None:
    """Raise `UsageError` where no feature comes from the delivery, naming those there are."""
    require_one_of(sources_of(state), source)


def require_one_of(known: Sequence[str], source: str) -> None:
    """Raise `UsageError` where no delivery that is known has such a name."""
    if not any(_is_from(name, source) for name in known):
        raise UsageError(
            "nothing in the project comes from '{source}'; there are: {names}",
            source=source,
            names=", ".join(known) or "–",
        )


def _inside(pipes: PipeTable, area_wkt: str) -> Bool:
    """Pipes with any part in the area; one without geometry is in none."""
    import shapely

    area = _area_of(area_wkt)
    out = np.zeros(len(pipes), dtype=np.bool_)
    if not len(pipes.xy):
        return out
    west, south, east, north = shapely.bounds(area)
    owner = pipes.vertex_pipe
    # Only pipes whose boxes reach the area are made into geometry.
    x, y = pipes.xy.T
    beyond = [
        np.bincount(owner, weights=~(flag), minlength=len(pipes)) == 0
        for flag in (x < west, x > east, y < south, y > north)
    ]
    finite = np.bincount(owner, weights=~np.isfinite(x + y), minlength=len(pipes)) == 0
    rows = np.flatnonzero(~np.any(beyond, axis=0) & finite & (np.diff(pipes.offsets) > 1))
    if len(rows):
        part = pipes.take(rows)
        lines = shapely.linestrings(part.xy, indices=part.vertex_pipe)
        shapely.prepare(area)
        out[rows] = shapely.intersects(area, lines)
    return out


def suspicions_inside(
    suspicions: SuspicionTable, state: ProjectState, scope: Scope
) -> SuspicionTable:
    """The suspicions about buildings with any part in the area asked about; all without one."""
    import shapely

    if not scope.area_wkt or not len(suspicions):
        return suspicions
    area = _area_of(scope.area_wkt)
    shapely.prepare(area)
    outlines = state.buildings.geometry[suspicions.building_row]
    return suspicions.take(np.flatnonzero(shapely.intersects(area, outlines)))


def _area_of(area_wkt: str) -> Any:
    import shapely

    try:
        return shapely.from_wkt(area_wkt)
    except shapely.errors.GEOSException as error:
        raise UsageError("the area is no WKT polygon: {reason}", reason=str(error)) from error
