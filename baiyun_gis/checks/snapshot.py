"""What a run looks at: one state on one day, cut into segments, with what cannot be tested.

Rows keep the numbers they have in the state, so that findings point into it. A pipe of unknown
level is tested in plan; only verdicts that need its level are *cannot judge*.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from baiyun_gis.checks.cut_up import NONE_CUT_UP, cut_up_at
from baiyun_gis.checks.leaving import cut_alongside
from baiyun_gis.checks.scoping import Asked, Owned, Sides
from baiyun_gis.checks.usable import contradicts, extent_of_pipes, is_impossible, usable
from baiyun_gis.kernels import laid
from baiyun_gis.kernels.chunks import side_by_side
from baiyun_gis.kernels.end_errors import CutUp
from baiyun_gis.kernels.extents import extent_of
from baiyun_gis.kernels.segments import Segments, owned
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

    def deviations(self) -> tuple[F64, F64, F64, F64]:
        """At both ends, in plan and then in height, as the kernels read them."""
        xy0, xy1 = owned(self.sigma_xy0, np.float64), owned(self.sigma_xy1, np.float64)
        return xy0, xy1, owned(self.sigma_z0, np.float64), owned(self.sigma_z1, np.float64)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state on one day, ready for the checks.

    `origin` (x, y) is what was taken off the segments' coordinates. `tested` and `selected` are
    per pipe: every tested pipe can be the other side of a pair, a finding needs a selected one.
    `dates_contradict` marks pipes recorded to have ended before they began; `cut` says which
    segments begin or end at no surveyed point.
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
    cut: CutUp = NONE_CUT_UP

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
    extent = extent_of_pipes(state.pipes)
    if impossible is None:
        impossible = is_impossible(state.pipes, extent=extent)
    reversed_dates = contradicts(state.pipes)
    state = usable(state, extent=extent)
    pipes = state.pipes
    asked = asked or Asked(np.ones(len(pipes), dtype=np.bool_))
    wanted = asked.singly
    there = alive(pipes.valid_from, pipes.valid_to, as_of)
    axes = _axes_of(pipes)
    tested, untestable = _testable(pipes, axes, there, wanted, impossible, asked.owned)
    origin = _origin(pipes, tested) if origin is None else origin
    joined, uncertainty = side_by_side(
        partial(_joined, pipes, axes, there & ~impossible, tested, topology),
        partial(uncertainty_of, pipes, state.nodes, chainage_m=axes.chainage_m),
        rows=len(pipes.xy),
    )
    topology, (pipes, added) = joined
    if pipes is not state.pipes:
        state, axes = state.with_(pipes=pipes), _axes_of(pipes)
        uncertainty = uncertainty_of(pipes, state.nodes, chainage_m=axes.chainage_m)
    segments, columns = _segments(pipes, axes, uncertainty, topology, tested, origin)
    cut = cut_up_at(pipes, added, axes.chainage_m, uncertainty, segments, least_m=LEAST_LENGTH_M)
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
        segments=segments,
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
        cut=cut,
    )


def _axes_of(pipes: PipeTable) -> laid.Lines:
    return laid.lines_of(pipes.offsets, pipes.xy, pipes.axis_level, least_m=LEAST_LENGTH_M)


def _joined(
    pipes: PipeTable, axes: laid.Lines, there: Bool, tested: Bool, topology: Topology | None
) -> tuple[Topology, tuple[PipeTable, I64]]:
    """What is joined on the day, unless it is known, and the pipes cut beside others, with the
    vertices they have more."""
    if topology is None:
        topology = topology_of(pipes, there=there, length_m=axes.length_m)
    return topology, cut_alongside(pipes, topology, tested)


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
    axes: laid.Lines,
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
        ~axes.is_laid & ~impossible,
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


def _origin(pipes: PipeTable, tested: Bool) -> F64:
    """A round point near the middle of what is tested, so that float64 keeps its digits."""
    extent = extent_of(pipes.offsets, pipes.xy, pipes.axis_level, wanted=tested)
    if not extent.x_low <= extent.x_high:
        return np.zeros(2)
    low, high = np.array(extent[:2]), np.array(extent[2:4])
    return np.round((low + high) / 2000) * 1000


def _segments(
    pipes: PipeTable,
    axes: laid.Lines,
    uncertainty: Uncertainty,
    topology: Topology,
    tested: Bool,
    origin: F64,
) -> tuple[Segments, SegmentColumns]:
    """All straight pieces of the tested pipes' axes, in order of pipe and chainage."""
    sigma = uncertainty.sigma_xy_m, uncertainty.sigma_z_m
    lines = _lines(pipes, axes, (topology.joint, topology.joint_degree), sigma)
    pieces = np.where(tested, axes.pieces, 0)
    segments, columns = laid.laid_out(
        lines, _sections(pipes), pieces, origin=origin, least_m=LEAST_LENGTH_M
    )
    return segments, SegmentColumns(*columns)


def segments_from_pipes(pipes: PipeTable, origin: F64, joint: I32, degree: I32) -> Segments:
    """All straight pieces of all pipes' axes, in order of pipe and chainage.

    `joint` labels the ends of pipes, `degree` counts those of a joint: at one that is alone a pipe
    ends flat. Unknown levels are NaN, unknown sizes 0.
    """
    axes, exact = _axes_of(pipes), np.zeros(len(pipes.xy))
    lines = _lines(pipes, axes, (joint, degree), (exact, exact))
    sections = _sections(pipes)
    return laid.laid_out(lines, sections, axes.pieces, origin=origin, least_m=LEAST_LENGTH_M)[0]


def _lines(
    pipes: PipeTable, axes: laid.Lines, joints: tuple[I32, I32], sigma: tuple[F64, F64]
) -> laid.Axes:
    whole = pipes.offsets, pipes.xy, pipes.axis_level, axes.chainage_m
    return laid.Axes(*whole, *joints, *sigma)


_BOXES = np.zeros(128, dtype=np.bool_)
_BOXES[[Shape.RECTANGLE, Shape.EGG, Shape.ARCH, Shape.OTHER]] = True


def _sections(pipes: PipeTable) -> laid.Sections:
    sizes = pipes.outer_width_m, pipes.outer_height_m
    return laid.Sections(pipes.shape, *sizes, _BOXES, int(Shape.UNKNOWN))


def outer_sections(pipes: PipeTable) -> tuple[F64, F64, Bool]:
    """Outer width, outer height and whether the section is measured as an upright rectangle.

    A circle known by one size has it both ways; egg, arch and other sections count as their
    enclosing rectangle.
    """
    return laid.sections_of(_sections(pipes))
