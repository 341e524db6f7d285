"""Real networks: counts agree with their sources, counted again here another way."""

from __future__ import annotations

import sqlite3
import struct
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import shapely

from baiyun_gis.errors import FormatError
from baiyun_gis.io.import_report import ImportReport
from baiyun_gis.io.imported import ImportOptions
from baiyun_gis.io.pipeline import import_into
from baiyun_gis.jobs import silent
from baiyun_gis.model.vocabulary import Burial, LevelDatum, Status, Utility
from baiyun_gis.project import ProjectState

pytestmark = pytest.mark.corpus


def taken(*paths: Path) -> tuple[ProjectState, ImportReport]:
    return import_into(ProjectState(), paths, ImportOptions(), silent())


def rows_by_section(path: Path) -> Counter[str]:
    """Rows of an INP file counted straight from its text."""
    counts: Counter[str] = Counter()
    section = ""
    for line in path.read_bytes().decode("latin-1").splitlines():
        body = line.split(";")[0].strip("\0 \t")
        if body.startswith("["):
            section = body.strip("[] ").upper()
        elif body:
            counts[section] += 1
    return counts


def rows_in_geopackage(path: Path) -> dict[str, int]:
    with sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True) as connection:
        names = [n for (n,) in connection.execute("SELECT table_name FROM gpkg_contents")]
        found = {n: connection.execute(f'SELECT count(*) FROM "{n}"').fetchone()[0] for n in names}
    connection.close()
    return found


def rows_in_dbf(path: Path) -> int:
    return struct.unpack("<I", path.read_bytes()[4:8])[0]


@pytest.mark.parametrize(
    ("name", "pipes", "nodes"),
    [
        ("Net3", 117, 97),
        ("L-TOWN", 905, 785),
        ("ky4", 1156, 964),
        ("Balerma", 454, 447),
    ],
)
def test_an_epanet_model_is_taken_whole(name: str, pipes: int, nodes: int, corpus: Path) -> None:
    path = corpus / "water" / "epanet" / f"{name}.inp"
    state, report = taken(path)
    counted = rows_by_section(path)
    assert counted["PIPES"] == pipes
    assert sum(counted[s] for s in ("JUNCTIONS", "RESERVOIRS", "TANKS")) == nodes
    own = state.pipes.subtype == ""
    assert np.count_nonzero(own) == pipes
    assert len(state.nodes) == nodes
    fittings = counted["PUMPS"] + counted["VALVES"]
    assert report.sources[0].rows_read == report.sources[0].rows_taken == pipes + nodes + fittings
    assert (state.pipes.burial[~own] == Burial.IN_CHAMBER).all()
    assert not state.pipes.has_level.any()


def test_every_epanet_model_with_coordinates_is_taken(corpus: Path) -> None:
    refused = []
    for path in sorted((corpus / "water").rglob("*.[iI][nN][pP]")):
        counted = rows_by_section(path)
        if not counted["COORDINATES"]:
            refused.append(path.stem)
            with pytest.raises(FormatError, match="COORDINATES"):
                taken(path)
            continue
        report = taken(path)[1].sources[0]
        sections = ("JUNCTIONS", "RESERVOIRS", "TANKS", "PIPES", "PUMPS", "VALVES")
        assert report.rows_read == sum(counted[s] for s in sections), path.name
        assert report.rows_read == report.rows_taken + len(report.quarantined), path.name
    assert refused == ["OBCL-1", "bocika-output"]


def test_diameters_of_l_town_are_millimetres(corpus: Path) -> None:
    state, _ = taken(corpus / "water" / "epanet" / "L-TOWN.inp")
    nominal = state.pipes.nominal_mm[state.pipes.subtype == ""]
    assert (nominal.min(), nominal.max()) == (63, 225)
    level = state.nodes.level_m[state.nodes.fixture == "junction"]
    assert (np.nanmin(level), np.nanmax(level)) == pytest.approx((1.9, 76.1), abs=0.1)


def test_broken_water_models_say_what_is_wrong_and_where(corpus: Path) -> None:
    twice = taken(corpus / "water" / "epanet" / "Net1_broken.inp")[1].sources[0]
    assert [(q.row, q.sheet) for q in twice.quarantined] == [(19, "JUNCTIONS")]
    missing = taken(corpus / "water" / "wntr" / "bad_values.inp")[1].sources[0]
    assert [(q.row, q.sheet) for q in missing.quarantined] == [(56, "PIPES")]
    assert "node1" in str(missing.quarantined[0].reason)
    odd = taken(corpus / "water" / "wntr" / "bad_syntax.inp")[1].sources[0]
    assert any("[FOO]" in str(n) for n in odd.notes)


SEWER_LINKS = ("CONDUITS", "PUMPS", "ORIFICES", "WEIRS", "OUTLETS")
SEWER_NODES = ("JUNCTIONS", "OUTFALLS", "DIVIDERS", "STORAGE")


def test_sewer_models_are_taken_or_refused_in_one_sentence(corpus: Path) -> None:
    refused = []
    paths = sorted((corpus / "sewer" / "swmmio").glob("*.inp"))
    paths += sorted((corpus / "sewer" / "generate_swmm_inp").rglob("*.inp"))
    for path in paths:
        counted = rows_by_section(path)
        try:
            state, report = taken(path)
        except FormatError:
            refused.append(path.stem)
            continue
        source = report.sources[0]
        links, nodes = sum(counted[s] for s in SEWER_LINKS), sum(counted[s] for s in SEWER_NODES)
        assert source.rows_read == links + nodes, path.name
        assert source.rows_taken == len(state.pipes) + len(state.nodes), path.name
        lost = Counter(q.sheet in SEWER_LINKS for q in source.quarantined)
        assert (len(state.pipes), len(state.nodes)) == (links - lost[True], nodes - lost[False])
    assert refused == [
        "model-with-infiltration-parse-failure", "model_blank", "model_blank_01", "Test_empty",
    ]  # fmt: skip


def test_a_sewer_in_state_plane_feet_has_its_inverts(corpus: Path) -> None:
    path = corpus / "sewer" / "swmmio" / "model_state_plane.inp"
    state, _ = taken(path)
    assert (len(state.pipes), len(state.nodes)) == (44, 45)
    assert state.pipes.has_level.all()
    assert set(state.pipes.level_datum) == {LevelDatum.INVERT}
    text = path.read_text(encoding="utf-8").split("[JUNCTIONS]")[1].splitlines()
    name, invert, depth = next(r for r in text if r and r[0] not in ";[").split()[:3]
    row = list(state.nodes.id).index(name)
    assert state.nodes.level_m[row] == pytest.approx(float(invert) * 0.3048)
    assert state.nodes.depth_m[row] == pytest.approx(float(depth) * 0.3048)


def test_egg_and_street_sections_are_told_apart(corpus: Path) -> None:
    folder = corpus / "sewer" / "generate_swmm_inp" / "swmm_data"
    state, _ = taken(folder / "Test_5_2.inp")
    kinds = dict(zip(state.pipes.id, state.pipes.size_text, strict=True))
    ground = dict(zip(state.pipes.id, state.pipes.burial == Burial.GROUND, strict=True))
    assert any(text.startswith("EGG") for text in kinds.values())
    for name, text in kinds.items():
        assert ground[name] == text.startswith(("IRREGULAR", "STREET")), (name, text)


GISWATER = ("giswater_ud_sample.gpkg", "giswater_ws_sample.gpkg")


def test_both_giswater_networks_are_taken_whole(corpus: Path) -> None:
    for name in GISWATER:
        path = corpus / "giswater" / name
        state, report = taken(path)
        counted = rows_in_geopackage(path)
        assert {s.path.split("=")[-1]: s.rows_taken for s in report.sources} == counted
        assert len(state.pipes) == counted["arc"] + counted["link"]
        assert len(state.nodes) == sum(counted.values()) - len(state.pipes)


def mains(state: ProjectState) -> tuple[np.ndarray, np.ndarray]:
    """Lines of mains (the layer `arc`) and their utilities."""
    pipes = state.pipes
    lines = np.asarray(shapely.linestrings(pipes.xy, indices=pipes.vertex_pipe))
    own = np.array([s.endswith(":arc") for s in pipes.source])
    assert set(pipes.subtype[~own]) == {"service"}
    return lines[own], pipes.utility[own]


def test_water_and_drainage_mains_cross_47_times(corpus: Path) -> None:
    state, _ = taken(*(corpus / "giswater" / name for name in GISWATER))
    lines, utility = mains(state)
    water, drains = lines[utility == Utility.WATER], lines[utility == Utility.DRAINAGE]
    assert (len(water), len(drains)) == (269, 206)
    first, second = shapely.STRtree(drains).query(water, predicate="crosses")
    assert len(first) == len(second) == 47


def test_levels_of_giswater_are_what_the_source_knows(corpus: Path) -> None:
    state, _ = taken(corpus / "giswater" / GISWATER[1])
    assert not state.pipes.has_level.any()
    state, _ = taken(corpus / "giswater" / GISWATER[0])
    own = np.array([s.endswith(":arc") for s in state.pipes.source])
    assert np.count_nonzero(state.pipes.has_level[own]) >= 190
    assert set(state.pipes.level_datum[own]) == {LevelDatum.INVERT}
    with sqlite3.connect(f"{(corpus / 'giswater' / GISWATER[0]).as_uri()}?mode=ro", uri=True) as db:
        elev = dict(db.execute("SELECT arc_id, elev1 FROM arc WHERE elev1 > 0").fetchall())
        planned = {str(i) for (i,) in db.execute("SELECT arc_id FROM arc WHERE state = 2")}
    db.close()
    recorded = dict(zip(state.pipes.id[own], state.pipes.start_level_m[own], strict=True))
    for arc, level in elev.items():
        assert recorded[str(arc)] == pytest.approx(level)
    status = dict(zip(state.pipes.id[own], state.pipes.status[own], strict=True))
    assert {i for i, s in status.items() if s == Status.PLANNED} == planned


def test_sizes_of_giswater_come_from_its_catalogues(corpus: Path) -> None:
    state, _ = taken(corpus / "giswater" / GISWATER[1])
    own = np.array([s.endswith(":arc") for s in state.pipes.source])
    known = state.pipes.outer_width_m[own]
    assert np.count_nonzero(~np.isnan(known)) >= 260
    assert {0.063, 0.11, 0.16} <= set(np.round(known[~np.isnan(known)], 3))


def test_the_nanaimo_network_is_taken_whole(corpus: Path) -> None:
    folder = corpus / "water" / "nanaimo" / "v1" / "Pipes"
    state, report = taken(folder)
    assert len(state.pipes) == rows_in_dbf(folder / "PIPES_AND_SERVICES_sm.dbf") == 3331
    assert len(state.structures) == rows_in_dbf(folder / "PARCELS_sm.dbf") == 1300
    assert state.meta.crs == "EPSG:26910"
    assert np.count_nonzero(np.isnan(state.pipes.nominal_mm)) == 1056
    years = state.pipes.valid_from[~np.isnat(state.pipes.valid_from)]
    assert (str(years.min()), str(years.max())) == ("1954-01-01", "2016-01-01")
    assert {s.rows_read for s in report.sources if s.rows_read} == {3331, 1300}
