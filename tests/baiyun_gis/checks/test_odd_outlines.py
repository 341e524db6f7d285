"""Outlines that cross themselves, have no extent or are not there stop no run."""

from __future__ import annotations

import numpy as np
import shapely

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.findings.feature_match import matched_features
from baiyun_gis.model.columns import Geom
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.synthetic.district import make_district


def bow_tie(shape: shapely.Geometry) -> shapely.Polygon:
    west, south, east, north = shape.bounds
    return shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])


def spoilt(geometry: Geom) -> Geom:
    """Every third outline a bow tie, every seventh empty, one not there."""
    out = geometry.copy()
    for k in range(0, len(out), 3):
        out[k] = bow_tie(out[k])
    for k in range(1, len(out), 7):
        out[k] = shapely.Polygon()
    out[2] = None
    return out


def test_a_run_with_odd_outlines_comes_through() -> None:
    state = make_district(1_000, 9).state
    state = state.with_(
        buildings=state.buildings.with_columns(geometry=spoilt(state.buildings.geometry)),
        permits=state.permits.with_columns(geometry=spoilt(state.permits.geometry)),
        structures=state.structures.with_columns(geometry=spoilt(state.structures.geometry)),
    )
    report = run_checks(state, load_rule_set("gb50289-2016"), as_of=np.datetime64("2026-01-01"))
    assert report.ledger.closes
    assert len(report.conflicts) > 0


def test_features_with_odd_outlines_are_matched_between_surveys() -> None:
    state = make_district(1_000, 9).state
    odd = state.with_(
        buildings=state.buildings.with_columns(geometry=spoilt(state.buildings.geometry))
    )
    found = matched_features(odd, odd)["buildings"]
    placed = ~shapely.is_empty(odd.buildings.geometry) & ~shapely.is_missing(odd.buildings.geometry)
    assert len(found.old) <= placed.sum()
    assert np.array_equal(found.old, found.new)
