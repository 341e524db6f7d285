"""Lines of a synthetic district moved as a whole: what a wrong datum or a plan's change does."""

from __future__ import annotations

import numpy as np

from baiyun_gis.model.columns import F64, I64
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.topology import topology_of
from baiyun_gis.project import ProjectState
from baiyun_gis.synthetic.chance import Chance


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


def crowded(state: ProjectState, seed: int, *, share: float = 0.15) -> ProjectState:
    """The project with a share of its runs laid 0.3 to 0.8 m too high or too low."""
    pipes, chance = state.pipes, Chance(seed)
    run = topology_of(pipes).run
    rise = chance.between("crowded", len(pipes), 0.3, 0.8)
    rise *= np.where(chance.uniform("crowded way", len(pipes)) < 0.5, -1.0, 1.0)
    chosen = chance.uniform("crowded runs", len(pipes)) < share
    rows = np.flatnonzero(chosen[run])
    return state.with_(pipes=shifted(pipes, rows, rise_m=rise[run[rows]]))
