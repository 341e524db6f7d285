"""Two records of one trace: a line recorded twice, or a planned line where the old one lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.kernels.pairing import NEW_AND_OLD, SAME_ENDS
from baiyun_gis.model.columns import F64, I8, I32, I64, Bool, Geom

if TYPE_CHECKING:
    from baiyun_gis.checks.snapshot import Snapshot
    from baiyun_gis.model.tables import PipeTable

SAME_M = 0.01
"""Traces this near everywhere are one, however exact the survey."""

REPLACED_SHARE = 0.8
"""A planned line replaces another where this share of the shorter of the two runs along it."""

_LEAST_M, _MOST_M = 0.1, 0.5


@dataclass(frozen=True, slots=True)
class SameTrace:
    """Pairs of pipes that are one thing on the ground; both shape (pairs,)."""

    is_duplicate: Bool
    is_replacement: Bool


def same_trace(snapshot: Snapshot, a: I32, b: I32, alike: I8) -> SameTrace:
    """Which pairs of pipes `a`, `b` are one line recorded twice, or an old and its new line.

    `alike` says how they may be one (`SAME_ENDS` or `NEW_AND_OLD`, 0: they may not).
    """
    return SameTrace(
        _is_duplicate(snapshot, a, b, np.flatnonzero(alike == SAME_ENDS)),
        _is_replacement(snapshot, a, b, np.flatnonzero(alike == NEW_AND_OLD)),
    )


def _is_duplicate(snapshot: Snapshot, a: I32, b: I32, rows: I64) -> Bool:
    """Lines of one utility between the same two joints, on one trace, at one level.

    Lines of which only one is planned are no two records of one line; `rows` are those of one
    utility between the same joints.
    """
    pipes = snapshot.state.pipes
    out = np.zeros(len(a), dtype=np.bool_)
    if not len(rows):
        return out
    import shapely

    p, q = a[rows], b[rows]
    apart = np.asarray(shapely.hausdorff_distance(_lines(pipes, p), _lines(pipes, q)))
    near = rows[apart <= SAME_M]
    out[near[_at_one_level(snapshot, a[near], b[near])]] = True
    return out


def _is_replacement(snapshot: Snapshot, a: I32, b: I32, rows: I64) -> Bool:
    """A planned line of one family on the trace of one that is not, along most of its length.

    `rows` are the pairs of one family of which one is planned.
    """
    pipes = snapshot.state.pipes
    out = np.zeros(len(a), dtype=np.bool_)
    if not len(rows):
        return out
    import shapely

    p, q = a[rows], b[rows]
    one, two = _lines(pipes, p), _lines(pipes, q)
    sigma = _largest_sigma(snapshot)
    within = np.clip(2 * np.hypot(sigma[p], sigma[q]), _LEAST_M, _MOST_M)
    shorter = np.where(shapely.length(one) <= shapely.length(two), one, two)
    longer = np.where(shapely.length(one) <= shapely.length(two), two, one)
    zone = shapely.buffer(longer, within, cap_style="flat")
    common = shapely.length(shapely.intersection(shorter, zone))
    whole = shapely.length(shorter)
    out[rows] = common >= REPLACED_SHARE * np.maximum(whole, 1e-9)
    return out


def _lines(pipes: PipeTable, rows: I32 | I64) -> Geom:
    """The axes of some pipes in plan."""
    import shapely

    counts = np.diff(pipes.offsets)[rows]
    owner = np.repeat(np.arange(len(rows)), counts)
    place = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    vertices = pipes.offsets[rows][owner] + place
    return np.asarray(shapely.linestrings(pipes.xy[vertices], indices=owner), dtype=object)


def _at_one_level(snapshot: Snapshot, a: I32, b: I32) -> Bool:
    """Whether both ends lie in each other in height, as far as levels are known."""
    pipes = snapshot.state.pipes
    half = np.nan_to_num(pipes.outer_height_m, nan=0.0) / 2
    out = np.ones(len(a), dtype=np.bool_)
    first, last = pipes.offsets[:-1], pipes.offsets[1:] - 1
    level, xy = pipes.axis_level, pipes.xy
    turned = np.hypot(*(xy[first[a]] - xy[first[b]]).T) > np.hypot(*(xy[first[a]] - xy[last[b]]).T)
    for of_a, same, other in ((first, first, last), (last, last, first)):
        of_b = np.where(turned, other[b], same[b])
        apart = np.abs(level[of_a[a]] - level[of_b])
        out &= np.isnan(apart) | (apart < np.maximum(half[a] + half[b], SAME_M))
    return out


def _largest_sigma(snapshot: Snapshot) -> F64:
    """The largest plan deviation along each pipe."""
    pipes = snapshot.state.pipes
    out = np.zeros(len(pipes))
    np.maximum.at(out, pipes.vertex_pipe, snapshot.uncertainty.sigma_xy_m)
    return out
