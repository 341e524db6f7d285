"""What is selected, for the scene: its bodies once more, and the gap of the finding in focus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import shapely

from baiyun_gis.findings.conflicts import CheckReport, ConflictTable
from baiyun_gis.model.columns import F64, I64
from baiyun_gis.project import ProjectState
from layers import style
from layers.buildings import drawn_heights
from layers.geometry import local
from layers.ground import ground_or_reference, ground_reference_m
from layers.pipes import pipe_bodies
from layers.primitives import I32, LabelBatch, LineBatch, Primitive
from layers.request import DrawRequest

LAYER_ID, GAP_ID = "selection", "gap"
MOST = 400
"""More than these are not picked out one by one."""
NODE_RING_M = 0.7
LABEL_ABOVE_M = 0.55
_GAP_PX, _LEADER_PX, _OUTLINE_PX, _TEXT_PX = 3.5, 1.5, 3.0, 17.0


def selection_bodies(
    state: ProjectState, rows: Mapping[str, I32], request: DrawRequest
) -> tuple[Primitive, ...]:
    """The selected lines as bodies, chambers and buildings as outlines, to be drawn over all."""
    drawn: list[Primitive] = []
    for layer, chosen in rows.items():
        name = "buildings" if layer == "suspicions" else layer
        picked = np.unique(np.asarray(chosen, dtype=np.int64))[:MOST]
        if name == "pipes":
            picked = picked[(picked >= 0) & (picked < len(state.pipes))]
            parts = pipe_bodies(state, picked, request) if len(picked) else ()
            drawn.extend(replace(part, layer=LAYER_ID) for part in parts)
        elif name == "nodes":
            drawn.extend(_node_rings(state, picked[picked < len(state.nodes)], request))
        elif name == "buildings":
            drawn.extend(_roofs(state, picked[picked < len(state.buildings)], request))
    return tuple(drawn)


def conflict_bodies(
    state: ProjectState, report: CheckReport, row: int, request: DrawRequest
) -> tuple[Primitive, ...]:
    """Both parties of a conflict, the line between their nearest points, and its length."""
    conflicts = report.conflicts
    bodies = selection_bodies(state, parties_of(conflicts, row), request)
    ends = np.stack([conflicts.near_a[row], conflicts.near_b[row]])
    if np.isnan(ends[:, :2]).any():
        return bodies
    ends[:, 2] = ground_or_reference(ends[:, 2], state)
    actual = float(conflicts.actual_m[row])
    middle = ends.mean(axis=0)
    top = np.array([*middle[:2], ends[:, 2].max() + LABEL_ABOVE_M])
    red, white = style.named_color("focus", request.theme), (255, 255, 255, 255)
    strokes = [(ends, white, _GAP_PX + 4.0), (ends, red, _GAP_PX)]
    if not np.isnan(actual):
        strokes.insert(0, (np.stack([middle, top]), red, _LEADER_PX))
    gap = [
        replace(
            _lines(
                line, np.array([0, 2], np.int64), np.array([row]), style.repeated(color, 1),
                width_px, request,
            ),
            layer=GAP_ID,
        )
        for line, color, width_px in strokes
    ]  # fmt: skip
    if np.isnan(actual):
        return (*bodies, *gap)
    return (*bodies, *gap, _number(top, f"{actual:.2f} m", row, request))


def _number(place: F64, text: str, row: int, request: DrawRequest) -> LabelBatch:
    return LabelBatch(
        GAP_ID,
        local(place[None, :], request),
        np.array([text], dtype=object),
        style.repeated(style.named_color("focus", "light"), 1),
        np.full(1, _TEXT_PX, np.float32),
        np.zeros(1, np.float32),
        np.ones(1, np.float32),
        np.array([row], np.int32),
    )


def parties_of(conflicts: ConflictTable, row: int) -> dict[str, I32]:
    """Rows by table of the one or two features that a conflict is about."""
    found: dict[str, list[int]] = {}
    for tables, rows in (
        (conflicts.a_table, conflicts.a_row),
        (conflicts.b_table, conflicts.b_row),
    ):
        if str(tables[row]) and int(rows[row]) >= 0:
            found.setdefault(str(tables[row]), []).append(int(rows[row]))
    return {table: np.array(rows, dtype=np.int32) for table, rows in found.items()}


def _node_rings(state: ProjectState, picked: I64, request: DrawRequest) -> tuple[LineBatch, ...]:
    """A ring on the ground round each node."""
    if not len(picked):
        return ()
    turn = np.linspace(0, 2 * np.pi, 33)
    ring = np.stack([np.cos(turn), np.sin(turn)], axis=1) * NODE_RING_M
    xy = (state.nodes.xy[picked][:, None, :] + ring).reshape(-1, 2)
    level = np.nan_to_num(state.nodes.ground_m[picked], nan=ground_reference_m(state))
    xyz = np.column_stack([xy, np.repeat(level, len(turn))])
    offsets = np.arange(len(picked) + 1, dtype=np.int64) * len(turn)
    color = style.repeated(style.named_color("chosen", request.theme), len(picked))
    return (_lines(xyz, offsets, picked, color, _OUTLINE_PX, request),)


def _roofs(state: ProjectState, picked: I64, request: DrawRequest) -> tuple[LineBatch, ...]:
    """The outlines of buildings, at their feet and at their roofs."""
    rings, owner = shapely.get_parts(state.buildings.geometry[picked], return_index=True)
    is_area = shapely.get_type_id(rings) == 3
    rings, ring_owner = shapely.get_rings(rings[is_area], return_index=True)
    if not len(rings):
        return ()
    feature = picked[owner[is_area][ring_owner]]
    xy, vertex_ring = shapely.get_coordinates(rings, return_index=True)
    counts = np.bincount(vertex_ring, minlength=len(rings))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    color = style.repeated(style.named_color("chosen", request.theme), len(rings))
    feet, roofs, _ = drawn_heights(state)
    return tuple(
        _lines(
            np.column_stack([xy, level[feature][vertex_ring]]),
            offsets, feature, color, _OUTLINE_PX, request,
        )
        for level in (feet, roofs)
    )  # fmt: skip


def _lines(
    xyz: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    offsets: I64,
    feature: I64,
    color: style.U8,
    width_px: float,
    request: DrawRequest,
) -> LineBatch:
    count = len(offsets) - 1
    return LineBatch(
        LAYER_ID,
        local(xyz, request),
        offsets,
        feature.astype(np.int32),
        color,
        np.full(count, width_px, np.float32),
        np.zeros(count, np.bool_),
    )
