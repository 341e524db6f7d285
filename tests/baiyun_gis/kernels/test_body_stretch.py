"""Where along a pipe two bodies are in one place, or too near, in space."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_builders import Piece, moved, rows, segments

from baiyun_gis.kernels.body_stretch import body_stretch

NAN = float("nan")


def stretch(a: Piece, b: Piece, required_m: float = 0.0) -> tuple[float, float]:
    """The stretch in metres from a's start along a's axis."""
    low, high = body_stretch(segments(a, b), rows(0), rows(1), np.array([required_m]))
    length = float(np.linalg.norm(np.subtract(a.stop, a.start)))
    return float(low[0]) * length, float(high[0]) * length


ALONG = Piece((0, 0, 0), (10, 0, 0), 0.2)


@pytest.mark.parametrize("rise", [0.25, 0.35, 0.45])
def test_a_crossing_pipe_is_in_one_place_only_where_the_bodies_meet(rise: float) -> None:
    across = Piece((5, -4, rise), (5, 4, rise), 0.3)
    half = np.sqrt(0.3**2 - (rise - 0.2) ** 2)
    assert stretch(ALONG, across) == pytest.approx((5 - half, 5 + half), abs=1e-6)


def test_a_pipe_that_sinks_into_another_meets_it_where_the_walls_meet() -> None:
    sinking = Piece((0, 0, 1.0), (10, 0, -1.0), (0.2, 0.2))
    box = Piece((-5, 0, 0), (15, 0, 0), (0.2, 0.3))
    # The underside of the upper box is 0.8 − 0.2 x above the axis of the lower one.
    low, high = stretch(sinking, box)
    assert (low, high) == pytest.approx((2.5 * np.hypot(1, 0.2), 7.5 * np.hypot(1, 0.2)), abs=1e-5)


def test_a_requirement_widens_the_stretch() -> None:
    across = Piece((5, -4, 0.0), (5, 4, 0.0), 0.3)
    assert stretch(ALONG, across, 0.5) == pytest.approx((4.2, 5.8), abs=1e-6)


def test_bodies_apart_have_no_stretch() -> None:
    over = Piece((5, -4, 0.6), (5, 4, 0.6), 0.3)
    assert np.isnan(stretch(ALONG, over)).all()
    assert np.isnan(stretch(ALONG, over._replace(start=(5, -4, NAN)))).all()


def test_the_round_end_of_a_sloping_box_counts() -> None:
    box = Piece((5, 0, -2), (5, 6, -1), (0.3, 0.3), flat0=False)
    upper = Piece((0, -0.25, -2), (10, -0.25, -2), 0.02)
    half = np.sqrt(0.3**2 - 0.23**2)
    assert stretch(upper, box) == pytest.approx((5 - half, 5 + half), abs=1e-6)


def test_an_upright_pipe_has_its_stretch_in_height() -> None:
    low, high = body_stretch(
        segments(Piece((3, 0, -4), (3, 0, 4), 0.1), ALONG), rows(0), rows(1), np.zeros(1)
    )
    assert (low[0] * 8, high[0] * 8) == pytest.approx((3.8, 4.2), abs=1e-6)


def test_the_stretch_is_the_same_at_the_national_grid() -> None:
    across = Piece((4.3, -4, 0.31), (5.9, 4, 0.12), 0.3)
    seg = segments(ALONG, across)
    here = body_stretch(seg, rows(0), rows(1), np.zeros(1))
    there = body_stretch(
        moved(seg, np.array([38_434_000.0, 2_560_000.0, 30.0])), rows(0), rows(1), np.zeros(1)
    )
    np.testing.assert_allclose(there, here, atol=1e-7)
