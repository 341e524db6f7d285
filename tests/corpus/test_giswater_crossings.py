"""Two utilities of one town whose water depths nobody recorded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

import baiyun_gis
from baiyun_gis.io.imported import ImportOptions
from baiyun_gis.io.pipeline import import_into
from baiyun_gis.jobs import silent
from baiyun_gis.model.vocabulary import Utility, Verdict
from baiyun_gis.project import ProjectState

pytestmark = pytest.mark.corpus


@pytest.fixture(scope="module")
def town(corpus: Path) -> ProjectState:
    state = ProjectState()
    for name in ("giswater_ud_sample.gpkg", "giswater_ws_sample.gpkg"):
        path = corpus / "giswater" / name
        state, _ = import_into(state, (path,), ImportOptions(), silent())
    return state


def mains_that_cross(state: ProjectState) -> list[tuple[int, int]]:
    """Water by drainage mains whose lines intersect in plan, by shapely."""
    pipes = state.pipes
    main = np.array([str(source).endswith(":arc") for source in pipes.source])
    lines = [
        shapely.LineString(pipes.xy[pipes.offsets[row] : pipes.offsets[row + 1]])
        for row in range(len(pipes))
    ]
    water = np.flatnonzero(main & (pipes.utility == Utility.WATER))
    drains = np.flatnonzero(main & (pipes.utility == Utility.DRAINAGE))
    tree = shapely.STRtree([lines[row] for row in drains])
    one, two = tree.query([lines[row] for row in water], predicate="intersects")
    return [(int(water[i]), int(drains[j])) for i, j in zip(one, two, strict=True)]


def test_crossings_of_mains_with_unknown_depths_cannot_be_judged(town: ProjectState):
    crossings = mains_that_cross(town)
    assert len(crossings) == 47
    report = baiyun_gis.check(town, only=["vertical_clearance"])
    conflicts = report.conflicts
    row_of = {
        frozenset((int(a), int(b))): row
        for row, (a, b) in enumerate(zip(conflicts.a_row, conflicts.b_row, strict=True))
    }
    for pair in crossings:
        assert conflicts.verdict[row_of[frozenset(pair)]] == Verdict.CANNOT_JUDGE
    assert report.ledger.closes
