"""EPANET and SWMM models: sections, units, levels, and rows that do not fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from baiyun_gis.errors import FormatError, UsageError
from baiyun_gis.io.epanet import READER as EPANET
from baiyun_gis.io.imported import Imported, ImportOptions
from baiyun_gis.io.inp import read_inp
from baiyun_gis.io.swmm import READER as SWMM
from baiyun_gis.jobs import silent
from baiyun_gis.model.vocabulary import Burial, LevelDatum, NodeKind, Shape, Utility

WATER = """[TITLE]
 small
[JUNCTIONS]
;ID\tElev
 J1   10.0   0 ;
 J2\t12.5\t0\t;first on the hill
 J3   0      0
[RESERVOIRS]
 R1   95
[TANKS]
 T1   20  1 0 3 10 0
[PIPES]
 P1  R1 J1 100  {d1} 130 0 Open ;
 P2  J1 J2 50   {d2} 130 0 CV
 P3  J2 J3 50   0.0001 130
[PUMPS]
 PU  J1 T1 HEAD 1
[VALVES]
 V1  J2 T1 {d1} PRV 40
[OPTIONS]
 Units {units}
[COORDINATES]
 J1 0 0
 J2 50 0
 J3 100 0
 R1 0 100
 T1 50 50
[VERTICES]
 P1 -10 50
"""

SEWER = """[OPTIONS]
FLOW_UNITS {units}
LINK_OFFSETS {offsets}
[JUNCTIONS]
A  10.0  3.0
B  9.0   0
[OUTFALLS]
O  8.0  FREE
[DIVIDERS]
D  9.5  C2  CUTOFF 0.1 2.5
[STORAGE]
S  7.0  4.0
[CONDUITS]
C1 A B 40 0.01 {in1} {out1}
C2 b O 40 0.01 0 0
C3 D S 40 0.01 0 0
C4 S O 40 0.01 0 0
[PUMPS]
PU S A curve
[XSECTIONS]
C1 CIRCULAR 0.5 0 0 0 1
C2 EGG 1.2 0 0 0 1
C3 TRAPEZOIDAL 1 2 1 1
C4 RECT_CLOSED 1.0 2.0 0 0 2
[COORDINATES]
A 0 0
B 40 0
O 80 0
D 0 40
S 40 40
"""


def water(folder: Path, text: str, **settings: str) -> Imported:
    path = folder / "net.inp"
    path.write_text(text, encoding="utf-8")
    return EPANET.read((path,), ImportOptions(settings=settings), silent())


def sewer(folder: Path, **values: str) -> Imported:
    given = {"units": "CMS", "offsets": "DEPTH", "in1": "0.2", "out1": "*"} | values
    path = folder / "sewer.inp"
    path.write_text(SEWER.format(**given), encoding="utf-8")
    return SWMM.read((path,), ImportOptions(), silent())


def si(**changes: str) -> str:
    return WATER.format(**({"units": "LPS", "d1": "300", "d2": "200"} | changes))


def test_a_water_model_gives_every_node_and_link(tmp_path: Path) -> None:
    found = water(tmp_path, si())
    assert list(found.nodes.id) == ["J1", "J2", "J3", "R1", "T1"]
    assert list(found.pipes.id) == ["P1", "P2", "P3", "PU", "V1"]
    assert set(found.pipes.utility) == {Utility.WATER}
    assert found.nodes.kind[3] == NodeKind.RESERVOIR
    assert found.nodes.kind[4] == NodeKind.TANK
    report = found.reports[0]
    assert (report.rows_read, report.rows_taken, report.quarantined) == (10, 10, ())


def test_bends_and_ends_come_from_vertices_and_coordinates(tmp_path: Path) -> None:
    pipes = water(tmp_path, si()).pipes
    assert pipes.xy[pipes.offsets[0] : pipes.offsets[1]].tolist() == [[0, 100], [-10, 50], [0, 0]]
    assert (pipes.start_node[0], pipes.end_node[0]) == (3, 0)


@pytest.mark.parametrize(
    ("units", "written", "diameter_m"),
    [("LPS", "300", 0.3), ("CMH", "300", 0.3), ("GPM", "12", 0.3048), ("CFS", "12", 0.3048)],
)
def test_diameters_follow_the_flow_unit(
    units: str, written: str, diameter_m: float, tmp_path: Path
) -> None:
    pipes = water(tmp_path, si(units=units, d1=written)).pipes
    assert pipes.nominal_mm[0] == pytest.approx(diameter_m * 1000)
    assert pipes.outer_width_m[0] == pytest.approx(diameter_m)


def test_elevations_in_feet_become_metres(tmp_path: Path) -> None:
    assert water(tmp_path, si(units="GPM")).nodes.level_m[1] == pytest.approx(12.5 * 0.3048)


def test_elevation_nought_among_others_is_missing(tmp_path: Path) -> None:
    level = water(tmp_path, si()).nodes.level_m
    assert np.isnan(level[2])
    assert level[1] == 12.5
    assert water(tmp_path, si(), zero_levels="real").nodes.level_m[2] == 0


def test_pipe_levels_stay_unknown_until_the_elevation_has_a_meaning(tmp_path: Path) -> None:
    pipes = water(tmp_path, si()).pipes
    assert np.isnan(pipes.start_level_m).all()
    assert np.isnan(pipes.start_ground_m).all()


def test_the_user_may_say_that_the_elevation_is_the_axis(tmp_path: Path) -> None:
    pipes = water(tmp_path, si(), elevation="axis").pipes
    assert pipes.end_level_m[1] == 12.5
    assert pipes.level_datum[1] == LevelDatum.CENTRE


def test_the_user_may_say_that_the_elevation_is_the_ground(tmp_path: Path) -> None:
    found = water(tmp_path, si(), elevation="ground")
    assert found.nodes.ground_m[1] == 12.5
    assert np.isnan(found.pipes.end_level_m[1])
    assert found.pipes.end_ground_m[1] == 12.5


def test_an_unknown_meaning_of_the_elevation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="axis"):
        water(tmp_path, si(), elevation="middle")


def test_a_diameter_next_to_nothing_is_unknown(tmp_path: Path) -> None:
    pipes = water(tmp_path, si()).pipes
    assert np.isnan(pipes.outer_width_m[2])
    assert pipes.shape[2] == Shape.UNKNOWN


def test_pumps_and_valves_lie_in_chambers(tmp_path: Path) -> None:
    pipes = water(tmp_path, si()).pipes
    assert list(pipes.subtype) == ["", "", "", "pump", "valve"]
    assert (pipes.burial[3:] == Burial.IN_CHAMBER).all()
    assert np.isnan(pipes.outer_width_m[3:]).all()


def test_a_pump_without_length_is_taken_at_its_node(tmp_path: Path) -> None:
    found = water(tmp_path, si().replace("T1 50 50", "T1 0 0"))
    assert list(found.pipes.id) == ["P1", "P2", "P3", "V1"]
    assert found.nodes.kind[0] == NodeKind.PUMP
    assert "PU" in found.nodes.note[0]
    assert found.reports[0].rows_taken == 10


def test_rows_that_do_not_fit_are_set_aside_with_line_and_reason(tmp_path: Path) -> None:
    text = si().replace("[OPTIONS]", "[PIPES]\n P9 J1 NOWHERE 5 100\n P1 J1 J2 5 100\n[OPTIONS]")
    text += "[JUNCTIONS]\n J1 700\n LOST 5\n"
    found = water(tmp_path, text)
    lines = text.splitlines()
    bad = {lines[q.row - 1].strip(): str(q.reason) for q in found.reports[0].quarantined}
    assert set(bad) == {"P9 J1 NOWHERE 5 100", "P1 J1 J2 5 100", "J1 700", "LOST 5"}
    assert "NOWHERE" in bad["P9 J1 NOWHERE 5 100"]
    assert "line 13" in bad["P1 J1 J2 5 100"]
    assert "line 5" in bad["J1 700"]
    assert found.reports[0].rows_read == found.reports[0].rows_taken + 4


def test_a_word_where_a_number_belongs_stays_unknown_and_is_noted(tmp_path: Path) -> None:
    found = water(tmp_path, si().replace("J2\t12.5", "J2\thigh"))
    assert np.isnan(found.nodes.level_m[1])
    assert any("Line 6" in str(n) and "high" in str(n) for n in found.reports[0].notes)


def test_a_diameter_that_is_no_number_is_noted(tmp_path: Path) -> None:
    found = water(tmp_path, si(d1="12in"))
    assert np.isnan(found.pipes.outer_width_m[0])
    assert any("diameter" in str(n) and "12in" in str(n) for n in found.reports[0].notes)


@pytest.mark.parametrize("section", ["[COORDINATES]", "[coord]", "  [Coordinates] ; here"])
def test_section_names_may_be_short_and_in_any_case(section: str, tmp_path: Path) -> None:
    assert len(water(tmp_path, si().replace("[COORDINATES]", section)).nodes) == 5


def test_a_model_without_coordinates_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"no \[COORDINATES\]"):
        water(tmp_path, si().split("[COORDINATES]")[0])


def test_an_empty_model_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="empty"):
        water(tmp_path, "[TITLE]\n\n[JUNCTIONS]\n\n[PIPES]\n")


def test_a_model_none_of_whose_links_fit_is_refused_with_the_first_reason(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="line 4: node X"):
        water(tmp_path, "[JUNCTIONS]\nA 1\n[PIPES]\nP A X 5 100\n[COORDINATES]\nA 0 0\n")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig", "utf-16"])
def test_chinese_text_is_read_in_any_usual_encoding(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "net.inp"
    path.write_bytes(si().replace("first on the hill", "坡顶检查井编号").encode(encoding))
    found = EPANET.read((path,), ImportOptions(), silent())
    assert found.nodes.note[1] == "坡顶检查井编号"


def test_western_text_is_not_taken_for_chinese(tmp_path: Path) -> None:
    path = tmp_path / "net.inp"
    path.write_bytes(si().replace("first on the hill", "Hügel Straße").encode("latin-1"))
    assert EPANET.read((path,), ImportOptions(), silent()).nodes.note[1] == "Hügel Straße"


def test_padding_after_the_text_is_no_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "net.inp"
    path.write_bytes(si().encode() + b"\0" * 500)
    assert read_inp(path).path == path
    assert len(EPANET.read((path,), ImportOptions(), silent()).nodes) == 5


def test_the_unit_of_coordinates_shows_in_the_pipe_lengths(tmp_path: Path) -> None:
    nodes = "".join(f"N{i} 5\n" for i in range(8))
    places = "".join(f"N{i} {i * 100} 0\n" for i in range(8))
    for length, unit, warning in (
        (100, "m", ""),
        (30.48, "ft", "distances will be wrong"),
        (777, "schematic", "drawn as a schematic"),
    ):
        pipes = "".join(f"P{i} N{i} N{i + 1} {length} 100\n" for i in range(7))
        text = f"[JUNCTIONS]\n{nodes}[PIPES]\n{pipes}[OPTIONS]\nUnits LPS\n[COORDINATES]\n{places}"
        path = tmp_path / "net.inp"
        path.write_text(text, encoding="utf-8")
        report = EPANET.read((path,), ImportOptions(crs="EPSG:32650"), silent()).reports[0]
        assert {i.what: i.value for i in report.inferred}["coordinate_unit"] == unit
        notes = " ".join(map(str, report.notes))
        assert warning in notes
        assert ("wrong" in notes or "schematic" in notes) == bool(warning)


def test_epanet_and_swmm_models_are_told_apart(tmp_path: Path) -> None:
    one, other = tmp_path / "a.inp", tmp_path / "b.inp"
    one.write_text(si(), encoding="utf-8")
    other.write_text(SEWER.format(units="CMS", offsets="DEPTH", in1=0, out1=0), encoding="utf-8")
    assert EPANET.claims(one) > SWMM.claims(one)
    assert SWMM.claims(other) > EPANET.claims(other)


def test_conduit_ends_are_node_inverts_plus_offsets(tmp_path: Path) -> None:
    pipes = sewer(tmp_path).pipes
    assert (pipes.start_level_m[0], pipes.end_level_m[0]) == (pytest.approx(10.2), 9.0)
    assert pipes.level_datum[0] == LevelDatum.INVERT


def test_offsets_may_be_elevations(tmp_path: Path) -> None:
    pipes = sewer(tmp_path, offsets="ELEVATION", in1="10.35").pipes
    assert (pipes.start_level_m[0], pipes.end_level_m[0]) == (pytest.approx(10.35), 9.0)


def test_a_sewer_in_feet_becomes_metres(tmp_path: Path) -> None:
    found = sewer(tmp_path, units="CFS")
    assert found.nodes.level_m[0] == pytest.approx(3.048)
    assert found.pipes.inner_width_m[0] == pytest.approx(0.5 * 0.3048)
    assert found.pipes.start_level_m[0] == pytest.approx(10.2 * 0.3048)


def test_ground_is_invert_plus_depth_where_a_depth_is_given(tmp_path: Path) -> None:
    nodes = sewer(tmp_path).nodes
    by_id = dict(zip(nodes.id, nodes.ground_m, strict=True))
    assert by_id["A"] == 13.0
    assert by_id["D"] == 12.0
    assert by_id["S"] == 11.0
    assert np.isnan(by_id["B"])
    assert np.isnan(by_id["O"])


def test_names_of_a_sewer_model_ignore_case(tmp_path: Path) -> None:
    pipes = sewer(tmp_path).pipes
    assert pipes.start_node[1] == pipes.end_node[0]


def test_each_section_shape_has_its_dimensions(tmp_path: Path) -> None:
    pipes = sewer(tmp_path).pipes
    assert list(pipes.shape[:2]) == [Shape.CIRCLE, Shape.EGG]
    assert pipes.inner_width_m[0] == pytest.approx(0.5)
    assert pipes.inner_width_m[1] == pytest.approx(0.8)
    assert pipes.inner_height_m[1] == pytest.approx(1.2)


def test_an_open_channel_is_no_buried_line(tmp_path: Path) -> None:
    pipes = sewer(tmp_path).pipes
    assert pipes.burial[2] == Burial.GROUND
    assert np.isnan(pipes.outer_width_m[2])


def test_barrels_side_by_side_count_as_one_wide_section(tmp_path: Path) -> None:
    pipes = sewer(tmp_path).pipes
    assert pipes.inner_width_m[3] == pytest.approx(4.0)
    assert pipes.inner_height_m[3] == pytest.approx(1.0)
    assert "2 barrels" in pipes.note[3]


def test_a_sewer_model_does_not_say_what_it_carries(tmp_path: Path) -> None:
    assert set(sewer(tmp_path).pipes.utility) == {Utility.DRAINAGE}
