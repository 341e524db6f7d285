"""Lines of a synthetic district moved as a whole: what a wrong datum or a plan's change does."""

from __future__ import annotations

import numpy as np

from baiyun_gis.model.columns import F64, I64
from baiyun_gis.model.tables import PipeTable


def shifted(pipes: PipeTable, rows: I64, *, rise_m: float | F64) -> PipeTable:
    """The pipes with those of `rows` raised by `rise_m` metres (one for all or one each);
    recorded levels and depths go along, the ground stays."""
    rise = np.zeros(len(pipes))
    rise[rows] = rise_m
    return pipes.with_columns(
        axis_level=pipes.axis_level + rise[pipes.vertex_pipe],
        start_level_m=pipes.start_level_m + rise,
        end_level_m=pipes.end_level_m + rise,
        start_depth_m=pipes.start_depth_m - rise,
        end_depth_m=pipes.end_depth_m - rise,
    )
