"""Every kernel compiled, or fetched from disk, before somebody waits for it."""

from __future__ import annotations

import numpy as np

from baiyun_gis.kernels.bodies import body_gap
from baiyun_gis.kernels.body_stretch import body_stretch
from baiyun_gis.kernels.candidates import candidate_pairs
from baiyun_gis.kernels.chains import Lines, sections_of
from baiyun_gis.kernels.facing import failing_stations
from baiyun_gis.kernels.leaving import ends_alongside
from baiyun_gis.kernels.plan import plan_stretch
from baiyun_gis.kernels.polygons import candidate_polygon_pairs, segment_polygon_clearance
from baiyun_gis.kernels.segments import Segments
from baiyun_gis.kernels.spring_gains import best_free_shifts, gains, log_densities
from baiyun_gis.kernels.vertical import vertical_clearance


def _two_pipes() -> Segments:
    """One pipe over another, at a slant too slight to be a crossing."""
    flags = np.array([True, False])
    start, stop, half = np.zeros(2), np.ones(2), np.full(2, 0.1)
    tilt = np.array([0.0, 0.01])
    pipe = np.arange(2, dtype=np.int32)
    return Segments(
        start, start, start, stop, tilt, tilt, half, half, flags, flags, flags, pipe, start
    )


def warm_up() -> None:
    """Run each kernel once on two pipes and a triangle; some seconds on a new machine."""
    seg = _two_pipes()
    i, j = candidate_pairs(seg, np.ones(2))
    body_gap(seg, i, j)
    body_stretch(seg, i, j, np.zeros(len(i)))
    plan_stretch(seg, i, j, np.ones(len(i)))
    vertical_clearance(seg, i, j)
    ends, none = (np.zeros(len(i)), np.ones(len(i))), np.zeros(len(i))
    above = np.ones(len(i), dtype=np.bool_)
    failing_stations(seg, i, j, above, span=ends, worst=none, limit_m=none)
    joint = np.arange(4, dtype=np.int32)
    axes = np.array([0, 2, 4]), np.zeros((4, 2)), np.zeros(4)
    lines = Lines(np.zeros(2, dtype=np.int8), np.ones(2), *axes, joint)
    sections_of(np.arange(2), lines)
    ends_alongside(np.zeros(4, dtype=np.int32), np.ones((4, 2)), within_deg=15.0)
    boxes = np.array([[0.0, 1.0, 1.0, 2.0]])
    near, polygons = candidate_polygon_pairs(seg, boxes, 1.0)
    triangle = np.array([[0.0, 1.0], [1.0, 1.0], [1.0, 2.0], [0.0, 1.0]])
    segment_polygon_clearance(seg, near, triangle, np.array([0, 4]), np.array([0, 1]), polygons)
    _warm_springs()


def _warm_springs() -> None:
    """One unit on one spring."""
    one, none = np.ones(1), np.zeros(1)
    law = (one, none, one, np.zeros(1, dtype=np.bool_), 20.0)
    rows, start = np.zeros(1, dtype=np.int64), np.array([0, 1], dtype=np.int64)
    now = log_densities(one, *law)
    gains(rows, one, start, rows, one, one, now, *law)
    best_free_shifts(start, rows, one, one, now, *law)


if __name__ == "__main__":
    warm_up()
