"""Which node each end of a line stands at: by the ids rows name, else by place."""

from __future__ import annotations

import numpy as np

from baiyun_gis.model.columns import F64, I32, Str
from baiyun_gis.model.tables import NodeTable, PipeTable

COINCIDENT_M = 0.001
"""Ends this near to a node stand at it."""
_COINCIDENT_DEG = 1e-8


def linked(
    pipes: PipeTable, nodes: NodeTable, start_ids: Str, end_ids: Str, *, in_degrees: bool
) -> PipeTable:
    """Pipes whose ends refer to rows of `nodes`: by named id, else by coincidence; −1 for none."""
    if not len(pipes) or not len(nodes):
        return pipes
    tolerance = _COINCIDENT_DEG if in_degrees else COINCIDENT_M
    index = {name: row for row, name in reversed(list(enumerate(nodes.id)))}
    first, last = pipes.xy[pipes.offsets[:-1]], pipes.xy[pipes.offsets[1:] - 1]
    return pipes.with_columns(
        start_node=_ends(start_ids, index, first, nodes.xy, tolerance),
        end_node=_ends(end_ids, index, last, nodes.xy, tolerance),
    )


def _ends(named: Str, index: dict[str, int], place: F64, nodes: F64, tolerance: float) -> I32:
    from scipy.spatial import KDTree

    found = np.array([index.get(name, -1) if name else -1 for name in named], dtype=np.int32)
    distance, nearest = KDTree(nodes).query(place, distance_upper_bound=tolerance)
    by_place = np.where(np.isfinite(distance), nearest, -1).astype(np.int32)
    return np.where(found >= 0, found, by_place).astype(np.int32)
