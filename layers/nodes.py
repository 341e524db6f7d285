"""Nodes: chambers at their true outline when near, symbols when further off."""

from __future__ import annotations

import numpy as np

from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import F64, I64, Bool
from baiyun_gis.model.tables import NodeTable
from baiyun_gis.model.vocabulary import NodeKind, Shape, Utility
from baiyun_gis.project import ProjectState
from baiyun_gis.time.lifespan import alive
from layers import style
from layers.geometry import local, points_in_extent
from layers.ground import ground_or_reference
from layers.primitives import LegendItem, PointBatch, PolygonBatch, Primitive
from layers.request import DrawRequest

OUTLINES_FROM_M_PER_PX = 0.12
FIXTURES_FROM_M_PER_PX = 0.8
POINTS_FROM_M_PER_PX = 0.25
_TURN = np.linspace(0.0, 2 * np.pi, 25)
_ROUND = np.stack([np.cos(_TURN), np.sin(_TURN)], axis=1) / 2
_SQUARE = np.array([[0.5, 0.5], [-0.5, 0.5], [-0.5, -0.5], [0.5, -0.5], [0.5, 0.5]])
_PLAIN = (NodeKind.UNKNOWN, NodeKind.POINT, NodeKind.BEND, NodeKind.TEE, NodeKind.CROSS)
_SYMBOLS: dict[NodeKind, str] = {
    NodeKind.VALVE: "diamond",
    NodeKind.VALVE_CHAMBER: "diamond",
    NodeKind.HYDRANT: "triangle",
    NodeKind.HANDHOLE: "square",
    NodeKind.CABLE_CHAMBER: "square",
    NodeKind.GULLY: "square",
    NodeKind.BOX: "square",
    NodeKind.PUMP: "triangle",
    NodeKind.SOURCE: "triangle",
    NodeKind.RESERVOIR: "triangle",
    NodeKind.MANHOLE: "ring",
    NodeKind.END: "cross",
}


class NodesLayer:
    """Chambers, valves and points of the lines; hidden with their utility."""

    id = "nodes"
    theme_group = "lines"
    follows = "pipes"

    @property
    def title(self) -> Message:
        return msg("Chambers and points")

    def count(self, state: ProjectState, report: CheckReport | None) -> int:
        return len(state.nodes)

    def sublayers(self, state: ProjectState) -> tuple[tuple[str, Message, int], ...]:
        return ()

    def draw(
        self, state: ProjectState, report: CheckReport | None, request: DrawRequest
    ) -> tuple[Primitive, ...]:
        rows = visible_rows(state.nodes, request)
        if not len(rows):
            return ()
        nodes = state.nodes
        bodies = has_outline(nodes)[rows]
        if request.dimension == 3:
            chambers = rows[bodies & ~np.isnan(nodes.bottom_m[rows])]
            return (_outlines(state, chambers, request),) if len(chambers) else ()
        near = request.metres_per_px <= OUTLINES_FROM_M_PER_PX
        drawn: list[Primitive] = []
        if near and bodies.any():
            drawn.append(_outlines(state, rows[bodies], request))
        symbols = rows[~bodies] if near else rows
        if len(symbols):
            drawn.append(_symbols(nodes, symbols, request))
        return tuple(drawn)

    def legend(
        self, state: ProjectState, report: CheckReport | None, request: DrawRequest
    ) -> tuple[LegendItem, ...]:
        rows = visible_rows(state.nodes, request)
        if not len(rows):
            return ()
        color = style.named_color("label", request.theme)
        return (LegendItem(self.title.text(request.lang), "point", color, len(rows)),)


def visible_rows(nodes: NodeTable, request: DrawRequest) -> I64:
    """Rows this request draws: none far off, plain points only when near."""
    if request.dimension == 2 and request.metres_per_px > FIXTURES_FROM_M_PER_PX:
        return np.zeros(0, dtype=np.int64)
    keep = points_in_extent(nodes.xy, request, grow_m=5.0)
    keep &= alive(nodes.valid_from, nodes.valid_to, request.as_of)
    hidden = [int(u) for u in Utility if u.key in request.hidden]
    if hidden:
        keep &= ~np.isin(nodes.utility, hidden)
    if request.metres_per_px > POINTS_FROM_M_PER_PX:
        plain = np.isin(nodes.kind, [int(k) for k in _PLAIN]) & ~nodes.is_chamber
        keep &= ~plain
    return np.flatnonzero(keep)


def has_outline(nodes: NodeTable) -> Bool:
    """Chambers whose outer size is recorded."""
    return nodes.is_chamber & ~np.isnan(nodes.chamber_width_m)


def chamber_outlines(nodes: NodeTable, rows: I64) -> tuple[F64, I64]:
    """Closed outlines of chambers: vertices (v, 2) and offsets; circles as 24-gons."""
    width = nodes.chamber_width_m[rows]
    length = np.where(np.isnan(nodes.chamber_length_m[rows]), width, nodes.chamber_length_m[rows])
    is_box = np.isin(
        nodes.chamber_shape[rows], [int(Shape.RECTANGLE), int(Shape.ARCH), int(Shape.OTHER)]
    )
    length = np.where(is_box, length, width)
    counts = np.where(is_box, len(_SQUARE), len(_ROUND))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    owner = np.repeat(np.arange(len(rows)), counts)
    corner = np.arange(len(owner)) - offsets[:-1][owner]
    unit = np.where(
        is_box[owner, None], _SQUARE[np.minimum(corner, len(_SQUARE) - 1)], _ROUND[corner]
    )
    shaped = unit * np.stack([length, width], axis=1)[owner]
    angle = np.radians(np.nan_to_num(nodes.chamber_angle_deg[rows]))[owner]
    cos, sin = np.cos(angle), np.sin(angle)
    x = shaped[:, 0] * cos - shaped[:, 1] * sin
    y = shaped[:, 0] * sin + shaped[:, 1] * cos
    return np.stack([x, y], axis=1) + nodes.xy[rows][owner], offsets


def _outlines(state: ProjectState, rows: I64, request: DrawRequest) -> PolygonBatch:
    nodes = state.nodes
    count = len(rows)
    corners, offsets = chamber_outlines(nodes, rows)
    stroke = style.utility_colors(request)[nodes.utility[rows]]
    fill = stroke.copy()
    fill[:, 3] = 46 if request.dimension == 2 else 120
    base = top = None
    if request.dimension == 3:
        z = request.origin[2]
        base = (nodes.bottom_m[rows] - z).astype(np.float32)
        ground = ground_or_reference(nodes.ground_m[rows], state)
        top = np.maximum((ground - z).astype(np.float32), base)
    return PolygonBatch(
        "nodes",
        local(corners, request),
        offsets,
        np.arange(count + 1, dtype=np.int64),
        rows.astype(np.int32),
        fill,
        stroke,
        np.full(count, 1.4, dtype=np.float32),
        np.zeros(count, dtype=np.bool_),
        base,
        top,
    )


def _symbols(nodes: NodeTable, rows: I64, request: DrawRequest) -> PointBatch:
    by_kind = np.full(max(int(k) for k in NodeKind) + 1, "circle", dtype=object)
    for kind, symbol in _SYMBOLS.items():
        by_kind[int(kind)] = symbol
    kinds = nodes.kind[rows]
    plain = np.isin(kinds, [int(k) for k in _PLAIN]) & ~nodes.is_chamber[rows]
    size = np.where(plain, 4.0, 9.0 if request.metres_per_px < 0.3 else 6.0)
    return PointBatch(
        "nodes",
        local(nodes.xy[rows], request),
        rows.astype(np.int32),
        style.utility_colors(request)[nodes.utility[rows]],
        size.astype(np.float32),
        by_kind[kinds],
    )


LAYER = NodesLayer()
