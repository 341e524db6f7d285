"""Order of lines beside each other: from the road's centre line outward, from a building outward.

The clauses are about what is planned and worded *should*: pairs of which one line is planned are
looked at, others lie as they lie. Both lines run along one straight edge of the same thing (a
centre line, a building's outline), on the same side of it, at no more than the angle at which
lines cross; their distances from it are compared, axis to axis, where they lie abreast.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.check import CheckResult
from baiyun_gis.checks.judged import judged
from baiyun_gis.checks.ledger import Tally, unmet_rules
from baiyun_gis.checks.remarks import on_pipe, pipe_side, remarks, section_remarks
from baiyun_gis.checks.stretches import merged
from baiyun_gis.checks.thing_findings import ordered, point_on, run_chainage
from baiyun_gis.checks.verdicts import POSSIBLE, probability
from baiyun_gis.findings.conflicts import CheckLedger, ConflictTable, Outcome
from baiyun_gis.kernels.polygons import candidate_polygon_pairs
from baiyun_gis.model.columns import F64, I8, I32, I64, Bool, Geom
from baiyun_gis.model.vocabulary import Status

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot

ABREAST_M = 5.0
"""Lines further apart than this are not compared with each other, but with what lies between."""
LEAST_M = 2.0
"""They must lie abreast for so long: a fitting's stub has no place in an order."""
_POLYGON = 3
_NAMES = ("", "joined_at_node", "same_enclosure", "never_together", "no_rule")
_JOINED, _ENCLOSED, _NEVER, _NO_RULE = range(1, 5)


@dataclass(frozen=True, slots=True)
class Edges:
    """Straight edges from `start` to `stop` (n, 2), origin taken off, of the rows `thing`.

    `inward`: 1 where what comes first in the list lies nearest, −1 where it lies furthest.
    """

    start: F64
    stop: F64
    thing: I64
    inward: int


@dataclass(frozen=True, slots=True)
class _Beside:
    """Segments beside their edge: stations on it and offsets to its left, at both ends, metres."""

    seg: I64
    edge: I64
    from_m: F64
    to_m: F64
    from_off_m: F64
    to_off_m: F64


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Segments `i` (of a planned line) and `j` abreast: where on the edge, and the order there.

    `from_m`, `to_m` are stations on the edge; `rise0`, `rise1` at them how far the one that comes
    first lies on the right side of the other.
    """

    i: I64
    j: I64
    edge: I64
    from_m: F64
    to_m: F64
    rise0: F64
    rise1: F64
    order: I8
    requirement: I32


def straight_edges(shapes: Geom, rows: I64, origin: F64, *, inward: int) -> Edges:
    """The straight pieces of lines and outlines; `rows` are the things they are of."""
    import shapely

    parts, owner = shapely.get_parts(shapes, return_index=True)
    areal = shapely.get_type_id(parts) == _POLYGON
    parts[areal] = shapely.get_exterior_ring(parts[areal])
    xy, line = shapely.get_coordinates(parts, return_index=True)
    first = np.flatnonzero(line[1:] == line[:-1])
    good = np.isfinite(xy[first]).all(axis=1) & np.isfinite(xy[first + 1]).all(axis=1)
    first = first[good]
    thing = rows[owner[line[first]]]
    return Edges(xy[first] - origin, xy[first + 1] - origin, thing.astype(np.int64), inward)


def order_result(
    ctx: CheckContext, check: str, edges_of: Callable[[], Edges], *, within_m: float
) -> CheckResult:
    """One finding for two lines that lie abreast in the wrong order, stretch by stretch.

    The edges are made only where a planned line has another beside it.
    """
    asked = ctx.asked_of(check)
    snapshot = ctx.snapshot
    planned, subjects = ctx.of_asked("planned", "", lambda: _planned(snapshot))
    ledger = CheckLedger(
        check,
        Outcome.RAN,
        subjects=subjects,
        rules_without_subjects=unmet_rules(ctx.rules, check, asked.requirements),
    )
    i, j = _abreast(snapshot, planned)
    if not len(i):
        return CheckResult(ledger, requirements=asked.requirements)
    edges = edges_of()
    pairs = _pairs(ctx, check, i, j, _beside(ctx, np.union1d(i, j), edges, within_m), edges)
    if not len(pairs.i):
        return CheckResult(ledger, requirements=asked.requirements)
    return _result(ctx, check, pairs, edges, subjects=subjects)


def _planned(snapshot: Snapshot) -> tuple[Bool, int]:
    """Which lines are planned, and how many of these are answered for."""
    planned = snapshot.tested & (snapshot.state.pipes.status == Status.PLANNED)
    return planned, int((planned & snapshot.answered_pipes).sum())


def _abreast(snapshot: Snapshot, planned: Bool) -> tuple[I64, I64]:
    """Segments of planned lines and others near them, each two once."""
    seg = snapshot.segments
    own = planned[seg.pipe].nonzero()[0]
    if not len(own):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    x = np.sort(np.column_stack([seg.x0[own], seg.x1[own]]), axis=1)
    y = np.sort(np.column_stack([seg.y0[own], seg.y1[own]]), axis=1)
    boxes = np.column_stack([x[:, 0], y[:, 0], x[:, 1], y[:, 1]])
    j, k = candidate_polygon_pairs(seg, boxes, ABREAST_M)
    i, j = own[k], j.astype(np.int64)
    once = ~planned[seg.pipe[j]] | (i < j)
    keep = (seg.pipe[i] != seg.pipe[j]) & once & snapshot.asks_pair(seg.pipe[i], seg.pipe[j])
    return i[keep], j[keep]


def _beside(ctx: CheckContext, rows: I64, edges: Edges, within_m: float) -> _Beside:
    """The edges that each segment runs along, of the thing nearest to its middle.

    A segment that no edge within `within_m` runs along has none. Sorted by segment, then edge.
    """
    import shapely

    seg = ctx.snapshot.segments
    one = np.column_stack([seg.x0[rows], seg.y0[rows]])
    two = np.column_stack([seg.x1[rows], seg.y1[rows]])
    way, length = _ways(edges.start, edges.stop)
    own, own_length = _ways(one, two)
    lines = _straight(edges.start, edges.stop)
    axes = _straight(one, two)
    s, e = shapely.STRtree(lines).query(axes, predicate="dwithin", distance=within_m)
    turn = np.abs(own[s, 0] * way[e, 1] - own[s, 1] * way[e, 0])
    limit = np.sin(np.radians(ctx.rules.settings.crossing_angle_deg))
    along = (turn <= limit) & (own_length[s] > 0) & (length[e] > 0)
    s, e = s[along], e[along]
    middles = np.asarray(shapely.points((one + two) / 2), dtype=object)
    apart = np.round(shapely.distance(middles[s], lines[e]), 7)
    order = np.lexsort((edges.thing[e], apart, s))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = s[order][1:] != s[order][:-1]
    nearest = np.full(len(rows), -1, dtype=np.int64)
    nearest[s[order[first]]] = edges.thing[e[order[first]]]
    mine = edges.thing[e] == nearest[s]
    s, e = s[mine], e[mine]
    order = np.lexsort((e, s))
    s, e = s[order], e[order]
    left = np.column_stack([-way[:, 1], way[:, 0]])
    stations = [((ends[s] - edges.start[e]) * way[e]).sum(axis=1) for ends in (one, two)]
    offsets = [((ends[s] - edges.start[e]) * left[e]).sum(axis=1) for ends in (one, two)]
    return _Beside(rows[s], e, *stations, *offsets)


def _straight(start: F64, stop: F64) -> Geom:
    """Straight lines between points (n, 2)."""
    import shapely

    return np.asarray(shapely.linestrings(np.stack([start, stop], axis=1)), dtype=object)


def _ways(start: F64, stop: F64) -> tuple[F64, F64]:
    """Unit vectors (n, 2) and lengths; no way where there is no length."""
    step = stop - start
    length = np.hypot(*step.T)
    return step / np.where(length > 0, length, np.nan)[:, None], length


def _along_one_edge(i: I64, j: I64, beside: _Beside, edges: int) -> tuple[I64, I64]:
    """Rows of `beside` for pairs of segments that run along one edge, once for each edge."""
    first = np.searchsorted(beside.seg, i, side="left")
    count = np.searchsorted(beside.seg, i, side="right") - first
    pair = np.repeat(np.arange(len(i)), count)
    place = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count)
    p = first[pair] + place
    keys = beside.seg * edges + beside.edge
    wanted = j[pair] * edges + beside.edge[p]
    q = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    hit = keys[q] == wanted if len(keys) else np.zeros(0, dtype=np.bool_)
    return p[hit], q[hit]


def _pairs(ctx: CheckContext, check: str, i: I64, j: I64, beside: _Beside, edges: Edges) -> _Pairs:
    """Pairs beside one thing, on one side of it and abreast."""
    asked, class_of = ctx.asked_of(check), ctx.classes.class_of
    p, q = _along_one_edge(i, j, beside, len(edges.thing))
    low = np.maximum(*(np.minimum(beside.from_m[k], beside.to_m[k]) for k in (p, q)))
    high = np.minimum(*(np.maximum(beside.from_m[k], beside.to_m[k]) for k in (p, q)))
    length = np.hypot(*(edges.stop - edges.start).T)[beside.edge[p]]
    low, high = np.maximum(low, 0.0), np.minimum(high, length)
    a0, a1, b0, b1 = (_offset(beside, k, at) for k in (p, q) for at in (low, high))
    same_side = (a0 != 0) & np.all([np.sign(a0) == np.sign(one) for one in (a1, b0, b1)], axis=0)
    near = np.maximum(np.abs(a0 - b0), np.abs(a1 - b1)) <= ABREAST_M
    keep = np.flatnonzero((high - low >= LEAST_M) & same_side & near)
    one, two = beside.seg[p[keep]], beside.seg[q[keep]]
    pipe = ctx.snapshot.segments.pipe
    classes = class_of[pipe[one]], class_of[pipe[two]]
    order = asked.order[classes]
    way = -edges.inward * order.astype(np.float64)
    rise0, rise1 = (way * (np.abs(a[keep]) - np.abs(b[keep])) for a, b in ((a0, b0), (a1, b1)))
    return _Pairs(
        i=one,
        j=two,
        edge=beside.edge[p[keep]],
        from_m=low[keep],
        to_m=high[keep],
        rise0=rise0,
        rise1=rise1,
        order=order,
        requirement=asked.requirement[classes],
    )


def _offset(beside: _Beside, k: I64, at: F64) -> F64:
    """Offset of segments from their edge at a station on it."""
    span = beside.to_m[k] - beside.from_m[k]
    share = np.clip((at - beside.from_m[k]) / np.where(span != 0, span, 1.0), 0.0, 1.0)
    return beside.from_off_m[k] + (beside.to_off_m[k] - beside.from_off_m[k]) * share


def _aside(snapshot: Snapshot, pairs: _Pairs) -> I8:
    """Why pairs are set aside, as codes into `_NAMES`."""
    pipes, seg = snapshot.state.pipes, snapshot.segments
    a, b = seg.pipe[pairs.i], seg.pipe[pairs.j]
    never = (pipes.valid_to[a] <= pipes.valid_from[b]) | (pipes.valid_to[b] <= pipes.valid_from[a])
    shared = (pipes.enclosure[a] != "") & (pipes.enclosure[a] == pipes.enclosure[b])
    out = np.zeros(len(a), dtype=np.int8)
    for flags, code in (
        (snapshot.topology.is_joined(a, b), _JOINED),
        (shared.astype(np.bool_), _ENCLOSED),
        (never, _NEVER),
        (pairs.order == 0, _NO_RULE),
    ):
        out[flags] = code
    return out


def _result(
    ctx: CheckContext,
    check: str,
    pairs: _Pairs,
    edges: Edges,
    *,
    subjects: int,
) -> CheckResult:
    snapshot, asked = ctx.snapshot, ctx.asked_of(check)
    seg, columns = snapshot.segments, snapshot.columns
    a, b = (seg.pipe[k].astype(np.int64) for k in (pairs.i, pairs.j))
    actual = np.minimum(pairs.rise0, pairs.rise1)
    sigma = np.hypot(
        *(np.maximum(columns.sigma_xy0[k], columns.sigma_xy1[k]) for k in (pairs.i, pairs.j))
    )
    chance = probability(actual, np.zeros(len(actual)), sigma)
    aside = _aside(snapshot, pairs)
    found = (aside == 0) & (chance >= POSSIBLE)
    two = a * len(snapshot.tested) + b
    _, subject = np.unique(two, return_inverse=True)
    ledger = Tally(
        subject.reshape(-1), aside, found, np.zeros(len(a), dtype=np.bool_), names=_NAMES
    ).counted(
        check,
        subjects=subjects,
        rules_without_subjects=unmet_rules(ctx.rules, check, asked.requirements),
    )
    rows = np.flatnonzero(found)
    table = _findings(ctx, check, pairs, rows, edges, (actual, sigma, chance))
    return CheckResult(ledger, table, asked.requirements)


def _findings(
    ctx: CheckContext,
    check: str,
    pairs: _Pairs,
    rows: I64,
    edges: Edges,
    measured: tuple[F64, F64, F64],
) -> ConflictTable:
    if not len(rows):
        return ConflictTable.empty()
    snapshot, seg = ctx.snapshot, ctx.snapshot.segments
    actual, sigma, chance = (column[rows] for column in measured)
    run = snapshot.topology.run[seg.pipe].astype(np.int64)
    low, high = _on_run(snapshot, pairs, rows, edges, (pairs.from_m[rows], pairs.to_m[rows]))
    key = run[pairs.i[rows]] * len(snapshot.tested) + run[pairs.j[rows]]
    # Round the outside of a bend there is a wedge beside no edge: it parts nothing.
    stretches = merged(key, low - LEAST_M, high + LEAST_M)
    worst = stretches.least(actual)
    low, high = stretches.span(low, high)
    of = stretches.of[worst]
    part = rows[worst]
    at_end = pairs.rise1[part] < pairs.rise0[part]
    station = np.where(at_end, pairs.to_m[part], pairs.from_m[part])
    spot = edges.start[pairs.edge[part]] + _way(edges, part, pairs) * station[:, None]
    near = [_abeam(snapshot, k[part], spot) for k in (pairs.i, pairs.j)]
    a, b = seg.pipe[pairs.i[part]], seg.pipe[pairs.j[part]]
    start, stop = on_pipe(snapshot, a, low[of], high[of])
    return ConflictTable.build(
        len(part),
        check=check,
        **judged(
            actual_m=actual[worst],
            required_m=np.zeros(len(part)),
            sigma_m=sigma[worst],
            probability=chance[worst],
            requirement=pairs.requirement[part],
            requirements=ctx.asked_of(check).requirements,
            grave=np.zeros(len(part), dtype=np.bool_),
        ),
        **pipe_side(snapshot, "a", a),
        **pipe_side(snapshot, "b", b),
        near_a=near[0],
        near_b=near[1],
        at=(near[0] + near[1]) / 2,
        stretch_from_m=start,
        stretch_to_m=stop,
        remark=remarks(len(part), *section_remarks(snapshot, a, b)),
    )


def _way(edges: Edges, part: I64, pairs: _Pairs) -> F64:
    return _ways(edges.start, edges.stop)[0][pairs.edge[part]]


def _on_run(
    snapshot: Snapshot, pairs: _Pairs, rows: I64, edges: Edges, span: tuple[F64, F64]
) -> tuple[F64, F64]:
    """Stations on the edge as chainage along the run of `i`."""
    way = _way(edges, rows, pairs)
    start = edges.start[pairs.edge[rows]]
    at = [_station(snapshot, pairs.i[rows], start + way * along[:, None]) for along in span]
    return ordered(*(run_chainage(snapshot, pairs.i[rows].astype(np.int32), t) for t in at))


def _station(snapshot: Snapshot, i: I64, spot: F64) -> F64:
    """Where segments are nearest to points, 0–1."""
    seg = snapshot.segments
    step = np.column_stack([seg.x1[i] - seg.x0[i], seg.y1[i] - seg.y0[i]])
    to = spot - np.column_stack([seg.x0[i], seg.y0[i]])
    return np.clip((to * step).sum(axis=1) / np.maximum((step**2).sum(axis=1), 1e-12), 0.0, 1.0)


def _abeam(snapshot: Snapshot, i: I64, spot: F64) -> F64:
    """The points of segments abeam of points, in project coordinates."""
    return point_on(snapshot, i.astype(np.int32), _station(snapshot, i, spot))
