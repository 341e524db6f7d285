"""The drafts of a district while faults are planted in them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from baiyun_gis.model.columns import F64, I32, I64, Bool
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.synthetic.bands import SLOT, LineSpec
from baiyun_gis.synthetic.buildings import lot_point, street_of_lots
from baiyun_gis.synthetic.chance import Chance
from baiyun_gis.synthetic.corridors import Mains
from baiyun_gis.synthetic.drafts import NodeDraft, PipeDraft, Role, filled, pipes_between
from baiyun_gis.synthetic.sections import SECTIONS, section
from baiyun_gis.synthetic.services import Services
from baiyun_gis.synthetic.streets import StreetPlan
from baiyun_gis.synthetic.terrain import Ground


@dataclass(frozen=True, slots=True)
class Pending:
    """A planted fact before rows have names; `a` and `b` are (table, row)."""

    kind: str
    check: str
    a: tuple[str, int]
    b: tuple[str, int] | None
    uv: tuple[float, float]
    depth_m: float
    expected: dict[str, Any] = field(default_factory=dict[str, Any])
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shed:
    """An unpermitted building to be put up, corners in district coordinates (4, 2)."""

    corners: F64
    item: int
    """Row in the list of pending items whose `b` it is."""


class Plot:
    """Drafts that can still be changed, and what was planted in them so far."""

    def __init__(
        self,
        plan: StreetPlan,
        ground: Ground,
        mains: Mains,
        services: Services,
        nodes: NodeDraft,
        pipes: PipeDraft,
        chance: Chance,
    ) -> None:
        self.plan, self.ground, self.lots, self.chance = plan, ground, mains.lots, chance
        self.nodes = nodes
        self.pipes = replace(
            pipes,
            top_from=pipes.top_from.copy(),
            top_to=pipes.top_to.copy(),
            start=pipes.start.copy(),
        )
        self.pending: list[Pending] = []
        self.sheds: list[Shed] = []
        self.roughly_placed: list[I64] = []
        """Pipes whose places are recorded as poorly known."""
        self.is_built = services.is_built
        self.taken: Bool = np.zeros(2 * len(self.lots), dtype=np.bool_)
        self.piece_into: I32 = np.full(len(mains.nodes), -1, dtype=np.int32)
        self.piece_into[mains.pipes.end] = np.arange(len(mains.pipes))
        self._serving = mains.serving
        self._node_parts: list[NodeDraft] = []
        self._pipe_parts: list[PipeDraft] = []
        self._node_count = len(nodes)
        self._pipe_count = len(pipes)

    # -- where things are ------------------------------------------------------------------

    def street_kind(self, lot: I64) -> F64:
        plan = self.plan
        return street_of_lots(
            plan, self.lots, (plan.ew.kind.astype(np.float64), plan.ns.kind.astype(np.float64)), lot
        )

    def half_width(self, lot: I64) -> F64:
        plan = self.plan
        return street_of_lots(plan, self.lots, (plan.ew.half_m, plan.ns.half_m), lot)

    def station(self, lot: I64, share: float) -> F64:
        return self.lots.start_m[lot] + share * self.lots.length_m[lot]

    def point(self, lot: I64, station: F64, offset_m: F64) -> F64:
        return lot_point(self.plan, self.lots, lot, station, offset_m)

    def main_beside(self, utility: Utility, side: int) -> tuple[I64, F64, F64]:
        """Node, offset and half width of the main of that side at every lot; -1 where none."""
        node = np.full(len(self.lots), -1, dtype=np.int64)
        offset, half = np.full((2, len(self.lots)), np.nan)
        for serving in self._serving:
            spec: LineSpec = serving.spec
            if spec.utility == utility and np.sign(spec.offset_m) == side:
                node[serving.lot] = serving.node
                offset[serving.lot] = spec.offset_m
                half[serving.lot] = SECTIONS[section(spec.key)].outer_width_m / 2
        return node, offset, half

    def pipe_at(self, site: I64, key: str, role: Role) -> I64:
        """The service pipe of a type at each site; every site must have one."""
        rows = np.flatnonzero((self.pipes.section == section(key)) & (self.pipes.role == role))
        rows = rows[np.argsort(self.pipes.site[rows], kind="stable")]
        found = np.searchsorted(self.pipes.site[rows], site)
        return rows[found]

    def built_sites(self, name: str, side: int, count: int, *, kinds: tuple[int, ...]) -> I64:
        """Sites with a house that nothing was planted at yet; they are taken by asking."""
        rows = np.arange(int(side > 0), 2 * len(self.lots), 2)
        fits = np.isin(self.street_kind(rows // 2), kinds)
        free = rows[self.is_built[rows] & ~self.taken[rows] & fits]
        return self._take(self.chance.chosen(name, free, count))

    def open_sites(self, name: str, side: int, count: int) -> I64:
        """Sites that face no block or a park, where no service runs; taken by asking."""
        rows = np.arange(int(side > 0), 2 * len(self.lots), 2)
        inside = np.zeros(len(rows), dtype=np.bool_)
        for direction in (0, 1):
            mine = np.flatnonzero(self.lots.direction == direction)
            inside[mine] = self.plan.side_is_built(
                direction, self.lots.street[mine], self.lots.edge[mine], side
            )
        free = rows[~inside & ~self.taken[rows]]
        return self._take(self.chance.chosen(name, free, count))

    def _take(self, site: I64) -> I64:
        self.taken[site] = True
        return site

    # -- what is added ---------------------------------------------------------------------

    def add_nodes(self, lot: I64, uv: F64, utility: Utility, role: Role) -> I64:
        count = len(lot)
        self._node_parts.append(
            NodeDraft(
                uv=uv,
                utility=filled(count, utility, np.int8),
                role=filled(count, role, np.int8),
                richness=np.zeros(count),
                direction=self.lots.direction[lot],
                street=self.lots.street[lot],
                place=filled(count, -1, np.int32),
                lot=lot.astype(np.int32),
            )
        )
        rows = self._node_count + np.arange(count)
        self._node_count += count
        return rows

    def add_pipes(
        self, lot: I64, start: I64, end: I64, key: str, top_from: F64, top_to: F64
    ) -> I64:
        self._pipe_parts.append(
            pipes_between(
                start, end, section=section(key), role=Role.EXTRA, top_from=top_from,
                top_to=top_to, direction=self.lots.direction[lot], street=self.lots.street[lot],
            )
        )  # fmt: skip
        rows = self._pipe_count + np.arange(len(lot))
        self._pipe_count += len(lot)
        return rows

    def add_line(
        self, lot: I64, key: str, *, stations: tuple[F64, F64], offset_m: F64, top_m: F64
    ) -> I64:
        """Lines parallel to the streets of lots; gives their pipe rows."""
        utility = SECTIONS[section(key)].utility
        ends = [
            self.add_nodes(lot, self.point(lot, station, offset_m), utility, Role.EXTRA)
            for station in stations
        ]
        return self.add_pipes(lot, ends[0], ends[1], key, top_m, top_m)

    def add_existing(self, pipes: PipeDraft) -> None:
        """Pipes between nodes that are there already."""
        self._pipe_parts.append(pipes)
        self._pipe_count += len(pipes)

    def plant(self, pending: Pending) -> int:
        self.pending.append(pending)
        return len(self.pending) - 1

    def finished(self) -> tuple[NodeDraft, PipeDraft]:
        """Everything drawn, with what was added; the plot lets go of it (it may be large)."""
        nodes = NodeDraft.joined([self.nodes, *self._node_parts])
        pipes = PipeDraft.joined([self.pipes, *self._pipe_parts])
        none = np.zeros(0, dtype=np.int64)
        self.nodes, self.pipes = self.nodes.take(none), self.pipes.take(none)
        self._node_parts, self._pipe_parts, self._serving = [], [], ()
        return nodes, pipes


def slot_station(plot: Plot, lot: I64, utility: Utility) -> F64:
    """Where services of a utility cross the street at lots."""
    return plot.station(lot, SLOT[utility])
