"""A way out of one conflict, or why there is none within the limits; and the edit it stands for."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from baiyun_gis.language import Message
from baiyun_gis.model.columns import F64, I64, Str
from baiyun_gis.model.tables import NodeTable, PipeTable
from baiyun_gis.model.vocabulary import Provenance
from baiyun_gis.project import ProjectState
from baiyun_gis.remedies.chains import Chain
from baiyun_gis.remedies.limits import Limits
from baiyun_gis.remedies.moves import Axis, Layout, Shape
from baiyun_gis.remedies.rows import Grade, Row
from baiyun_gis.remedies.trials import moves_of, with_axes, with_layout
from baiyun_gis.remedies.yielding import Yielder


@dataclass(frozen=True, slots=True)
class Subject:
    """A conflict as a remedy names it: its row and id in a report, its sides, the line moved."""

    row: int
    id: str
    check: str
    mover: Yielder
    mover_id: str
    mover_kind: str
    other_table: str
    other_id: str
    other_kind: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """The smallest move that settles a conflict.

    `pipes` are rows of the whole project, in the order of `layout`. `amount_m` is up, or to the
    left of the layout's direction; `heading` its compass direction in degrees, NaN for a vertical
    move. `left` is what of the conflict is not clear then: by `grade` only possible, or another
    requirement between the two. `binds` is what a millimetre less would leave. The line moves as
    a whole from `from_m` to `to_m`, chainage along the pipe named; `cover_m` is the least cover
    where it moves, NaN where unknown. `tried` are all shapes with the stretch they are made for.
    """

    subject: Subject
    layout: Layout
    pipes: I64
    amount_m: float
    grade: Grade
    left: tuple[Row, ...]
    binds: tuple[Row, ...]
    from_m: float
    to_m: float
    cover_m: float
    heading: float
    tried: tuple[tuple[Shape, tuple[float, float]], ...]

    @property
    def axis(self) -> Axis:
        return self.layout.shape.axis

    @property
    def preview(self) -> F64:
        """The axis as it would lie, vertices (n, 3) from the first that moves to the last."""
        xy, level = self.layout.moved(self.amount_m)
        return np.column_stack([xy, level])[self._around]

    @property
    def present(self) -> F64:
        """The axis as it lies now at the same vertices, (n, 3)."""
        return np.column_stack([self.layout.xy, self.layout.level])[self._around]

    @property
    def _around(self) -> slice:
        moving = np.flatnonzero(np.abs(self.layout.move).sum(axis=1) > 0)
        return slice(max(int(moving[0]) - 1, 0), int(moving[-1]) + 2)


@dataclass(frozen=True, slots=True)
class NoWay:
    """No move within the limits settles the conflict; `why` says what stands against it."""

    subject: Subject | None
    conflict: str
    limits: Limits
    why: tuple[Message, ...]
    tried: tuple[tuple[Shape, tuple[float, float]], ...] = ()


Remedy = Proposal | NoWay


def with_remedy(state: ProjectState, proposal: Proposal) -> ProjectState:
    """The state with the proposed move made; for `Document.apply`, so that it can be undone.

    Levels and depths recorded at ends that move follow, and so do the points there; the lineage of
    every pipe touched says what was done. `state` is the one the proposal was made for.
    """
    layout, pipes = proposal.layout, proposal.pipes
    before = with_layout(state, layout, pipes)
    moves = moves_of(before, layout, pipes)
    xy, level = layout.moved(proposal.amount_m)
    table = with_axes(state.pipes, layout, pipes, xy, level)
    touched = _touched(layout, pipes)
    table = _recorded(table, moves.start[:, 2], moves.end[:, 2], proposal.amount_m)
    table = table.with_columns(
        lineage=_noted(table.lineage, touched, proposal),
        level_source=_sources(table, touched, proposal),
    )
    return state.with_(pipes=table, nodes=_nodes(state.nodes, moves.node, proposal))


def _touched(layout: Layout, pipes: I64) -> I64:
    still = np.abs(layout.move).sum(axis=1) == 0
    parts = zip(layout.first[:-1], layout.first[1:], pipes, strict=True)
    return np.array([row for a, b, row in parts if not still[a:b].all()], dtype=np.int64)


def _recorded(table: PipeTable, start: F64, end: F64, amount_m: float) -> PipeTable:
    return table.with_columns(
        start_level_m=table.start_level_m + start * amount_m,
        end_level_m=table.end_level_m + end * amount_m,
        start_depth_m=table.start_depth_m - start * amount_m,
        end_depth_m=table.end_depth_m - end * amount_m,
    )


def _noted(lineage: Str, rows: I64, proposal: Proposal) -> Str:
    from baiyun_gis.remedies.sentences import lineage_of

    out = lineage.copy()
    for row in rows:
        out[row] = "; ".join(part for part in (str(out[row]), lineage_of(proposal)) if part)
    return out


def _sources(table: PipeTable, rows: I64, proposal: Proposal) -> np.ndarray:
    """A level that was moved is no longer surveyed."""
    out = table.level_source.copy()
    if proposal.axis is Axis.VERTICAL:
        surveyed = rows[out[rows] == Provenance.SURVEYED]
        out[surveyed] = Provenance.DERIVED
    return out


def _nodes(nodes: NodeTable, move: F64, proposal: Proposal) -> NodeTable:
    if not move.any():
        return nodes
    step = move * proposal.amount_m
    return dataclasses.replace(
        nodes,
        xy=nodes.xy + step[:, :2],
        level_m=nodes.level_m + step[:, 2],
        depth_m=nodes.depth_m - step[:, 2],
        bottom_m=nodes.bottom_m + step[:, 2],
    )


def chainages(chain: Chain, pipe: int, span: tuple[float, float]) -> tuple[float, float]:
    """A span of stations as chainage along one of the chain's pipes, small to large."""
    one, two = (chain.own_chainage(pipe, s) for s in np.clip(span, 0.0, chain.length_m))
    return min(one, two), max(one, two)
