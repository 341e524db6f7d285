"""The family of moves: one stretch shifted as a whole, ramps to what stays, straight between.

A shape says where along the chain the move is whole, and over which lengths it fades out. With
`amount` metres every vertex moves by amount × share: up (vertical moves), or to the left of the
chain (lateral moves; at a bend along the bisector, so that pieces stay parallel). Vertices are
put in where a ramp begins and ends. Every level and place is linear in the amount.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from baiyun_gis.model.columns import F64, I64, Bool
from baiyun_gis.model.vocabulary import Vocabulary
from baiyun_gis.remedies.chains import Chain
from baiyun_gis.remedies.limits import Limits

MARGINS_M = (0.5, 4.0)
"""The stretch that moves as a whole reaches this far beyond what is too near."""

RAMPS = (0.25, 0.5, 1.0)
"""Ramps long enough for these shares of the largest move: a small one needs no long ramp."""

_LEAST_RAMP_M = 0.05
_SAME_M = 0.001
_LEAST_COSINE = -0.5
"""At bends sharper than 120° the bisector is no longer followed to its tip."""


class Axis(Vocabulary):
    """Which way a line is moved."""

    VERTICAL = (0, "vertical", "竖向")
    LATERAL = (1, "lateral", "横向")


@dataclass(frozen=True, slots=True)
class Shape:
    """Whole from `from_m` to `to_m`; fading over the ramps; infinite: whole to the free end."""

    axis: Axis
    from_m: float
    to_m: float
    before_m: float
    after_m: float

    def share(self, station: F64) -> F64:
        """How much of the move a station makes, 0 to 1."""
        rise = 1.0 - (self.from_m - station) / self.before_m
        fall = 1.0 - (station - self.to_m) / self.after_m
        return np.clip(np.minimum(rise, fall), 0.0, 1.0)

    @property
    def span(self) -> tuple[float, float]:
        """From where to where anything moves."""
        return self.from_m - self.before_m, self.to_m + self.after_m

    @property
    def shortest_ramp_m(self) -> float:
        return min(self.before_m, self.after_m)


def shapes_for(
    chain: Chain, near: tuple[float, float], axis: Axis, limits: Limits, *, is_gravity: bool
) -> list[Shape]:
    """The shapes to try for the stretch `near` (stations), the shortest first.

    A drain keeps falling, so its ramps reach to what stays; other lines ramp within the length in
    which a share (`RAMPS`) of the largest move keeps the steepest grade. Empty where a fixed
    station lies within.
    """
    low, high = _between(chain, near)
    if not low < high:
        return []
    steepest = limits.max_grade if axis is Axis.VERTICAL else limits.max_bend
    to_ends = axis is Axis.VERTICAL and is_gravity
    reaches = [limits.max_move_m * share / steepest for share in RAMPS]
    ramped = [
        _ramped(axis, near, (low, high), margin, (reach, reach))
        for margin in MARGINS_M
        for reach in ([np.inf] if to_ends else reaches)
    ]
    loose = (low <= 0.0 and chain.is_free[0], high >= chain.length_m and chain.is_free[1])
    out = [_loosened(shape, loose) for shape in ramped] if to_ends else ramped
    if any(loose) and not to_ends:
        out += [_loosened(shape, loose) for shape in ramped[: len(RAMPS)]]
    return [s for s in dict.fromkeys(out) if s.shortest_ramp_m >= _LEAST_RAMP_M]


def _between(chain: Chain, near: tuple[float, float]) -> tuple[float, float]:
    """The fixed stations on both sides; an empty span where one lies within."""
    ends = (0.0, chain.length_m)
    fixed = np.unique(np.concatenate([chain.fixed, ends]))
    inside = (fixed > near[0] + _SAME_M) & (fixed < near[1] - _SAME_M)
    if inside.any():
        return 0.0, 0.0
    middle = (near[0] + near[1]) / 2
    return float(fixed[fixed <= middle].max(initial=0.0)), float(
        fixed[fixed >= middle].min(initial=chain.length_m)
    )


def _ramped(
    axis: Axis,
    near: tuple[float, float],
    room: tuple[float, float],
    margin: float,
    reach: tuple[float, float],
) -> Shape:
    """The margin gives way where there is no room for the ramp."""
    before, after = (min(r, room[1] - room[0]) for r in reach)
    spare_before = near[0] - room[0] - (0.0 if np.isinf(reach[0]) else before)
    spare_after = room[1] - near[1] - (0.0 if np.isinf(reach[1]) else after)
    start = near[0] - min(margin, max(spare_before, 0.0))
    stop = near[1] + min(margin, max(spare_after, 0.0))
    return Shape(axis, start, stop, min(reach[0], start - room[0]), min(reach[1], room[1] - stop))


def _loosened(shape: Shape, loose: tuple[bool, bool]) -> Shape:
    return Shape(
        shape.axis,
        shape.from_m,
        shape.to_m,
        np.inf if loose[0] else shape.before_m,
        np.inf if loose[1] else shape.after_m,
    )


@dataclass(frozen=True, slots=True)
class Layout:
    """A chain with the vertices of a shape put in, and how far each moves for one metre.

    `first` is where the vertices of each pipe begin, as in `Chain`; `move` has shape (n, 3).
    """

    chain: Chain
    shape: Shape
    first: I64
    xy: F64
    level: F64
    station: F64
    move: F64

    def moved(self, amount_m: float) -> tuple[F64, F64]:
        """Places (n, 2) and levels (n,) of all vertices."""
        step = self.move * amount_m
        return self.xy + step[:, :2], self.level + step[:, 2]


def layout_of(chain: Chain, shape: Shape) -> Layout:
    """The chain's vertices and those at the ends of the ramps."""
    wanted = np.array([shape.span[0], shape.from_m, shape.to_m, shape.span[1]])
    new = [s for s in dict.fromkeys(wanted.tolist()) if _is_new(chain, s)]
    after = np.searchsorted(chain.station, new, side="left")
    rows = np.insert(np.arange(len(chain.station), dtype=np.float64), after, -1.0)
    share = [
        (s - chain.station[k - 1]) / (chain.station[k] - chain.station[k - 1])
        for s, k in zip(new, after, strict=True)
    ]
    xyz = np.column_stack([chain.xy, chain.level])
    between = [xyz[k - 1] + (xyz[k] - xyz[k - 1]) * t for k, t in zip(after, share, strict=True)]
    whole = np.insert(xyz, after, np.array(between).reshape(-1, 3), axis=0)
    station = np.insert(chain.station, after, new)
    first = np.searchsorted(np.flatnonzero(rows >= 0), chain.first)
    first = np.append(np.flatnonzero(rows >= 0)[chain.first[:-1]], len(rows)).astype(np.int64)
    move = np.zeros((len(rows), 3))
    if shape.axis is Axis.VERTICAL:
        move[:, 2] = shape.share(station)
    else:
        move[:, :2] = normals(whole[:, :2]) * shape.share(station)[:, None]
    return Layout(chain, shape, first, whole[:, :2], whole[:, 2], station, move)


def trimmed(layout: Layout) -> Layout:
    """The layout of only those pipes of the chain that move."""
    still = np.abs(layout.move).sum(axis=1) == 0
    parts = list(zip(layout.first[:-1], layout.first[1:], strict=True))
    moving = [k for k, (a, b) in enumerate(parts) if not still[a:b].all()]
    low, high = moving[0], moving[-1] + 1
    chain, rows = layout.chain, slice(int(layout.first[low]), int(layout.first[high]))
    own = slice(int(chain.first[low]), int(chain.first[high]))
    part = dataclasses.replace(
        chain,
        pipes=chain.pipes[low:high],
        is_turned=chain.is_turned[low:high],
        first=chain.first[low : high + 1] - chain.first[low],
        xy=chain.xy[own],
        level=chain.level[own],
        station=chain.station[own],
    )
    return Layout(
        chain=part,
        shape=layout.shape,
        first=layout.first[low : high + 1] - layout.first[low],
        xy=layout.xy[rows],
        level=layout.level[rows],
        station=layout.station[rows],
        move=layout.move[rows],
    )


def _is_new(chain: Chain, station: float) -> bool:
    inside = _SAME_M < station < chain.length_m - _SAME_M
    return bool(inside and np.abs(chain.station - station).min() > _SAME_M)


def normals(xy: F64) -> F64:
    """To the left at every vertex, so long that pieces moved along them stay parallel."""
    way = np.diff(xy, axis=0)
    length = np.hypot(*way.T)
    real = np.flatnonzero(length > 1e-6)
    unit = way[real] / length[real, None]
    place = np.arange(len(xy))
    before = unit[np.maximum(np.searchsorted(real, place, side="left") - 1, 0)]
    after = unit[np.minimum(np.searchsorted(real, place, side="left"), len(real) - 1)]
    cosine = np.maximum((before * after).sum(axis=1), _LEAST_COSINE)
    along = (before + after) / (1.0 + cosine)[:, None]
    return np.column_stack([-along[:, 1], along[:, 0]])


@dataclass(frozen=True, slots=True)
class Terms:
    """What the line itself asks of a move; arrays per vertex or per piece of a layout.

    `fall_sign` is −1 where a piece of a drain falls along the chain, 1 where against it, 0 for
    lines that need not fall. `ground` is NaN where unknown.
    """

    limits: Limits
    fall_sign: F64
    ground: F64


def held_by(layout: Layout, terms: Terms, amounts: F64) -> list[str]:
    """For each amount what the line itself forbids: a key of `sentences.HOLDS`, or empty."""
    out = np.full(len(amounts), "", dtype=object)
    tests = [("bend", _bends(layout, terms, amounts))]
    if layout.shape.axis is Axis.VERTICAL:
        tests = [
            ("depth", _too_deep(layout, terms, amounts)),
            ("grade", _too_steep(layout, terms, amounts)),
        ]
    tests.append(("fall", _too_flat(layout, terms, amounts)))
    for name, fails in tests:
        out[fails] = name
    return [str(word) for word in out]


def _slopes(layout: Layout, amounts: F64) -> tuple[F64, F64, Bool]:
    """Rise over plan length of the pieces: as moved (amounts, pieces), as they are, real ones."""
    way = np.diff(layout.xy, axis=0) + amounts[:, None, None] * np.diff(layout.move[:, :2], axis=0)
    size = np.hypot(way[..., 0], way[..., 1])
    rise = np.diff(layout.level) + amounts[:, None] * np.diff(layout.move[:, 2])
    was = np.hypot(*np.diff(layout.xy, axis=0).T)
    real = was > 1e-6
    with np.errstate(divide="ignore", invalid="ignore"):
        return rise / size, np.diff(layout.level) / was, real


def _too_steep(layout: Layout, terms: Terms, amounts: F64) -> Bool:
    slope, was, real = _slopes(layout, amounts)
    allowed = np.maximum(terms.limits.max_grade, np.abs(was)) + 1e-9
    return np.any((np.abs(slope) > allowed)[:, real], axis=1).reshape(-1)


def _too_flat(layout: Layout, terms: Terms, amounts: F64) -> Bool:
    slope, was, real = _slopes(layout, amounts)
    drains = real & (terms.fall_sign != 0.0)
    fall, had = terms.fall_sign * slope, terms.fall_sign * was
    kept = np.minimum(had, terms.limits.min_fall) - 1e-9
    return np.any((fall < kept)[:, drains], axis=1).reshape(-1)


def _too_deep(layout: Layout, terms: Terms, amounts: F64) -> Bool:
    was = terms.ground - layout.level
    depth = was - amounts[:, None] * layout.move[:, 2]
    with np.errstate(invalid="ignore"):
        deep = depth > np.maximum(terms.limits.max_depth_m, was) + 1e-9
    return np.any(deep, axis=1).reshape(-1)


def _bends(layout: Layout, terms: Terms, amounts: F64) -> Bool:
    room = layout.shape.shortest_ramp_m * terms.limits.max_bend
    return np.abs(amounts) > room + 1e-9
