"""A line slid about where all around it is known: only its own rows change.

Whoever drags a line moves it in small steps. While its ends are free and stay so, and it stays
within the room that was looked at when it was taken up, what lies near it, what is linked to what
and all that was worked out of the lines around it stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from operator import attrgetter, is_
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from baiyun_gis.altered import altered
from baiyun_gis.checks.snapshot import Snapshot
from baiyun_gis.checks.usable import HIGHEST_M, LONGEST_M
from baiyun_gis.findings.decisions import DecisionTable
from baiyun_gis.kernels.axis_lines import chainages_of
from baiyun_gis.kernels.segments import elsewhere, owned
from baiyun_gis.kernels.sliding_room import Bounds, fits
from baiyun_gis.live.cutout import CutOut
from baiyun_gis.model.columns import F64, I64, Bool
from baiyun_gis.model.tables import PermitTable, PipeTable
from baiyun_gis.model.uncertainty import Uncertainty, survey_of, uncertainty_from
from baiyun_gis.project import ProjectState

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.kernels.axis_lines import Survey
    from baiyun_gis.live.kept import Part

ROOM_M = 4.0
"""More than is needed is looked at around what was edited: it may be edited on."""

_NEAR_M = 0.002
_LEAST_PIECE_M = 0.001
Column = TypeVar("Column", F64, Bool)
_AXES = frozenset({"xy", "axis_level"})


@dataclass(frozen=True, slots=True)
class Room:
    """Where one line with free ends may be slid to before more than its own rows changes.

    `slot` is the line's, `xy` its vertices when its neighbourhood was cut, `ROOM_M` to spare.
    `low_m`: no lower, `half_m` is half its height; no shorter across its box than `least_m`.
    `tips` (m, 2) are the ends of other lines around.
    """

    slot: int
    xy: F64
    low_m: float
    half_m: float
    least_m: float
    tips: F64

    def holds(self, xy: F64, level: F64) -> bool:
        """Whether the line may lie there."""
        bounds = Bounds(
            room=ROOM_M,
            meets=_NEAR_M,
            least_piece=_LEAST_PIECE_M,
            longest_piece=LONGEST_M / 2,
            least_size=self.least_m,
            lowest=self.low_m,
            half=self.half_m,
            furthest=HIGHEST_M,
        )
        at, was, tips = (owned(values, np.float64) for values in (xy, self.xy, self.tips))
        return bool(fits(at, owned(level, np.float64), was, tips, bounds))


@dataclass(frozen=True, slots=True)
class Slid:
    """The part after a line was slid, with its snapshot; `box` (1, 4) and `tips` (2, 2) are where
    the line and its ends lie now."""

    cut: CutOut
    snapshot: Snapshot
    box: F64
    tips: F64


def slid(
    part: Part, room: Room, before: ProjectState, after: ProjectState, row: int
) -> Slid | None:
    """The part known with the line of the room, now at `row`, where it is in `after`; None where
    more than its place in the room changed."""
    if not _only_axes_differ(before.pipes, after.pipes):
        return None
    vertices = slice(int(after.pipes.offsets[row]), int(after.pipes.offsets[row + 1]))
    xy, level = after.pipes.xy[vertices], after.pipes.axis_level[vertices]
    if not room.holds(xy, level):
        return None
    at = int(np.searchsorted(part.cut.slots, room.slot))
    known, ends = part.cut, xy[[0, -1]]
    end_xy = known.links.end_xy.copy()
    end_xy[2 * at : 2 * at + 2] = ends
    pipes, seen = known.state.pipes, part.snapshot.state.pipes
    if int(seen.offsets[at + 1] - seen.offsets[at]) != len(xy):
        return None
    pipes = _with_axis(pipes, at, xy, level)
    seen = pipes if seen is known.state.pipes else _with_axis(seen, at, xy, level)
    snapshot = _snapshot(part.ctx, at, seen, end_xy)
    if snapshot is None:
        return None
    state = after.with_(
        pipes=pipes,
        nodes=known.state.nodes,
        buildings=known.state.buildings,
        structures=known.state.structures,
        permits=PermitTable.empty(),
        decisions=DecisionTable.empty(),
    )
    cut = altered(known, state=state, links=altered(known.links, end_xy=end_xy))
    box = np.concatenate([xy.min(axis=0), xy.max(axis=0)])[None]
    return Slid(cut, snapshot, box, ends)


_but_axes = attrgetter(*(f.name for f in fields(PipeTable) if f.name not in _AXES))


def _only_axes_differ(before: PipeTable, after: PipeTable) -> bool:
    """Whether all other columns are the very same."""
    return all(map(is_, _but_axes(before), _but_axes(after)))


def _with_axis(pipes: PipeTable, at: int, xy: F64, level: F64) -> PipeTable:
    """The table with another axis, of as many vertices, in a row."""
    vertices = slice(int(pipes.offsets[at]), int(pipes.offsets[at + 1]))
    all_xy, all_levels = pipes.xy.copy(), pipes.axis_level.copy()
    all_xy[vertices], all_levels[vertices] = xy, level
    return pipes.with_axes(all_xy, all_levels)


def _snapshot(ctx: CheckContext, at: int, pipes: PipeTable, end_xy: F64) -> Snapshot | None:
    """The snapshot with the axis of one of the pipes elsewhere; None where that pipe is not tested,
    or not cut at its vertices alone."""
    known, seg = ctx.snapshot, ctx.snapshot.segments
    vertices = slice(int(pipes.offsets[at]), int(pipes.offsets[at + 1]))
    xy, level = pipes.xy[vertices], pipes.axis_level[vertices]
    first, last = np.searchsorted(seg.pipe, [at, at + 1]).tolist()
    if last - first != len(xy) - 1:
        return None
    mine = slice(first, last)
    # All but its axis stays while it is slid.
    offsets, survey = ctx.of_things("line slid", str(at), lambda: _line(known, at))
    chainage, length, _ = chainages_of(offsets, xy)
    own = uncertainty_from(survey, offsets, chainage, level)
    lengths, basis = known.lengths_m.copy(), known.uncertainty.basis.copy()
    lengths[at], basis[at] = length[0], own.basis[0]
    xy_m, z_m = own.sigma_xy_m, own.sigma_z_m
    of_seg, is_known = known.columns, ~np.isnan(level)
    return altered(
        known,
        state=known.state.with_(pipes=pipes),
        lengths_m=lengths,
        uncertainty=Uncertainty(
            _put(known.uncertainty.sigma_xy_m, vertices, xy_m),
            _put(known.uncertainty.sigma_z_m, vertices, z_m),
            basis,
        ),
        segments=elsewhere(seg, mine, np.column_stack([xy - known.origin, level]), chainage),
        columns=altered(
            of_seg,
            sigma_xy0=_put(of_seg.sigma_xy0, mine, xy_m[:-1]),
            sigma_xy1=_put(of_seg.sigma_xy1, mine, xy_m[1:]),
            sigma_z0=_put(of_seg.sigma_z0, mine, z_m[:-1]),
            sigma_z1=_put(of_seg.sigma_z1, mine, z_m[1:]),
            level_known=_put(of_seg.level_known, mine, is_known[:-1] & is_known[1:]),
        ),
        topology=altered(known.topology, end_xy=end_xy),
    )


def _line(known: Snapshot, at: int) -> tuple[I64, Survey]:
    """Offsets of the vertices of one line alone, and what is recorded of its survey."""
    line = known.state.pipes.take(np.array([at]))
    return line.offsets, survey_of(line, known.state.nodes)


def _put(column: Column, rows: slice, values: Column) -> Column:
    out = column.copy()
    out[rows] = values
    return out
