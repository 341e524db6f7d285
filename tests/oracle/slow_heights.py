"""Distances in height and in space of two pieces, from plain solids."""

from __future__ import annotations

import numpy as np
import shapely
from oracle.slow_bodies import Cylinder, ShearedBox, Solid, bracket
from oracle.slow_lines import Piece
from oracle.slow_pairs import TOLERANCE_M, Doubt, Near, Span, edge_of


def height_above(near: Near, sign: int) -> tuple[float, Span | None]:
    """How far the axis that must be above lies above the other, at worst, and where it does not.

    `sign` is 1 where `i` must be above. The place is the crossing, else the stretch over which
    the strips overlap and both axes are there.
    """
    if near.crosses:
        ti, tj = near.axis_stations
        rise = sign * float(near.i.at(ti)[2] - near.j.at(tj)[2])
        return rise, near.interval(0.0) if rise < -TOLERANCE_M else None
    t = np.linspace(*near.stations(0.0), 40001)
    foot = _feet(near, t)
    here = (foot >= 0) & (foot <= 1)
    if not here.any() or near.angle_deg > 80:
        raise Doubt  # an end over an edge: no station of `i` is beside `j`'s axis
    t, foot = t[here], foot[here]
    rises = sign * (near.i.at(t[:, None])[:, 2] - near.j.at(foot[:, None])[:, 2])
    fails = t[rises < -TOLERANCE_M]
    return float(rises.min()), near.on_run(fails[0], fails[-1]) if len(fails) else None


def _feet(near: Near, t: np.ndarray) -> np.ndarray:
    """Stations on `j`'s endless axis beside stations of `i`'s."""
    way = near.j.q[:2] - near.j.p[:2]
    return ((near.i.at(t[:, None])[:, :2] - near.j.p[:2]) @ way) / (way @ way)


def end_doubt_m(near: Near) -> float:
    """How much the cut of sloping ends, which the run leaves out, can move an edge of a stretch."""
    if near.crosses:
        return 0.0
    return max(p.h * abs(p.q[2] - p.p[2]) / p.length for p in (near.i, near.j))


def failing_span(near: Near, required: float) -> Span:
    """Where along `i`'s run the facing surfaces are nearer than required."""
    if near.crosses:
        return near.interval(0.0)
    upper, lower = _upper_and_lower(near)
    along = (near.i.q - near.i.p)[:2] / near.i.length
    across = np.array([-along[1], along[0]]) * near.i.w

    def excess(t: np.ndarray) -> np.ndarray:
        low, high = np.full(len(t), -1.0), np.full(len(t), 1.0)
        for _ in range(3):
            share = np.linspace(low, high, 101, axis=1)
            xy = near.i.at(t[:, None])[:, None, :2] + share[..., None] * across
            value = _side(upper, xy.reshape(-1, 2), up=-1.0) - _side(
                lower, xy.reshape(-1, 2), up=1.0
            )
            value = np.where(np.isnan(value), np.inf, value).reshape(len(t), -1)
            best = share[np.arange(len(t)), value.argmin(axis=1)]
            step = (high - low) / 50
            low, high = np.maximum(best - step, -1.0), np.minimum(best + step, 1.0)
        return value.min(axis=1) - required + TOLERANCE_M

    t0, t1 = near.stations(0.0)
    t = np.linspace(t0, t1, 301)
    at = excess(t)
    if not (at < 0).any():
        raise Doubt  # only beyond the last cross line, in a rounded end
    inside = float(t[int(np.argmin(at))])
    first, last = edge_of(excess, t0, inside), edge_of(excess, t1, inside)
    feet = _feet(near, np.array([first, last]))
    if (np.abs(feet - 0.5) > 0.5).any() and abs(near.j.q[2] - near.j.p[2]) > 1e-6:
        raise Doubt  # in a rounded end of a sloping line
    return near.on_run(first, last)


def vertical_clearance(near: Near) -> float:
    """Plumb distance of the facing walls at the crossing, else the least over the overlap."""
    if near.crosses:
        ti, tj = near.axis_stations
        a, b = near.i.at(ti), near.j.at(tj)
        _keep_off_ends(near.i, ti)
        _keep_off_ends(near.j, tj)
        return abs(float(a[2] - b[2])) - _plumb_half(near.i) - _plumb_half(near.j)
    return _least_over_overlap(near)


def _keep_off_ends(piece: Piece, t: float) -> None:
    """Beside an end of a sloping piece the wall is cut or rounded: by how much is not tested."""
    slope = abs(piece.q[2] - piece.p[2]) / piece.length
    room = min(t, 1 - t) * piece.length
    if slope * piece.h > 2e-4 and room < 2 * piece.h:
        raise Doubt


def _plumb_half(piece: Piece) -> float:
    slope = (piece.q[2] - piece.p[2]) / piece.length
    return piece.h if piece.line.is_box else piece.h * float(np.hypot(1.0, slope))


def _least_over_overlap(near: Near) -> float:
    """Lowest value of (underside of the upper − top of the lower), which is convex, by zooming."""
    upper, lower = _upper_and_lower(near)
    common = shapely.intersection(near.i.strip, near.j.strip)
    box = shapely.oriented_envelope(common)
    if shapely.area(common) < 1e-5 or box.geom_type != "Polygon":
        raise Doubt
    corners = shapely.get_coordinates(box)
    origin, u, v = corners[0], corners[1] - corners[0], corners[3] - corners[0]
    low, high, best = np.zeros(2), np.ones(2), np.inf
    for _ in range(9):
        s, t = (np.linspace(low[k], high[k], 25) for k in (0, 1))
        grid = np.stack(np.meshgrid(s, t, indexing="ij"), axis=-1).reshape(-1, 2)
        xy = origin + grid[:, :1] * u + grid[:, 1:] * v
        value = _side(upper, xy, up=-1.0) - _side(lower, xy, up=1.0)
        value = np.where(np.isnan(value), np.inf, value)
        k = int(np.argmin(value))
        if not np.isfinite(value[k]):
            raise Doubt
        best = min(best, float(value[k]))
        step = (high - low) / 24 * 3
        low, high = np.maximum(grid[k] - step, 0.0), np.minimum(grid[k] + step, 1.0)
    return best


def _upper_and_lower(near: Near) -> tuple[Piece, Piece]:
    """The piece whose axis is above where they come nearest, and the other."""
    ti, tj = near.axis_stations
    za, zb = near.i.at(ti)[2], near.j.at(tj)[2]
    if abs(za - zb) < 0.002 or near.angle_deg < 3.0:
        ends = [near.i.at(t)[2] - _level_beside(near, t) for t in (0.0, 1.0)]
        if min(ends) < 0.002 and max(ends) > -0.002:
            raise Doubt
    return (near.i, near.j) if za > zb else (near.j, near.i)


def _level_beside(near: Near, t: float) -> float:
    """Level of `j`'s axis beside a station of `i`."""
    at = shapely.Point(near.i.at(t)[:2])
    foot = shapely.line_locate_point(near.j.axis, at, normalized=True)
    return float(near.j.at(float(foot))[2])


def _side(piece: Piece, xy: np.ndarray, *, up: float) -> np.ndarray:
    """Level of the top (`up` 1) or underside (−1) of a body at points; NaN beside it."""
    best = np.full(len(xy), np.nan)
    for solid in piece.solids:
        if isinstance(solid, ShearedBox):
            found = _side_of_box(solid, xy, up)
        elif isinstance(solid, Cylinder):
            found = _side_of_cylinder(solid, xy, up)
        else:
            flat = np.square(xy - solid.centre[:2]).sum(axis=1)  # type: ignore[attr-defined]
            room = solid.radius**2 - flat  # type: ignore[attr-defined]
            rise = np.sqrt(np.where(room >= 0, room, np.nan))
            found = solid.centre[2] + up * rise  # type: ignore[attr-defined]
        best = up * np.fmax(up * best, up * found)
    return best


def _side_of_box(box: ShearedBox, xy: np.ndarray, up: float) -> np.ndarray:
    w = xy - box.start[:2]
    s = w @ box.run[:2]
    n = w @ np.array([-box.run[1], box.run[0]])
    over = (s >= 0) & (s <= box.length) & (np.abs(n) <= box.half_width)
    return np.where(over, box.start[2] + box.slope * s + up * box.half_height, np.nan)


def _side_of_cylinder(bar: Cylinder, xy: np.ndarray, up: float) -> np.ndarray:
    """Where plumb lines leave a flat-ended bar: on its wall, or on one of its ends."""
    w = np.column_stack([xy - bar.centre[:2], np.zeros(len(xy))])
    d, level = bar.axis, np.sqrt(1.0 - bar.axis[2] ** 2)
    if level < 1e-9:  # an upright bar
        over = np.hypot(w[:, 0], w[:, 1]) <= bar.radius
        ends = bar.centre[2] + np.array([0.0, bar.length * d[2]])
        return np.where(over, ends.max() if up > 0 else ends.min(), np.nan)
    across = np.array([-d[1], d[0], 0.0]) / level
    room = bar.radius**2 - (w @ across) ** 2
    half = np.sqrt(np.where(room >= 0, room, np.nan)) / level
    middle = (w @ d) * d[2] / level**2  # where the plumb line comes nearest to the axis
    low, high = middle - half, middle + half
    if abs(d[2]) > 1e-12:
        ends = np.stack([(0.0 - w @ d) / d[2], (bar.length - w @ d) / d[2]])
        low, high = np.maximum(low, ends.min(axis=0)), np.minimum(high, ends.max(axis=0))
    else:
        over = (w @ d >= 0) & (w @ d <= bar.length)
        low = np.where(over, low, np.nan)
    return bar.centre[2] + np.where(low <= high, high if up > 0 else low, np.nan)


def body_gap(near: Near) -> float:
    """Least distance of the bodies; negative how deep their convex parts sit in each other.

    A round bar with its balls is one convex part; of a sloping box with round ends each is one.
    """
    bounds = [bracket(a, b) for a in near.i.solids for b in near.j.solids]
    if min(low for low, _ in bounds) > 0:
        return min(high for _, high in bounds)
    return -max(_least_shift(near, a, b) for a in _parts(near.i) for b in _parts(near.j))


def _parts(piece: Piece) -> list[list[Solid]]:
    return [[s] for s in piece.solids] if piece.line.is_box else [piece.solids]


def _least_shift(near: Near, a: list[Solid], b: list[Solid]) -> float:
    """The shortest shift that parts two convex bodies: over all directions, closing in."""

    def shift(way: np.ndarray) -> np.ndarray:
        one = np.max([s.reach(way) for s in a], axis=0)
        return one + np.max([s.reach(-way) for s in b], axis=0)

    golden = np.pi * (3.0 - np.sqrt(5.0))
    z = np.linspace(-1, 1, 4001)
    turn = golden * np.arange(4001)
    flat = np.sqrt(1 - z**2)
    ways = np.column_stack([flat * np.cos(turn), flat * np.sin(turn), z])
    best = ways[np.argsort(shift(ways))[:40]]
    # Lines that lie square across both axes part two long bars with the shortest shift.
    square = np.cross(near.i.q - near.i.p, near.j.q - near.j.p)
    if np.linalg.norm(square) > 1e-9:
        square = square / np.linalg.norm(square)
        best = np.vstack([best, square, -square])
    spread, rng = 0.03, np.random.default_rng(7)
    for _ in range(14):
        around = best[:, None] + spread * rng.standard_normal((len(best), 40, 3))
        around = np.vstack([best, around.reshape(-1, 3)])
        around /= np.linalg.norm(around, axis=1, keepdims=True)
        best = around[np.argsort(shift(around))[:40]]
        spread /= 2.0
    return float(shift(best).min())
