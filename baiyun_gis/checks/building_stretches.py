"""Where lines lie near buildings, along their runs, and which of them are their services."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.arrays import beside
from baiyun_gis.checks.building_pairs import (
    SERVICE_ZONE_M,
    BuildingPairs,
    Outlined,
    part_of,
    sharing,
)
from baiyun_gis.checks.stretches import merged
from baiyun_gis.kernels.intervals import spans_of_each
from baiyun_gis.kernels.segments import owned
from baiyun_gis.model.columns import F64, I32, I64, Bool, Geom

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot

_ARC_STEPS = 64
SERVICE_END_M, SERVICE_M = 1.5, 8.0
"""A service ends within the first of the building; of its line no more than the last lies within
`SERVICE_ZONE_M` of the outline (2.5 m approached at 20° or more)."""


def within(
    ctx: CheckContext, pairs: BuildingPairs, *asked: tuple[F64, Bool]
) -> list[tuple[F64, F64]]:
    """Where some pieces lie within so much (m) of their outlines, as chainage along their runs, for
    each of what is asked: by piece how near, and whether it is asked of it.

    NaN for the others. A station counts when the line across the strip there comes that near.
    Arcs of the zone are polygons of 256 corners, right to 0.1 mm for each metre.
    """
    some = [rows.nonzero()[0] for _, rows in asked]
    near = [within_m[rows] for (within_m, _), rows in zip(asked, some, strict=True)]
    ends = _within(ctx, part_of(pairs, np.concatenate(some)), np.concatenate(near))
    out: list[tuple[F64, F64]] = []
    head = 0
    for rows in some:
        low, high = np.full((2, len(pairs)), np.nan)
        here = slice(head, head + len(rows))
        low[rows], high[rows] = ends[0][here], ends[1][here]
        out.append((low, high))
        head += len(rows)
    return out


_KEPT = 256
"""So many zones around outlines are kept, for a line that is slid about among a few buildings."""
_FEW = 64


def zones_of(outlines: Outlined, building: I32, wide_m: F64) -> Geom:
    """Outlines of some buildings grown by so much."""
    import shapely

    if len(building) > _FEW:
        return shapely.buffer(outlines.shapes[building], wide_m, quad_segs=_ARC_STEPS)
    kept = outlines.zones
    keys = list(zip(building.tolist(), wide_m.tolist(), strict=True))
    new = [key for key in dict.fromkeys(keys) if key not in kept]
    if not new:
        zones = np.empty(len(keys), dtype=object)
        zones[:] = [kept[key] for key in keys]
        return zones
    rows, grown = zip(*new, strict=True)
    made = shapely.buffer(outlines.shapes[list(rows)], list(grown), quad_segs=_ARC_STEPS)
    of = dict(zip(new, made, strict=True))
    zones = np.empty(len(keys), dtype=object)
    zones[:] = [of[key] if key in of else kept[key] for key in keys]
    if len(kept) + len(new) <= _KEPT:
        kept.update(of)
    return zones


_PLAIN = 0.01
"""Lines longer than this share of their half width are strips of four corners to `shapely.buffer`,
which is slow to find them."""


def strips_of(lines: Geom, ends: F64, half_width_m: F64) -> Geom:
    """Straight lines grown across to their width; `ends` (n, 2, 2) are theirs. What has no width
    stays a line."""
    import shapely

    strips, way = lines.copy(), ends[:, 1] - ends[:, 0]
    size = np.sqrt(way[:, 0] * way[:, 0] + way[:, 1] * way[:, 1])
    has_width = half_width_m > 0
    plain = (has_width & (size > _PLAIN * half_width_m)).nonzero()[0]
    (x0, y0), (x1, y1) = ends[plain, 0].T, ends[plain, 1].T
    half, size = half_width_m[plain], size[plain]
    ux, uy = half * way[plain, 0] / size, half * way[plain, 1] / size
    corners = beside(x1 - uy, y1 + ux, x1 + uy, y1 - ux, x0 + uy, y0 - ux, x0 - uy, y0 + ux)
    strips[plain] = shapely.polygons(corners.reshape(-1, 4, 2))
    if len(plain) < len(lines):
        odd = has_width.copy()
        odd[plain] = False
        strips[odd] = shapely.buffer(lines[odd], half_width_m[odd], cap_style="flat")
    return strips


def _within(ctx: CheckContext, pairs: BuildingPairs, within_m: F64) -> tuple[F64, F64]:
    import shapely

    snapshot = ctx.snapshot
    seg, topology, i = snapshot.segments, snapshot.topology, pairs.i
    ends = beside(seg.x0[i], seg.y0[i], seg.x1[i], seg.y1[i]).reshape(-1, 2, 2) + snapshot.origin
    lines = np.asarray(shapely.linestrings(ends), dtype=object)
    strips = strips_of(lines, ends, seg.half_width[i])
    wide = np.maximum(within_m, 0.0)
    parts = shapely.intersection(strips, zones_of(pairs.outlines, pairs.building, wide))
    points, owner = shapely.get_coordinates(parts, return_index=True)
    along = shapely.line_locate_point(lines[owner], shapely.points(points))
    near, far = np.empty((2, len(i)))
    spans_of_each(owned(owner, np.int64), along, along, near, far)
    at = pairs.clearance.t * np.hypot(seg.x1[i] - seg.x0[i], seg.y1[i] - seg.y0[i])
    near, far = np.where(np.isnan(near), at, near), np.where(np.isnan(far), at, far)
    pipe = seg.pipe[i]
    offset, sign = topology.run_offset_m[pipe], topology.run_sign[pipe]
    one = offset + sign * (seg.chain0[i] + near)
    two = offset + sign * (seg.chain0[i] + far)
    return np.minimum(one, two), np.maximum(one, two)


def serves(ctx: CheckContext, pairs: BuildingPairs) -> Bool:
    """Pieces of runs that are a service connection of the building.

    A run serves a building when a free end of it lies in or at the building and it comes there
    straight: no more than `SERVICE_M` of it lies within `SERVICE_ZONE_M` of the outline. A main
    that ends beside a facade it runs along is none.
    """
    snapshot = ctx.snapshot
    columns, topology = snapshot.columns, snapshot.topology
    key = pairs.run_key(snapshot)
    rows = np.flatnonzero(pairs.clearance.gap < SERVICE_ZONE_M)
    if not len(rows):
        return np.zeros(len(key), dtype=np.bool_)
    pipe = snapshot.segments.pipe[pairs.i[rows]]
    ends = np.zeros(len(rows), dtype=np.bool_)
    for is_end, of_end in ((columns.is_first, 0), (columns.is_last, 1)):
        free = topology.joint_degree[topology.joint[2 * pipe + of_end]] == 1
        tips = np.flatnonzero(is_end[pairs.i[rows]] & free)
        if not len(tips):
            continue
        ends[tips] |= _distance(snapshot, pairs, rows[tips], of_end) <= SERVICE_END_M
    if not ends.any():
        return np.zeros(len(key), dtype=np.bool_)
    # How straight it comes is asked only of what ends there.
    comes = sharing(key[rows], ends)
    rows, ends = rows[comes], ends[comes]
    low, high = _within(ctx, part_of(pairs, rows), np.full(len(rows), SERVICE_ZONE_M))
    stretches = merged(key[rows], low, high)
    short = stretches.to_m - stretches.from_m <= SERVICE_M
    service = (stretches.any(ends) & short)[stretches.of]
    flags = np.zeros(len(key), dtype=np.bool_)
    flags[rows[service]] = True
    return sharing(key, flags)


def _distance(snapshot: Snapshot, pairs: BuildingPairs, rows: I64, of_end: int) -> F64:
    """Distance of the free ends of pieces from the outlines, 0 inside."""
    import shapely

    xy = snapshot.topology.end_xy[2 * snapshot.segments.pipe[pairs.i[rows]] + of_end]
    outline = pairs.outlines.shapes[pairs.building[rows]]
    return np.asarray(shapely.distance(shapely.points(xy), outline)).reshape(-1)
