"""Life spans: half open [from, to), with unknown ends open."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from baiyun_gis.model.columns import I32, Bool, Columns, Day
from baiyun_gis.model.tables import BuildingTable, NodeTable, PipeTable, StructureTable
from baiyun_gis.project import ProjectState

_NO_DAY = np.datetime64("NaT", "D").astype(np.int64)

Spanned = TypeVar("Spanned", PipeTable, NodeTable, BuildingTable, StructureTable)


def alive(valid_from: Day, valid_to: Day, as_of: np.datetime64) -> Bool:
    """Which spans hold the day `as_of`, shape (n,); all of them when `as_of` is NaT.

    A span starts on `valid_from` and has ended on `valid_to`; an unknown (NaT) end is open, so
    a planned line without a date is always there.
    """
    if np.isnat(as_of):
        return np.ones(len(valid_from), dtype=np.bool_)
    day = as_of.astype("datetime64[D]").astype(np.int64)
    first, last = (
        np.asarray(days, "datetime64[D]").view(np.int64) for days in (valid_from, valid_to)
    )
    # NaT is less than every day there is.
    return (first <= day) & ((last > day) | (last == _NO_DAY))


def as_of(state: ProjectState, day: np.datetime64) -> ProjectState:
    """The project as it stands on `day`; the same state when `day` is NaT.

    Pipes, nodes, buildings and structures are cut to those alive, and the pipes' node
    references follow the nodes (-1 where the node is not there that day). Permits and rasters
    all stay: an expired permit is evidence, and a raster is chosen by its epoch where it is used.
    """
    if np.isnat(day):
        return state
    nodes, row_of = _cut(state.nodes, day)
    pipes, _ = _cut(state.pipes, day)
    if nodes is not state.nodes and len(pipes):
        pipes = pipes.with_columns(
            start_node=_followed(pipes.start_node, row_of),
            end_node=_followed(pipes.end_node, row_of),
        )
    buildings, _ = _cut(state.buildings, day)
    structures, _ = _cut(state.structures, day)
    return state.with_(pipes=pipes, nodes=nodes, buildings=buildings, structures=structures)


def span(state: ProjectState) -> tuple[np.datetime64, np.datetime64]:
    """The first and last day on which something known happens; NaT, NaT when none is known."""
    days = change_days(state)
    if not len(days):
        return np.datetime64("NaT", "D"), np.datetime64("NaT", "D")
    return days[0], days[-1]


def change_days(state: ProjectState) -> Day:
    """Every day on which something appears, ends or was observed, ascending and unique."""
    spanned: tuple[Columns, ...] = (
        state.pipes,
        state.nodes,
        state.buildings,
        state.permits,
        state.structures,
    )
    found = [getattr(table, name) for table in spanned for name in ("valid_from", "valid_to")]
    found.append(state.buildings.first_seen)
    found.append(np.array([r.epoch for r in state.rasters], dtype="datetime64[D]"))
    known = [np.unique(days[~np.isnat(days)]) for days in found]
    return np.unique(np.concatenate(known))


def _cut(table: Spanned, day: np.datetime64) -> tuple[Spanned, I32]:
    keep = alive(table.valid_from, table.valid_to, day)
    if keep.all():
        return table, np.arange(len(table), dtype=np.int32)
    row_of = np.where(keep, np.cumsum(keep) - 1, -1).astype(np.int32)
    return table.take(keep), row_of


def _followed(reference: I32, row_of: I32) -> I32:
    if not len(row_of):
        return np.full(len(reference), -1, dtype=np.int32)
    return np.where(reference >= 0, row_of[reference], -1).astype(np.int32)
