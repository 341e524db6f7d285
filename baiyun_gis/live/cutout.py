"""A small state cut out of a large one, with the rows it came from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.findings.decisions import DecisionTable
from baiyun_gis.live.network import Links
from baiyun_gis.model.columns import I32, I64, Str
from baiyun_gis.model.tables import PermitTable, PipeTable
from baiyun_gis.project import ProjectState

_FEW = 64
"""So few rows are looked up one by one."""


@dataclass(frozen=True, slots=True)
class CutOut:
    """Some rows of a project: `slots` of its pipes, rows of its other tables, all sorted; `held`
    are the same as sets where that is asked."""

    state: ProjectState
    slots: I64
    nodes: I64
    buildings: I64
    structures: I64
    links: Links
    held: tuple[frozenset[int], ...] = ()

    def whole(self, table: Str, row: I32) -> I64:
        """Rows of findings as slots of pipes and rows of the whole project's other tables."""
        rows_of = {
            "pipes": self.slots,
            "nodes": self.nodes,
            "buildings": self.buildings,
            "structures": self.structures,
        }
        named: list[str] = table.tolist()
        if len(named) <= _FEW:
            few = zip(named, row.tolist(), strict=True)
            held = (rows_of[n][k] if k >= 0 and n in rows_of else k for n, k in few)
            return np.fromiter(held, np.int64, len(named))
        out = row.astype(np.int64)
        for name in rows_of.keys() & set(named):
            hit = ((table == name).astype(np.bool_) & (row >= 0)).nonzero()[0]
            out[hit] = rows_of[name][row[hit]]
        return out

    def lifted(self, found: ConflictTable) -> ConflictTable:
        """The findings with rows of the whole project, pipes by slot."""
        if not len(found):
            return found
        return found.with_columns(
            a_row=self.whole(found.a_table, found.a_row),
            b_row=self.whole(found.b_table, found.b_row),
        )


def cut_out(
    state: ProjectState,
    rows: I64,
    links: Links,
    *,
    nodes: I64,
    buildings: I64,
    structures: I64,
) -> CutOut:
    """Pipe `rows` (those of `links`) and the other rows given; `nodes` holds all they end in."""
    part = state.with_(
        pipes=pipes_between(state.pipes.take(rows), nodes),
        nodes=state.nodes.take(nodes),
        buildings=state.buildings.take(buildings),
        structures=state.structures.take(structures),
        permits=PermitTable.empty(),
        decisions=DecisionTable.empty(),
    )
    columns = (links.slots, nodes, buildings, structures)
    held = tuple(frozenset[int](column.tolist()) for column in columns)
    return CutOut(part, *columns, links, held)


def pipes_between(pipes: PipeTable, nodes: I64) -> PipeTable:
    """The pipes with references to the rows of `nodes` (sorted, all they end in) alone."""

    def there(node: I32) -> I32:
        at = np.searchsorted(nodes, node).astype(np.int32)
        return np.where(node >= 0, at, np.int32(-1))

    return pipes.with_columns(start_node=there(pipes.start_node), end_node=there(pipes.end_node))
