"""What the search for pairs asks of a segment again and again, side by side."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I32, Bool
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.pairing import Ends
from baiyun_gis.kernels.segments import Segments, owned
from baiyun_gis.kernels.strips import SLACK_M

PLATED, NO_WIDTH, NO_HEIGHT, SPECIAL, IN_PIECES = 1, 2, 4, 8, 16
"""Flags of a line: a plate parts it from others; its width or height is not known; what is
recorded of it (an end, a casing, that it is planned) can settle how it stands to others; it has
more than one straight piece."""
FLAGS = 5
"""How many there are."""

FAMILY, CLASS, RUN, FIRST_JOINT, LAST_JOINT, LINE = range(2, 8)
CODES = 8
"""What a segment's whole numbers are: clusters of the joints at both ends of its line, the line's
family, its class × 32 with flags, its run; both its joints where it is plain and one piece, else
−1; the line itself."""


class Sides(NamedTuple):
    """By segment: largest deviations in plan and height (n, 2), whole numbers (n, `CODES`), and how
    far from its axis anything counts (n,), NaN where nothing does (m).

    Side by side, as they are asked for at random.
    """

    sigma: F64
    code: I32
    grown: F64


class LineTraits(NamedTuple):
    """By line: its class, its run, whether a plate parts it from others, whether it is special, and
    whether it is plain: nothing but a joint can set it aside. By class: how far it looks (m)."""

    of_class: I32
    run: I32
    plated: Bool
    special: Bool
    plain: Bool
    reach: F64


@compiled
def _gathered(
    ends: Ends, lines: LineTraits, known: tuple[Bool, Bool], xy: tuple[F64, F64],
    z: tuple[F64, F64], plan: tuple[F64, F64, F64, F64, F64], numbers: tuple[float, float, float],
    out: Sides,
) -> None:  # fmt: skip
    sigmas, unsized, least = numbers
    for k in range(len(ends.pipe)):
        pipe = ends.pipe[k]
        first, last = ends.joint[2 * pipe], ends.joint[2 * pipe + 1]
        whole = ends.is_first[k] and ends.is_last[k]
        out.code[k, 0], out.code[k, 1] = ends.cluster[first], ends.cluster[last]
        out.code[k, FAMILY], out.code[k, RUN] = ends.family[pipe], lines.run[pipe]
        flags = (PLATED if lines.plated[pipe] else 0) | (SPECIAL if lines.special[pipe] else 0)
        flags |= (0 if known[0][k] else NO_WIDTH) | (0 if known[1][k] else NO_HEIGHT)
        flags |= 0 if whole else IN_PIECES
        out.code[k, CLASS] = (lines.of_class[pipe] << FLAGS) | flags
        plain = whole and lines.plain[pipe]
        out.code[k, FIRST_JOINT] = first if plain else -1
        out.code[k, LAST_JOINT] = last if plain else -1
        out.code[k, LINE] = pipe
        # What is unknown at one end is unknown.
        one, two = xy[0][k], xy[1][k]
        flat = one if one >= two or math.isnan(one) else two
        one, two = z[0][k], z[1][k]
        out.sigma[k, 0], out.sigma[k, 1] = flat, one if one >= two or math.isnan(one) else two
        x0, y0, x1, y1, half = plan[0][k], plan[1][k], plan[2][k], plan[3][k], plan[4][k]
        reach = lines.reach[lines.of_class[pipe]] + sigmas * flat
        reach = reach + (0.0 if known[0][k] else unsized) + least
        out.grown[k] = (0.0 if math.isnan(half) else half) + reach + 0.5 * SLACK_M
        if not math.isfinite(x0 + y0 + x1 + y1):
            out.grown[k] = np.nan


def sides_of(
    seg: Segments,
    ends: Ends,
    lines: LineTraits,
    *,
    known: tuple[Bool, Bool],
    xy_m: tuple[F64, F64],
    z_m: tuple[F64, F64],
    sigmas: float,
    unsized_m: float,
    least_m: float,
) -> Sides:
    """What is asked of segments again and again.

    `known` says of segments whether width and height are; `xy_m` and `z_m` are the deviations at
    both their ends. Each looks as far as its class does, by `sigmas` of its deviations, by
    `unsized_m` where its width is not known, and by `least_m`.
    """
    count = len(ends.pipe)
    code = np.empty((count, CODES), dtype=np.int32)
    out = Sides(np.empty((count, 2)), code, np.empty(count))
    by_line = LineTraits(
        of_class=owned(lines.of_class, np.int32),
        run=owned(lines.run, np.int32),
        plated=owned(lines.plated, np.bool_),
        special=owned(lines.special, np.bool_),
        plain=owned(lines.plain, np.bool_),
        reach=owned(lines.reach, np.float64),
    )
    flags = owned(known[0], np.bool_), owned(known[1], np.bool_)
    xy = owned(xy_m[0], np.float64), owned(xy_m[1], np.float64)
    z = owned(z_m[0], np.float64), owned(z_m[1], np.float64)
    one, two, three, four, half = (
        owned(column, np.float64) for column in (seg.x0, seg.y0, seg.x1, seg.y1, seg.half_width)
    )
    numbers = float(sigmas), float(unsized_m), float(least_m)
    _gathered(ends, by_line, flags, xy, z, (one, two, three, four, half), numbers, out)
    return out
