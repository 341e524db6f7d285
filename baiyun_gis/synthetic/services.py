"""House connections and gullies: from the mains across the street to every built lot.

Each utility crosses the street at its own place along the lot and in its own band of depth,
ends short of the house, and rises only behind the red line, where it crosses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.model.columns import F64, I64, Bool
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.synthetic.bands import SLOT, design_depth
from baiyun_gis.synthetic.chance import Chance
from baiyun_gis.synthetic.corridors import Lots, Mains, Serving, point_on
from baiyun_gis.synthetic.drafts import NodeDraft, PipeDraft, Role, filled, pipes_between
from baiyun_gis.synthetic.sections import section
from baiyun_gis.synthetic.streets import LOCAL, MAIN, StreetPlan
from baiyun_gis.synthetic.terrain import Ground

U = Utility
PROPERTY_M = 1.5
"""Behind the red line: where services of water and sewage have a chamber or stop valve."""
CONNECTION_M = 4.5
"""Behind the red line: where services end."""
YARD_TOP_M = {U.WATER: 1.2, U.SEWAGE: 1.15}
_GULLY_TOP_M = 1.0
_SLOPE = 0.01
_VACANT = 0.08
_SINGLE = {U.GAS: "gas 50", U.POWER: "power service", U.TELECOM: "telecom service"}
_DOUBLE = {U.WATER: "water 50", U.SEWAGE: "sewage 200"}


@dataclass(frozen=True, slots=True)
class Services:
    """Drafts of all services; rows of `nodes` follow those of the mains."""

    nodes: NodeDraft
    pipes: PipeDraft
    is_built: Bool
    """Which sites have a building, shape (2 * lots,): site = 2 lot + (1 on the left)."""


def site_is_built(plan: StreetPlan, lots: Lots, chance: Chance) -> Bool:
    """Sites with a building: a block that is not a park, and a lot that is not vacant."""
    built = np.zeros(2 * len(lots), dtype=np.bool_)
    for direction in (0, 1):
        mine = np.flatnonzero(lots.direction == direction)
        for side in (1, -1):
            inside = plan.side_is_built(direction, lots.street[mine], lots.edge[mine], side)
            built[2 * mine + (side > 0)] = inside
    return built & (chance.uniform("vacant", len(built)) >= _VACANT)


def kerb_offset(kind: I64, *, is_rich: Bool, side: int) -> F64:
    """Where gullies stand across a street, to the left of its middle, metres."""
    plain = np.where(kind == LOCAL, 2.8, np.where(kind == MAIN, 10.0, 6.0))
    rich = 5.7 if side > 0 else 9.0
    return side * np.where(is_rich, rich, plain)


def lay_services(plan: StreetPlan, mains: Mains, ground: Ground, chance: Chance) -> Services:
    """All services and gullies."""
    built = site_is_built(plan, mains.lots, chance)
    layer = _Layer(plan, mains, ground, built)
    for serving in mains.serving:
        if serving.spec.utility == U.STORM:
            for side in (1, -1):
                layer.add_gullies(serving, side)
        else:
            for side in serving.spec.serves:
                layer.add_services(serving, side)
    return Services(NodeDraft.joined(layer.nodes), PipeDraft.joined(layer.pipes), built)


class _Layer:
    """Collects drafts group by group, numbering nodes after those of the mains."""

    def __init__(self, plan: StreetPlan, mains: Mains, ground: Ground, built: Bool) -> None:
        self._plan = plan
        self._mains = mains
        self._ground = ground
        self._built = built
        self._count = len(mains.nodes)
        self.nodes: list[NodeDraft] = []
        self.pipes: list[PipeDraft] = []

    def add_services(self, serving: Serving, side: int) -> None:
        site = 2 * serving.lot + (side > 0)
        has = self._built[site]
        lot, node, site = serving.lot[has], serving.node[has], site[has]
        utility = serving.spec.utility
        half = self._half(lot)
        top = self._band(node, utility)
        if utility in _SINGLE:
            end = self._add_nodes(lot, node, side * (half + CONNECTION_M), Role.CONNECTION)
            key = _SINGLE[utility]
            self._add(node, end, key=key, role=Role.SERVICE, top=(top, top), site=site)
            return
        gate = self._add_nodes(lot, node, side * (half + PROPERTY_M), Role.PROPERTY)
        end = self._add_nodes(lot, node, side * (half + CONNECTION_M), Role.CONNECTION)
        shallow = np.full(len(lot), YARD_TOP_M[utility])
        key = _DOUBLE[utility]
        if utility == U.WATER:
            self._add(node, gate, key=key, role=Role.SERVICE, top=(top, top), site=site)
            self._add(gate, end, key=key, role=Role.YARD, top=(top, shallow), site=site)
        else:
            rise = self._sewer_top(serving, lot, node, side, top)
            self._add(gate, node, key=key, role=Role.SERVICE, top=(rise, top), site=site)
            self._add(end, gate, key=key, role=Role.YARD, top=(shallow, shallow + 0.1), site=site)

    def add_gullies(self, serving: Serving, side: int) -> None:
        lot, node = serving.lot, serving.node
        kind, is_rich = self._kind(lot)
        offset = kerb_offset(kind, is_rich=is_rich, side=side)
        gully = self._add_nodes(lot, node, offset, Role.GULLY)
        top = np.full(len(lot), _GULLY_TOP_M)
        down = self._band(node, U.STORM) - 0.3
        site = 2 * lot + (side > 0)
        self._add(gully, node, key="storm 200", role=Role.GULLY, top=(top, down), site=site)

    def _sewer_top(self, serving: Serving, lot: I64, node: I64, side: int, top: F64) -> F64:
        """Depth at the property of a service that falls 1 in 100 to the main."""
        main = self._mains.nodes.uv[node]
        gate = self._point(lot, node, side * (self._half(lot) + PROPERTY_M))
        run = np.abs(side * (self._half(lot) + PROPERTY_M) - serving.spec.offset_m)
        return self._ground.level(gate) - (self._ground.level(main) - top + _SLOPE * run)

    def _half(self, lot: I64) -> F64:
        lots = self._mains.lots
        half = np.zeros(len(lot))
        for direction in (0, 1):
            mine = lots.direction[lot] == direction
            half[mine] = self._plan.streets(direction).half_m[lots.street[lot[mine]]]
        return half

    def _kind(self, lot: I64) -> tuple[I64, Bool]:
        lots = self._mains.lots
        kind = np.zeros(len(lot), np.int64)
        rich = np.zeros(len(lot), np.bool_)
        for direction in (0, 1):
            mine = lots.direction[lot] == direction
            streets = self._plan.streets(direction)
            kind[mine] = streets.kind[lots.street[lot[mine]]]
            rich[mine] = streets.is_rich[lots.street[lot[mine]]]
        return kind, rich

    def _band(self, node: I64, utility: Utility) -> F64:
        codes = np.full(len(node), utility, dtype=np.int8)
        return design_depth(codes, self._mains.nodes.richness[node])

    def _station(self, lot: I64, utility: Utility) -> F64:
        lots = self._mains.lots
        return lots.start_m[lot] + SLOT[utility] * lots.length_m[lot]

    def _point(self, lot: I64, node: I64, offset_m: F64) -> F64:
        lots, out = self._mains.lots, np.zeros((len(lot), 2))
        if not len(lot):
            return out
        station = self._station(lot, U(int(self._mains.nodes.utility[node[0]])))
        for direction in (0, 1):
            mine = lots.direction[lot] == direction
            streets = self._plan.streets(direction)
            street = lots.street[lot[mine]]
            out[mine] = point_on(streets, street, station[mine], offset_m[mine])
        return out

    def _add_nodes(self, lot: I64, node: I64, offset_m: F64, role: Role) -> I64:
        source = self._mains.nodes.take(node)
        self.nodes.append(
            NodeDraft(
                uv=self._point(lot, node, offset_m),
                utility=source.utility,
                role=filled(len(lot), role, np.int8),
                richness=source.richness,
                direction=source.direction,
                street=source.street,
                place=source.place,
                lot=source.lot,
            )
        )
        rows = self._count + np.arange(len(lot))
        self._count += len(lot)
        return rows

    def _add(
        self, start: I64, end: I64, *, key: str, role: Role, top: tuple[F64, F64], site: I64
    ) -> None:
        self.pipes.append(
            pipes_between(
                start,
                end,
                section=section(key),
                role=role,
                top_from=top[0],
                top_to=top[1],
                direction=self._mains.lots.direction[site // 2],
                street=self._mains.lots.street[site // 2],
                site=site,
            )
        )


def count_service_pieces(plan: StreetPlan, lots: Lots, chance: Chance) -> int:
    """How many service and gully pipes there will be, without making them."""
    return 7 * int(site_is_built(plan, lots, chance).sum()) + 2 * len(lots)
