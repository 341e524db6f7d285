"""Ends of lines in the outlines of chambers of their family."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from baiyun_gis.kernels.chambers import Kin, ends_inside
from baiyun_gis.kernels.passages import ACROSS, ALONG, CHAMBER_COLUMNS, COS, ROUND, SIN


def outline(centre: np.ndarray, well: np.ndarray) -> shapely.Geometry:
    if well[ROUND] == 1.0:
        return shapely.Point(centre).buffer(well[ACROSS] / 2, quad_segs=2000)
    along = np.array([well[COS], well[SIN]]) * well[ALONG] / 2
    across = np.array([-well[SIN], well[COS]]) * well[ACROSS] / 2
    corners = [centre + s * along + t * across for s, t in ((1, 1), (1, -1), (-1, -1), (-1, 1))]
    return shapely.Polygon(corners)


@pytest.mark.parametrize("seed", range(3))
def test_an_end_lies_in_a_chamber_of_its_family_as_its_outline_says(seed: int) -> None:
    chance = np.random.default_rng(seed)
    pipes, wells, count = 60, 20, 400
    centre = chance.uniform(500, 510, (wells, 2))
    table = np.zeros((wells, CHAMBER_COLUMNS))
    angle = chance.uniform(0, 3, wells)
    table[:, ACROSS], table[:, ALONG] = chance.uniform(0.5, 4, (2, wells))
    table[:, COS], table[:, SIN] = np.cos(angle), np.sin(angle)
    table[:, ROUND] = chance.integers(0, 2, wells)
    of_pipe, of_chamber = (chance.integers(0, 2, n).astype(np.int32) for n in (pipes, wells))
    ends = chance.uniform(499, 511, (2 * pipes, 2))
    pipe = chance.integers(0, pipes, count).astype(np.int32)
    k = chance.integers(0, wells, count).astype(np.int32)
    code = np.where(chance.random(count) < 0.1, 1, 0).astype(np.int8)
    given = code.copy()
    ends_inside(pipe, k, Kin(of_pipe, of_chamber, ends), centre, table, 2, code)
    shapes = [outline(*of) for of in zip(centre, table, strict=True)]
    for row in range(count):
        shape = shapes[k[row]]
        inside = any(shape.covers(shapely.Point(ends[2 * pipe[row] + e])) for e in range(2))
        is_kin = of_pipe[pipe[row]] == of_chamber[k[row]]
        expected = 2 if given[row] == 0 and is_kin and inside else given[row]
        assert code[row] == expected
    assert {0, 1, 2} == set(code.tolist())
