"""What a straight line conflicts with does not hang on how many vertices it has."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from builders import network, pipe
from check_cases import buildings

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.loader import load_rule_set

RULES = load_rule_set("gb50289-2016")
ANY_DAY = np.datetime64("NaT", "D")
KINDS = (
    Utility.SEWAGE, Utility.GAS, Utility.WATER, Utility.POWER, Utility.TELECOM, Utility.HEAT,
)  # fmt: skip
END_M = 0.02
Line = tuple[np.ndarray, np.ndarray, Utility, float]


def found(state: ProjectState) -> list[tuple[str, str, str, float, float, float]]:
    """Check, sides, actual and from–to of findings (NaN as −1), in order; cover left aside, as it
    tells each pipe's own depth."""
    table: ConflictTable = run_checks(state, RULES, as_of=ANY_DAY).conflicts
    numbers = np.nan_to_num(
        np.column_stack([table.actual_m, table.stretch_from_m, table.stretch_to_m]), nan=-1.0
    )
    names = zip(table.check.tolist(), table.a_id.tolist(), table.b_id.tolist(), strict=True)
    rows = [(*name, *row) for name, row in zip(names, numbers.tolist(), strict=True)]
    return sorted(row for row in rows if row[0] != "cover")


def straight(name: str, line: Line, cuts: np.ndarray) -> object:
    """A line whose place and level are known, with vertices at shares of its way."""
    start, stop, kind, size = line
    shares = np.unique(np.concatenate([[0.0, 1.0], cuts]))
    axis = [tuple(map(float, start + share * (stop - start))) for share in shares]
    return pipe(name, kind, axis, d=size, sigma_xy_m=0.0, sigma_z_m=0.0)


def some_lines(chance: np.random.Generator) -> list[Line]:
    lines: list[Line] = []
    for _ in range(int(chance.integers(2, 5))):
        start = np.append(chance.uniform(-12, 12, 2), -chance.uniform(1, 2.5))
        turn, length = chance.uniform(0, 2 * np.pi), chance.uniform(4, 30)
        rise = chance.choice([0.0, chance.normal(0, 0.3)])
        stop = start + np.array([length * np.cos(turn), length * np.sin(turn), rise])
        kind = KINDS[int(chance.integers(len(KINDS)))]
        lines.append((start, stop, kind, float(chance.choice([0.1, 0.3, 0.6, 1.2, 2.4]))))
    return lines


@pytest.mark.parametrize("seed", range(40))
def test_vertices_on_straight_lines_change_no_finding(seed: int) -> None:
    for case in range(5):
        chance = np.random.default_rng([seed, case])
        lines = some_lines(chance)
        corner, size = chance.uniform(-12, 12, 2), chance.uniform(3, 9, 2)
        house = buildings(b=shapely.box(*corner, *(corner + size)))
        cuts = [chance.uniform(0.01, 0.99, int(chance.integers(0, 12))) for _ in lines]
        none = np.zeros(0)
        whole, cut = (
            found(
                network(
                    *(straight(f"p{k}", lines[k], at[k]) for k in range(len(lines))),
                    buildings=house,
                )
            )
            for at in ([none] * len(lines), cuts)
        )
        assert [row[:3] for row in cut] == [row[:3] for row in whole]
        for one, other in zip(whole, cut, strict=True):
            if not one[0].startswith("vertical") and one[3] >= 0.0:
                # Depths are of pieces, and a crossing tells how far the piece goes that crosses.
                np.testing.assert_allclose(other[3], one[3], atol=1e-4)
                np.testing.assert_allclose(other[4:], one[4:], atol=END_M)


@pytest.mark.parametrize(("size", "step"), [(2.2, 0.5), (1.0, 0.3), (0.6, 0.2)])
def test_a_line_up_to_a_building_is_one_finding_a_check(size: float, step: float) -> None:
    house = buildings(b=shapely.box(-20, -10, 0, 10))
    ends = np.array([1.7, 0.0, -2.0]), np.array([41.7, 0.0, -2.0])
    line = (*ends, Utility.GAS, size)
    rows = found(network(straight("p", line, np.arange(step, 40, step) / 40), buildings=house))
    assert [row[0] for row in rows] == ["building_clearance"]
    assert rows[0][3] == pytest.approx(1.7, abs=1e-9)
    assert rows[0][4:] == pytest.approx((0.0, 11.799), abs=1e-3)


def test_a_joint_near_a_flat_end_does_not_reach_out_of_it() -> None:
    across = pipe(
        "q", Utility.WATER, [(0.6, -20.0, -2.0), (0.6, 20.0, -2.0)],
        d=0.4, sigma_xy_m=0.0, sigma_z_m=0.0,
    )  # fmt: skip
    for cuts in (np.zeros(0), np.array([0.3]) / 18.0):
        line = np.array([2.0, 0, -2]), np.array([20.0, 0, -2]), Utility.SEWAGE, 2.0
        rows = found(network(straight("p", line, cuts), across))
        assert [row[0] for row in rows] == ["horizontal_clearance"]
        assert rows[0][3] == pytest.approx(1.2, abs=1e-9)
