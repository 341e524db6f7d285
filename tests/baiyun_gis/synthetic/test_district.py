"""The synthetic district: its size, its repeatability, and that it is built as districts are."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from baiyun_gis.errors import UsageError
from baiyun_gis.model.columns import specs_of
from baiyun_gis.model.tables import BuildingTable, NodeTable, PermitTable, PipeTable
from baiyun_gis.model.vocabulary import NodeKind, Utility
from baiyun_gis.synthetic.bands import TOP_DEPTH_M
from baiyun_gis.synthetic.district import District, make_district

CROSSING_ORDER = (
    Utility.TELECOM,
    Utility.POWER,
    Utility.GAS,
    Utility.HEAT,
    Utility.WATER,
    Utility.RECLAIMED,
    Utility.STORM,
    Utility.SEWAGE,
)


@pytest.fixture(scope="module")
def district() -> District:
    return make_district(3_000, 11)


@pytest.mark.parametrize("segments", [1_000, 1_001, 2_500, 12_345])
def test_a_district_has_exactly_the_segments_asked_for(segments: int) -> None:
    assert len(make_district(segments, 3).state.pipes) == segments


@pytest.mark.parametrize("segments", [999, 10_000_001])
def test_a_size_out_of_range_is_refused_with_the_range(segments: int) -> None:
    with pytest.raises(UsageError, match=r"1000 to 10000000"):
        make_district(segments, 1)


def test_the_same_seed_gives_the_same_values_in_every_column() -> None:
    one, two = make_district(1_500, 5), make_district(1_500, 5)
    for table in (PipeTable, NodeTable, BuildingTable, PermitTable):
        name = table.table_name
        for spec in specs_of(table):
            a, b = (getattr(d.state.table(name), spec.name) for d in (one, two))
            if spec.kind == "polygon":
                assert shapely.to_wkb(a).tolist() == shapely.to_wkb(b).tolist()
            elif a.dtype == object:
                assert a.tolist() == b.tolist()
            else:
                assert a.tobytes() == b.tobytes(), spec.name
    assert one.state.pipes.axis_level.tobytes() == two.state.pipes.axis_level.tobytes()
    assert one.truth.to_json() == two.truth.to_json()
    day = np.datetime64("2020-06-30")
    assert one.surface(day).values.tobytes() == two.surface(day).values.tobytes()


def test_another_seed_gives_another_district() -> None:
    one, two = make_district(1_000, 1), make_district(1_000, 2)
    assert not np.array_equal(one.state.pipes.xy, two.state.pipes.xy)


def test_it_says_that_it_is_synthetic_and_where_it_lies(district: District) -> None:
    meta = district.state.meta
    assert meta.is_synthetic
    assert "synthetic" in meta.title
    assert meta.crs == "EPSG:4547"
    assert set(district.state.pipes.source) == {"synthetic"}
    x, y = district.state.pipes.xy.T
    assert x.min() > 434_000
    assert x.max() < 440_000
    assert y.min() > 2_566_000
    assert y.max() < 2_572_000


def test_ids_are_unique(district: District) -> None:
    state = district.state
    for table in (state.pipes, state.nodes, state.buildings, state.permits, state.structures):
        assert len(set(table.id)) == len(table)


def test_pipes_start_and_end_where_their_nodes_are(district: District) -> None:
    pipes, nodes = district.state.pipes, district.state.nodes
    ends = pipes.xy.reshape(-1, 2, 2)
    assert np.array_equal(ends[:, 0], nodes.xy[pipes.start_node])
    assert np.array_equal(ends[:, 1], nodes.xy[pipes.end_node])
    assert set(pipes.start_node) | set(pipes.end_node) == set(range(len(nodes)))


def test_every_utility_is_there(district: District) -> None:
    there = set(district.state.pipes.utility)
    assert there >= {*map(int, CROSSING_ORDER), int(Utility.INDUSTRIAL), int(Utility.TUNNEL)}


def test_sewers_fall_in_their_direction_of_flow(district: District) -> None:
    pipes = district.state.pipes
    wrong = {i.a[1] for i in district.truth.of_kind("wrong_level")}
    gravity = np.isin(pipes.utility, [Utility.STORM, Utility.SEWAGE])
    known = gravity & ~np.isnan(pipes.start_level_m) & ~np.isin(pipes.id, list(wrong))
    fall = (pipes.start_level_m - pipes.end_level_m)[known] / pipes.length_m()[known]
    assert fall.min() >= 0.001


def test_sewers_have_manholes_at_most_fifty_metres_apart(district: District) -> None:
    pipes, nodes = district.state.pipes, district.state.nodes
    mains = np.isin(pipes.utility, [Utility.STORM, Utility.SEWAGE]) & (pipes.nominal_mm >= 300)
    built = np.isin(nodes.kind, [NodeKind.MANHOLE, NodeKind.PUMP]) & nodes.is_chamber
    assert built[pipes.start_node[mains]].all()
    assert built[pipes.end_node[mains]].all()
    assert np.quantile(pipes.length_m()[mains], 0.9) <= 50


def test_chambers_stand_in_the_ground_with_their_pipes_inside(district: District) -> None:
    pipes, nodes = district.state.pipes, district.state.nodes
    there = nodes.is_chamber
    assert (nodes.bottom_m < nodes.ground_m)[there & ~np.isnan(nodes.bottom_m)].all()
    axis = pipes.axis_level.reshape(-1, 2)
    for side, node in enumerate((pipes.start_node, pipes.end_node)):
        inside = there[node] & ~np.isnan(axis[:, side])
        lowest = axis[inside, side] - pipes.outer_height_m[inside] / 2
        assert (nodes.bottom_m[node[inside]] < lowest).all()


def test_bands_lie_in_the_order_of_clause_4_1_12() -> None:
    rich = TOP_DEPTH_M[1, list(CROSSING_ORDER)]
    assert rich.tolist() == sorted(rich.tolist())
    plain = TOP_DEPTH_M[
        0, [u for u in CROSSING_ORDER if u not in (Utility.HEAT, Utility.RECLAIMED)]
    ]
    assert plain.tolist() == sorted(plain.tolist())


def test_a_small_share_of_services_has_no_level(district: District) -> None:
    pipes = district.state.pipes
    unknown = {i.a[1] for i in district.truth.of_kind("unknown_level")}
    assert unknown == set(pipes.id[~pipes.has_level])
    assert 3 <= len(unknown) <= 0.05 * len(pipes)


def test_replaced_services_ended_when_their_successors_began(district: District) -> None:
    pipes = district.state.pipes
    old = np.flatnonzero(~np.isnat(pipes.valid_to))
    assert len(old) >= 5
    for row in old:
        same = (pipes.start_node == pipes.start_node[row]) & (pipes.end_node == pipes.end_node[row])
        assert pipes.valid_to[row] in pipes.valid_from[same]


def test_surfaces_show_the_planted_changes(district: District) -> None:
    first, second = (district.surface(np.datetime64(d)) for d in ("2020-06-30", "2024-10-31"))
    terrain = district.terrain()
    risen = second.values - first.values
    buildings = district.state.buildings
    for item in district.truth.of_kind("too_high"):
        row = int(np.flatnonzero(buildings.id == item.a[1])[0])
        centre = buildings.geometry[row].representative_point()
        column = int((centre.x - terrain.west_m) / terrain.cell_m)
        line = int((terrain.north_m - centre.y) / terrain.cell_m)
        assert 5.0 < risen[line, column] < 7.5
    assert np.isfinite(terrain.values).all()
    assert terrain.values.min() > 5


def test_permits_hold_their_buildings_but_for_the_planted_ones(district: District) -> None:
    state = district.state
    by_id = dict(zip(state.permits.id, state.permits.geometry, strict=True))
    beyond = {i.a[1] for i in district.truth.of_kind("beyond_outline")}
    for name, permit, outline in zip(
        state.buildings.id, state.buildings.permit, state.buildings.geometry, strict=True
    ):
        if permit:
            assert by_id[permit].covers(outline) == (name not in beyond)
