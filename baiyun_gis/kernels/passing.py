"""The chance that a straight path passes over a disc, its ends in doubt in height alone.

Over the disc's width the path holds where both its ends do, but for a corner cut off by paths whose
ends lie just on the disc that rises between them: in closed form where that corner is small.

Else, for a height at one end, it holds from that at the other end on that makes it the tangent.
Heights that go together or of which one is known are told apart into an error that lifts both ends,
and one that tilts the path. For a given tilt it holds from a certain lift on: where it is the
tangent of the disc, or one of its ends lies on it.
"""

from __future__ import annotations

import math

import numpy as np

from baiyun_gis.arrays import F64
from baiyun_gis.kernels.chances import below, nearly_both_below
from baiyun_gis.kernels.compiled import compiled

FURTHEST = 4.0
"""Errors of more deviations than this do not count: six in 100,000 are larger."""
_TILTS, _BARE_WEIGHT = np.polynomial.hermite_e.hermegauss(5)
_TILTS_WEIGHT = _BARE_WEIGHT / math.sqrt(2.0 * math.pi)
# Where now one end decides and now the other: on either side of where both do.
_NODES, _NODE_WEIGHT = np.polynomial.legendre.leggauss(6)
_ROOT_OF_TWO_PI = 2.5066282746310002
_HOPELESS = 4.5
_NOTHING = 1e-12
_NEARER = 3.0
_UPRIGHT_M = 1e-6
"""A path no wider aside is upright: nothing of the disc rises between its ends, and its tangent
would be made of rounding."""

_SMALL, _LEAST_CUT = 1.0, 0.005
"""A corner of a deviation each way, or with more of the chance than this, is not small."""
_TIED, _LOOSE, _LEAST_SIGMA_M = 0.999, 0.95, 1e-4
_HARDLY, _NEARLY = 3.2, 0.9993
"""An end so many deviations within the disc, or ends that alone are so sure, decide."""
_PANEL = 3.0
"""Heights are looked at in pieces of so many deviations."""
_UNKNOWN = -1.0

Point = tuple[float, float]
Way = tuple[float, float, float, float, float, float, float]
"""What a deviation of lift counts at both ends, and one of tilt; the deviations of both heights and
their correlation, 1 where they cannot be told apart."""


@compiled
def shared_error(covariance: F64, path: F64) -> Way:
    """How the heights of both ends err together.

    `covariance` of both heights is in its last two rows and columns, `path` holds them last.
    """
    v0, v1, both = covariance[2, 2], covariance[3, 3], covariance[2, 3]
    v0, v1 = (v0 if v0 > _NOTHING else 0.0), (v1 if v1 > _NOTHING else 0.0)
    if v0 == 0.0 or v1 == 0.0:
        return math.sqrt(v0), math.sqrt(v1), 0.0, 0.0, math.sqrt(v0), math.sqrt(v1), 1.0
    first, last = 1.0, 1.0
    # Where one end is by far the nearer the lift is its error alone.
    nearer = abs(path[2]) / math.sqrt(v0) - abs(path[3]) / math.sqrt(v1)
    if both >= 0.0 and abs(nearer) > _NEARER:
        first, last = (0.0, 1.0) if nearer > 0.0 else (1.0, 0.0)
    size = math.sqrt(first * v0 + last * v1 + 2.0 * first * last * both)
    rest = math.sqrt(max(0.0, v0 * v1 - both * both)) / size
    lift0, lift1 = (first * v0 + last * both) / size, (first * both + last * v1) / size
    sigma0, sigma1 = math.sqrt(v0), math.sqrt(v1)
    tilt0, tilt1, rho = last * rest, -first * rest, both / (sigma0 * sigma1)
    return max(0.0, lift0), max(0.0, lift1), tilt0, tilt1, sigma0, sigma1, rho


@compiled
def _tangent_lift(
    x0: float, y0: float, x1: float, y1: float, lift0: float, lift1: float, square: float
) -> float:
    """The lift that makes a path from x0 to x1 > x0 the tangent over the disc of this radius
    squared; −∞ where it would touch beyond its ends."""
    along, rise, tilts = x1 - x0, y1 - y0, lift1 - lift0
    cross, turns = y0 * x1 - y1 * x0, lift0 * x1 - lift1 * x0
    a = turns * turns - square * tilts * tilts
    b = cross * turns - square * rise * tilts
    c = cross * cross - square * (along * along + rise * rise)
    inner = b * b - a * c
    if inner < 0.0:
        return -np.inf
    root = math.sqrt(inner)
    lift = -c / (b + root) if b > 0.0 else (root - b) / a
    reach = cross + turns * lift
    if not reach > 0.0:
        return -np.inf
    touch = -square * (rise + tilts * lift) / reach
    return lift if x0 < touch < x1 else -np.inf


@compiled
def _lift_onto(x: float, y: float, lift: float, square: float) -> float:
    """The lift that puts an end onto the disc; −∞ where it lies beside it."""
    room = square - x * x
    if room <= 0.0:
        return -np.inf
    lack = math.sqrt(room) - y
    if lift > 0.0:
        return lack / lift
    return np.inf if lack > 0.0 else -np.inf


@compiled
def _least_lift(
    x0: float, y0: float, x1: float, y1: float, lift0: float, lift1: float, square: float
) -> float:
    """From which lift on the path passes over the disc."""
    least = max(_lift_onto(x0, y0, lift0, square), _lift_onto(x1, y1, lift1, square))
    if x1 - x0 > _UPRIGHT_M:
        return max(least, _tangent_lift(x0, y0, x1, y1, lift0, lift1, square))
    if x0 - x1 > _UPRIGHT_M:
        return max(least, _tangent_lift(-x0, y0, -x1, y1, lift0, lift1, square))
    return least


@compiled
def _both_hold(
    x0: float, y0: float, x1: float, y1: float, way: Way, square: float
) -> float:  # fmt: skip
    """P(the path stays over the disc) where both ends lie within its width; unknown where more than
    both ends decides."""
    sigma0, sigma1, rho = way[4], way[5], way[6]
    if abs(rho) > _TIED:
        return _UNKNOWN
    top0, top1 = math.sqrt(square - x0 * x0), math.sqrt(square - x1 * x1)
    h, k = (y0 - top0) / sigma0, (y1 - top1) / sigma1
    if min(h, k) < -_HOPELESS:
        return 0.0
    cut = 0.0
    if abs(x1 - x0) > _UPRIGHT_M:
        # How much higher an end must lie for a path that begins on the disc at the other.
        u = (top1 + x1 / top1 * (x1 - x0) - top0) / sigma0
        v = (top0 - x0 / top0 * (x1 - x0) - top1) / sigma1
        if u > _SMALL or v > _SMALL:
            return _UNKNOWN
        # The corner has a sixth of the box's area, its middle lies a fifth up either side.
        a, b, root = 0.2 * u - h, 0.2 * v - k, (1.0 - rho) * (1.0 + rho)
        bell = math.exp(-0.5 * (a * a - 2.0 * rho * a * b + b * b) / root)
        cut = u * v / 6.0 * bell / (2.0 * math.pi * math.sqrt(root))
        if cut > _LEAST_CUT:
            return _UNKNOWN
    return max(0.0, nearly_both_below(h, k, rho) - cut)


@compiled
def _tangent_height(x0: float, y0: float, x1: float, square: float) -> float:
    """How high at x1 > x0 the path from a point off the disc is that just passes over it; −∞ where
    the disc is passed by before."""
    away = x0 * x0 + y0 * y0
    free = math.sqrt(max(0.0, away - square))
    radius = math.sqrt(square)
    along = -x0 * free + y0 * radius
    rise = -y0 * free - x0 * radius
    return y0 + (x1 - x0) * rise / along if along > 0.0 else np.inf


@compiled
def _end_by_end(
    x0: float, y0: float, x1: float, y1: float, sigmas: tuple[float, float], rho: float,
    square: float,
) -> float:  # fmt: skip
    """P(the path from x0 to x1 > x0 stays over the disc), its heights erring by `sigmas` with a
    correlation well below 1, the start's no more than the end's.

    For a height at the start the path holds from that at the end on that makes it the tangent.
    From where that touches at the end itself, both ends alone decide.
    """
    sigma0, sigma1 = sigmas
    begins, ends = x0 * x0 < square, x1 * x1 < square
    top0 = math.sqrt(square - x0 * x0) if begins else -np.inf
    top1 = math.sqrt(square - x1 * x1) if ends else -np.inf
    if min((y0 - top0) / sigma0, (y1 - top1) / sigma1) < -_HARDLY:
        return 0.0
    low, high, done = max(top0, y0 - FURTHEST * sigma0), y0 + FURTHEST * sigma0, 0.0
    if ends:
        alone = top1 + x1 / top1 * (x1 - x0)
        done = nearly_both_below((y0 - alone) / sigma0, (y1 - top1) / sigma1, rho)
        high = min(high, alone)
    if low >= high or done > _NEARLY:
        return done
    rest = sigma1 * math.sqrt((1.0 - rho) * (1.0 + rho))
    # Close over the disc the tangent turns as a root does: looked at evenly in that root.
    base = top0 if begins else low
    first, last = math.sqrt(low - base), math.sqrt(high - base)
    panels = max(1, math.ceil((high - low) / (_PANEL * sigma0)))
    if rest < 0.5 * sigma1:
        panels *= 2
    width = (last - first) / panels
    total = 0.0
    for panel in range(panels):
        for k in range(len(_NODES)):
            w = first + width * (panel + 0.5 * (1.0 + _NODES[k]))
            z = (base + w * w - y0) / sigma0
            over = max(top1, _tangent_height(x0, base + w * w, x1, square))
            holds = below((y1 + rho * sigma1 * z - over) / rest)
            total += _NODE_WEIGHT[k] * w * math.exp(-0.5 * z * z) * holds
    return done + total * width / (sigma0 * _ROOT_OF_TWO_PI)


@compiled
def _surely_meets(x0: float, y0: float, x1: float, y1: float, way: Way, square: float) -> bool:
    """Whether the path lies so far within the disc where it comes nearest to the middle that it
    cannot hold there, whatever it does elsewhere."""
    dx, dy = x1 - x0, y1 - y0
    size = dx * dx + dy * dy
    t = min(1.0, max(0.0, -(x0 * dx + y0 * dy) / size)) if size > _NOTHING else 0.5
    x, y = x0 + t * dx, y0 + t * dy
    if x * x >= square:
        return False
    one, two = (1.0 - t) * way[4], t * way[5]
    sigma = math.sqrt(max(0.0, one * one + two * two + 2.0 * way[6] * one * two))
    return y - math.sqrt(square - x * x) < -_HARDLY * sigma


@compiled
def passes_over(start: Point, stop: Point, way: Way, radius: float) -> float:
    """P(the path stays over the disc), its ends (aside, height) erring by `way`; see
    `shared_error`. It does not lie beside the disc with both ends on one side."""
    (x0, y0), (x1, y1) = start, stop
    lift0, lift1, tilt0, tilt1 = way[:4]
    square, turn = radius * radius, np.inf
    if _surely_meets(x0, y0, x1, y1, way, square):
        return 0.0
    if abs(x0) < radius and abs(x1) < radius:
        known = _both_hold(x0, y0, x1, y1, way, square)
        if known != _UNKNOWN:
            return known
    sigma0, sigma1, rho = way[4:]
    if min(sigma0, sigma1) > _LEAST_SIGMA_M and abs(rho) < _LOOSE and abs(x1 - x0) > _UPRIGHT_M:
        # The same seen from the other side, and from the end that is known the better: what the
        # other then has to be is no steep step.
        if x1 < x0:
            x0, x1 = -x0, -x1
        if sigma1 < sigma0:
            x0, y0, x1, y1 = -x1, y1, -x0, y0
            sigma0, sigma1 = sigma1, sigma0
        return _end_by_end(x0, y0, x1, y1, (sigma0, sigma1), rho, square)
    if abs(tilt0) + abs(tilt1) <= _NOTHING:
        return below(-_least_lift(x0, y0, x1, y1, lift0, lift1, square))
    if lift0 > 0.0 and lift1 > 0.0 and abs(x0) < radius and abs(x1) < radius:
        least0, least1 = _lift_onto(x0, y0, lift0, square), _lift_onto(x1, y1, lift1, square)
        slope = tilt0 / lift0
        turn = (least0 - least1) / (slope - tilt1 / lift1)
        if least0 - slope * turn > _HOPELESS:
            return 0.0
    total = 0.0
    if abs(turn) >= FURTHEST:
        for k in range(len(_TILTS)):
            z = _TILTS[k]
            least = _least_lift(x0, y0 + tilt0 * z, x1, y1 + tilt1 * z, lift0, lift1, square)
            total += _TILTS_WEIGHT[k] * below(-least)
        return total
    for side in (-FURTHEST, FURTHEST):
        half = 0.5 * (turn - side)
        part = 0.0
        for k in range(len(_NODES)):
            z = side + half * (1.0 + _NODES[k])
            least = _least_lift(x0, y0 + tilt0 * z, x1, y1 + tilt1 * z, lift0, lift1, square)
            part += _NODE_WEIGHT[k] * math.exp(-0.5 * z * z) * below(-least)
        total += part * abs(half)
    return total / _ROOT_OF_TWO_PI
