"""Small projects and reports for tests of layers and window."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from builders import network, pipe

from baiyun_gis.findings.conflicts import (
    CheckLedger,
    CheckReport,
    ConflictTable,
    Ledger,
    Outcome,
    RuleSetStamp,
    SuspicionTable,
)
from baiyun_gis.language import msg
from baiyun_gis.model.columns import text_array
from baiyun_gis.model.tables import BuildingTable, NodeTable, StructureTable
from baiyun_gis.model.vocabulary import NodeKind, Shape, StructureKind, Utility, Verdict
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.requirement import Requirement, RuleState


def small_street() -> ProjectState:
    """Water and gas side by side for 100 m, a sewer across, a chamber, a house, a street."""
    return network(
        pipe("w1", Utility.WATER, [(0, 0, 8), (100, 0, 8)], road=text_array(["North Road"])),
        pipe("g1", Utility.GAS, [(0, 2, 8.5), (100, 2, 8.5)],
             valid_from=np.datetime64("2010-01-01")),
        pipe("s1", Utility.SEWAGE, [(50, -30, 6), (50, 30, 6)], d=0.8),
        nodes=NodeTable.build(
            1, id=text_array(["n1"]), xy=np.array([[50.0, 10.0]]), kind=NodeKind.MANHOLE,
            utility=Utility.SEWAGE, is_chamber=True, chamber_shape=Shape.CIRCLE,
            chamber_width_m=1.2, ground_m=10.0, bottom_m=5.5,
        ),
        buildings=BuildingTable.build(
            1, id=text_array(["b1"]), geometry=np.array([shapely.box(10, 10, 30, 25)], object),
            height_m=12.0, ground_m=10.0,
        ),
        structures=StructureTable.build(
            1, id=text_array(["c1"]), geometry=np.array([shapely.box(-5, -8, 105, 8)], object),
            kind=StructureKind.CARRIAGEWAY,
        ),
    )  # fmt: skip


def many_pipes(count: int, seed: int = 1) -> ProjectState:
    """Short pipes strewn over a square kilometre."""
    from baiyun_gis.model.tables import PipeTable

    chance = np.random.default_rng(seed)
    start = chance.random((count, 2)) * 1000
    step = chance.normal(0, 12, (count, 2))
    xy = np.stack([start, start + step], axis=1).reshape(-1, 2)
    pipes = PipeTable.build(
        count,
        id=text_array(f"p{i}" for i in range(count)),
        utility=chance.integers(1, 12, count),
        offsets=np.arange(count + 1) * 2,
        xy=xy,
        axis_level=np.full(2 * count, 5.0),
        outer_width_m=0.3,
        outer_height_m=0.3,
        shape=Shape.CIRCLE,
        level_source=1,
    )
    return ProjectState(pipes=pipes)


def report_on(state: ProjectState, **columns: Any) -> CheckReport:
    """Four findings: two of one group, one cannot be judged, one accepted already."""
    conflicts = ConflictTable.build(
        4,
        **{
            "id": text_array(["c0", "c1", "c2", "c3"]),
            "check": text_array(["vertical_clearance", "horizontal_clearance",
                                 "horizontal_clearance", "cover"]),
            "group": text_array(["g0", "g1", "g1", "g2"]),
            "verdict": np.array([Verdict.CERTAIN, Verdict.LIKELY, Verdict.POSSIBLE,
                                 Verdict.CANNOT_JUDGE]),
            "probability": np.array([0.99, 0.7, 0.2, np.nan]),
            "a_table": text_array(["pipes"] * 4),
            "a_row": np.array([0, 0, 1, 2]),
            "a_id": text_array(["w1", "w1", "g1", "s1"]),
            "a_kind": text_array(["water", "water", "gas", "sewage"]),
            "b_table": text_array(["pipes", "pipes", "pipes", ""]),
            "b_row": np.array([2, 1, 2, -1]),
            "b_id": text_array(["s1", "g1", "s1", ""]),
            "b_kind": text_array(["sewage", "gas", "sewage", ""]),
            "requirement": np.array([0, 0, 0, -1]),
            "required_m": np.array([0.4, 1.0, 1.0, 0.7]),
            "actual_m": np.array([0.1, 0.6, 0.95, np.nan]),
            "shortfall_m": np.array([0.3, 0.4, 0.05, np.nan]),
            "at": np.array([[50, 0, 8.0], [20, 1, 8.2], [50, 2, 8.5], [50, -20, np.nan]]),
            "near_a": np.array([[50, 0, 7.8], [20, 0.15, 8], [50, 2, 8], [np.nan] * 3]),
            "near_b": np.array([[50, 0, 6.5], [20, 1.85, 8.5], [50, 2, 6.5], [np.nan] * 3]),
            "decision": np.array([0, 0, 1, 0]),
            **columns,
        },
    )  # fmt: skip
    rule = Requirement(
        "r1", "gb50289-2016", "vertical_clearance", "4.1.14", RuleState.CONFIRMED, True, 0.4,
        msg("Water supply"),
    )  # fmt: skip
    ledger = Ledger(
        3, 2, {"above_ground": 1},
        (CheckLedger("cover", Outcome.RAN, None, 3, 4, {}, 3, 0, 1),),
    )  # fmt: skip
    return CheckReport(
        RuleSetStamp("gb50289-2016", "2016", "0" * 64), state.revision,
        np.datetime64("NaT", "D"), ledger, conflicts, (rule,), SuspicionTable.empty(),
        "2026-01-01T00:00:00",
    )  # fmt: skip
