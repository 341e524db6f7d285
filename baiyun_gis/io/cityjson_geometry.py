"""Footprint, base and top of buildings from CityJSON boundaries.

A footprint is the LoD 0 outline where there is one, else the ground surfaces, else the faces that
look down near the lowest point, else the outline of everything seen from above.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from baiyun_gis.model.columns import F64

_FLAT = 0.7
_LOW_SHARE = 0.3
_SURFACE_DEPTH = {"MultiSurface": 1, "CompositeSurface": 1, "Solid": 2, "MultiSolid": 3,
                  "CompositeSolid": 3}  # fmt: skip


class BadGeometry(Exception):
    """Boundaries that do not fit the vertices or their own type."""


@dataclass(frozen=True, slots=True)
class Body:
    """What is known of one building's shape: outline in plan, lowest and highest level."""

    outline: Any
    low_m: float
    high_m: float
    lod: float


@dataclass(frozen=True, slots=True)
class _Face:
    rings: tuple[F64, ...]
    kind: str

    @property
    def normal(self) -> F64:
        """Newell normal of the outer ring; its length is twice the area."""
        ring = self.rings[0]
        after = np.roll(ring, -1, axis=0)
        return np.array(
            [
                np.sum((ring[:, 1] - after[:, 1]) * (ring[:, 2] + after[:, 2])),
                np.sum((ring[:, 2] - after[:, 2]) * (ring[:, 0] + after[:, 0])),
                np.sum((ring[:, 0] - after[:, 0]) * (ring[:, 1] + after[:, 1])),
            ]
        )


def body_of(geometries: Sequence[Any], vertices: F64, templates: Any) -> Body | None:
    """The shape of one city object; None when it has no surface.

    Raises `BadGeometry` when boundaries do not fit.
    """
    sets = [
        (float(_lod(g)), list(_faces(g, vertices, templates)))
        for g in geometries
        if isinstance(g, dict)
    ]
    sets = [(lod, faces) for lod, faces in sets if faces]
    if not sets:
        return None
    tallest = [faces for lod, faces in sets if lod >= 1] or [faces for _, faces in sets]
    levels = np.concatenate([f.rings[0][:, 2] for faces in tallest for f in faces])
    low, high = float(levels.min()), float(levels.max())
    flat = [faces for lod, faces in sets if lod < 1]
    best = max(sets, key=lambda item: item[0])[1]
    outline = _outline(flat[0]) if flat else _footprint(best, low, high)
    return None if outline is None else Body(outline, low, high, max(lod for lod, _ in sets))


def _lod(geometry: dict[str, Any]) -> float:
    try:
        return float(geometry.get("lod", 1))
    except (TypeError, ValueError):
        return 1.0


def _footprint(faces: list[_Face], low: float, high: float) -> Any:
    ground = [f for f in faces if f.kind == "GroundSurface"]
    if not ground:
        limit = low + _LOW_SHARE * (high - low)
        ground = [f for f in faces if _looks_down(f) and float(f.rings[0][:, 2].max()) <= limit]
    return (_outline(ground) if ground else None) or _outline(faces)


def _looks_down(face: _Face) -> bool:
    normal = face.normal
    size = float(np.linalg.norm(normal))
    return size > 0 and normal[2] / size < -_FLAT


def _outline(faces: list[_Face]) -> Any:
    """The union of faces seen from above; None when they have no area there."""
    import shapely

    shapes = [
        shapely.Polygon(f.rings[0][:, :2], [r[:, :2] for r in f.rings[1:]])
        for f in faces
        if len(f.rings[0]) >= 3
    ]
    solid = [s if s.is_valid else shapely.make_valid(s) for s in shapes if s.area > 1e-6]
    if not solid:
        return None
    whole = shapely.union_all(solid)
    pieces = [p for p in shapely.get_parts(whole) if p.geom_type == "Polygon" and p.area > 1e-6]
    if not pieces:
        return None
    return pieces[0] if len(pieces) == 1 else shapely.MultiPolygon(pieces)


def _faces(geometry: dict[str, Any], vertices: F64, templates: Any) -> Iterator[_Face]:
    kind = geometry.get("type")
    if kind == "GeometryInstance":
        yield from _instance(geometry, vertices, templates)
        return
    depth = _SURFACE_DEPTH.get(str(kind), 0)
    if not depth:
        return
    meaning = geometry.get("semantics") or {}
    names = [str(s.get("type", "")) for s in meaning.get("surfaces", []) if isinstance(s, dict)]
    values = meaning.get("values")
    for surface, value in _surfaces(geometry.get("boundaries"), values, depth):
        name = names[value] if isinstance(value, int) and 0 <= value < len(names) else ""
        yield _Face(tuple(_ring(ring, vertices) for ring in surface), name)


def _surfaces(boundaries: Any, values: Any, depth: int) -> Iterator[tuple[list[Any], Any]]:
    if not isinstance(boundaries, list):
        raise BadGeometry("boundaries are no list")
    for index, part in enumerate(boundaries):
        inner = values[index] if isinstance(values, list) and index < len(values) else None
        if depth > 1:
            yield from _surfaces(part, inner, depth - 1)
        elif isinstance(part, list) and part:
            yield part, inner


def _ring(ring: Any, vertices: F64) -> F64:
    try:
        index = np.asarray(ring, dtype=np.int64)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadGeometry("a ring is no list of vertex numbers") from error
    if index.ndim != 1 or len(index) < 3:
        raise BadGeometry("a ring has fewer than three vertices")
    if index.min() < 0 or index.max() >= len(vertices):
        raise BadGeometry("a ring names a vertex that the file does not have")
    return vertices[index]


def _instance(geometry: dict[str, Any], vertices: F64, templates: Any) -> Iterator[_Face]:
    """A template put at its place: rotated and scaled by its matrix, moved to its vertex."""
    if not isinstance(templates, dict):
        raise BadGeometry("a template is used, but the file has none")
    try:
        template = templates["templates"][geometry["template"]]
        own = np.asarray(templates["vertices-templates"], dtype=np.float64).reshape(-1, 3)
        matrix = np.asarray(geometry["transformationMatrix"], dtype=np.float64).reshape(4, 4)
        at = vertices[int(geometry["boundaries"][0])]
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise BadGeometry("a template is used wrongly") from error
    placed = np.column_stack([own, np.ones(len(own))]) @ matrix.T
    yield from _faces(template, placed[:, :3] + at, None)
