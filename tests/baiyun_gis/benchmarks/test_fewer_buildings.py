"""The district of a benchmark has as many buildings as it says."""

from __future__ import annotations

from baiyun_gis.benchmarks.fewer_buildings import with_buildings
from baiyun_gis.synthetic.district import make_district


def test_so_many_buildings_stay_with_their_permits() -> None:
    state = make_district(1000, 1).state
    fewer = with_buildings(state, 5)
    assert len(fewer.buildings) == 5
    assert fewer.pipes is state.pipes
    assert set(fewer.permits.id) <= set(fewer.buildings.permit)
    assert with_buildings(state, 10**6) is state
