"""Lines that leave one joint side by side: cut, so that they are compared beyond the joint too.

What ends at a joint is set aside around it. Two straight pieces that leave it at 15° or more are
clear of each other beyond; two that leave at less may lie in each other for a long way, which one
measurement of the whole pieces, nearest at the joint, would never show.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from baiyun_gis.kernels.leaving import LEAST_STEP_M, ends_alongside
from baiyun_gis.model.columns import F64, I32, I64, Bool
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.topology import Topology

ALONGSIDE_DEG = 15.0
"""Below it a joint's influence (four widths and clearances) does not part two straight lines."""

FIRST_CUT_M = 0.4
"""From a joint to the first cut: what ends nearer is not worth one."""

_RATIO, _FURTHEST_M = 1.25, 80.0
"""Cuts grow with the distance, so that at most a quarter of what lies beyond is lost."""


def cut_alongside(pipes: PipeTable, topology: Topology, tested: Bool) -> tuple[PipeTable, I64]:
    """The pipes with more vertices on pieces that leave a joint alongside another, on the same
    axes, and which vertices these are."""
    ends = _ends_alongside(pipes, topology, tested)
    vertex, share = _cuts(pipes, ends) if len(ends) else (ends, np.zeros(0))
    if not len(vertex):
        return pipes, vertex
    order = np.lexsort((share, vertex))
    vertex, share = vertex[order], share[order]
    step = pipes.xy[vertex + 1] - pipes.xy[vertex]
    xy = pipes.xy[vertex] + step * share[:, None]
    level = pipes.axis_level
    z = level[vertex] + (level[vertex + 1] - level[vertex]) * share
    added = np.bincount(pipes.vertex_pipe[vertex], minlength=len(pipes))
    offsets = pipes.offsets + np.concatenate([[0], np.cumsum(added)])
    cut = replace(
        pipes,
        offsets=offsets,
        xy=np.insert(pipes.xy, vertex + 1, xy, axis=0),
        axis_level=np.insert(level, vertex + 1, z),
    )
    return cut, vertex + 1 + np.arange(len(vertex))


def _ends_alongside(pipes: PipeTable, topology: Topology, tested: Bool) -> I64:
    """Ends (2 × pipe + 0 or 1) of tested pipes that leave a joint beside another line."""
    if not len(pipes.xy) or not len(pipes):
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(beside_another(pipes, np.arange(len(pipes)), topology.joint, tested))


def beside_another(pipes: PipeTable, rows: I64, joint: I64 | I32, tested: Bool) -> Bool:
    """Which ends of some pipes leave their joint beside another of them; shape (2 rows,).

    `joint` (2 rows,) labels their ends, `tested` (rows,) says which of them are looked at.
    """
    return ends_alongside(
        joint, rows, pipes.offsets, pipes.xy, wanted=tested, within_deg=ALONGSIDE_DEG
    )


def cuts_m() -> F64:
    """How far from a joint lines alongside each other are cut."""
    count = int(np.ceil(np.log(_FURTHEST_M / FIRST_CUT_M) / np.log(_RATIO)))
    away: F64 = FIRST_CUT_M * _RATIO ** np.arange(count, dtype=np.float64)
    return away


def _cuts(pipes: PipeTable, ends: I64) -> tuple[I64, F64]:
    """Where to cut: the vertex before each cut and the share of the piece after it."""
    pipe, at_end = ends // 2, ends % 2 == 1
    vertex = np.where(at_end, pipes.offsets[pipe + 1] - 2, pipes.offsets[pipe])
    turn = np.where(at_end, -1, 1)
    # The first step that leads anywhere: there is one, or the end would be alongside nothing.
    while (still := _length_after(pipes, vertex) <= LEAST_STEP_M).any():
        vertex = vertex + turn * still
    length = _length_after(pipes, vertex)
    away = cuts_m()
    share = away[None, :] / np.maximum(length, 1e-9)[:, None]
    inside = share < 1.0
    share = np.where(at_end[:, None], 1.0 - share, share)
    row, _ = np.nonzero(inside)
    return vertex[row], share[inside]


def _length_after(pipes: PipeTable, vertex: I64) -> F64:
    """How far in plan it is from vertices to the next (m)."""
    return np.hypot(*(pipes.xy[vertex + 1] - pipes.xy[vertex]).T)
