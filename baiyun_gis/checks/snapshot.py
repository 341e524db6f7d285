"""What a run looks at: one state on one day, cut into segments, with what cannot be tested.

Rows keep the numbers they have in the state, so that findings point into it. A pipe of unknown
level is tested in plan; only verdicts that need its level are *cannot judge*.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from baiyun_gis.checks.leaving import cut_alongside
from baiyun_gis.checks.scoping import Asked, Owned, Sides
from baiyun_gis.checks.usable import contradicts, is_impossible, usable
from baiyun_gis.kernels.axis_lines import chainages_of
from baiyun_gis.kernels.extents import extent_of, pieces_of
from baiyun_gis.kernels.segments import Segments, keeping
from baiyun_gis.model.columns import F64, I32, I64, Bool
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.topology import Topology, topology_of
from baiyun_gis.model.uncertainty import Uncertainty, uncertainty_of
from baiyun_gis.model.vocabulary import Burial, Shape
from baiyun_gis.project import ProjectState
from baiyun_gis.time.lifespan import alive

LEAST_LENGTH_M = 1e-6
"""Pieces of axis shorter than this carry no direction and are left out."""

ABOVE_GROUND = [int(burial) for burial in Burial if burial.is_above_ground]
"""Codes of what is not in the ground and so not tested."""

UNTESTABLE = ("not_there", "not_selected", "no_geometry", "impossible_place", "above_ground")
"""Why a pipe is not tested, in order of precedence."""


@dataclass(frozen=True, slots=True)
class SegmentColumns:
    """What belongs to a segment beside its body; all shape (segments,).

    `sigma_*0` and `sigma_*1` are standard deviations at its two ends, metres. `is_first` and
    `is_last` mark the pieces at the ends of a pipe. The segments' half sizes count an unknown
    size as 0; `size_known` and `level_known` say where that is so.
    """

    sigma_xy0: F64
    sigma_xy1: F64
    sigma_z0: F64
    sigma_z1: F64
    is_first: Bool
    is_last: Bool
    width_known: Bool
    height_known: Bool
    level_known: Bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state on one day, ready for the checks.

    `origin` (x, y) is what was taken off the segments' coordinates. `tested` and `selected` are
    per pipe: every tested pipe can be the other side of a pair, a finding needs a selected one.
    `dates_contradict` marks pipes recorded to have ended before they began.
    """

    state: ProjectState
    as_of: np.datetime64
    origin: F64
    tested: Bool
    selected: Bool
    lengths_m: F64
    untestable: dict[str, int]
    topology: Topology
    uncertainty: Uncertainty
    segments: Segments
    columns: SegmentColumns
    nodes_alive: Bool
    buildings_alive: Bool
    structures_alive: Bool
    dates_contradict: Bool
    may_ask: Bool
    asked: Bool
    impossible: Bool
    sides: Sides | None = None
    others: Sides | None = None
    owned: Owned | None = None
    asks_things: bool = True

    @property
    def asks_all(self) -> bool:
        """Whether every pair of tested pipes is asked about, and answered here."""
        whole = self.owned is None and self.others is None
        return whole and bool((self.asked == self.tested).all())

    def asks_pair(self, a: I32, b: I32) -> Bool:
        """Which pairs of pipes are asked about; shape of `a`."""
        asks = self._asks_anywhere(a, b)
        if self.owned is None:
            return asks
        run = self.topology.run
        return asks & self.owned.pipes[np.where(run[a] <= run[b], a, b)]

    def _asks_anywhere(self, a: I32, b: I32) -> Bool:
        """Which pairs are asked about in the whole run, whichever part of it answers."""
        if self.others is None:
            return self.asked[a] | self.asked[b]
        theirs = self.others.pipes
        return (self.asked[a] & theirs[b]) | (self.asked[b] & theirs[a])

    def asks_with(self, pipe: I32, table: str, row: I32 | I64) -> Bool:
        """Which pairs of a pipe and a row of another table are asked about; shape of `pipe`."""
        if self.sides is None or self.others is None:
            return self.selected[pipe]
        ours = self.sides.pipes[pipe] & self.others.of(table)[row]
        theirs = self.others.pipes[pipe] & self.sides.of(table)[row]
        return self.may_ask[pipe] & (ours | theirs) & self.answered_pipes[pipe]

    def asks_two_structures(self, a: I64, b: I64) -> Bool:
        """Which pairs of structures are asked about; the owner of the first row answers."""
        asks = self.answered_structures[np.minimum(a, b)]
        if self.sides is None or self.others is None:
            return asks
        one, two = self.sides.structures, self.others.structures
        return asks & ((one[a] & two[b]) | (one[b] & two[a]))

    @property
    def answered_pipes(self) -> Bool:
        """Pipes that this run, or this part of a run, answers for; shape (pipes,)."""
        every = np.ones(len(self.tested), dtype=np.bool_)
        return every if self.owned is None else self.owned.pipes

    @property
    def answered_nodes(self) -> Bool:
        """Nodes that this run, or this part of a run, answers for; shape (nodes,)."""
        every = np.ones(len(self.state.nodes), dtype=np.bool_)
        return every if self.owned is None else self.owned.nodes

    @property
    def answered_structures(self) -> Bool:
        """Structures that this run, or this part of a run, answers for; shape (structures,)."""
        every = np.ones(len(self.state.structures), dtype=np.bool_)
        return every if self.owned is None else self.owned.structures


def snapshot_of(
    state: ProjectState,
    as_of: np.datetime64,
    asked: Asked | None = None,
    *,
    topology: Topology | None = None,
    origin: F64 | None = None,
    impossible: Bool | None = None,
) -> Snapshot:
    """The state as it stands on `as_of` (NaT: everything), cut for checking.

    `asked` says what is asked about; other pipes are counted as `not_selected` but stay as
    neighbours. Impossible numbers of the record are unknown in the snapshot's `state`. A part of
    a larger state takes the whole's `topology`, `origin` (x, y) and `impossible` pipes.
    """
    if impossible is None:
        impossible = is_impossible(state.pipes)
    reversed_dates = contradicts(state.pipes)
    state = usable(state)
    pipes = state.pipes
    asked = asked or Asked(np.ones(len(pipes), dtype=np.bool_))
    wanted = asked.singly
    there = alive(pipes.valid_from, pipes.valid_to, as_of)
    axes = _axes_of(pipes)
    tested, untestable = _testable(pipes, axes, there, wanted, impossible, asked.owned)
    if topology is None:
        topology = topology_of(joining(pipes, there & ~impossible))
    pipes = cut_alongside(pipes, topology, tested)
    if pipes is not state.pipes:
        state, axes = state.with_(pipes=pipes), _axes_of(pipes)
    uncertainty = uncertainty_of(pipes, state.nodes)
    origin = _origin(pipes, tested) if origin is None else origin
    degree = topology.joint_degree[topology.joint] if len(pipes) else np.zeros(0, dtype=np.int32)
    first = axes.first[tested[axes.owner[axes.first]]]
    ends = degree[0::2] > 1, degree[1::2] > 1
    segments = _segments(pipes, axes, first, origin, ends)
    columns = _columns(uncertainty, segments, first)
    return Snapshot(
        state=state,
        as_of=as_of,
        origin=origin,
        tested=tested,
        selected=tested & wanted & (True if asked.owned is None else asked.owned.pipes),
        lengths_m=np.where(tested, axes.length_m, 0.0),
        untestable=untestable,
        topology=topology,
        uncertainty=uncertainty,
        segments=keeping(_sized(segments)),
        columns=columns,
        nodes_alive=alive(state.nodes.valid_from, state.nodes.valid_to, as_of),
        buildings_alive=alive(state.buildings.valid_from, state.buildings.valid_to, as_of),
        structures_alive=alive(state.structures.valid_from, state.structures.valid_to, as_of),
        dates_contradict=reversed_dates,
        may_ask=tested & asked.pipes,
        asked=tested & wanted,
        impossible=impossible,
        sides=asked.sides,
        others=asked.others,
        owned=asked.owned,
        asks_things=not asked.lines_only,
    )


@dataclass(frozen=True, slots=True)
class _Axes:
    """Plan chainage and pipe of every vertex, length of every pipe, first vertices of pieces."""

    chainage_m: F64
    length_m: F64
    owner: I32
    first: I64


def _axes_of(pipes: PipeTable) -> _Axes:
    chainage, length, owner = chainages_of(pipes.offsets, pipes.xy)
    first = pieces_of(pipes.offsets, pipes.xy, pipes.axis_level, least_m=LEAST_LENGTH_M)
    return _Axes(chainage, length, owner, first)


def joining(pipes: PipeTable, there: Bool) -> PipeTable:
    """The pipes as they are joined on the day: one that is not there ends nowhere."""
    if there.all():
        return pipes
    return replace(
        pipes,
        start_node=np.where(there, pipes.start_node, -1),
        end_node=np.where(there, pipes.end_node, -1),
        xy=np.where(there[pipes.vertex_pipe][:, None], pipes.xy, np.nan),
    )


def _testable(
    pipes: PipeTable,
    axes: _Axes,
    there: Bool,
    selected: Bool,
    impossible: Bool,
    owned: Owned | None,
) -> tuple[Bool, dict[str, int]]:
    """Pipes with a body in the ground that day, and the others counted by reason.

    Abandoned and empty lines still lie in the ground and are tested.
    """
    reasons = (
        ~there,
        ~selected,
        ~_has_geometry(pipes, axes) & ~impossible,
        impossible,
        np.isin(pipes.burial, ABOVE_GROUND),
    )
    counts: dict[str, int] = {}
    left = np.ones(len(pipes), dtype=np.bool_) if owned is None else owned.pipes.copy()
    for reason, applies in zip(UNTESTABLE, reasons, strict=True):
        hit = left & applies
        if hit.any():
            counts[reason] = int(hit.sum())
        left &= ~applies
    neighbours = ~(reasons[0] | reasons[2] | reasons[3] | reasons[4])
    return neighbours, counts


def _has_geometry(pipes: PipeTable, axes: _Axes) -> Bool:
    out = np.zeros(len(pipes), dtype=np.bool_)
    out[axes.owner[axes.first]] = True
    out[axes.owner[~np.isfinite(pipes.xy[:, 0] + pipes.xy[:, 1])]] = False
    return out


def _origin(pipes: PipeTable, tested: Bool) -> F64:
    """A round point near the middle of what is tested, so that float64 keeps its digits."""
    extent = extent_of(pipes.offsets, pipes.xy, pipes.axis_level, wanted=tested)
    if not extent.x_low <= extent.x_high:
        return np.zeros(2)
    low, high = np.array(extent[:2]), np.array(extent[2:4])
    return np.round((low + high) / 2000) * 1000


def segments_from_pipes(
    pipes: PipeTable, origin: F64, joined_start: Bool, joined_end: Bool, *, rows: Bool | None = None
) -> Segments:
    """All straight pieces of the pipes' axes, in order of pipe and chainage.

    `joined_*` say per pipe whether that end is a joint (round) or free (flat). `rows` limits to
    some pipes; `pipe` still counts in the whole table. Unknown levels and sizes are NaN.
    """
    axes = _axes_of(pipes)
    first = axes.first if rows is None else axes.first[rows[axes.owner[axes.first]]]
    return _segments(pipes, axes, first, origin, (joined_start, joined_end))


def _segments(
    pipes: PipeTable, axes: _Axes, first: I64, origin: F64, joined: tuple[Bool, Bool]
) -> Segments:
    pipe = axes.owner[first]
    width, height, is_rectangle = outer_sections(pipes)
    is_first, is_last = _ends_of(pipe)
    x, y = pipes.xy[:, 0] - origin[0], pipes.xy[:, 1] - origin[1]
    z = pipes.axis_level
    return Segments(
        x0=x[first],
        y0=y[first],
        z0=z[first],
        x1=x[first + 1],
        y1=y[first + 1],
        z1=z[first + 1],
        half_width=width[pipe] / 2,
        half_height=height[pipe] / 2,
        is_rectangle=is_rectangle[pipe],
        flat0=is_first & ~joined[0][pipe],
        flat1=is_last & ~joined[1][pipe],
        pipe=pipe,
        chain0=axes.chainage_m[first],
    )


def outer_sections(pipes: PipeTable) -> tuple[F64, F64, Bool]:
    """Outer width, outer height and whether the section is measured as an upright rectangle.

    A circle known by one size has it both ways; egg, arch and other sections count as their
    enclosing rectangle.
    """
    width, height = pipes.outer_width_m, pipes.outer_height_m
    boxes = [Shape.RECTANGLE, Shape.EGG, Shape.ARCH, Shape.OTHER]
    is_rectangle = np.isin(pipes.shape, boxes)
    is_rectangle |= (pipes.shape == Shape.UNKNOWN) & (width != height) & ~np.isnan(width + height)
    one = ~is_rectangle
    width = np.where(one & np.isnan(width), height, width)
    height = np.where(one & np.isnan(height), width, height)
    usable_width = np.where(width > 0, width, np.nan)
    usable_height = np.where(height > 0, height, np.nan)
    return usable_width, usable_height, is_rectangle


def _ends_of(pipe: I64 | I32) -> tuple[Bool, Bool]:
    """Which segments are the first and the last of their pipe."""
    change = pipe[1:] != pipe[:-1]
    edge = np.ones(min(len(pipe), 1), dtype=np.bool_)
    return np.concatenate([edge, change]), np.concatenate([change, edge])


def _columns(uncertainty: Uncertainty, segments: Segments, first: I64) -> SegmentColumns:
    is_first, is_last = _ends_of(segments.pipe)
    return SegmentColumns(
        sigma_xy0=uncertainty.sigma_xy_m[first],
        sigma_xy1=uncertainty.sigma_xy_m[first + 1],
        sigma_z0=uncertainty.sigma_z_m[first],
        sigma_z1=uncertainty.sigma_z_m[first + 1],
        is_first=is_first,
        is_last=is_last,
        width_known=~np.isnan(segments.half_width),
        height_known=~np.isnan(segments.half_height),
        level_known=~np.isnan(segments.z0) & ~np.isnan(segments.z1),
    )


def _sized(segments: Segments) -> Segments:
    """The segments with unknown half sizes counted as 0, so that plan distances still come out."""
    unknown = np.isnan(segments.half_width) & np.isnan(segments.half_height)
    return segments._replace(
        half_width=np.nan_to_num(segments.half_width, nan=0.0),
        half_height=np.nan_to_num(segments.half_height, nan=0.0),
        is_rectangle=segments.is_rectangle & ~unknown,  # a bare axis has no sides
    )
