"""Planned test holes in the scene: a numbered mark on the ground at each."""

from __future__ import annotations

import numpy as np

from baiyun_gis.arrays import F64
from baiyun_gis.project import ProjectState
from layers import style
from layers.geometry import local
from layers.ground import ground_reference_m
from layers.primitives import LabelBatch, PointBatch, Primitive
from layers.request import DrawRequest

LAYER_ID = "holes"
_SIZE_PX, _TEXT_PX = 18.0, 17.0


def hole_marks(state: ProjectState, at: F64, request: DrawRequest) -> tuple[Primitive, ...]:
    """Marks and numbers at the places of holes, shape (n, 2), in the order to dig."""
    count = len(at)
    if not count:
        return ()
    places = local(np.column_stack([at, ground_m(state, at)]), request)
    rows = np.arange(count, dtype=np.int32)
    color = style.repeated(style.named_color("hole", request.theme), count)
    marks = PointBatch(
        LAYER_ID, places, rows, color, np.full(count, _SIZE_PX, np.float32),
        np.full(count, "marker", dtype=object),
    )  # fmt: skip
    texts = LabelBatch(
        LAYER_ID, places, np.array([f" {row + 1} " for row in rows], dtype=object),
        style.repeated(style.named_color("hole", "light"), count),
        np.full(count, _TEXT_PX, np.float32), np.zeros(count, np.float32),
        -rows.astype(np.float32), rows,
    )  # fmt: skip
    return marks, texts


def ground_m(state: ProjectState, at: F64) -> F64:
    """Ground level at places: that of the nearest node that has one, shape (n,)."""
    from scipy.spatial import KDTree

    known = np.isfinite(state.nodes.ground_m) & np.isfinite(state.nodes.xy).all(axis=1)
    if not known.any():
        return np.full(len(at), ground_reference_m(state))
    _, nearest = KDTree(state.nodes.xy[known]).query(at)
    return state.nodes.ground_m[known][nearest]
