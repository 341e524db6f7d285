"""What a reader takes and gives: one shape for every format, window and command line alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from baiyun_gis.jobs import Job
from baiyun_gis.language import Message
from baiyun_gis.model.columns import I64
from baiyun_gis.model.tables import (
    BuildingTable,
    NodeTable,
    PermitTable,
    PipeTable,
    StructureTable,
)
from baiyun_gis.project import ProjectState, RasterSource


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row that could not be taken: its number in the source (from 1, header is row 1)."""

    row: int
    column: str
    value: str
    reason: Message
    sheet: str = ""
    raw: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Inference:
    """Something the source did not say: what was taken, how sure (0–1), and why."""

    what: str
    value: str
    confidence: float
    why: Message


@dataclass(frozen=True, slots=True)
class Question:
    """Something only the user knows; `taken` is what was done without an answer."""

    what: str
    text: Message
    options: tuple[str, ...]
    taken: str = ""


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What became of one source: `rows_read = rows_taken + rows quarantined`."""

    path: str
    format: str
    rows_read: int = 0
    rows_taken: int = 0
    quarantined: tuple[Quarantined, ...] = ()
    inferred: tuple[Inference, ...] = ()
    asked: tuple[Question, ...] = ()
    fields: dict[str, str] = field(default_factory=dict[str, str])
    """Source column → model column, as mapped."""
    samples: tuple[dict[str, str], ...] = ()
    """The first rows as read, for the preview."""
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """Tables read from sources, still in the source's CRS (`crs` empty where unknown).

    `pipes.start_node` and `end_node` index `nodes` of the same `Imported`.
    """

    reports: tuple[SourceReport, ...]
    crs: str = ""
    vertical_datum: str = ""
    pipes: PipeTable = field(default_factory=PipeTable.empty)
    nodes: NodeTable = field(default_factory=NodeTable.empty)
    buildings: BuildingTable = field(default_factory=BuildingTable.empty)
    permits: PermitTable = field(default_factory=PermitTable.empty)
    structures: StructureTable = field(default_factory=StructureTable.empty)
    rasters: tuple[RasterSource, ...] = ()
    lent: I64 = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """For each node the row of the project's that it only stands for, −1 for a new one; empty
    when all are new."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the user says about the sources; everything empty is inferred."""

    crs: str = ""
    encoding: str = ""
    into: str = ""
    profile: str = ""
    settings: dict[str, str] = field(default_factory=dict[str, str])
    """Model column → value for every row (`--set FIELD=VALUE`), such as utility=gas."""
    project_crs: str = ""
    """The CRS of the project that the data go into; readers may test against it."""
    project_nodes: NodeTable = field(default_factory=NodeTable.empty)
    """The project's nodes, at which lines may end that come without their points."""


class Reader(Protocol):
    """One format family. `claims` looks at name and first bytes only and must be fast."""

    name: str
    title: Message
    suffixes: tuple[str, ...]

    def claims(self, path: Path) -> float:
        """How sure this reader is that the file is for it, 0 to 1."""
        ...

    def read(self, paths: tuple[Path, ...], options: ImportOptions, job: Job) -> Imported:
        """Read one source, or several that belong together (point and line tables).

        Raises `InputError` when nothing at all can be read.
        """
        ...


ImportInto = Callable[[ProjectState, tuple[Path, ...], ImportOptions, Job], Any]
