"""Arrays to bodies: what the scene draws has the size, place and rows it should."""

from __future__ import annotations

import numpy as np
import pytest

from layers.primitives import PolygonBatch, TubeBatch
from ui.scene3d.dashes import dashed
from ui.scene3d.extrusions import extruded, outlines
from ui.scene3d.tubes import tube_mesh

AXIS = np.array([[0, 0, -2], [10, 0, -2], [10, 10, -3]], dtype=np.float32)


def tubes(*, rectangle: bool = False, half_width: float = 0.5) -> TubeBatch:
    return TubeBatch(
        layer="pipes",
        xyz=AXIS,
        offsets=np.array([0, 3]),
        feature=np.array([7], np.int32),
        half_width_m=np.array([half_width], np.float32),
        half_height_m=np.array([0.25 if rectangle else half_width], np.float32),
        is_rectangle=np.array([rectangle]),
        is_assumed=np.array([False]),
        color=np.full((1, 4), 255, np.uint8),
    )


def volume(xyz: np.ndarray, triangles: np.ndarray) -> float:
    a, b, c = (xyz[triangles[:, k]].astype(float) for k in range(3))
    return float(abs(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6))


def test_a_round_pipe_lies_within_its_radius_of_the_axis() -> None:
    xyz, _, _ = tube_mesh(tubes(), sides=12)
    start = xyz[:12]
    assert np.allclose(np.linalg.norm(start - AXIS[0], axis=1), 0.5, atol=1e-5)
    assert np.allclose(start[:, 0], 0.0, atol=1e-5)  # the free end is flat


def test_a_rectangle_stands_upright_with_its_own_size() -> None:
    xyz, _, _ = tube_mesh(tubes(rectangle=True), sides=12)
    start = xyz[:4]
    assert np.ptp(start[:, 1]) == pytest.approx(1.0)
    assert np.ptp(start[:, 2]) == pytest.approx(0.5)


def test_pipe_bodies_are_closed() -> None:
    xyz, triangles, owner = tube_mesh(tubes(), sides=8)
    sides = [triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]
    edges = np.sort(np.concatenate(sides), axis=1)
    _, uses = np.unique(edges, axis=0, return_counts=True)
    assert set(uses) == {2}
    assert set(owner) == {0}
    assert volume(xyz, triangles) > 0


def square(side: float, hole: float = 0.0) -> PolygonBatch:
    outer = np.array([[0, 0], [side, 0], [side, side], [0, side], [0, 0]], np.float32)
    rings = [outer]
    if hole:
        far = 1 + hole
        rings.append(np.array([[1, 1], [1, far], [far, far], [far, 1], [1, 1]], np.float32))
    cut = np.concatenate([[0], np.cumsum([len(r) for r in rings])])
    return PolygonBatch(
        layer="buildings",
        xy=np.concatenate(rings),
        ring_offsets=cut,
        polygon_offsets=np.array([0, len(rings)]),
        feature=np.array([3], np.int32),
        fill=np.full((1, 4), 200, np.uint8),
        stroke=np.full((1, 4), 90, np.uint8),
        stroke_px=np.ones(1, np.float32),
        is_dashed=np.zeros(1, bool),
        base_m=np.array([2.0], np.float32),
        top_m=np.array([12.0], np.float32),
    )


@pytest.mark.parametrize("hole", [0.0, 3.0])
def test_roof_leaves_courtyards_open(hole: float) -> None:
    xyz, triangles, _ = extruded(square(10.0, hole))
    roof = triangles[np.all(xyz[triangles][:, :, 2] == 12.0, axis=1)]
    a, b, c = (xyz[roof[:, k], :2] for k in range(3))
    area = np.abs((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]).sum() / 2
    assert area == pytest.approx(100.0 - hole**2)


def test_walls_reach_from_base_to_top() -> None:
    xyz, _, owner = extruded(square(10.0))
    assert (xyz[:, 2].min(), xyz[:, 2].max()) == (2.0, 12.0)
    assert set(owner) == {0}
    line, offsets, _ = outlines(square(10.0, 2.0))
    assert len(offsets) == 3
    assert set(line[:, 2]) == {12.0}


def test_dashes_stay_on_the_line_and_leave_gaps() -> None:
    xyz, offsets, owner = dashed(np.array([[0, 0, 0], [20, 0, 0]], np.float32), np.array([0, 2]))
    assert len(offsets) - 1 == len(owner) > 3
    assert (xyz[0, 0], xyz[-1, 0]) == (0.0, pytest.approx(20.0))
    drawn = (xyz[1::2, 0] - xyz[::2, 0]).sum()
    assert 10.0 < drawn < 15.0
