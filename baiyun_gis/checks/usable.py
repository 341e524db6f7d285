"""What of a record can be used: numbers that nothing can have count as unknown, never as numbers.

Rows stay where they are, so that findings still point into the project's own tables.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np

from baiyun_gis.arrays import F64, Bool
from baiyun_gis.kernels.chunks import side_by_side
from baiyun_gis.kernels.extents import Extent, any_beyond, extent_of
from baiyun_gis.model.columns import NO_DAY, Columns, specs_of
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.project import ProjectState

FURTHEST_M = 1e8
"""No projected coordinate on Earth is larger, zone numbers included."""

APART_M = 1e6
"""Lines of a project lie no further than this from its middle: else axes or zone are wrong."""

EMPTY_M = 100_000.0
"""No such stretch of empty land lies between lines of one project, province or not: what lies
beyond it is of another zone or reference system."""

LONGEST_M = 20_000.0
"""No straight piece of line is longer: else the unit is wrong."""

HIGHEST_M = 9000.0
"""Levels beyond are stand-ins such as −9999."""

WIDEST_M = 50.0
"""Sections beyond are millimetres taken for metres."""

_LARGEST = float(np.finfo(np.float64).max)
"""Beyond is only what is infinite."""

_SIZES = frozenset({"outer_width_m", "outer_height_m", "inner_width_m", "inner_height_m"})
_NEVER_NEGATIVE = _SIZES | {
    "nominal_mm", "sigma_xy_m", "sigma_z_m", "sigma_height_m", "casing_m",
    "chamber_width_m", "chamber_length_m",
}  # fmt: skip

Table = TypeVar("Table", bound=Columns)


def extent_of_pipes(pipes: PipeTable) -> Extent:
    """How far the axes reach, as recorded."""
    return extent_of(pipes.offsets, pipes.xy, pipes.axis_level)


def usable(state: ProjectState, *, extent: Extent | None = None) -> ProjectState:
    """The state with impossible numbers and contradictory life spans as unknown.

    The same tables where there is nothing of the kind. `extent` is that of the pipes where it is
    known already.
    """
    pipes, (nodes, buildings) = side_by_side(
        lambda: _finite(state.pipes),
        lambda: (_finite(state.nodes), _finite(state.buildings)),
        rows=len(state.pipes),
    )
    pipes = _with_axes(pipes, extent or extent_of_pipes(pipes))
    reversed_ = contradicts(pipes)
    if reversed_.any():
        pipes = pipes.with_columns(
            valid_from=np.where(reversed_, NO_DAY, pipes.valid_from),
            valid_to=np.where(reversed_, NO_DAY, pipes.valid_to),
        )
    return state.with_(pipes=pipes, nodes=nodes, buildings=buildings)


def contradicts(pipes: PipeTable) -> Bool:
    """Pipes that ended before they began; shape (n,)."""
    return pipes.valid_to < pipes.valid_from  # NaT compares as False


def is_impossible(pipes: PipeTable, *, extent: Extent | None = None) -> Bool:
    """Pipes whose axis cannot lie where it is recorded, next to the others; shape (n,).

    `extent` is that of the pipes where it is known already.
    """
    out = np.zeros(len(pipes), dtype=np.bool_)
    if not len(pipes.xy) or _is_one_city(extent or extent_of_pipes(pipes)):
        return out
    owner = pipes.vertex_pipe
    with np.errstate(invalid="ignore", over="ignore"):
        finite = np.isfinite(pipes.xy).all(axis=1)
        far = np.any(np.abs(pipes.xy) > FURTHEST_M, axis=1) & finite
    out[owner[far]] = True
    placed = finite & ~far
    xy = pipes.xy if placed.all() else np.where(placed[:, None], pipes.xy, np.nan)
    if placed.any():
        middle = np.median(xy[placed], axis=0)
        dx, dy = xy[:, 0] - middle[0], xy[:, 1] - middle[1]
        away = placed & (np.hypot(dx, dy) > APART_M)
        out[owner[away]] = True
        out[owner[_beyond_empty_land(xy)]] = True
    step = np.hypot(np.diff(xy[:, 0]), np.diff(xy[:, 1]))
    long = (owner[1:] == owner[:-1]) & (step > LONGEST_M)
    out[owner[1:][long]] = True
    return out


def _is_one_city(extent: Extent) -> bool:
    """Whether nothing lies too far from anything for its place to be doubted."""
    wide = max(extent.x_high - extent.x_low, extent.y_high - extent.y_low)
    furthest = max(abs(number) for number in extent[:4])
    is_near = wide <= EMPTY_M and furthest <= FURTHEST_M
    return extent.is_known and is_near and extent.longest_m < LONGEST_M


def _beyond_empty_land(xy: F64) -> Bool:
    """Vertices that empty land divides from the most of them; all where no part is the most."""
    out = np.zeros(len(xy), dtype=np.bool_)
    for values in xy.T:
        least = np.nanmin(values)
        if not np.nanmax(values) - least > EMPTY_M:
            continue
        known = np.flatnonzero(np.isfinite(values))
        cell = ((values[known] - least) / (EMPTY_M / 2)).astype(np.int64)
        count = np.bincount(cell)
        # Two empty cells in a row are one to one and a half times the distance.
        taken = count > 0
        gap = ~taken[1:] & ~taken[:-1]
        part = np.concatenate([[0], np.cumsum(gap)])
        held = np.bincount(part, weights=count)
        most = int(np.argmax(held))
        if held[most] > len(known) / 2:
            out[known] |= part[cell] != most
        else:
            out[known] = True
    return out


def _finite(table: Table) -> Table:
    """Infinite numbers as unknown, and negative ones where only positive ones make sense."""
    changed: dict[str, F64] = {}
    for spec in specs_of(type(table)):
        if spec.kind != "real":
            continue
        values: F64 = getattr(table, spec.name)
        if values.strides == (0,):
            values = values[:1]  # one value stands for all rows
        low = 0.0 if spec.name in _NEVER_NEGATIVE else -_LARGEST
        high = WIDEST_M if spec.name in _SIZES else _LARGEST
        if any_beyond(values, low, high):
            bad = (values < low) | (values > high)
            changed[spec.name] = np.broadcast_to(np.where(bad, np.nan, values), len(table))
    return table.with_columns(**changed) if changed else table


def _with_axes(pipes: PipeTable, extent: Extent) -> PipeTable:
    """Vertices with one impossible coordinate have none, stand-in levels are unknown."""
    furthest = max(abs(number) for number in extent[:4])
    if extent.is_known and furthest <= FURTHEST_M and extent.highest_m < HIGHEST_M:
        return pipes
    with np.errstate(invalid="ignore"):
        nowhere = np.any(~np.isfinite(pipes.xy) | (np.abs(pipes.xy) > FURTHEST_M), axis=1)
        no_level = np.abs(pipes.axis_level) >= HIGHEST_M
    if not nowhere.any() and not no_level.any():
        return pipes
    return replace(
        pipes,
        xy=np.where(nowhere[:, None], np.nan, pipes.xy),
        axis_level=np.where(no_level, np.nan, pipes.axis_level),
    )
