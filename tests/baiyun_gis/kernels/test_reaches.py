"""How far segments look, and their undersides."""

from __future__ import annotations

import numpy as np

from baiyun_gis.kernels.reaches import Doubts, reaches_of, undersides_of
from baiyun_gis.kernels.segments import Segments

PIPE = np.array([0, 0, 1, 2], dtype=np.int32)
NAN = np.nan


def segments(**columns: np.ndarray) -> Segments:
    flags, one = np.zeros(4, dtype=np.bool_), np.ones(4)
    given = {
        "x0": one, "y0": one, "z0": one, "x1": one, "y1": one, "z1": one,
        "half_width": one, "half_height": one, "is_rectangle": flags,
        "flat0": flags, "flat1": flags, "pipe": PIPE, "chain0": one,
    }  # fmt: skip
    return Segments(**(given | columns))


def test_a_segment_looks_as_far_as_its_class_its_width_and_the_worst_doubt_of_its_pipe():
    doubts = Doubts(
        np.array([0.1, 0.0, 0.2, 0.0]), np.array([0.0, 0.5, 0.0, 0.0]), 2.0,
        np.array([True, False, True, True]), 0.25,
    )  # fmt: skip
    seg = segments(half_width=np.array([0.3, 0.0, 0.4, 0.1]), x0=np.array([0, 0, 0, NAN]))
    class_of = np.array([1, 0, 1], dtype=np.int32)
    found = reaches_of(seg, class_of, np.array([NAN, 3.0]), doubts)
    assert np.allclose(found[:2], [0.3 + 3 + 1.0, 0.0 + 3 + 1.0 + 0.25], atol=1e-5)
    assert np.isnan(found[2:]).all()  # nothing asked; no place


def test_the_underside_is_that_of_the_lower_end_and_unknown_only_where_both_are():
    seg = segments(
        z0=np.array([1.0, 5.0, NAN, NAN]), z1=np.array([2.0, 4.0, 3.0, NAN]),
        half_height=np.full(4, 0.5),
    )  # fmt: skip
    found = undersides_of(seg)
    assert found[:3].tolist() == [0.5, 3.5, 2.5]
    assert np.isnan(found[3])
