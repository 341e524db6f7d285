"""Where the rows of a run come from: a project in memory, or its file read part by part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from baiyun_gis.findings.decisions import DecisionTable
from baiyun_gis.model.columns import I64
from baiyun_gis.model.tables import PermitTable
from baiyun_gis.project import TABLES, ProjectState
from baiyun_gis.storage.rows import AnyTable


class Parts(Protocol):
    """Rows of tables, read as they are asked for; `counts` are the rows of each table."""

    @property
    def counts(self) -> Mapping[str, int]: ...

    def read(
        self, table: type[AnyTable], rows: I64, *, only: frozenset[str] | None = None
    ) -> AnyTable:
        """Some rows (sorted); `only` names the attributes that are needed, all when None."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """A project to check: `head` has its facts and rasters, `parts` its features."""

    head: ProjectState
    parts: Parts

    def everything(self, table: type[AnyTable]) -> AnyTable:
        """All rows of a table."""
        return self.parts.read(table, np.arange(self.parts.counts[table.table_name]))


@dataclass(frozen=True, slots=True)
class StateParts:
    """The rows of a project that is in memory."""

    state: ProjectState

    @property
    def counts(self) -> Mapping[str, int]:
        return {table.table_name: len(self.state.table(table.table_name)) for table in TABLES}

    def read(
        self,
        table: type[AnyTable],
        rows: I64,
        *,
        only: frozenset[str] | None = None,  # noqa: ARG002  all of them are there anyway
    ) -> AnyTable:
        """Some rows (sorted) of a table, with all their attributes."""
        whole: AnyTable = getattr(self.state, table.table_name)
        return whole if len(rows) == len(whole) else whole.take(rows)


def source_of(state: ProjectState) -> Source:
    """A project in memory as a source."""
    held = {table.table_name: table.empty() for table in TABLES} | {"permits": state.permits}
    return Source(state.with_(**held), StateParts(state))


def bare(head: ProjectState) -> ProjectState:
    """What a tile needs of the head: no permits, no decisions."""
    return head.with_(permits=PermitTable.empty(), decisions=DecisionTable.empty())
