"""Where along a pipe two bodies are in one place, or too near, in space."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_builders import Piece, moved, rows, segments

from baiyun_gis.kernels.body_stretch import body_stretch, outer_ends
from baiyun_gis.kernels.segments import pair_rows
from baiyun_gis.kernels.stations import runs_of, stations_along_runs

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


@pytest.mark.parametrize("seed", range(3))
def test_of_a_stretch_the_pieces_that_say_how_far_it_goes_are_looked_at(seed: int) -> None:
    chance = np.random.default_rng(seed)
    count, lines = 240, 12
    y, z = chance.normal(0.0, 0.3, (2, lines, 2))
    line, place = np.arange(count) % lines, np.arange(count) // lines
    shares = np.stack([place, place + 1]) / (count // lines)
    first = [Piece((20.0 * s, 0, 0), (20.0 * t, 0, 0), 0.3) for s, t in shares.T]
    bent = [[(1 - s) * at[line, 0] + s * at[line, 1] for at in (y, z)] for s in shares]
    ends = [np.stack([20.0 * s, *of]).T for s, of in zip(shares, bent, strict=True)]
    both = zip(*(one.tolist() for one in ends), strict=True)
    second = [Piece(tuple(a), tuple(b), 0.2, False, False) for a, b in both]
    seg = segments(*first, *second, pipes=[*line.tolist(), *(lines + line).tolist()])
    seg = seg._replace(chain0=np.tile(20.0 * shares[0], 2))
    i, at = np.arange(count, dtype=np.int32), np.full(count, 0.5)
    j = i + np.int32(count)
    sign = np.where(np.arange(2 * lines) % 2, 1.0, -1.0)
    runs = np.full(2 * lines, 7.0), sign
    low, high = spans = np.empty((2, count))
    outer_ends(0, count, pair_rows(seg, i, j), line, runs_of(seg, *runs), at, spans)
    span = body_stretch(seg, i, j, np.zeros(count))
    start, stop = stations_along_runs(seg, i, runs, span, at)
    looked = ~np.isnan(low)
    assert lines <= looked.sum() < count / 2
    assert low[looked].tolist() == start[looked].tolist()
    assert high[looked].tolist() == stop[looked].tolist()
    for one in range(lines):
        mine = line == one
        assert np.nanmin(low[mine]) == start[mine].min()
        assert np.nanmax(high[mine]) == stop[mine].max()
