"""Underground lines: coloured lines on the map, bodies of true size and level in the scene."""

from __future__ import annotations

import numpy as np

from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import F64, I64, Bool
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.vocabulary import NodeKind, Provenance, Shape, Status, Utility
from baiyun_gis.project import ProjectState
from baiyun_gis.time.lifespan import alive
from layers import style
from layers.geometry import Remembered, in_extent, local, pipe_boxes, taken
from layers.ground import ground_reference_m
from layers.primitives import LegendItem, LineBatch, Primitive, TubeBatch
from layers.request import DrawRequest

SERVICES_FROM_M_PER_PX = 2.5
DASHES_FROM_M_PER_PX = 1.5
LABELS_FROM_M_PER_PX = 0.3
_SERVICE_ENDS = (NodeKind.CONNECTION, NodeKind.METER, NodeKind.GULLY, NodeKind.HYDRANT)
_services: Remembered[Bool] = Remembered()


class PipesLayer:
    """All lines of the project, one part a utility."""

    id = "pipes"
    theme_group = "lines"

    @property
    def title(self) -> Message:
        return msg("Pipes and cables")

    def count(self, state: ProjectState, report: CheckReport | None) -> int:
        return len(state.pipes)

    def sublayers(self, state: ProjectState) -> tuple[tuple[str, Message, int], ...]:
        counts = np.bincount(state.pipes.utility, minlength=len(Utility))
        return tuple(
            (utility.key, utility_title(utility), int(counts[utility]))
            for utility in Utility
            if counts[utility]
        )

    def draw(
        self, state: ProjectState, report: CheckReport | None, request: DrawRequest
    ) -> tuple[Primitive, ...]:
        rows = visible_rows(state, request)
        if not len(rows):
            return ()
        if request.dimension == 3:
            return pipe_bodies(state, rows, request)
        lines = _lines(state.pipes, rows, request)
        if request.metres_per_px > LABELS_FROM_M_PER_PX:
            return (lines,)
        from layers.labels import pipe_labels

        return (lines, pipe_labels(state.pipes, rows, request))

    def legend(
        self, state: ProjectState, report: CheckReport | None, request: DrawRequest
    ) -> tuple[LegendItem, ...]:
        rows = visible_rows(state, request)
        counts = np.bincount(state.pipes.utility[rows], minlength=len(Utility))
        lines = tuple(
            LegendItem(
                utility_title(u).text(request.lang),
                "line",
                style.utility_color(u, scheme=request.scheme, theme=request.theme),
                int(counts[u]),
            )
            for u in Utility
            if counts[u]
        )
        if not bool(is_uncertain(state.pipes)[rows].any()):
            return lines
        dashed = msg("Level unknown or assumed, or planned").text(request.lang)
        return (*lines, LegendItem(dashed, "dashed", style.named_color("settled", request.theme)))


def utility_title(utility: Utility) -> Message:
    """What a person calls this utility's lines."""
    return _TITLES[utility]


_TITLES: dict[Utility, Message] = {
    Utility.UNKNOWN: msg("Unknown lines"),
    Utility.WATER: msg("Water supply"),
    Utility.RECLAIMED: msg("Reclaimed water"),
    Utility.STORM: msg("Storm water"),
    Utility.SEWAGE: msg("Sewage"),
    Utility.COMBINED: msg("Combined drainage"),
    Utility.GAS: msg("Gas"),
    Utility.HEAT: msg("Heat"),
    Utility.POWER: msg("Power"),
    Utility.TELECOM: msg("Telecom"),
    Utility.INDUSTRIAL: msg("Industrial"),
    Utility.TUNNEL: msg("Utility tunnel"),
    Utility.DRAINAGE: msg("Drainage"),
}


def visible_rows(state: ProjectState, request: DrawRequest) -> I64:
    """Rows of the pipes this request draws, in table order."""
    pipes = state.pipes
    keep = in_extent(pipe_boxes(pipes), request, grow_m=2.0)
    keep &= alive(pipes.valid_from, pipes.valid_to, request.as_of)
    hidden = [int(u) for u in Utility if u.key in request.hidden]
    if hidden:
        keep &= ~np.isin(pipes.utility, hidden)
    if request.metres_per_px > SERVICES_FROM_M_PER_PX and request.dimension == 2:
        keep &= ~services(state)
    return np.flatnonzero(keep)


def services(state: ProjectState) -> Bool:
    """Pipes that lead to a customer, gully or hydrant: dropped when zoomed out, if many."""
    return _services.of(state.pipes.start_node, lambda: _find_services(state))


def _find_services(state: ProjectState) -> Bool:
    pipes, nodes = state.pipes, state.nodes
    found = np.zeros(len(pipes), dtype=np.bool_)
    if len(pipes) < 5_000 or not len(nodes):
        return found
    ends = np.isin(nodes.kind, [int(k) for k in _SERVICE_ENDS])
    for node in (pipes.start_node, pipes.end_node):
        found |= (node >= 0) & ends[np.clip(node, 0, len(nodes) - 1)]
    return found


def is_uncertain(pipes: PipeTable) -> Bool:
    """Drawn dashed: level unknown or assumed, or only planned."""
    return (
        (pipes.level_source == Provenance.UNKNOWN)
        | (pipes.level_source == Provenance.ASSUMED)
        | (pipes.status == Status.PLANNED)
    )


def pipe_colors(pipes: PipeTable, rows: I64, request: DrawRequest) -> style.U8:
    """Utility colours; lines out of use are paler."""
    colors = style.utility_colors(request)[pipes.utility[rows]]
    out_of_use = np.isin(pipes.status[rows], [int(Status.ABANDONED), int(Status.EMPTY)])
    colors[out_of_use, 3] = 130
    return colors


def _lines(pipes: PipeTable, rows: I64, request: DrawRequest) -> LineBatch:
    rows = rows[np.argsort(pipes.utility[rows], kind="stable")]
    offsets, vertices = taken(pipes.offsets, rows)
    dashed = is_uncertain(pipes)[rows]
    if request.metres_per_px > DASHES_FROM_M_PER_PX:
        dashed = np.zeros(len(rows), dtype=np.bool_)
    return LineBatch(
        "pipes",
        local(pipes.xy[vertices], request),
        offsets,
        rows.astype(np.int32),
        pipe_colors(pipes, rows, request),
        line_width_px(pipes.outer_width_m[rows], request.metres_per_px),
        dashed,
    )


def line_width_px(outer_width_m: F64, metres_per_px: float) -> np.ndarray[tuple[int], np.dtype]:
    """True width where it shows, else a width that reads well at this scale; shape (n,)."""
    least = 1.0 if metres_per_px > 2 else 1.4 if metres_per_px > 0.8 else 2.0
    if metres_per_px > 0.5:
        large = np.where(outer_width_m >= 0.8, least + 0.8, least)
        return large.astype(np.float32)
    true = np.nan_to_num(outer_width_m) / metres_per_px
    return np.maximum(np.round(true * 2) / 2, least).astype(np.float32)


def pipe_bodies(
    state: ProjectState, rows: I64, request: DrawRequest
) -> tuple[TubeBatch | LineBatch, ...]:
    """Bodies where level and section are known; dashed lines on the ground where not."""
    pipes = state.pipes
    has_section = ~np.isnan(pipes.outer_width_m[rows]) & ~np.isnan(pipes.outer_height_m[rows])
    known = pipes.has_level[rows] & has_section
    drawn: list[TubeBatch | LineBatch] = []
    if known.any():
        drawn.append(_tubes(pipes, rows[known], request))
    if not known.all():
        drawn.append(_unlevelled(state, rows[~known], request))
    return tuple(drawn)


def _tubes(pipes: PipeTable, rows: I64, request: DrawRequest) -> TubeBatch:
    offsets, vertices = taken(pipes.offsets, rows)
    xyz = np.column_stack([pipes.xy[vertices], pipes.axis_level[vertices]])
    return TubeBatch(
        "pipes",
        local(xyz, request),
        offsets,
        rows.astype(np.int32),
        (pipes.outer_width_m[rows] / 2).astype(np.float32),
        (pipes.outer_height_m[rows] / 2).astype(np.float32),
        (pipes.shape[rows] != Shape.CIRCLE) & (pipes.shape[rows] != Shape.UNKNOWN),
        is_uncertain(pipes)[rows],
        pipe_colors(pipes, rows, request),
    )


def _unlevelled(state: ProjectState, rows: I64, request: DrawRequest) -> LineBatch:
    pipes = state.pipes
    offsets, vertices = taken(pipes.offsets, rows)
    ground = np.nan_to_num(pipes.start_ground_m[rows], nan=ground_reference_m(state))
    level = pipes.axis_level[vertices]
    level = np.where(np.isnan(level), np.repeat(ground, np.diff(offsets)), level)
    return LineBatch(
        "pipes",
        local(np.column_stack([pipes.xy[vertices], level]), request),
        offsets,
        rows.astype(np.int32),
        pipe_colors(pipes, rows, request),
        np.full(len(rows), 2.0, dtype=np.float32),
        np.ones(len(rows), dtype=np.bool_),
    )


LAYER = PipesLayer()
