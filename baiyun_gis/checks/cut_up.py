"""Where pieces are cut for the sake of checks, what errs is still the surveyed points about them.

An error between two surveyed points is interpolated. The end of a part is no surveyed point: it
errs as the points before and behind it do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.kernels.end_errors import CutUp, none_cut_up
from baiyun_gis.kernels.further_cuts import cut_further
from baiyun_gis.kernels.segments import Segments, owned, table_of
from baiyun_gis.model.columns import F64, I64
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.uncertainty import Uncertainty

if TYPE_CHECKING:
    from baiyun_gis.checks.snapshot import Snapshot
    from baiyun_gis.kernels.parts import Parts

Deviations = tuple[F64, F64, F64, F64]

NONE_CUT_UP = none_cut_up()


def cut_up_at(
    pipes: PipeTable,
    added: I64,
    chainage_m: F64,
    uncertainty: Uncertainty,
    segments: Segments,
    *,
    least_m: float,
) -> CutUp:
    """The segments that begin or end at vertices which no survey gave (`added`, sorted).

    `chainage_m` and `uncertainty` are of all vertices. Steps of axes no longer than `least_m` are
    no segments. No line begins or ends at an added vertex.
    """
    if not len(added):
        return NONE_CUT_UP
    rows = np.unique(np.searchsorted(pipes.offsets, added, side="right") - 1)
    offsets, vertex = pipes.vertices_of(rows)
    # Which segment begins at a vertex, or would if there was a step.
    begins = _steps(pipes, vertex) > least_m
    begins[offsets[1:] - 1] = False
    number = np.cumsum(begins) - begins
    first = np.searchsorted(segments.pipe, rows) - number[offsets[:-1]]
    number += np.repeat(first, np.diff(offsets))
    is_added = np.zeros(len(vertex), dtype=np.bool_)
    is_added[np.searchsorted(vertex, added)] = True
    place = np.arange(len(vertex))
    behind = np.maximum.accumulate(np.where(is_added, 0, place))
    ahead = np.minimum.accumulate(np.where(is_added, len(vertex), place)[::-1])[::-1]
    at = np.flatnonzero(begins)
    at = at[is_added[at] | is_added[at + 1]]
    start, stop = behind[at], ahead[at + 1]
    along = chainage_m[vertex]
    share = (along[np.column_stack([at, at + 1])] - along[start][:, None]) / (
        along[stop] - along[start]
    )[:, None]
    ends = vertex[start], vertex[stop]
    sigma = [of[end] for of in (uncertainty.sigma_xy_m, uncertainty.sigma_z_m) for end in ends]
    numbers = (owned(number[where], np.int32) for where in (at, start, stop))
    return CutUp(*numbers, share=share, sigma=np.column_stack(sigma))


def cut_up_further(snapshot: Snapshot, parts: Parts, deviations: Deviations) -> CutUp:
    """What is cut up of a snapshot once the parts stand behind its segments; `deviations` as in
    `cut_pieces`."""
    table = table_of(snapshot.segments)
    return CutUp(
        *cut_further(snapshot.cut, table, parts.owner, parts.table, parts.from_m, deviations)
    )


def _steps(pipes: PipeTable, vertex: I64) -> F64:
    """How far it is from vertices to the next (m); a level that is not known counts as none."""
    after = np.minimum(vertex + 1, len(pipes.xy) - 1)
    flat = pipes.xy[after] - pipes.xy[vertex]
    up = np.nan_to_num(pipes.axis_level[after] - pipes.axis_level[vertex], nan=0.0)
    return np.sqrt(flat[:, 0] ** 2 + flat[:, 1] ** 2 + up**2)
