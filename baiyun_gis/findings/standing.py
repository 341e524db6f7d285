"""Which findings stand on a day: those whose features all exist then."""

from __future__ import annotations

import numpy as np

from baiyun_gis.findings.conflicts import ConflictTable, SuspicionTable
from baiyun_gis.model.columns import I32, Bool, Str
from baiyun_gis.project import TABLES, ProjectState
from baiyun_gis.time.lifespan import alive


def standing(state: ProjectState, conflicts: ConflictTable, as_of: np.datetime64) -> Bool:
    """Which conflicts stand on `as_of`, shape (n,); all of them when it is NaT.

    `state` is the one the run saw; a row it does not have (any more) counts as there.
    """
    if np.isnat(as_of):
        return np.ones(len(conflicts), dtype=np.bool_)
    there = _exist(state, conflicts.a_table, conflicts.a_row, as_of)
    return there & _exist(state, conflicts.b_table, conflicts.b_row, as_of)


def suspicions_standing(state: ProjectState, found: SuspicionTable, as_of: np.datetime64) -> Bool:
    """Which suspicions are about a building that exists on `as_of`, shape (n,)."""
    if np.isnat(as_of):
        return np.ones(len(found), dtype=np.bool_)
    tables = np.full(len(found), "buildings", dtype=object)
    return _exist(state, tables, found.building_row, as_of)


def _exist(state: ProjectState, tables: Str, rows: I32, as_of: np.datetime64) -> Bool:
    """Which of the named rows exist on a day, shape (n,)."""
    there = np.ones(len(rows), dtype=np.bool_)
    for kind in TABLES:
        table = state.table(kind.table_name)
        known = (tables == kind.table_name) & (rows >= 0) & (rows < len(table))
        if known.any():
            spans = getattr(table, "valid_from"), getattr(table, "valid_to")  # noqa: B009
            there[known] = alive(*spans, as_of)[rows[known]]
    return there
