"""Marks of planned test holes in the scene."""

from __future__ import annotations

import numpy as np
import pytest
from builders import network, pipe

from baiyun_gis.model.columns import text_array
from baiyun_gis.model.tables import NodeTable
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.project import ProjectState
from layers.holes import LAYER_ID, ground_m, hole_marks
from layers.primitives import LabelBatch, PointBatch
from layers.request import DrawRequest

REQUEST = DrawRequest(None, 1.0, np.datetime64("NaT", "D"), dimension=3, origin=(100.0, 0.0, 0.0))


def sloping() -> ProjectState:
    """A line with ground at 10 m at its start, unknown in the middle, 12 m at its end."""
    return network(
        pipe("w1", Utility.WATER, [(100, 0, 8), (200, 0, 8)]),
        nodes=NodeTable.build(
            3, id=text_array(["n1", "n2", "n3"]), utility=Utility.WATER,
            xy=np.array([[100.0, 0.0], [150.0, 0.0], [200.0, 0.0]]),
            ground_m=np.array([10.0, np.nan, 12.0]),
        ),
    )  # fmt: skip


def test_marks_stand_on_the_ground_of_the_nearest_point_that_has_one() -> None:
    level = ground_m(sloping(), np.array([[101.0, 1.0], [160.0, 0.0]]))
    assert level == pytest.approx([10.0, 12.0])


def test_every_hole_has_a_mark_and_its_number_in_order() -> None:
    at = np.array([[160.0, 0.0], [101.0, 1.0]])
    marks, texts = hole_marks(sloping(), at, REQUEST)
    assert isinstance(marks, PointBatch)
    assert isinstance(texts, LabelBatch)
    assert marks.layer == texts.layer == LAYER_ID
    assert marks.xyz == pytest.approx(np.array([[60.0, 0.0, 12.0], [1.0, 1.0, 10.0]]))
    assert [text.strip() for text in texts.text] == ["1", "2"]
    assert texts.priority[0] > texts.priority[1]


def test_no_holes_draw_nothing() -> None:
    assert hole_marks(sloping(), np.zeros((0, 2)), REQUEST) == ()
