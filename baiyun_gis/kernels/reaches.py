"""How far each segment has to look, in one pass over all of them."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32, Bool
from baiyun_gis.kernels.candidates import SLACK_M
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import PIPE, WIDTH, X0, X1, Y0, Y1, Segments, owned, table_of

_ALL = np.zeros(0, dtype=np.bool_)

_SLACK_M = 1e-6
"""Added to every reach, so that rounding never drops what lies exactly at it."""


class Doubts(NamedTuple):
    """Deviations in plan at both ends of segments, how many of them count, known widths.

    An unknown width counts as `unsized_m`.
    """

    sigma0: F64
    sigma1: F64
    sigmas: float
    width_known: Bool
    unsized_m: float


@compiled
def _reaches(
    first: int, last: int, place: tuple[F64, F64, F64, F64], half: F64, pipe: I32, class_of: I32,
    asked: F64, doubts: Doubts, out: F64,
) -> None:  # fmt: skip
    """How far the segments look of the pipes that begin in a range."""
    (x0, y0, x1, y1), (sigma0, sigma1, sigmas, width_known, unsized) = place, doubts
    head = first
    while 0 < head < last and pipe[head] == pipe[head - 1]:
        head += 1
    while head < last:
        stop, largest = head, 0.0
        while stop < len(pipe) and pipe[stop] == pipe[head]:
            largest = max(largest, sigma0[stop], sigma1[stop])
            stop += 1
        most = asked[class_of[pipe[head]]] + sigmas * largest + _SLACK_M
        for k in range(head, stop):
            wide = most + (0.0 if math.isnan(half[k]) else half[k])
            out[k] = wide if width_known[k] else wide + unsized
            if not math.isfinite(x0[k] + y0[k] + x1[k] + y1[k]):
                out[k] = np.nan
        head = stop


def reaches_of(seg: Segments, class_of: I32, asked_m: F64, doubts: Doubts) -> F64:
    """From its axis, how far each segment looks (m) that is asked so much by its pipe's class.

    Half its width, what is asked and what is in doubt anywhere on the pipe: never too little.
    NaN where nothing is asked or the place is unknown.
    """
    out = np.empty(len(seg.x0))
    told = owned(doubts.sigma0, np.float64), owned(doubts.sigma1, np.float64)
    known = owned(doubts.width_known, np.bool_)
    exact = Doubts(*told, float(doubts.sigmas), known, float(doubts.unsized_m))
    classes = owned(class_of, np.int32)
    place = tuple(owned(column, np.float64) for column in (seg.x0, seg.y0, seg.x1, seg.y1))
    bodies = place, owned(seg.half_width, np.float64), owned(seg.pipe, np.int32)
    run_in_chunks(_reaches, len(out), *bodies, classes, owned(asked_m, np.float64), exact, out)
    return out


@compiled
def _grown(
    first: int, last: int, table: F64, looks: Bool, sigma: tuple[F64, F64], sigmas: float, out: F64
) -> None:  # fmt: skip
    start, end = sigma
    for k in range(first, last):
        out[k] = np.nan
        if len(looks) > 0 and not looks[np.int64(table[k, PIPE])]:
            continue
        if math.isfinite(table[k, X0] + table[k, Y0] + table[k, X1] + table[k, Y1]):
            one, two, half = start[k], end[k], table[k, WIDTH]
            reach = sigmas * (one if one > two or math.isnan(one) else two) if sigmas > 0.0 else 0.0
            out[k] = (0.0 if math.isnan(half) else half) + reach + 0.5 * SLACK_M


def doubted(
    seg: Segments, sigma: tuple[F64, F64], *, sigmas: float, looks: Bool | None = None
) -> F64:
    """Half width of each segment and so many of the larger of its deviations in plan (m).

    NaN for those unknown in plan, and those of pipes that do not look (None: all do); an unknown
    width counts as none. As `grown_by`.
    """
    out = np.empty(len(seg.x0))
    some = _ALL if looks is None else owned(looks, np.bool_)
    ends = owned(sigma[0], np.float64), owned(sigma[1], np.float64)
    run_in_chunks(_grown, len(out), table_of(seg), some, ends, float(sigmas), out)
    return out


@compiled
def _undersides(first: int, last: int, z0: F64, z1: F64, half: F64, out: F64) -> None:
    for k in range(first, last):
        one, two = z0[k], z1[k]
        low = one if two > one or math.isnan(two) else two
        out[k] = low - half[k]


def undersides_of(seg: Segments) -> F64:
    """Level of the lowest point of each segment's underside; NaN unknown at both ends."""
    out = np.empty(len(seg.x0))
    columns = (owned(column, np.float64) for column in (seg.z0, seg.z1, seg.half_height))
    run_in_chunks(_undersides, len(out), *columns, out)
    return out
