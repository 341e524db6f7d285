"""What an exporter is; built-ins and plug-ins are found through `plugins.EXPORTERS`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from baiyun_gis.errors import ExportError, UsageError
from baiyun_gis.jobs import Job, silent
from baiyun_gis.language import Message
from baiyun_gis.plugins import EXPORTERS
from baiyun_gis.project import ProjectState

FEATURE_TABLES = ("pipes", "nodes", "buildings", "permits", "structures")


@dataclass(frozen=True, slots=True)
class Exported:
    """The files that were written, and what they could not hold."""

    files: tuple[Path, ...]
    notes: tuple[Message, ...] = field(default_factory=tuple)


class Exporter(Protocol):
    """One format family; `suffixes` with the dot, lower case."""

    name: str
    title: Message
    suffixes: tuple[str, ...]

    def write(
        self, state: ProjectState, path: Path, *, tables: Sequence[str], job: Job
    ) -> Exported:
        """Write the tables that have rows; raises `ExportError`."""
        ...


def export(
    state: ProjectState, path: Path, *, tables: Sequence[str] = (), job: Job | None = None
) -> Exported:
    """Write `tables` (all that have rows when empty) in the format that the suffix names.

    Raises `UsageError` for an unknown table or suffix, `ExportError` when the format cannot hold
    them or the file cannot be written.
    """
    for name in tables:
        if name not in FEATURE_TABLES:
            raise UsageError(
                "there is no table '{name}'; there are: {known}",
                name=name,
                known=", ".join(FEATURE_TABLES),
            )
    exporter = exporter_for(path)
    wanted = [t for t in tables or FEATURE_TABLES if len(state.table(t))]
    if not wanted:
        raise ExportError("There is nothing to export: the tables asked for are empty")
    try:
        return exporter.write(state, path, tables=wanted, job=job or silent())
    except OSError as error:
        raise ExportError(
            "{path}: cannot be written ({why}); check the folder and whether another program has"
            " the file open",
            path=str(path),
            why=error.strerror or str(error),
        ) from error


def exporter_for(path: Path) -> Exporter:
    """The exporter of a file's suffix; raises `UsageError` with those there are."""
    known: list[str] = []
    for _, exporter in EXPORTERS:
        if path.suffix.lower() in exporter.suffixes:
            return exporter
        known += exporter.suffixes
    raise UsageError(
        "'{suffix}' is not a format that can be written; there are: {known}",
        suffix=path.suffix,
        known=", ".join(known),
    )
