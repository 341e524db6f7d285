"""Cover: ground above the top of the line, exact between breaks of ground and surface."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from builders import network, pipe
from check_cases import EXACT, checked, found, gb, ledger_of, row_of

from baiyun_gis.model.columns import text_array
from baiyun_gis.model.tables import StructureTable
from baiyun_gis.model.vocabulary import StructureKind, Surface, Utility, Verdict
from baiyun_gis.rules.resolver import pipe_classes, resolve_cover

W = Utility.WATER


def water(z: float = -1.0, **columns):
    return pipe("w", W, [(0, 0, z), (100, 0, z)], **(EXACT | columns))


def need_m(surface: Surface) -> float:
    return float(resolve_cover(gb(), pipe_classes(gb(), water())).required_m[0, surface])


@pytest.mark.parametrize(("over_m", "is_short"), [(-0.002, True), (0.0, False), (0.002, False)])
def test_cover_is_from_ground_to_the_top(over_m, is_short):
    ground = -1 + 0.15 + need_m(Surface.UNKNOWN) + over_m
    report = checked(network(water(start_ground_m=ground, end_ground_m=ground)), "cover")
    assert found(report, "cover") == ([("w", "")] if is_short else [])


def test_falling_ground_fails_from_where_it_falls_short():
    need = need_m(Surface.UNKNOWN)
    full = -1 + 0.15 + need
    row = row_of(
        checked(network(water(start_ground_m=full + 0.5, end_ground_m=full - 0.5)), "cover"),
        "cover",
    )
    assert row["stretch_from_m"] == pytest.approx(50 + 0.1, abs=0.01)
    assert row["stretch_to_m"] == pytest.approx(100)
    assert row["actual_m"] == pytest.approx(need - 0.5)


def test_the_surface_decides_which_number_applies():
    road, verge = need_m(Surface.CARRIAGEWAY), need_m(Surface.NON_CARRIAGEWAY)
    assert road > verge
    ground = -1 + 0.15 + (road + verge) / 2
    area = np.array([shapely.box(30.5, -5, 60.5, 5)], dtype=object)
    structures = StructureTable.build(
        1, id=text_array(["r"]), geometry=area, kind=StructureKind.CARRIAGEWAY
    )
    state = network(water(start_ground_m=ground, end_ground_m=ground), structures=structures)
    row = row_of(checked(state, "cover"), "cover")
    assert (row["stretch_from_m"], row["stretch_to_m"]) == pytest.approx((30.5, 60.5))
    assert row["required_m"] == road


@pytest.mark.parametrize("kind", [StructureKind.FOOTWAY, StructureKind.GREEN])
def test_footways_and_green_tell_the_surface_where_no_carriageway_is_recorded(kind):
    road, verge = need_m(Surface.CARRIAGEWAY), need_m(Surface.NON_CARRIAGEWAY)
    ground = -1 + 0.15 + (road + verge) / 2
    area = np.array([shapely.box(30.5, -5, 100.5, 5)], dtype=object)
    structures = StructureTable.build(1, id=text_array(["r"]), geometry=area, kind=kind)
    state = network(water(start_ground_m=ground, end_ground_m=ground), structures=structures)
    row = row_of(checked(state, "cover"), "cover")
    assert (row["stretch_from_m"], row["stretch_to_m"]) == pytest.approx((0, 30.5))
    assert "surface_unknown" in row["remark"]


def test_without_ground_cover_cannot_be_judged():
    report = checked(network(water()), "cover")
    row = row_of(report, "cover")
    assert row["verdict"] is Verdict.CANNOT_JUDGE
    assert "ground_unknown" in row["remark"]
    assert ledger_of(report, "cover").cannot_judge == 1


def test_a_recorded_depth_gives_cover_where_no_level_is_known():
    nan = float("nan")
    state = network(water(nan, start_depth_m=0.3, end_depth_m=0.3, level_datum=1))
    row = row_of(checked(state, "cover"), "cover")
    assert row["actual_m"] == pytest.approx(0.3)
    assert "depth_recorded" in row["remark"]


def test_cover_without_any_ground_is_one_group_for_all_lines_of_a_kind():
    lines = [pipe(f"w{k}", W, [(0, 20 * k, -1), (50, 20 * k, -1)]) for k in range(3)]
    conflicts = checked(network(*lines), "cover").conflicts
    assert len(conflicts) == 3
    assert len(set(conflicts.group)) == 1


@pytest.mark.parametrize("over_m", [-0.05, 0.05, 0.4])
def test_a_line_with_cover_enough_anywhere_is_clear_under_any_surface(over_m):
    road, verge = need_m(Surface.CARRIAGEWAY), need_m(Surface.NON_CARRIAGEWAY)
    assert road - verge > 0.06
    ground = -1 + 0.15 + road + over_m
    area = np.array([shapely.box(30.5, -5, 60.5, 5)], dtype=object)
    structures = StructureTable.build(
        1, id=text_array(["r"]), geometry=area, kind=StructureKind.CARRIAGEWAY
    )
    state = network(water(start_ground_m=ground, end_ground_m=ground), structures=structures)
    report = checked(state, "cover")
    line = ledger_of(report, "cover")
    assert (line.subjects, line.pairs_examined) == (1, 1)
    assert (line.violated, line.clear) == ((1, 0) if over_m < 0 else (0, 1))
