"""Footings of the synthetic district go down beside deep lines, and only there."""

from __future__ import annotations

import numpy as np
import shapely
from builders import network, pipe

from baiyun_gis.model.tables import BuildingTable
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.synthetic.footings import deep_enough


def test_only_what_stands_beside_a_deep_line_is_founded_deeper():
    state = network(pipe("s", Utility.SEWAGE, [(0, 0, -6), (50, 0, -6)]))
    boxes = shapely.box([0.0, 0.0], [4.0, 40.0], [10.0, 10.0], [14.0, 50.0])
    houses = BuildingTable.build(
        2, geometry=np.asarray(boxes, dtype=object), ground_m=0.0, foundation_depth_m=1.5
    )
    depth = deep_enough(houses, state.pipes).foundation_depth_m
    assert depth[1] == 1.5
    wall_m = 4.0 - state.pipes.outer_width_m[0] / 2
    below_m = 6.0 + state.pipes.outer_height_m[0] / 2 - depth[0]
    assert 0.3 + below_m / np.tan(np.radians(30.0)) <= wall_m
