"""Which tile answers for which line: whole runs, each where its first line begins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.model.columns import F64, I32, I64
from baiyun_gis.model.topology import Topology

SEGMENTS_A_TILE = 250_000
"""Unless something else is asked for: about 0.5 GB for the process that checks it."""


@dataclass(frozen=True, slots=True)
class Tiling:
    """How to divide: into `count` tiles of equal work, or into squares of `side_m`.

    Neither: tiles of `SEGMENTS_A_TILE` segments, no fewer than `least`.
    """

    count: int = 0
    side_m: float = 0.0
    least: int = 1


def tiles_of_pipes(topology: Topology, work: I64, tiling: Tiling) -> I32:
    """The tile of each pipe, numbered from 0 without gaps; lines of one run share theirs.

    `work` is by pipe: what it costs to check, its pieces and one.
    """
    run = topology.run
    heads = np.flatnonzero(np.equal(run, np.arange(len(run))))
    if not len(heads):
        return np.zeros(len(run), dtype=np.int32)
    start = topology.end_xy[2 * heads]
    placed = np.asarray(np.isfinite(start).all(axis=1))
    place = np.where(placed[:, None], start, 0.0)
    if tiling.side_m > 0:
        tile = _squares(place, tiling.side_m)
    else:
        of_runs = np.bincount(run, weights=work, minlength=len(run))[heads].astype(np.int64)
        wanted = max(-(-int(of_runs.sum()) // SEGMENTS_A_TILE), tiling.least)
        tile = _halved(place, of_runs, tiling.count or wanted)
    of_run = np.zeros(len(run), dtype=np.int64)
    of_run[heads] = np.unique(tile, return_inverse=True)[1].reshape(-1)
    return of_run[run].astype(np.int32)


def _squares(place: F64, side_m: float) -> I64:
    cell = np.floor(place / side_m).astype(np.int64)
    return (cell[:, 1] << 32) + cell[:, 0]


def _halved(place: F64, work: I64, count: int) -> I64:
    """Parts of like work, halved across the longer side again and again."""
    tile = np.zeros(len(place), dtype=np.int64)
    open_parts = [(np.arange(len(place)), count, 0)]
    while open_parts:
        rows, parts, number = open_parts.pop()
        if parts <= 1 or len(rows) < 2:
            tile[rows] = number
            continue
        across = int(np.argmax(np.ptp(place[rows], axis=0)))
        order = rows[np.argsort(place[rows, across], kind="stable")]
        done = np.cumsum(work[order])
        cut = int(np.searchsorted(done, done[-1] * (parts // 2) / parts)) + 1
        open_parts.append((order[:cut], parts // 2, number))
        open_parts.append((order[cut:], parts - parts // 2, number + parts // 2))
    return tile
