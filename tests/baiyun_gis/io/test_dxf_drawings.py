"""Drawings: what a layer's name says, units, levels, sizes from texts, repaired names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ezdxf import filemanagement

from baiyun_gis.errors import FormatError, InputError
from baiyun_gis.io.dxf import READER
from baiyun_gis.io.dxf_entities import repaired_text
from baiyun_gis.io.dxf_layers import dxf_layer
from baiyun_gis.io.imported import Imported, ImportOptions
from baiyun_gis.jobs import silent
from baiyun_gis.model.vocabulary import (
    Material,
    NodeKind,
    PressureClass,
    Shape,
    Status,
    Utility,
)

METRES, MILLIMETRES = 6, 4


def drawing(folder: Path, draw: Any, *, unit: int = METRES, name: str = "plan") -> Path:
    document = filemanagement.new("R2010")
    document.header["$INSUNITS"] = unit
    draw(document.modelspace())
    path = folder / f"{name}.dxf"
    document.saveas(path)
    return path


def read(path: Path, **settings: str) -> Imported:
    return READER.read((path,), ImportOptions(settings=settings), silent())


def on(layer: str) -> dict[str, str]:
    return {"layer": layer}


@pytest.mark.parametrize(
    ("name", "utility", "size", "status", "pressure"),
    [
        ("规划燃气-中压A-DN200", Utility.GAS, "DN200", Status.PLANNED, PressureClass.MEDIUM_A),
        ("现状给水管DN300", Utility.WATER, "DN300", Status.IN_USE, PressureClass.UNKNOWN),
        ("JS-DN100", Utility.WATER, "DN100", Status.IN_USE, PressureClass.UNKNOWN),
        ("GAS_MP_PROPOSED", Utility.GAS, "", Status.PLANNED, PressureClass.MEDIUM_A),
        ("污水d500", Utility.SEWAGE, "d500", Status.IN_USE, PressureClass.UNKNOWN),
        ("YSLINE", Utility.STORM, "", Status.IN_USE, PressureClass.UNKNOWN),
        ("废弃通信", Utility.TELECOM, "", Status.ABANDONED, PressureClass.UNKNOWN),
        ("道路中线", Utility.UNKNOWN, "", Status.IN_USE, PressureClass.UNKNOWN),
    ],
)
def test_a_layer_name_is_read_word_by_word(
    name: str, utility: Utility, size: str, status: Status, pressure: PressureClass
) -> None:
    layer = dxf_layer(name)
    assert (layer.utility, layer.size, layer.status, layer.pressure) == (
        utility, size, status, pressure,
    )  # fmt: skip


def test_a_voltage_makes_a_power_line() -> None:
    layer = dxf_layer("10kV电缆")
    assert layer.utility is Utility.POWER
    assert layer.voltage_kv == 10


def test_each_kind_of_line_becomes_a_pipe(tmp_path: Path) -> None:
    def draw(space: Any) -> None:
        space.add_line((0, 0), (10, 0), dxfattribs=on("JS-DN300"))
        space.add_lwpolyline([(0, 5), (10, 5), (20, 9)], dxfattribs=on("JS-DN300"))
        space.add_polyline3d([(0, 9, 3), (10, 9, 2), (20, 9, 2)], dxfattribs=on("规划燃气PE-DN200"))
        space.add_arc((50, 50), 10, 0, 90, dxfattribs=on("JS-DN300"))
        space.add_spline([(0, 20), (5, 22), (10, 20)], dxfattribs=on("JS-DN300"))

    pipes = read(drawing(tmp_path, draw)).pipes
    assert len(pipes) == 5
    assert sorted(set(pipes.utility)) == [Utility.WATER, Utility.GAS]
    gas = pipes.utility == Utility.GAS
    assert pipes.status[gas][0] == Status.PLANNED
    assert pipes.material[gas][0] == Material.PE
    assert pipes.outer_width_m[gas][0] == pytest.approx(0.2)
    assert set(pipes.shape) == {Shape.CIRCLE}


def test_an_arc_is_drawn_within_five_millimetres(tmp_path: Path) -> None:
    path = drawing(
        tmp_path, lambda s: s.add_arc((0, 0), 10, 0, 90, dxfattribs=on("给水")), unit=METRES
    )
    xy = read(path).pipes.xy
    middles = (xy[1:] + xy[:-1]) / 2
    assert np.hypot(*xy.T) == pytest.approx(10)
    assert (10 - np.hypot(*middles.T)).max() < 0.005


def test_a_polyline_with_arcs_runs_on_from_piece_to_piece(tmp_path: Path) -> None:
    bulged = [(0, 0, 0), (10, 0, 1), (10, 20, 0), (0, 20, -1), (0, 40, 0)]

    def draw(space: Any) -> None:
        space.add_lwpolyline(bulged, format="xyb", dxfattribs=on("给水"))
        space.add_lwpolyline([(200, 0, -1), (200, 200, 0)], format="xyb", dxfattribs=on("给水"))

    pipes = read(drawing(tmp_path, draw)).pipes
    first, second = (pipes.xy[a:b] for a, b in zip(pipes.offsets, pipes.offsets[1:], strict=False))
    assert first[0].tolist() == [0, 0]
    assert first[-1] == pytest.approx([0, 40])
    assert pipes.length_m()[0] == pytest.approx(20 + 20 * np.pi, rel=1e-3)
    assert second[0] == pytest.approx([200, 0])
    assert np.hypot(*(second - [200, 100]).T) == pytest.approx(100)


def test_levels_of_a_line_in_space_are_kept(tmp_path: Path) -> None:
    def draw(space: Any) -> None:
        space.add_line((0, 0, 3.5), (10, 0, 3.2), dxfattribs=on("燃气DN100"))
        space.add_lwpolyline([(0, 5), (10, 5)], dxfattribs={"layer": "燃气DN100", "elevation": 2.0})
        space.add_line((0, 9), (10, 9), dxfattribs=on("燃气DN100"))

    pipes = read(drawing(tmp_path, draw)).pipes
    assert pipes.start_level_m.tolist() == pytest.approx([3.5, 2.0, np.nan], nan_ok=True)
    assert pipes.end_level_m.tolist() == pytest.approx([3.2, 2.0, np.nan], nan_ok=True)


def test_a_drawing_in_millimetres_becomes_metres(tmp_path: Path) -> None:
    def draw(space: Any) -> None:
        space.add_line((0, 0), (30_000, 0), dxfattribs=on("给水DN100"))

    assert read(drawing(tmp_path, draw, unit=MILLIMETRES)).pipes.length_m()[0] == pytest.approx(30)


def test_a_unit_that_makes_no_sense_is_not_believed(tmp_path: Path) -> None:
    def draw(space: Any) -> None:
        space.add_line((500_000, 3_000_000), (500_030, 3_000_000), dxfattribs=on("给水DN100"))

    found = read(drawing(tmp_path, draw, unit=MILLIMETRES))
    assert found.pipes.length_m()[0] == pytest.approx(30)
    assert {i.what: i.value for i in found.reports[0].inferred}["drawing unit"] == "m"


def test_a_size_text_counts_for_the_nearest_line(tmp_path: Path) -> None:
    def draw(space: Any) -> None:
        space.add_line((0, 0), (100, 0), dxfattribs=on("给水"))
        space.add_line((0, 50), (100, 50), dxfattribs=on("给水"))
        space.add_line((0, 100), (100, 100), dxfattribs=on("给水-DN600"))
        space.add_text("球墨 DN300", dxfattribs={"insert": (50, 1), "height": 1})
        space.add_text("DN150", dxfattribs={"insert": (50, 99), "height": 1})

    found = read(drawing(tmp_path, draw))
    assert list(found.pipes.size_text) == ["DN300", "", "DN600"]
    assert {i.what: i.value for i in found.reports[0].inferred}["size"] == "nearest text"


def test_blocks_become_nodes_at_the_ends_of_lines(tmp_path: Path) -> None:
    def draw(space: Any) -> None:
        block = space.doc.blocks.new("检查井")
        block.add_circle((0, 0), 0.5)
        block.add_attdef("编号", (0, 0))
        space.add_line((0, 0), (30, 0), dxfattribs=on("污水d500"))
        insert = space.add_blockref("检查井", (30, 0), dxfattribs=on("污水井"))
        insert.add_attrib("编号", "W12")

    found = read(drawing(tmp_path, draw))
    assert list(found.nodes.id) == ["W12"]
    assert found.nodes.kind[0] == NodeKind.MANHOLE
    assert found.nodes.is_chamber[0]
    assert (found.pipes.start_node[0], found.pipes.end_node[0]) == (-1, 0)


def test_a_block_that_holds_a_whole_drawing_is_opened(tmp_path: Path) -> None:
    def draw(space: Any) -> None:
        block = space.doc.blocks.new("XREF")
        for i in range(60):
            block.add_line((0, i), (10, i), dxfattribs=on("给水DN100"))
        space.add_blockref("XREF", (1000, 0), dxfattribs=on("0"))

    pipes = read(drawing(tmp_path, draw)).pipes
    assert len(pipes) == 60
    assert pipes.xy[0].tolist() == [1000, 0]


def test_layers_that_name_no_utility_are_counted_and_asked_about(tmp_path: Path) -> None:
    def draw(space: Any) -> None:
        space.add_line((0, 0), (10, 0), dxfattribs=on("给水DN100"))
        space.add_line((0, 1), (10, 1), dxfattribs=on("道路"))
        space.add_line((0, 2), (10, 2), dxfattribs=on("道路"))

    found = read(drawing(tmp_path, draw))
    assert len(found.pipes) == 1
    assert any("道路 (2)" in str(n) for n in found.reports[0].notes)
    assert "layers" in [q.what for q in found.reports[0].asked]


def test_closed_outlines_on_a_building_layer_are_buildings(tmp_path: Path) -> None:
    def draw(space: Any) -> None:
        square = [(0, 0), (10, 0), (10, 10), (0, 10)]
        space.add_lwpolyline(square, close=True, dxfattribs=on("现状建筑"))

    assert read(drawing(tmp_path, draw)).buildings.geometry[0].area == pytest.approx(100)


def test_the_user_or_the_file_name_may_say_the_utility(tmp_path: Path) -> None:
    def draw(space: Any) -> None:
        space.add_line((0, 0), (10, 0), dxfattribs=on("0"))

    plain = drawing(tmp_path, draw)
    with pytest.raises(FormatError, match="utility"):
        read(plain)
    assert read(plain, utility="heat").pipes.utility[0] == Utility.HEAT
    assert read(drawing(tmp_path, draw, name="热力管设计")).pipes.utility[0] == Utility.HEAT


def test_a_drawing_without_lines_says_so(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no lines"):
        read(drawing(tmp_path, lambda s: s.add_text("hello")))


def test_a_file_that_is_no_drawing_is_told_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "plan.dxf"
    path.write_bytes(b"\x89PNG\r\n" + bytes(range(256)) * 20)
    with pytest.raises(FormatError, match=r"plan\.dxf"):
        read(path)
    path.write_bytes(b"AC1032" + bytes(100))
    with pytest.raises(FormatError, match="DWG"):
        read(path)
    with pytest.raises(InputError):
        read(tmp_path / "nothing.dxf")


def test_gbk_names_read_as_western_text_are_repaired() -> None:
    assert repaired_text("规划燃气".encode("gbk").decode("cp1252")) == "规划燃气"
    assert repaired_text("规划燃气".encode("gbk").decode("utf-8", "surrogateescape")) == "规划燃气"
    assert repaired_text("规划燃气") == "规划燃气"
    assert repaired_text("Straße") == "Straße"
    assert repaired_text("WATER") == "WATER"


def test_a_drawing_with_chinese_code_page_is_read(tmp_path: Path) -> None:
    def draw(space: Any) -> None:
        space.add_line((0, 0), (10, 0), dxfattribs=on("给水管线"))

    document = filemanagement.new("R2000")
    document.header["$INSUNITS"] = METRES
    document.encoding = "gbk"
    draw(document.modelspace())
    path = tmp_path / "old.dxf"
    document.saveas(path, encoding="gbk")
    wrong = path.read_bytes().replace(b"ANSI_936", b"ANSI_1252")
    assert read(path).pipes.utility[0] == Utility.WATER
    path.write_bytes(wrong)
    assert read(path).pipes.utility[0] == Utility.WATER
