"""Distances that two other programs' own tests expect, measured by our kernels."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely
from kernel_builders import Piece, rows, segments

from baiyun_gis.kernels.bodies import body_gap
from baiyun_gis.kernels.plan import plan_clearance

pytestmark = pytest.mark.corpus

# What has no counterpart among pipe axes: areas and closed surfaces.
OUT_OF_SCOPE = {"Polygon", "PolyhedralSurface", "Triangle", "TIN"}


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def kinds_in(wkt: str) -> set[str]:
    """The simple sorts of geometry named in a text."""
    names = {"POLYHEDRALSURFACE": "PolyhedralSurface", "TRIANGLE": "Triangle", "TIN": "TIN"}
    found = {kind for word, kind in names.items() if wkt.upper().startswith(word)}
    if found:
        return found
    parts = [shapely.from_wkt(wkt)]
    while any(part.geom_type.startswith(("Multi", "GeometryCollection")) for part in parts):
        parts = [piece for part in parts for piece in shapely.get_parts(part)]
    return {part.geom_type for part in parts}


def axes_in(wkt: str) -> list[Piece]:
    """Points and line pieces of a text as axes without width."""
    parts = [shapely.from_wkt(wkt)]
    while any(part.geom_type.startswith(("Multi", "GeometryCollection")) for part in parts):
        parts = [piece for part in parts for piece in shapely.get_parts(part)]
    out: list[Piece] = []
    for part in parts:
        points = shapely.get_coordinates(part, include_z=True)
        points = np.repeat(points, 2, axis=0) if len(points) == 1 else points
        out += [
            Piece(tuple(p), tuple(q), 0.0, flat0=False, flat1=False) for p, q in pairwise(points)
        ]
    return out


def least_distance(first: list[Piece], second: list[Piece], *, in_space: bool) -> float:
    """Least distance of any piece of one to any of the other."""
    seg = segments(*first, *second)
    i, j = (g.ravel().astype(np.int32) for g in np.meshgrid(range(len(first)), range(len(second))))
    measure = body_gap if in_space else plan_clearance
    return float(measure(seg, i, j + np.int32(len(first))).gap.min())


def test_axis_distances_of_postgis(corpus: Path) -> None:
    path = corpus / "peer" / "postgis" / "st3d_expected.csv"
    checked = 0
    left_out: set[str] = set()
    for row in read_rows(path):
        kinds = kinds_in(row["a"]) | kinds_in(row["b"])
        if kinds & OUT_OF_SCOPE:
            left_out |= kinds & OUT_OF_SCOPE
            continue
        assert kinds <= {"Point", "LineString"}, row["id"]
        # Without a level there is no distance in space, only one in plan.
        has_levels = shapely.has_z(shapely.from_wkt(row["a"]))
        found = least_distance(axes_in(row["a"]), axes_in(row["b"]), in_space=bool(has_levels))
        assert found == pytest.approx(float(row["dist3d"]), abs=float(row["tol"])), row["id"]
        checked += 1
    assert checked >= 14
    assert left_out <= OUT_OF_SCOPE


def test_levels_that_are_not_given_are_unknown_not_zero(corpus: Path) -> None:
    path = corpus / "peer" / "postgis" / "st3d_expected.csv"
    flat = [
        row
        for row in read_rows(path)
        if kinds_in(row["a"]) | kinds_in(row["b"]) <= {"Point", "LineString"}
        and not shapely.has_z(shapely.from_wkt(row["a"]))
    ]
    assert flat
    for row in flat:
        seg = segments(*axes_in(row["a"]), *axes_in(row["b"]))
        assert np.isnan(body_gap(seg, rows(0), rows(len(seg.x0) - 1)).gap).all()


def test_capsule_distances_of_fcl(corpus: Path) -> None:
    path = corpus / "peer" / "fcl" / "segment_capsule_expected.csv"
    checked = 0
    for row in read_rows(path):
        first, second = (
            Piece(
                tuple(float(row[f"p{k}{axis}"]) for axis in "xyz"),
                tuple(float(row[f"q{k}{axis}"]) for axis in "xyz"),
                float(row[f"r{k}"]),
                flat0=False,
                flat1=False,
            )
            for k in "01"
        )
        found = body_gap(segments(first, second), rows(0), rows(1))
        wanted = float(row["expected_signed_dist"])
        assert found.gap[0] == pytest.approx(wanted, abs=1e-9), row["id"]
        if row["near0"]:
            near = np.array([found.ax[0], found.ay[0], found.az[0]])
            np.testing.assert_allclose(near, [float(v) for v in row["near0"].split()], atol=1e-9)
            near = np.array([found.bx[0], found.by[0], found.bz[0]])
            np.testing.assert_allclose(near, [float(v) for v in row["near1"].split()], atol=1e-9)
        checked += 1
    assert checked >= 11
