"""A project as a value, and the document that steps from one value to the next."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from baiyun_gis.altered import altered
from baiyun_gis.events import Signal
from baiyun_gis.findings.decisions import DecisionTable
from baiyun_gis.language import Message
from baiyun_gis.model.columns import Columns
from baiyun_gis.model.tables import (
    BuildingTable,
    NodeTable,
    PermitTable,
    PipeTable,
    StructureTable,
)
from baiyun_gis.model.vocabulary import RasterKind

TABLES: tuple[type[Columns], ...] = (
    PipeTable,
    NodeTable,
    BuildingTable,
    PermitTable,
    StructureTable,
)


@dataclass(frozen=True, slots=True)
class RasterSource:
    """A raster of the project: terrain, surface model or imagery, of one epoch."""

    id: str
    kind: RasterKind
    path: str
    """Where the pixels are; relative paths start at the project file's folder."""
    epoch: np.datetime64 = field(default_factory=lambda: np.datetime64("NaT", "D"))
    crs: str = ""
    sigma_m: float = float("nan")
    source: str = ""
    lineage: str = ""


@dataclass(frozen=True, slots=True)
class ProjectMeta:
    """What holds for the whole project."""

    title: str = ""
    crs: str = ""
    """Authority code such as EPSG:4547, WKT, or empty while unknown."""
    vertical_datum: str = ""
    path: Path | None = None
    is_synthetic: bool = False


@dataclass(frozen=True, slots=True)
class ProjectState:
    """Everything a project holds at one moment; tables are shared between versions."""

    meta: ProjectMeta = field(default_factory=ProjectMeta)
    pipes: PipeTable = field(default_factory=PipeTable.empty)
    nodes: NodeTable = field(default_factory=NodeTable.empty)
    buildings: BuildingTable = field(default_factory=BuildingTable.empty)
    permits: PermitTable = field(default_factory=PermitTable.empty)
    structures: StructureTable = field(default_factory=StructureTable.empty)
    rasters: tuple[RasterSource, ...] = ()
    decisions: DecisionTable = field(default_factory=DecisionTable.empty)
    revision: int = 0

    def table(self, name: str) -> Columns:
        """The feature table of that name; raises `KeyError` when there is none."""
        if name not in {t.table_name for t in TABLES}:
            raise KeyError(name)
        return getattr(self, name)

    def with_(self, **parts: Any) -> ProjectState:
        """The state with some parts changed (tables, meta, rasters, decisions)."""
        return altered(self, **parts)

    @property
    def is_empty(self) -> bool:
        return not self.rasters and all(not len(self.table(t.table_name)) for t in TABLES)


def appended(
    state: ProjectState,
    *,
    pipes: PipeTable | None = None,
    nodes: NodeTable | None = None,
    buildings: BuildingTable | None = None,
    permits: PermitTable | None = None,
    structures: StructureTable | None = None,
    rasters: tuple[RasterSource, ...] = (),
) -> ProjectState:
    """The state with rows added; node references of `pipes` count from the new `nodes`."""
    shift = len(state.nodes)
    parts: dict[str, Any] = {}
    if pipes is not None and len(pipes):
        moved = pipes.with_columns(
            start_node=np.where(pipes.start_node >= 0, pipes.start_node + shift, -1),
            end_node=np.where(pipes.end_node >= 0, pipes.end_node + shift, -1),
        )
        parts["pipes"] = PipeTable.concat([state.pipes, moved])
    for name, rows in (
        ("nodes", nodes),
        ("buildings", buildings),
        ("permits", permits),
        ("structures", structures),
    ):
        if rows is not None and len(rows):
            parts[name] = type(rows).concat([state.table(name), rows])  # type: ignore[list-item]
    if rasters:
        parts["rasters"] = state.rasters + rasters
    return state.with_(**parts)


@dataclass(frozen=True, slots=True)
class Change:
    """One step of a document: what it was called and which parts of the state differ."""

    label: Message
    parts: frozenset[str]


class Document:
    """The project being worked on: the current state, and the way back."""

    def __init__(self, state: ProjectState | None = None) -> None:
        self._state = state or ProjectState()
        self._undo: list[tuple[Message, ProjectState]] = []
        self._redo: list[tuple[Message, ProjectState]] = []
        self._saved_revision = self._state.revision
        self._last_revision = self._state.revision
        self.changed: Signal[Change] = Signal()

    @property
    def state(self) -> ProjectState:
        return self._state

    @property
    def is_modified(self) -> bool:
        return self._state.revision != self._saved_revision

    @property
    def undo_label(self) -> Message | None:
        return self._undo[-1][0] if self._undo else None

    @property
    def redo_label(self) -> Message | None:
        return self._redo[-1][0] if self._redo else None

    def apply(self, label: Message, state: ProjectState) -> None:
        """Step to `state`; the step before can be undone."""
        self._last_revision += 1
        after = state.with_(revision=self._last_revision)
        self._undo.append((label, self._state))
        self._redo.clear()
        self._step(label, after)

    def undo(self) -> None:
        if self._undo:
            label, before = self._undo.pop()
            self._redo.append((label, self._state))
            self._step(label, before)

    def redo(self) -> None:
        if self._redo:
            label, after = self._redo.pop()
            self._undo.append((label, self._state))
            self._step(label, after)

    def mark_saved(self, path: Path | None = None) -> None:
        """The current state is on disk, at `path` when given."""
        if path is not None:
            meta = dataclasses.replace(self._state.meta, path=path)
            self._state = self._state.with_(meta=meta)
        self._saved_revision = self._state.revision
        self._last_revision = max(self._last_revision, self._state.revision)

    def _step(self, label: Message, after: ProjectState) -> None:
        before, self._state = self._state, after
        self.changed.emit(Change(label, differing_parts(before, after)))


def differing_parts(a: ProjectState, b: ProjectState) -> frozenset[str]:
    """Names of the parts that are not the same object in both states."""
    return frozenset(
        f.name
        for f in dataclasses.fields(ProjectState)
        if f.name != "revision" and getattr(a, f.name) is not getattr(b, f.name)
    )
