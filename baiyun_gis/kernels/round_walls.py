"""The chance that round walls beside each other come too near somewhere along a stretch.

Seen along the stretch, one axis lies off the other by so much aside and so much towards it; both
change evenly from one end of the stretch to the other and err normally at each end. The walls are
too near where that straight path enters a disc of both radii: about nought for bodies that meet,
about the height required, with all that is below, for one that lies over the other.

Given the errors aside at both ends, and by how much the path tilts, it holds from a certain height
on: in closed form (`passing`). Over the rest is summed: by Gauss and Hermite where all is smooth,
else by Gauss and Legendre in pieces between the places where an end leaves the disc's width, for
there the chance leaps.
"""

from __future__ import annotations

import math

import numpy as np

from baiyun_gis.arrays import F64
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.passing import FURTHEST, passes_over, shared_error

_SMOOTH, _BARE_WEIGHT = np.polynomial.hermite_e.hermegauss(7)
_SMOOTH_WEIGHT = _BARE_WEIGHT / math.sqrt(2.0 * math.pi)
# What is left at the other end once the first is known turns the chance but little.
_REST, _BARE_REST_WEIGHT = np.polynomial.hermite_e.hermegauss(3)
_REST_WEIGHT = _BARE_REST_WEIGHT / math.sqrt(2.0 * math.pi)
_PIECE, _PIECE_WEIGHT = np.polynomial.legendre.leggauss(7)
_ROUGH, _ROUGH_WEIGHT = np.polynomial.legendre.leggauss(3)
_LITTLE = 0.06
"""What makes no more of the chance than this is looked at roughly, unless there is much of it."""
_NOT_MUCH = 42
_WIDEST, _NARROWEST = 2.7, 0.15
_STIFF = 2.0
"""Pieces are so many deviations wide; narrower where errors aside are that much the larger."""
_MOST_NODES = 512
_NOTHING = 1e-12
_LEAST_M = 1e-6
_LEAST_WEIGHT = 3e-7
_SURELY = 8.0
_BRINK, _BESIDE = 0.8, 2.2
_CLOSE = 0.3
_UNLIKE = 6.0
_HALF_ROOT = 0.7071067811865476


@compiled
def _turned(covariance: F64, path: F64) -> bool:
    """Turn aside and towards so that the errors towards are the largest: a disc stays itself.

    `path` holds aside at both ends, then towards. False, with nothing done, where errors are much
    the same every way.
    """
    aside, towards = covariance[0, 0] + covariance[1, 1], covariance[2, 2] + covariance[3, 3]
    tied = covariance[0, 2] + covariance[1, 3]
    most = math.hypot(0.5 * (towards - aside), tied)
    if (1.0 + _UNLIKE) * most < (_UNLIKE - 1.0) * 0.5 * (aside + towards):
        return False
    angle = 0.5 * math.atan2(2.0 * tied, towards - aside)
    c, s = math.cos(angle), math.sin(angle)
    for end in range(2):
        x, y = path[end], path[2 + end]
        path[end], path[2 + end] = c * x - s * y, s * x + c * y
        for k in range(4):
            x, y = covariance[end, k], covariance[2 + end, k]
            covariance[end, k], covariance[2 + end, k] = c * x - s * y, s * x + c * y
    for end in range(2):
        for k in range(4):
            x, y = covariance[k, end], covariance[k, 2 + end]
            covariance[k, end], covariance[k, 2 + end] = c * x - s * y, s * x + c * y
    return True


@compiled
def _factored_aside(covariance: F64) -> None:
    """Replace the first two columns by those of the lower triangular root; what has no variance
    stays 0. The rest keeps the covariance of what these two do not explain."""
    for j in range(2):
        size = math.sqrt(covariance[j, j]) if covariance[j, j] > _NOTHING else 0.0
        for i in range(j, 4):
            covariance[i, j] = covariance[i, j] / size if size > 0.0 else 0.0
        for i in range(j + 1, 4):
            for k in range(j + 1, i + 1):
                covariance[i, k] -= covariance[i, j] * covariance[k, j]
                covariance[k, i] = covariance[i, k]


@compiled
def pieces_of(
    low: float, high: float, width: float, rough: bool, nodes: F64, weights: F64, count: int
) -> int:  # fmt: skip
    """Append the nodes of pieces no wider than this, in deviations; how many there are."""
    if high <= low:
        return count
    at, weigh = (_ROUGH, _ROUGH_WEIGHT) if rough else (_PIECE, _PIECE_WEIGHT)
    pieces = math.ceil((high - low) / width)
    half, total, start = 0.5 * (high - low) / pieces, 0.0, count
    for piece in range(pieces):
        for k in range(len(at)):
            z = low + half * (2 * piece + 1 + at[k])
            nodes[count], weights[count] = z, weigh[k] * math.exp(-0.5 * z * z)
            total += weights[count]
            count += 1
    # Few nodes find little of a bell that they stand beside: all weigh what is there.
    share = 0.5 * (math.erfc(low * _HALF_ROOT) - math.erfc(high * _HALF_ROOT)) / total
    for k in range(start, count):
        weights[k] *= share
    return count


@compiled
def _leaps(middle: float, spread: float, radius: float, cuts: F64, count: int) -> int:
    """Append where an end that errs by `spread` leaves the disc's width, in deviations."""
    for side in (-radius, radius):
        cut = (side - middle) / spread
        if -FURTHEST < cut < FURTHEST:
            cuts[count] = cut
            count += 1
    return count


@compiled
def _turns(middle: float, spread: float, tied: float, radius: float, sigma: float) -> float:
    """How sharply an end's chance turns with a deviation aside, of `spread` at that end and with
    `tied` towards: in deviations towards of what is left."""
    off = min(0.95 * radius, abs(middle) + 2.0 * abs(spread))
    return (abs(spread) * off / math.sqrt(radius * radius - off * off) + abs(tied)) / sigma


@compiled
def _between(
    middle: float, spread: float, radius: float, stiff: float, rough: bool, cuts: F64,
    count: int, nodes: F64, weights: F64,
) -> int:  # fmt: skip
    """The nodes of all pieces between the places of leaps: close where the disc falls away."""
    width = max(_NARROWEST, _WIDEST * min(1.0, _STIFF / max(_STIFF, stiff)))
    found, low = 0, -FURTHEST
    cuts[:count].sort()
    cuts[count] = FURTHEST
    for k in range(count + 1):
        high = cuts[k]
        if abs(middle + 0.5 * spread * (low + high)) >= radius:
            found = pieces_of(low, high, max(width, _BESIDE), rough, nodes, weights, found)
        else:
            first = min(high, low + _BRINK) if k > 0 else low
            last = max(first, high - _BRINK) if k < count else high
            found = pieces_of(low, first, width, rough, nodes, weights, found)
            found = pieces_of(first, last, width, rough, nodes, weights, found)
            found = pieces_of(last, high, width, rough, nodes, weights, found)
        low = high
    return found


@compiled
def _first_nodes(
    path: F64, root: F64, radius: float, sigma: tuple[float, float], leaps: tuple[bool, bool],
    cuts: F64, nodes: F64, weights: F64,
) -> int:  # fmt: skip
    """Where the error aside at the first end is looked at, in deviations, and the weights."""
    spread, along = root[0, 0], root[1, 0]
    if spread == 0.0:
        nodes[0], weights[0] = 0.0, 1.0
        return 1
    count = _leaps(path[0], spread, radius, cuts, 0) if leaps[0] else 0
    # An end that goes with the first leaps with it.
    if leaps[1] and root[1, 1] < _CLOSE * abs(along):
        count = _leaps(path[1], along, radius, cuts, count)
    turns = max(
        _turns(path[0], spread, root[2, 0], radius, sigma[0]),
        _turns(path[1], along, root[3, 0], radius, math.hypot(sigma[1], root[3, 1])),
    )
    if count == 0 and turns < 1.0:
        for k in range(len(_SMOOTH)):
            nodes[k], weights[k] = _SMOOTH[k], _SMOOTH_WEIGHT[k]
        return len(_SMOOTH)
    stiff = (spread + abs(root[2, 0])) / sigma[0]
    stiff = max(stiff, (abs(along) + abs(root[3, 0])) / math.hypot(sigma[1], root[3, 1]))
    return _between(path[0], spread, radius, stiff, False, cuts, count, nodes, weights)


@compiled
def _last_nodes(
    middle: float, root: F64, radius: float, sigma: tuple[float, float], leaps: bool, rough: bool,
    cuts: F64, nodes: F64, weights: F64,
) -> int:  # fmt: skip
    """The same at the last end, the first being known."""
    spread = root[1, 1]
    if spread == 0.0:
        nodes[0], weights[0] = 0.0, 1.0
        return 1
    count = _leaps(middle, spread, radius, cuts, 0) if leaps else 0
    turns = _turns(middle, spread, root[3, 1], radius, sigma[1])
    if count == 0 and max(turns, abs(root[2, 1]) / sigma[0]) < 1.0:
        for k in range(len(_REST)):
            nodes[k], weights[k] = _REST[k], _REST_WEIGHT[k]
        return len(_REST)
    stiff = (spread + abs(root[3, 1])) / sigma[1]
    return _between(middle, spread, radius, stiff, rough, cuts, count, nodes, weights)


@compiled
def _at_most(covariance: F64, path: F64, radius: float, free_below: bool) -> float:
    """What the chance cannot be above: a path is off the disc where both its ends lie beyond a
    tangent, the one square to where it comes nearest as measured."""
    dx, dy = path[1] - path[0], path[3] - path[2]
    square = dx * dx + dy * dy
    t = 0.5
    if square > _NOTHING:
        t = min(1.0, max(0.0, -(path[0] * dx + path[2] * dy) / square))
    x, y = path[0] + t * dx, path[2] + t * dy
    away = math.hypot(x, y)
    if away <= radius or (y < 0.0 and not free_below):
        return 1.0
    x, y, chance = x / away, y / away, 0.0
    for end in range(2):
        room = x * path[end] + y * path[2 + end] - radius
        both = 2.0 * x * y * covariance[end, 2 + end]
        variance = x * x * covariance[end, end] + both + y * y * covariance[2 + end, 2 + end]
        if variance > _NOTHING:
            chance += 0.5 * math.erfc(_HALF_ROOT * room / math.sqrt(variance))
        elif room < 0.0:
            return 1.0
    return chance


@compiled
def chance_along(
    covariance: F64, path: F64, radius: float, free_below: bool, told: float
) -> float:  # fmt: skip
    """P(too near somewhere); `covariance` of the errors aside at both ends, then towards.

    `path` is as measured: aside at both ends, then towards; `radius` is of the disc.
    `free_below`: a path that stays under the disc holds as well. A chance that is surely less than
    what is `told` may come out larger, but no less sure to be less. Both arrays are written over.
    """
    most = _at_most(covariance, path, radius, free_below)
    if most < told:
        return most
    is_turned = free_below and _turned(covariance, path)
    _factored_aside(covariance)
    root, way = covariance, shared_error(covariance, path)
    # How far off the heights may be whatever the errors aside.
    sigma = (
        max(math.hypot(way[0], way[2]), _LEAST_M),
        max(math.hypot(way[1], way[3]), _LEAST_M),
    )
    leaps = (
        is_turned or (not free_below and path[2] < _SURELY * sigma[0]),
        is_turned or (not free_below and path[3] < _SURELY * sigma[1]),
    )
    cuts, nodes, weights = np.empty(5), np.empty((2, _MOST_NODES)), np.empty((2, _MOST_NODES))
    holds = 0.0
    first = _first_nodes(path, root, radius, sigma, leaps, cuts, nodes[0], weights[0])
    for i in range(first):
        z0, part = nodes[0, i], 0.0
        a0, middle = path[0] + root[0, 0] * z0, path[1] + root[1, 0] * z0
        rough = weights[0, i] < _LITTLE and first <= _NOT_MUCH
        count = _last_nodes(
            middle, root, radius, sigma, leaps[1], rough, cuts, nodes[1], weights[1]
        )  # fmt: skip
        for j in range(count):
            z1 = nodes[1, j]
            a1, weight = middle + root[1, 1] * z1, weights[1, j]
            if weight * weights[0, i] < _LEAST_WEIGHT:
                continue
            if min(a0, a1) >= radius or max(a0, a1) <= -radius:
                part += weight
                continue
            m0 = path[2] + root[2, 0] * z0 + root[2, 1] * z1
            m1 = path[3] + root[3, 0] * z0 + root[3, 1] * z1
            part += weight * passes_over((a0, m0), (a1, m1), way, radius)
            if free_below:
                part += weight * passes_over((a0, -m0), (a1, -m1), way, radius)
        holds += weights[0, i] * part
    return min(1.0, max(0.0, 1.0 - holds))
