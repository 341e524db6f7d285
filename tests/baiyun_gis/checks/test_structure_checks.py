"""Lines beside and under trees, poles, kerbs, rails, culverts and watercourses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from builders import network, pipe
from check_cases import EXACT, checked, found, ledger_of, row_of

from baiyun_gis.findings.scope import Against, Scope
from baiyun_gis.model.columns import text_array
from baiyun_gis.model.tables import StructureTable
from baiyun_gis.model.vocabulary import StructureKind, Utility, Verdict

K = StructureKind
SIGMA_M = 0.025
"""Of a structure, in plan."""


def structures(*made: tuple[str, StructureKind, Any], **columns: Any) -> StructureTable:
    shapes = np.empty(len(made), dtype=object)
    shapes[:] = [shape for _, _, shape in made]
    return StructureTable.build(
        len(made),
        id=text_array([name for name, _, _ in made]),
        kind=np.array([kind for _, kind, _ in made], dtype=np.int8),
        geometry=shapes,
        **{name: text_array([v]) if isinstance(v, str) else v for name, v in columns.items()},
    )


def water(y: float = 0.0, z: float = -1.0, **columns: Any):
    return pipe("w", Utility.WATER, [(0, y, z), (60, y, z)], **(EXACT | columns))


def near(line: Any, things: StructureTable) -> dict[str, Any]:
    """The only finding of the line near the things."""
    check = "structure_clearance"
    return row_of(checked(network(line, structures=things), check), check)


def test_a_tree_on_a_main_is_measured_to_its_trunk_not_to_its_crown():
    crown = shapely.Point(30, 0.5).buffer(3.0)
    state = network(water(), structures=structures(("t", K.TREE, crown)))
    row = row_of(checked(state, "structure_clearance"), "structure_clearance")
    assert row["actual_m"] == pytest.approx(0.35, abs=1e-6)
    assert row["required_m"] == 1.5
    assert row["b_kind"] == "tree"
    assert row["sigma_m"] == pytest.approx(SIGMA_M)
    half = np.sqrt(1.499**2 - 0.35**2)
    # The line across the strip reaches 0.15 m nearer to the trunk than the axis.
    assert row["stretch_from_m"] == pytest.approx(30 - half, abs=0.01)
    assert row["stretch_to_m"] == pytest.approx(30 + half, abs=0.01)


def test_of_one_delivery_lines_meet_the_structures_of_others_and_the_other_way_round():
    state = network(
        water(source="old"),
        structures=structures(
            ("a", K.TREE, shapely.Point(20, 0.5)),
            ("b", K.TREE, shapely.Point(40, 0.5)),
            source=text_array(["old", "new"]),
        ),
    )
    for source, others in (("old", ["b"]), ("new", ["b"])):
        scope = Scope(Against.DELIVERY, source)
        report = checked(state, "structure_clearance", scope=scope)
        assert report.conflicts.b_id.tolist() == others
        assert ledger_of(report, "structure_clearance").pairs_examined == 1


def test_a_line_across_a_kerb_is_set_aside_and_one_along_it_is_not():
    kerb = structures(("k", K.KERB, shapely.LineString([(30, -50), (30, 50)])))
    report = checked(network(water(), structures=kerb), "structure_clearance")
    assert found(report, "structure_clearance") == []
    assert ledger_of(report, "structure_clearance").set_aside == {"crossing": 1}
    along = structures(("k", K.KERB, shapely.LineString([(-10, 1.0), (70, 1.0)])))
    row = near(water(), along)
    assert row["actual_m"] == pytest.approx(0.85)
    assert (row["stretch_from_m"], row["stretch_to_m"]) == pytest.approx((0, 60))


def test_a_line_across_a_kerb_that_then_runs_along_it_too_near_is_found():
    bent = pipe("w", Utility.WATER, [(0, -20, -1), (0, 0.8, -1), (60, 0.8, -1)], **EXACT)
    kerb = structures(("k", K.KERB, shapely.LineString([(-50, 0), (100, 0)])))
    row = near(bent, kerb)
    assert row["stretch_to_m"] == pytest.approx(80.8, abs=0.01)


@pytest.mark.parametrize(
    ("detail", "required_m", "assumed"),
    [("10kV", 1.0, False), ("110 kV", 5.0, False), ("", 5.0, True)],
)
def test_the_voltage_of_a_pylon_decides_and_an_unknown_one_is_the_strictest(
    detail, required_m, assumed
):
    gas = pipe("g", Utility.GAS, [(0, 0, -1), (60, 0, -1)], pressure_class=4, **EXACT)
    base = structures(("m", K.TOWER, shapely.box(28, 0.5, 32, 4)), detail=detail)
    report = checked(network(gas, structures=base), "structure_clearance")
    row = row_of(report, "structure_clearance")
    assert row["required_m"] == required_m
    assert ("detail" in report.requirements[row["requirement"]].assumed) is assumed


def test_a_high_voltage_pole_is_judged_as_a_pylon():
    gas = pipe("g", Utility.GAS, [(0, 0, -1), (60, 0, -1)], pressure_class=4, **EXACT)
    pole = structures(("p", K.POLE, shapely.Point(30, 1.1)), detail="35kV")
    row = near(gas, pole)
    assert row["required_m"] == 1.0
    assert row["actual_m"] == pytest.approx(0.95)


def test_a_line_inside_a_foundation_far_from_its_edge_is_found():
    short = pipe("w", Utility.WATER, [(-5, 0, -1), (5, 0, -1)], **EXACT)
    base = structures(("m", K.TOWER, shapely.box(-30, -30, 30, 30)))
    row = near(short, base)
    assert row["actual_m"] < -20
    assert row["verdict"] is Verdict.CERTAIN


def river(level_m: float, detail: str = "") -> StructureTable:
    bed = shapely.box(20, -50, 40, 50)
    return structures(("r", K.WATERCOURSE, bed), level_m=level_m, detail=detail)


@pytest.mark.parametrize(("over_m", "is_short"), [(-0.002, True), (0.0, False), (0.002, False)])
def test_a_river_of_unknown_class_asks_for_the_strictest_cover(over_m, is_short):
    z = -2.0 - 0.15 - over_m
    report = checked(network(water(z=z), structures=river(0.0)), "river_bed")
    assert found(report, "river_bed") == ([("w", "r")] if is_short else [])
    if is_short:
        row = row_of(report, "river_bed")
        assert (row["stretch_from_m"], row["stretch_to_m"]) == pytest.approx((20, 40))
        assert "detail" in report.requirements[row["requirement"]].assumed


def test_the_class_of_the_channel_decides_the_cover_below_the_bed():
    report = checked(network(water(z=-1.3), structures=river(0.0, "Ⅵ级航道")), "river_bed")
    assert found(report, "river_bed") == []
    report = checked(network(water(z=-1.3), structures=river(0.0, "III级航道")), "river_bed")
    assert row_of(report, "river_bed")["required_m"] == 2.0


def test_only_the_part_of_a_sloping_line_that_is_too_shallow_fails():
    deeper = pipe("w", Utility.WATER, [(0, 0, -1.15), (60, 0, -3.15)], **EXACT)
    row = row_of(checked(network(deeper, structures=river(0.0)), "river_bed"), "river_bed")
    assert (row["stretch_from_m"], row["stretch_to_m"]) == pytest.approx((20, 30), abs=0.05)


@pytest.mark.parametrize("nothing", ["bed", "line"])
def test_an_unknown_level_cannot_be_judged_and_says_which(nothing):
    nan = float("nan")
    line, bed = water(z=nan if nothing == "line" else -1), river(nan if nothing == "bed" else 0.0)
    row = row_of(checked(network(line, structures=bed), "river_bed"), "river_bed")
    assert row["verdict"] is Verdict.CANNOT_JUDGE
    assert ("bed_level_unknown" in row["remark"]) is (nothing == "bed")
    assert ("level_unknown" in row["remark"].split(";")) is (nothing == "line")


def test_a_river_drawn_across_itself_is_cut_with_all_the_same():
    bed = shapely.Polygon([(20, -9), (40, 9), (40, -9), (20, 9)])
    assert not bed.is_valid
    rivers = structures(("r", K.WATERCOURSE, bed), level_m=0.0)
    conflicts = checked(network(water(3.0), structures=rivers), "river_bed").conflicts
    assert conflicts.actual_m == pytest.approx(0.85)
    assert sorted(conflicts.stretch_from_m) == pytest.approx([20, 100 / 3])
    assert sorted(conflicts.stretch_to_m) == pytest.approx([80 / 3, 40])


def test_a_tree_of_no_extent_is_nowhere():
    nothing, there = shapely.Polygon(), shapely.Point(30, 1)
    things = structures(("e", K.TREE, nothing), ("t", K.TREE, there))
    report = checked(network(water(), structures=things), "structure_clearance")
    assert found(report, "structure_clearance") == [("w", "t")]


def culvert(height_m: float) -> StructureTable:
    box = shapely.box(20, -50, 22, 50)
    return structures(("c", K.CULVERT, box), level_m=-3.0, height_m=height_m)


def test_a_line_over_a_culvert_passes_above_it_and_one_below_is_measured():
    check = "structure_vertical_clearance"
    report = checked(network(water(z=-0.5), structures=culvert(2.0)), check)
    assert found(report, check) == []
    assert ledger_of(report, check).set_aside == {"passes_above": 1}
    row = row_of(checked(network(water(z=-3.2), structures=culvert(2.0)), check), check)
    assert row["actual_m"] == pytest.approx(0.05)
    row = row_of(checked(network(water(z=-0.5), structures=culvert(np.nan)), check), check)
    assert row["verdict"] is Verdict.CANNOT_JUDGE
    assert "structure_height_unknown" in row["remark"]


def test_a_project_without_structures_has_no_subject():
    report = checked(network(water()), "structure_clearance", "river_bed", "crossing_angle")
    for check in ("structure_clearance", "river_bed", "crossing_angle"):
        line = ledger_of(report, check)
        assert (line.subjects, line.pairs_examined, line.closes) == (0, 0, True)
        assert line.rules_without_subjects


@pytest.mark.parametrize(("angle_deg", "is_short"), [(30, True), (59, True), (61, False)])
def test_a_slanting_crossing_of_a_railway_is_told_in_degrees(angle_deg, is_short):
    from baiyun_gis.findings.sentences import why

    way = np.radians(angle_deg)
    end = (20 * np.cos(way), 20 * np.sin(way))
    line = pipe("w", Utility.WATER, [(-end[0], -end[1], -3), (*end, -3)], **EXACT)
    rail = structures(("r", K.RAILWAY, shapely.LineString([(-90, 0), (90, 0)])))
    state = network(line, structures=rail)
    report = checked(state, "crossing_angle")
    assert found(report, "crossing_angle") == ([("w", "r")] if is_short else [])
    if is_short:
        assert f"crosses railway r at {angle_deg}.0°" in why(report, state, 0, "en")
