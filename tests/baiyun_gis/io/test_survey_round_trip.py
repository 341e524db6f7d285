"""Survey tables written from a district bring the same lines and points back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builders import network, pipe

from baiyun_gis.exports.exporter import export
from baiyun_gis.io.imported import ImportOptions
from baiyun_gis.io.pipeline import import_into
from baiyun_gis.jobs import silent
from baiyun_gis.model.columns import Columns, specs_of, text_array
from baiyun_gis.model.tables import NodeTable, PipeTable
from baiyun_gis.model.vocabulary import (
    Burial,
    LevelDatum,
    Material,
    PressureClass,
    Provenance,
    Shape,
    Utility,
)
from baiyun_gis.project import ProjectState
from baiyun_gis.synthetic.district import make_district

NOT_CARRIED = {"source", "lineage"}
"""As docs/import.md says."""


@pytest.fixture(scope="module")
def district() -> ProjectState:
    return make_district(1000, 3).state


def brought_back(state: ProjectState, path: Path) -> ProjectState:
    written = export(state, path, tables=["pipes", "nodes"])
    options = ImportOptions(crs=state.meta.crs)
    back, report = import_into(ProjectState(), list(written.files), options, silent())
    assert not [q for s in report.sources for q in s.quarantined]
    assert not [n for s in report.sources for n in s.notes if "no place for" in n.text("en")]
    return back


def in_order_of(table: Any, ids: Any) -> Any:
    row = {name: index for index, name in enumerate(table.id)}
    return table.take(np.array([row[name] for name in ids]))


def differing(before: Columns, after: Columns) -> set[str]:
    """Columns in which any row differs by more than a micrometre."""
    return {
        spec.name
        for spec in specs_of(type(before))
        if spec.kind != "index"
        and not same(getattr(before, spec.name), getattr(after, spec.name))
    }  # fmt: skip


def same(a: Any, b: Any) -> bool:
    if a.dtype.kind == "f":
        return np.allclose(a, b, rtol=0, atol=1e-6, equal_nan=True)
    if a.dtype.kind == "M":
        return np.array_equal(a, b, equal_nan=True)
    return np.array_equal(a, b)


def end_ids(state: ProjectState, pipes: PipeTable) -> list[tuple[str, str]]:
    ends = (state.nodes.id[pipes.start_node], state.nodes.id[pipes.end_node])
    return list(zip(*ends, strict=True))


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_every_column_comes_back(district: ProjectState, tmp_path: Path, suffix: str) -> None:
    back = brought_back(district, tmp_path / f"survey{suffix}")
    pipes = in_order_of(back.pipes, district.pipes.id)
    nodes = in_order_of(back.nodes, district.nodes.id)
    assert len(back.pipes) == len(district.pipes)
    assert len(back.nodes) == len(district.nodes)
    assert differing(district.pipes, pipes) <= NOT_CARRIED
    assert differing(district.nodes, nodes) <= NOT_CARRIED
    assert end_ids(back, pipes) == end_ids(district, district.pipes)
    assert same(pipes.xy, district.pipes.xy)
    assert same(pipes.axis_level, district.pipes.axis_level)


def test_a_district_holds_what_a_round_trip_must_prove(district: ProjectState) -> None:
    pipes = district.pipes
    assert (pipes.inner_width_m < pipes.outer_width_m).any()
    assert (pipes.nominal_mm != pipes.outer_width_m * 1000).any()
    assert np.isnan(pipes.nominal_mm[pipes.burial == Burial.DUCT_BLOCK]).all()
    assert (~np.isnan(pipes.pressure_mpa) & (pipes.pressure_class == 0)).any()
    assert (~np.isnan(pipes.pressure_mpa) & (pipes.pressure_class > 0)).any()
    assert len(set(pipes.level_datum)) >= 3
    assert (~np.isnan(pipes.voltage_kv)).any()
    assert (pipes.enclosure != "").any()
    assert (~np.isnat(pipes.valid_to)).any()
    assert (district.nodes.chamber_width_m > 0).any()


def test_what_is_derived_does_not_come_back_as_surveyed(tmp_path: Path) -> None:
    ends = NodeTable.build(2, id=text_array(["R1", "R2"]), xy=np.array([[5e5, 4e6], [500030, 4e6]]))
    line = pipe(
        "R1-R2",
        Utility.GAS,
        [(5e5, 4e6, 3.0), (500030, 4e6, 2.9)],
        start_node=0,
        end_node=1,
        section_source=Provenance.DERIVED,
        level_source=Provenance.DERIVED,
        level_datum=LevelDatum.OUTER_TOP,
        level_datum_source=Provenance.ASSUMED,
        pressure_class=PressureClass.MEDIUM_B,
        has_plate=True,
        note=text_array(["=1+1"]),
    )
    back = brought_back(network(line, nodes=ends), tmp_path / "s.xlsx").pipes
    assert back.section_source[0] == Provenance.DERIVED
    assert back.level_source[0] == Provenance.DERIVED
    assert back.level_datum_source[0] == Provenance.ASSUMED
    assert back.pressure_class[0] == PressureClass.MEDIUM_B
    assert back.has_plate[0]
    assert back.note[0] == "=1+1"
    assert back.axis_level == pytest.approx([3.0, 2.9])


def lines_of(folder: Path, header: str, *rows: str) -> tuple[PipeTable, str]:
    """Lines P1–P2 with more columns, and what the import says of them."""
    folder.mkdir(exist_ok=True)
    points = "点号,X,Y\n" + "".join(f"P{i},{2560000 + i},{434000 + 30 * i}\n" for i in range(9))
    (folder / "points.csv").write_text(points, encoding="utf-8")
    text = [f"起点点号,终点点号,管线种类,{header}"]
    text += [f"P{i},P{i + 1},{row}" for i, row in enumerate(rows)]
    (folder / "lines.csv").write_text("\n".join(text), encoding="utf-8")
    state, report = import_into(ProjectState(), [folder], ImportOptions(crs="EPSG:4547"), silent())
    said = [i for s in report.sources for i in s.inferred if i.what == "pressure class"]
    return state.pipes, " ".join(i.why.text("en") for i in said)


def test_outer_and_inner_sizes_give_the_body_and_the_diameter_the_name(tmp_path: Path) -> None:
    pipes, _ = lines_of(
        tmp_path / "s",
        "管径,外径(mm),内径(mm),壁厚,材质",
        "给水,DN300,326,310,,球墨铸铁",
        "给水,DN300,326,,8,球墨铸铁",
        "给水,DN300,,310,8,球墨铸铁",
        "污水,600,720,,,混凝土",
        "给水,DN100,,,,钢",
        "电力,480X240,500X260,,,混凝土",
    )
    assert pipes.nominal_mm == pytest.approx([300, 300, 300, 600, 100, 480])
    assert pipes.outer_width_m == pytest.approx([0.326, 0.326, 0.326, 0.72, 0.1, 0.5])
    inner = [0.31, 0.31, 0.31, 0.6, np.nan, np.nan]
    assert pipes.inner_width_m == pytest.approx(inner, nan_ok=True)
    assert pipes.outer_height_m[5] == pytest.approx(0.26)
    assert pipes.shape.tolist() == [Shape.CIRCLE] * 5 + [Shape.RECTANGLE]
    surveyed, derived = Provenance.SURVEYED, Provenance.DERIVED
    assert pipes.section_source.tolist() == [
        surveyed, surveyed, derived, surveyed, derived, surveyed,
    ]  # fmt: skip
    assert pipes.material[0] == Material.DUCTILE_IRON


def test_duct_blocks_have_no_nominal_diameter(tmp_path: Path) -> None:
    pipes, _ = lines_of(
        tmp_path / "s", "管径,埋设方式", "电力,480X240,管块", "通信,3x4孔Φ100,管块", "电力,110,管埋"
    )
    assert np.isnan(pipes.nominal_mm[:2]).all()
    assert pipes.nominal_mm[2] == 110
    assert (pipes.outer_width_m > 0).all()


def test_class_and_design_pressure_both_count(tmp_path: Path) -> None:
    pipes, said = lines_of(
        tmp_path / "s",
        "管径,压力级别,设计压力(MPa),工作压力(kPa)",
        "燃气,DN200,中压B,0.2,150",
        "燃气,DN200,中压A,,350",
        "燃气,DN200,,0.8,",
    )
    assert pipes.pressure_mpa == pytest.approx([0.2, 0.35, 0.8])
    grades = [PressureClass.MEDIUM_B, PressureClass.MEDIUM_A, PressureClass.UNKNOWN]
    assert pipes.pressure_class.tolist() == grades
    assert not said


def test_a_class_without_its_grade_is_said_with_its_count(tmp_path: Path) -> None:
    pipes, said = lines_of(
        tmp_path / "s", "管径,压力", "燃气,DN200,中压", "燃气,DN200,中压A", "燃气,DN200,次高压",
        "燃气,DN200,低压",
    )  # fmt: skip
    assert pipes.pressure_class[0] == PressureClass.MEDIUM_A
    assert pipes.pressure_class[2] == PressureClass.SUBHIGH_A
    assert said.startswith("2 rows")
