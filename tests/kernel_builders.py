"""Short builders of kernel segments for tests."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from baiyun_gis.kernels.first_look import CELL_BIT, CELLS, Marks
from baiyun_gis.kernels.outlines import Outlines
from baiyun_gis.kernels.polygons import CLEARANCE_COLUMNS, polygon_gaps
from baiyun_gis.kernels.segments import Segments, table_of_rows
from baiyun_gis.model.columns import F64, I32, I64


class Piece(NamedTuple):
    """One straight pipe: two ends, radius or half width and half height, which ends are flat."""

    start: tuple[float, float, float]
    stop: tuple[float, float, float]
    half: float | tuple[float, float] = 0.1
    flat0: bool = True
    flat1: bool = True


def segments(*pieces: Piece, pipes: list[int] | None = None) -> Segments:
    """Segments of the given pieces, each a pipe of its own unless `pipes` says otherwise."""
    ends = np.array([[*p.start, *p.stop] for p in pieces], dtype=np.float64).reshape(-1, 6)
    sizes = np.array([p.half if isinstance(p.half, tuple) else (p.half, p.half) for p in pieces])
    sizes = sizes.reshape(-1, 2)
    return Segments(
        *(np.ascontiguousarray(ends[:, k]) for k in range(6)),
        half_width=sizes[:, 0].copy(),
        half_height=sizes[:, 1].copy(),
        is_rectangle=np.array([isinstance(p.half, tuple) for p in pieces], dtype=np.bool_),
        flat0=np.array([p.flat0 for p in pieces], dtype=np.bool_),
        flat1=np.array([p.flat1 for p in pieces], dtype=np.bool_),
        pipe=np.arange(len(pieces), dtype=np.int32)
        if pipes is None
        else np.array(pipes, dtype=np.int32),
        chain0=np.zeros(len(pieces)),
    )


def rows(*numbers: int) -> np.ndarray:
    """Row numbers of pairs."""
    return np.array(numbers, dtype=np.int32)


def moved(seg: Segments, shift: F64) -> Segments:
    """The same segments shifted by (dx, dy, dz)."""
    return seg._replace(
        x0=seg.x0 + shift[0],
        y0=seg.y0 + shift[1],
        z0=seg.z0 + shift[2],
        x1=seg.x1 + shift[0],
        y1=seg.y1 + shift[1],
        z1=seg.z1 + shift[2],
    )


def random_pairs(rng: np.random.Generator, count: int, *, spread: float = 4.0) -> Segments:
    """2 · count segments, of which k and count + k make a pair worth measuring.

    Circles and rectangles, flat and round ends; one third anyhow in space, one third nearly
    parallel, one third nearly level and crossing or passing in plan, as pipes do. Some stand
    upright.
    """
    a = rng.uniform(-spread / 2, spread / 2, (count, 6))
    b = rng.uniform(-spread / 2, spread / 2, (count, 6))
    sort = rng.integers(0, 3, count)
    beside = a + np.tile(rng.uniform(-1.5, 1.5, (count, 3)), 2)
    b[sort == 1] = (beside + rng.normal(0.0, 1e-3, (count, 6)))[sort == 1]
    for ends in (a, b):
        level = sort != 0
        ends[level, 5] = ends[level, 2] + rng.uniform(-0.1, 0.1, level.sum())
    upright = rng.random(count) < 0.04
    a[upright, 3:5] = a[upright, 0:2]
    ends = np.concatenate([a, b])
    total = 2 * count
    rectangle = rng.random(total) < 0.4
    width = rng.uniform(0.05, 0.7, total)
    height = np.where(rectangle, rng.uniform(0.05, 0.7, total), width)
    return Segments(
        *(ends[:, k].copy() for k in range(6)),
        half_width=width,
        half_height=height,
        is_rectangle=rectangle,
        flat0=rng.random(total) < 0.5,
        flat1=rng.random(total) < 0.5,
        pipe=np.arange(total, dtype=np.int32),
        chain0=np.zeros(total),
    )


GRID = np.array([38_434_000.0, 2_560_000.0, 0.0])
"""A place on the national grid, its zone in front of the easting."""


def every_sort(rng: np.random.Generator, count: int) -> Segments:
    """2 · count segments about the origin, of which k and count + k make a pair of a sort.

    By turns: anyhow in space, as pipes lie, exactly parallel, end to end, one inside the other,
    touching, with no length, upright, one level and one steep.
    """
    seg = random_pairs(rng, count)
    ends = np.column_stack(seg[:6])
    a, b = ends[:count].copy(), ends[count:].copy()
    width = np.array(seg.half_width)
    box = np.array(seg.is_rectangle)
    sort = np.arange(count) % 9
    shift = np.tile(rng.uniform(-1, 1, (count, 3)), 2)
    b[sort == 2] = (a + shift)[sort == 2]
    beyond = np.column_stack([a[:, 3:], 2 * a[:, 3:] - a[:, :3]])
    b[sort == 3] = beyond[sort == 3]
    inside = sort == 4
    way = a[:, 3:] - a[:, :3]
    nested = np.column_stack([a[:, :3] + 0.2 * way, a[:, :3] + 0.7 * way])
    b[inside] = nested[inside]
    width[:count][inside] += 0.8
    # Level, circular, square to each other: as far apart as their radii.
    touching = sort == 5
    a[touching, 5], b[touching, 2], b[touching, 5] = a[touching, 2], 0.0, 0.0
    middle = (a[:, :3] + a[:, 3:]) / 2
    side = np.column_stack([-way[:, 1], way[:, 0], np.zeros(count)])
    crossing = np.column_stack([middle - side, middle + side])
    b[touching] = crossing[touching]
    box[:count][touching] = box[count:][touching] = False
    lift = width[:count] + width[count:]
    b[touching, 2] = b[touching, 5] = (a[:, 2] + lift)[touching]
    b[sort == 6, 3:] = b[sort == 6, :3]
    b[sort == 7, 3:5] = b[sort == 7, 0:2]
    b[sort == 8, 5] = b[sort == 8, 2] + rng.choice([-2.0, 2.0], (sort == 8).sum())
    ends = np.concatenate([a, b])
    height = np.where(box, seg.half_height, width)
    return Segments(*(ends[:, k].copy() for k in range(6)), width, height, box, *seg[9:])


def marks_of(look: I64) -> Marks:
    """The marks in what a first look writes of pairs."""
    return (look & ((1 << CELL_BIT) - 1)).astype(np.uint16)


def cells_of(look: I64) -> I32:
    """The cells in what a first look writes of pairs."""
    return ((look >> CELL_BIT) & CELLS).astype(np.int32)


class PolygonClearance(NamedTuple):
    """The columns of `polygon_gaps`."""

    gap: F64
    ax: F64
    ay: F64
    bx: F64
    by: F64
    t: F64
    inside_m: F64


def clearance_to_polygons(
    seg: Segments, i: I32, outlines: Outlines, polygon: I32
) -> PolygonClearance:
    """Clearance of segments `i` to polygons, pair by pair, each measured however far it is."""
    out, endless = np.empty((len(i), CLEARANCE_COLUMNS)), np.full(len(i), np.inf)
    polygon_gaps(0, len(i), table_of_rows(seg, i), outlines, polygon, endless, out)
    return PolygonClearance(*out.T)
