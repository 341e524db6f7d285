"""The mains: their nodes at crossings, crossing edges and lots, and the pipes between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.model.columns import F64, I8, I32, I64
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.synthetic.bands import SLOT, TEMPLATES, LineSpec, design_depth
from baiyun_gis.synthetic.drafts import NodeDraft, PipeDraft, Role, filled, pipes_between
from baiyun_gis.synthetic.sections import section
from baiyun_gis.synthetic.streets import (
    Edges,
    StreetPlan,
    Streets,
    meeting_stations,
)

_STORM_MM = np.array([400, 500, 600, 800])
_SEWAGE_MM = np.array([300, 300, 400, 500])
_TRUNK_STORM_MM = np.array([800, 800, 1000, 1000])
_TRUNK_SEWAGE_MM = np.array([500, 500, 600, 600])


@dataclass(frozen=True, slots=True)
class Lots:
    """The lots of the whole plan, one row each; stations are along the street."""

    direction: I8
    street: I32
    edge: I32
    start_m: F64
    length_m: F64

    def __len__(self) -> int:
        return len(self.direction)


@dataclass(frozen=True, slots=True)
class Serving:
    """A group of mains of one type with their nodes at lots: what services can join."""

    spec: LineSpec
    lot: I64
    node: I64


@dataclass(frozen=True, slots=True)
class Mains:
    """All mains as drafts, and what services need to know of them."""

    nodes: NodeDraft
    pipes: PipeDraft
    lots: Lots
    serving: tuple[Serving, ...]


@dataclass(frozen=True, slots=True)
class _Lines:
    direction: int
    spec: LineSpec
    street: I64
    first: int

    @property
    def count(self) -> int:
        return len(self.street)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A node on a line, before the nodes of each line are put in order."""

    line: I64
    station: F64
    place: I64
    node: I64


def point_on(streets: Streets, street: I64 | I32, station: F64, offset_m: F64 | float) -> F64:
    """District coordinates at a station and offset to the left of a street, shape (n, 2)."""
    offset = np.broadcast_to(np.asarray(offset_m, float), station.shape)
    return (
        streets.anchor[street]
        + streets.along[street] * station[:, None]
        + streets.left[street] * offset[:, None]
    )


def lots_of(plan: StreetPlan) -> Lots:
    """All lots, street by street and edge by edge, east–west streets first."""
    parts: list[tuple[I8, I32, I32, F64, F64]] = []
    for direction in (0, 1):
        edges = plan.edges(direction)
        count = edges.lots.ravel()
        owner = np.repeat(np.arange(count.size), count)
        ordinal = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
        length = (edges.lot_to - edges.lot_from).ravel()[owner] / count[owner]
        street, edge = np.divmod(owner, edges.lots.shape[1])
        parts.append((
            filled(len(owner), direction, np.int8), street.astype(np.int32),
            edge.astype(np.int32), edges.lot_from.ravel()[owner] + ordinal * length, length,
        ))  # fmt: skip
    return Lots(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def richness_at(plan: StreetPlan, direction: int, street: I64, edge: I64, station: F64) -> F64:
    """How far the bands are lowered at stations on edges, 0 to 1, shape (n,)."""
    rich = plan.ew.is_rich.astype(float)
    if direction == 0:
        return rich[street]
    edges = plan.ns_edges
    start, stop = edges.knot_from[street, edge], edges.knot_to[street, edge]
    share = np.clip((station - start) / (stop - start), 0.0, 1.0)
    return rich[edge] + (rich[edge + 1] - rich[edge]) * share


def lay_mains(plan: StreetPlan) -> Mains:
    """Every main of every street, with nodes at crossings, crossing edges and lots."""
    lots = lots_of(plan)
    lines = _all_lines(plan)
    nodes: list[NodeDraft] = []
    entries: list[_Entry] = []
    serving: list[Serving] = []
    count = 0
    for group in lines:
        for draft, entry, lot in (*_knots(plan, group), _lot_nodes(plan, group, lots)):
            nodes.append(draft)
            rows = count + np.arange(len(draft))
            entries.append(_Entry(entry.line, entry.station, entry.place, rows))
            if lot is not None and group.spec.serves:
                serving.append(Serving(group.spec, lot, rows))
            count += len(draft)
    for draft, on_ew, on_ns in _joints(plan, lines):
        nodes.append(draft)
        rows = count + np.arange(len(draft))
        entries.extend(_Entry(e.line, e.station, e.place, rows) for e in (on_ew, on_ns))
        count += len(draft)
    draft = NodeDraft.joined(nodes)
    return Mains(draft, _chained(plan, lines, draft, entries), lots, tuple(serving))


def _all_lines(plan: StreetPlan) -> list[_Lines]:
    groups: list[_Lines] = []
    first = 0
    for direction in (0, 1):
        streets = plan.streets(direction)
        for (kind, rich), template in TEMPLATES.items():
            where = np.flatnonzero((streets.kind == kind) & (streets.is_rich == rich))
            for spec in template if len(where) else ():
                groups.append(_Lines(direction, spec, where, first))
                first += len(where)
    return groups


_Placed = tuple[NodeDraft, _Entry, I64 | None]


def _knots(plan: StreetPlan, group: _Lines) -> list[_Placed]:
    edges = plan.edges(group.direction)
    row, edge = np.nonzero(edges.exists[group.street])
    street = group.street[row]
    return [
        _placed(plan, group, row, edge, station[street, edge], role=Role.KNOT)
        for station in (edges.knot_from, edges.knot_to)
    ]


def _lot_nodes(plan: StreetPlan, group: _Lines, lots: Lots) -> _Placed:
    row_of = np.full(len(plan.streets(group.direction)), -1)
    row_of[group.street] = np.arange(group.count)
    mine = np.flatnonzero(lots.direction == group.direction)
    mine = mine[row_of[lots.street[mine]] >= 0]
    station = lots.start_m[mine] + SLOT[group.spec.utility] * lots.length_m[mine]
    row = row_of[lots.street[mine]]
    return _placed(plan, group, row, lots.edge[mine], station, role=Role.LOT, lot=mine)


def _placed(
    plan: StreetPlan,
    group: _Lines,
    row: I64,
    edge: I64 | I32,
    station: F64,
    *,
    role: Role,
    lot: I64 | None = None,
) -> _Placed:
    street = group.street[row]
    count = len(row)
    place = 2 * edge.astype(np.int64) + 1
    draft = NodeDraft(
        uv=point_on(plan.streets(group.direction), street, station, group.spec.offset_m),
        utility=filled(count, group.spec.utility, np.int8),
        role=filled(count, role, np.int8),
        richness=richness_at(plan, group.direction, street, edge.astype(np.int64), station),
        direction=filled(count, group.direction, np.int8),
        street=street.astype(np.int32),
        place=place.astype(np.int32),
        lot=(np.full(count, -1) if lot is None else lot).astype(np.int32),
    )
    return draft, _Entry(group.first + row, station, place, np.zeros(0, np.int64)), lot


def _joints(plan: StreetPlan, lines: list[_Lines]) -> list[tuple[NodeDraft, _Entry, _Entry]]:
    found: list[tuple[NodeDraft, _Entry, _Entry]] = []
    for a in (g for g in lines if g.direction == 0):
        kin = (g for g in lines if g.direction == 1 and g.spec.utility == a.spec.utility)
        found.extend(_crossing(plan, a, b) for b in kin)
    return found


def _crossing(plan: StreetPlan, a: _Lines, b: _Lines) -> tuple[NodeDraft, _Entry, _Entry]:
    ew, ns = plan.ew, plan.ns
    base_a = ew.anchor[a.street] + ew.left[a.street] * a.spec.offset_m
    base_b = ns.anchor[b.street] + ns.left[b.street] * b.spec.offset_m
    on_a, on_b = meeting_stations(base_a, ew.along[a.street], base_b, ns.along[b.street])
    row_a, row_b = (part.ravel() for part in np.indices(on_a.shape))
    station = on_a.ravel()
    count = len(station)
    street, column = a.street[row_a], b.street[row_b]
    draft = NodeDraft(
        uv=point_on(ew, street, station, a.spec.offset_m),
        utility=filled(count, a.spec.utility, np.int8),
        role=filled(count, Role.JOINT, np.int8),
        richness=ew.is_rich[street].astype(float),
        direction=filled(count, 0, np.int8),
        street=street.astype(np.int32),
        place=(2 * column).astype(np.int32),
        lot=filled(count, -1, np.int32),
    )
    empty = np.zeros(0, np.int64)
    return (
        draft,
        _Entry(a.first + row_a, station, 2 * column, empty),
        _Entry(b.first + row_b, on_b.ravel(), 2 * street, empty),
    )


def _chained(
    plan: StreetPlan, lines: list[_Lines], nodes: NodeDraft, entries: list[_Entry]
) -> PipeDraft:
    line = np.concatenate([e.line for e in entries])
    station = np.concatenate([e.station for e in entries])
    place = np.concatenate([e.place for e in entries])
    node = np.concatenate([e.node for e in entries])
    order = np.lexsort((station, line))
    line, place, node = line[order], place[order], node[order]
    same = line[:-1] == line[1:]
    gap = (place[1:] - place[:-1] >= 2) & (place[1:] % 2 == 0) & (place[:-1] % 2 == 0)
    first = np.flatnonzero(same & ~gap)
    start, end = node[first], node[first + 1]
    odd = np.where(place[first] % 2 == 1, place[first], place[first + 1])
    depth = design_depth(nodes.utility, nodes.richness)
    street = np.concatenate([group.street for group in lines])
    direction = np.concatenate([np.full(group.count, group.direction) for group in lines])
    return pipes_between(
        start,
        end,
        section=_main_section(plan, lines, line[first], odd),
        role=Role.MAIN,
        top_from=depth[start],
        top_to=depth[end],
        direction=direction[line[first]],
        street=street[line[first]],
    )


def _main_section(plan: StreetPlan, lines: list[_Lines], line: I64, place: I64) -> I64:
    """Section rows of main pieces; sewers grow towards the valleys."""
    count = lines[-1].first + lines[-1].count
    fixed = np.full(count, -1)
    table = np.zeros((count, 4), np.int64)
    direction = np.zeros(count, np.int8)
    for group in lines:
        rows = slice(group.first, group.first + group.count)
        direction[rows] = group.direction
        if group.spec.key:
            fixed[rows] = section(group.spec.key)
            continue
        rich = plan.streets(group.direction).is_rich[group.street]
        name = group.spec.utility.key
        plain_mm, trunk_mm = (
            (_STORM_MM, _TRUNK_STORM_MM) if name == "storm" else (_SEWAGE_MM, _TRUNK_SEWAGE_MM)
        )
        plain, trunk = ([section(f"{name} {dn}") for dn in mm] for mm in (plain_mm, trunk_mm))
        table[rows] = np.where(rich[:, None], trunk, plain)
    rank = np.zeros(len(line), np.int64)
    for which in (0, 1):
        mine = direction[line] == which
        rank[mine] = _rank(plan.streets(1 - which).valley_distance, place[mine])
    return np.where(fixed[line] >= 0, fixed[line], table[line, rank])


def _rank(valley_distance: I32, place: I64) -> I64:
    """How far down its catchment a piece lies: 0 at the ridge to 3 at the valley."""
    low, high = place // 2, np.minimum((place + 1) // 2, len(valley_distance) - 1)
    upstream = np.maximum(valley_distance[low], valley_distance[high])
    return np.clip(4 - upstream, 0, 3).astype(np.int64)


def count_main_pieces(plan: StreetPlan) -> int:
    """How many main pipes `lay_mains` will make, without making them."""
    pieces = 0
    by_utility = np.zeros((2, len(Utility)), np.int64)
    for group in _all_lines(plan):
        edges: Edges = plan.edges(group.direction)
        exists = edges.exists[group.street]
        pieces += int(edges.lots[group.street].sum()) + 2 * int(exists.sum())
        pieces -= group.count + int((~exists).sum())
        by_utility[group.direction, group.spec.utility] += group.count
    return pieces + 2 * int((by_utility[0] * by_utility[1]).sum())
