"""From one reference system to another, never by a silent ballpark.

PROJ offers "ballpark" operations that ignore the shift between datums (up to hundreds of metres
between Beijing 1954 and CGCS2000); they are refused. The one datum pair that is taken as equal is
WGS 84 (and its realisations, ITRF) with CGCS2000, which agree within decimetres; it is said so.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from baiyun_gis.crs.systems import horizontal, is_same, parse
from baiyun_gis.errors import CrsError
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import F64

_EQUAL_DATUMS = (
    "WGS 84",
    "WGS84",
    "World Geodetic System 1984",
    "China 2000",
    "CGCS2000",
    "China Geodetic Coordinate System 2000",
    "International Terrestrial",
)
EQUAL_WITHIN_M = 1.0


@dataclass(frozen=True, slots=True)
class Route:
    """How two systems are joined: the steps, the accuracy in metres, and what must be said."""

    steps: tuple[Any, ...]
    accuracy_m: float
    note: Message | None = None


def transform(xy: F64, source: str, target: str) -> F64:
    """Points (n, 2), east and north in `source`, as east and north in `target`.

    Raises `CrsError` when no operation of known accuracy joins the two, or when a point cannot be
    transformed.
    """
    if is_same(source, target) or not len(xy):
        return np.array(xy, dtype=np.float64)
    out = np.asarray(xy, dtype=np.float64)
    known = np.isfinite(out).all(axis=1)
    x, y = out[known, 0], out[known, 1]
    for step in route(source, target).steps:
        x, y = (np.asarray(v, dtype=np.float64) for v in step.transform(x, y))
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise CrsError(
            "{count} points lie where {source} cannot be transformed to {target}; check the "
            "reference system and the axis order, or name it with --crs",
            count=int((~(np.isfinite(x) & np.isfinite(y))).sum()),
            source=source[:40],
            target=target[:40],
        )
    moved = np.full_like(out, np.nan)
    moved[known, 0], moved[known, 1] = x, y
    return moved


@cache
def route(source: str, target: str) -> Route:
    """The best operation between two systems that is not a ballpark; raises `CrsError`."""
    a, b = horizontal(source), horizontal(target)
    direct = _operations(a, b)
    if direct is not None:
        return direct
    if _is_global(a) and _is_global(b):
        steps = (_exact(a, a.geodetic_crs), _exact(b.geodetic_crs, b))
        return Route(
            steps,
            EQUAL_WITHIN_M,
            msg("WGS 84 and CGCS2000 are taken as equal; they agree within decimetres"),
        )
    raise CrsError(
        "No transformation of known accuracy joins {source} and {target}; give the parameters "
        "of the local grid as a TOML file with --crs, or transform the data first",
        source=parse(source).name,
        target=parse(target).name,
    )


def _operations(a: Any, b: Any) -> Route | None:
    from pyproj.transformer import TransformerGroup

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a better grid is missing: said in the note
        group = TransformerGroup(a, b, always_xy=True, allow_ballpark=False)
    if not group.transformers:
        return None
    best = group.transformers[0]
    if best.accuracy < 0:
        return None
    note = None
    if not group.best_available:
        note = msg(
            "The most accurate transformation needs a grid file that is not installed; "
            "one of {accuracy} m was used",
            accuracy=best.accuracy,
        )
    return Route((best,), float(best.accuracy), note)


def _exact(a: Any, b: Any) -> Any:
    from pyproj import Transformer

    return Transformer.from_crs(a, b, always_xy=True)


def _is_global(system: Any) -> bool:
    datum = system.geodetic_crs.datum.name if system.geodetic_crs is not None else ""
    return any(name in datum for name in _EQUAL_DATUMS)
