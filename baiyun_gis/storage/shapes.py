"""GeoPackage geometry blobs from columns and back; many at a time.

A blob is the 8-byte `GP` header (no envelope, little endian) and ISO WKB (OGC 12-128r18, 2.1.3).
An unknown level stays NaN, it never becomes 0.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.errors import ProjectError
from baiyun_gis.model.columns import F64, I64, Geom

Blobs = Sequence[bytes | None]
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
_POINT_Z, _LINE_Z = 1001, 1002


def header(srs_id: int, *, is_empty: bool = False) -> bytes:
    """The `GP` header of a geometry in the reference system `srs_id`."""
    return struct.pack("<2sBBi", b"GP", 0, 0x11 if is_empty else 0x01, srs_id)


def point_blobs(xyz: F64, *, srs_id: int) -> Blobs:
    """Points (n, 3) as blobs; None where x or y is unknown."""
    fields = [("top", "V8"), ("order", "u1"), ("type", "<u4"), ("xyz", "<f8", (3,))]
    record = np.zeros(len(xyz), dtype=np.dtype(fields))
    record["top"] = np.void(header(srs_id))
    record["order"], record["type"], record["xyz"] = 1, _POINT_Z, xyz
    blobs: list[bytes | None] = [*_sliced(record)]
    for row in np.flatnonzero(np.isnan(xyz[:, :2]).any(axis=1)).tolist():
        blobs[row] = None
    return blobs


def line_blobs(xy: F64, z: F64, offsets: I64, *, srs_id: int) -> Blobs:
    """Ragged lines (see `PipeTable`) as LineString Z blobs; None where a line has no vertices."""
    counts = np.diff(offsets)
    blobs = np.full(len(counts), None, dtype=object)
    xyz = np.column_stack([xy, z])
    for count in np.unique(counts[counts > 0]).tolist():
        rows = np.flatnonzero(counts == count)
        fields = [
            ("top", "V8"),
            ("order", "u1"),
            ("type", "<u4"),
            ("count", "<u4"),
            ("xyz", "<f8", (count, 3)),
        ]
        record = np.zeros(len(rows), dtype=np.dtype(fields))
        record["top"] = np.void(header(srs_id))
        record["order"], record["type"], record["count"] = 1, _LINE_Z, count
        record["xyz"] = xyz[offsets[rows][:, None] + np.arange(count)]
        blobs[rows] = _sliced(record)
    return blobs.tolist()


def geometry_blobs(shapes: Geom, *, srs_id: int, is_multi: bool = False) -> Blobs:
    """Shapely geometries as blobs, polygons as multi-polygons when `is_multi`."""
    import shapely

    if is_multi:
        single = shapely.get_type_id(shapes) == 3
        shapes = shapes.copy()
        shapes[single] = [shapely.MultiPolygon([s]) for s in shapes[single]]
    empty = shapely.is_empty(shapes).tolist()
    tops = header(srs_id), header(srs_id, is_empty=True)
    bodies: list[bytes | None] = shapely.to_wkb(shapes, flavor="iso", byte_order=1).tolist()
    return [
        None if body is None else tops[is_empty] + body
        for body, is_empty in zip(bodies, empty, strict=True)
    ]


def shapes_of(blobs: Blobs, *, place: str) -> Geom:
    """Shapely geometries from blobs, None where there is none.

    Raises `ProjectError` naming `place` when a blob is no geometry.
    """
    import shapely

    bodies = np.empty(len(blobs), dtype=object)
    try:
        bodies[:] = [
            None if b is None else b[8 + _ENVELOPE_BYTES[(b[3] >> 1) & 7] :] for b in blobs
        ]
        with np.errstate(invalid="ignore"):  # a coordinate may be unknown
            return shapely.from_wkb(bodies)
    except (IndexError, TypeError, shapely.errors.GEOSException) as error:
        raise _damaged(place, error) from error


def lines_of(blobs: Blobs, *, place: str) -> tuple[F64, F64, I64]:
    """Vertices (v, 2), levels (v,) and offsets (n + 1,) of line blobs.

    Raises `ProjectError` naming `place` when a blob is not a line.
    """
    import shapely

    shapes = shapes_of(blobs, place=place)
    kinds = shapely.get_type_id(shapes)
    several = shapely.get_num_geometries(shapes) > 1
    if (~np.isin(kinds, (-1, 1, 5)) | several).any():
        raise _damaged(place, "not a line")
    coordinates, owner = shapely.get_coordinates(shapes, include_z=True, return_index=True)
    counts = np.bincount(owner, minlength=len(shapes))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return np.ascontiguousarray(coordinates[:, :2]), coordinates[:, 2].copy(), offsets


def points_of(blobs: Blobs, *, place: str) -> F64:
    """Coordinates (n, 2) of point blobs, NaN where there is none."""
    import shapely

    shapes = shapes_of(blobs, place=place)
    if (~np.isin(shapely.get_type_id(shapes), (-1, 0))).any():
        raise _damaged(place, "not a point")
    return np.column_stack([shapely.get_x(shapes), shapely.get_y(shapes)])


def _sliced(record: NDArray[Any]) -> list[bytes]:
    whole, size = record.tobytes(), record.dtype.itemsize
    return [whole[at : at + size] for at in range(0, len(whole), size)]


def _damaged(place: str, why: object) -> ProjectError:
    return ProjectError(
        "{place}: a geometry cannot be read ({why}); repair or delete that feature",
        place=place,
        why=str(why),
    )
