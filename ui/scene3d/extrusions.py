"""Footprints as bodies: roof triangles and walls from rings, base and top."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.primitives import PolygonBatch

F32 = NDArray[np.float32]


def extruded(batch: PolygonBatch) -> tuple[F32, NDArray[np.int64], NDArray[np.int64]]:
    """Vertices (v, 3), triangles (t, 3) and the polygon (row of the batch) of each triangle."""
    base = np.zeros(len(batch.feature), np.float32) if batch.base_m is None else batch.base_m
    top = base if batch.top_m is None else batch.top_m
    roof_xyz, roof_triangles, roof_owner = _roofs(batch, top)
    wall_xyz, wall_triangles, wall_owner = _walls(batch, base, top)
    return (
        np.concatenate([roof_xyz, wall_xyz]),
        np.concatenate([roof_triangles, wall_triangles + len(roof_xyz)]),
        np.concatenate([roof_owner, wall_owner]),
    )


def outlines(batch: PolygonBatch) -> tuple[F32, NDArray[np.int64], NDArray[np.int64]]:
    """The roof's edges as closed lines: vertices, offsets, polygon of each line."""
    ring_polygon = _ring_polygon(batch)
    top = batch.top_m if batch.top_m is not None else batch.base_m
    level = np.zeros(len(batch.feature), np.float32) if top is None else top
    ring_of_vertex = np.repeat(np.arange(len(ring_polygon)), np.diff(batch.ring_offsets))
    z = level[ring_polygon[ring_of_vertex]] if len(ring_of_vertex) else np.zeros(0, np.float32)
    xyz = np.column_stack([batch.xy, z]).astype(np.float32)
    return xyz, batch.ring_offsets, ring_polygon


def _ring_polygon(batch: PolygonBatch) -> NDArray[np.int64]:
    return np.repeat(np.arange(len(batch.feature)), np.diff(batch.polygon_offsets))


def _roofs(batch: PolygonBatch, top: F32) -> tuple[F32, NDArray[np.int64], NDArray[np.int64]]:
    ring_polygon = _ring_polygon(batch)
    if not len(ring_polygon):
        return np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int64), np.zeros(0, np.int64)
    vertex_ring = np.repeat(np.arange(len(ring_polygon)), np.diff(batch.ring_offsets))
    rings = shapely.linearrings(batch.xy.astype(np.float64), indices=vertex_ring)
    polygons = shapely.polygons(rings, indices=ring_polygon)
    parts = shapely.constrained_delaunay_triangles(polygons)
    pieces, owner = shapely.get_parts(parts, return_index=True)
    corners = shapely.get_coordinates(shapely.get_exterior_ring(pieces)).reshape(-1, 4, 2)[:, :3]
    z = np.repeat(top[owner], 3)
    xyz = np.column_stack([corners.reshape(-1, 2), z]).astype(np.float32)
    return xyz, np.arange(len(xyz)).reshape(-1, 3), owner.astype(np.int64)


def _walls(
    batch: PolygonBatch, base: F32, top: F32
) -> tuple[F32, NDArray[np.int64], NDArray[np.int64]]:
    ring_polygon = _ring_polygon(batch)
    vertex_ring = np.repeat(np.arange(len(ring_polygon)), np.diff(batch.ring_offsets))
    first = np.flatnonzero(vertex_ring[1:] == vertex_ring[:-1])
    if not len(first):
        return np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int64), np.zeros(0, np.int64)
    owner = ring_polygon[vertex_ring[first]]
    a, b = batch.xy[first], batch.xy[first + 1]
    low, high = base[owner], top[owner]
    quad = np.stack(
        [
            np.column_stack([a, low]),
            np.column_stack([b, low]),
            np.column_stack([b, high]),
            np.column_stack([a, high]),
        ],
        axis=1,
    ).astype(np.float32)
    corner = np.arange(len(first))[:, None] * 4
    triangles = (corner + np.array([0, 1, 2, 0, 2, 3])).reshape(-1, 3)
    return quad.reshape(-1, 3), triangles, np.repeat(owner, 2)
