"""Where lines lie near buildings: strips and zones."""

from __future__ import annotations

import numpy as np
import shapely

from baiyun_gis.checks.building_pairs import Outlined, sharing
from baiyun_gis.checks.building_stretches import strips_of, zones_of
from baiyun_gis.kernels.outlines import outlines_of


def random_lines(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Straight lines from a tenth of a millimetre to a kilometre, some along the axes."""
    chance = np.random.default_rng(5)
    start = chance.uniform(-5e3, 5e3, (count, 2)) + np.array([512_000.0, 3_456_000.0])
    turn, length = chance.uniform(0, 2 * np.pi, count), 10 ** chance.uniform(-4, 3, count)
    stop = start + np.column_stack([np.cos(turn), np.sin(turn)]) * length[:, None]
    stop[:50, 0], stop[50:100, 1] = start[:50, 0], start[50:100, 1]
    return np.stack([start, stop], axis=1), 10 ** chance.uniform(-2, 0.7, count)


def test_strips_are_to_the_last_digit_those_of_a_flat_ended_buffer():
    ends, half = random_lines(4000)
    half[::50] = 0.0
    lines = shapely.linestrings(ends)
    expected = np.where(half > 0, shapely.buffer(lines, half, cap_style="flat"), lines)
    assert (shapely.to_wkb(strips_of(lines, ends, half)) == shapely.to_wkb(expected)).all()


def test_zones_that_are_kept_are_those_made_afresh():
    shapes = shapely.box(np.arange(5.0) * 20, 0.0, np.arange(5.0) * 20 + 10, 10.0)
    none = np.zeros(5, dtype=np.bool_)
    outlined = Outlined(shapes, none, outlines_of(shapes), shapely.bounds(shapes))
    row, wide = np.array([0, 3, 0, 3], dtype=np.int32), np.array([1.0, 2.5, 1.0, 0.0])
    expected = shapely.to_wkb(shapely.buffer(shapes[row], wide, quad_segs=64))
    for _ in range(2):
        assert (shapely.to_wkb(zones_of(outlined, row, wide)) == expected).all()
    many = np.repeat(row, 100), np.repeat(wide, 100)
    assert (shapely.to_wkb(zones_of(outlined, *many)) == np.repeat(expected, 100)).all()
    assert len(outlined.zones) == 3


def test_rows_share_what_one_of_their_key_has():
    key = np.array([7, 3, 7, 9, 3])
    flag = np.array([False, False, True, False, False])
    assert sharing(key, flag).tolist() == [True, False, True, False, False]
