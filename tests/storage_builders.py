"""Projects with every column filled, and exact comparison, for storage and report tests."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from baiyun_gis.findings.conflicts import (
    CheckLedger,
    CheckReport,
    ConflictTable,
    Ledger,
    Outcome,
    RuleSetStamp,
    Severity,
    SuspicionTable,
)
from baiyun_gis.findings.decisions import DecisionState, DecisionTable
from baiyun_gis.language import msg
from baiyun_gis.model.columns import Columns, ColumnSpec, specs_of, text_array
from baiyun_gis.model.tables import (
    BuildingTable,
    NodeTable,
    PermitTable,
    PipeTable,
    StructureTable,
)
from baiyun_gis.model.vocabulary import Verdict
from baiyun_gis.project import ProjectMeta, ProjectState
from baiyun_gis.rules.requirement import Requirement, RuleState
from baiyun_gis.storage.quick_copy import column_names

WORDS = ["", "给水", "a'b\"c", "=1+1", "多\n行", "🚰", "DN300", "0"]


def any_column(spec: ColumnSpec, count: int, rng: np.random.Generator) -> Any:
    """Values of a column's kind, unknown ones among them."""
    match spec.kind:
        case "text":
            return text_array(WORDS[i] for i in rng.integers(0, len(WORDS), count))
        case "real" | "point":
            shape = (count, spec.width) if spec.width > 1 else count
            values = rng.normal(0, 1e6, shape)
            values[rng.random(shape) < 0.3] = np.nan
            return values
        case "code":
            codes = [int(m) for m in spec.vocabulary] if spec.vocabulary else [0, 1, 2]
            return rng.choice(codes, count).astype(np.int8)
        case "flag":
            return rng.random(count) < 0.5
        case "day":
            days = np.datetime64("1950-01-01") + rng.integers(0, 40_000, count)
            days[rng.random(count) < 0.3] = np.datetime64("NaT")
            return days
        case "polygon":
            shapes = np.full(count, None, dtype=object)
            for row in np.flatnonzero(rng.random(count) < 0.8).tolist():
                x, y = rng.normal(0, 1e5, 2)
                shapes[row] = shapely.box(x, y, x + 10.5, y + 7.25)
            return shapes
        case _:
            return rng.integers(-1, max(count, 1), count).astype(np.int32)


def any_table(table: type[Any], count: int, seed: int) -> Any:
    """A table of `count` rows in which every column holds something."""
    rng = np.random.default_rng(seed)
    columns = {spec.name: any_column(spec, count, rng) for spec in specs_of(table)}
    if table is NodeTable:
        columns["xy"] = np.nan_to_num(columns["xy"])
    if table is PipeTable:
        counts = rng.integers(2, 6, count)
        vertices = int(counts.sum())
        levels = rng.normal(0, 5, vertices)
        levels[rng.random(vertices) < 0.2] = np.nan
        columns["offsets"] = np.concatenate([[0], np.cumsum(counts)])
        columns["xy"] = rng.normal(5e5, 1e3, (vertices, 2))
        columns["axis_level"] = levels
    return table.build(count, **columns)


def any_state(seed: int = 0, count: int = 40) -> ProjectState:
    """A project with rows in every table."""
    return ProjectState(
        meta=ProjectMeta(title="示范区", crs="EPSG:4547", vertical_datum="1985", is_synthetic=True),
        pipes=any_table(PipeTable, count, seed),
        nodes=any_table(NodeTable, count, seed + 1),
        buildings=any_table(BuildingTable, count, seed + 2),
        permits=any_table(PermitTable, count, seed + 3),
        structures=any_table(StructureTable, count, seed + 4),
        decisions=any_table(DecisionTable, count, seed + 5),
        revision=7,
    )


def assert_same_table(got: Columns, want: Columns) -> None:
    """Every value of every column is the same, bit for bit where it is a number."""
    assert type(got) is type(want)
    assert len(got) == len(want)
    for name in column_names(type(want)):
        a, b = getattr(got, name), getattr(want, name)
        assert a.dtype == b.dtype, name
        assert a.shape == b.shape, name
        if a.dtype == object:
            same = [
                x == y if x is None or isinstance(x, str) else x.equals(y)
                for x, y in zip(a, b, strict=True)
            ]
            assert all(same), name
        elif a.dtype.kind == "f":
            assert np.array_equal(a, b, equal_nan=True), name
        else:
            assert np.array_equal(
                a.view("i8") if a.dtype.kind == "M" else a,
                b.view("i8") if b.dtype.kind == "M" else b,
            ), name


def assert_same_state(got: ProjectState, want: ProjectState) -> None:
    """Both hold the same project; where its file lies does not count."""
    for name in ("pipes", "nodes", "buildings", "permits", "structures", "decisions"):
        assert_same_table(getattr(got, name), getattr(want, name))
    assert (got.meta.title, got.meta.crs, got.meta.vertical_datum, got.meta.is_synthetic) == (
        want.meta.title,
        want.meta.crs,
        want.meta.vertical_datum,
        want.meta.is_synthetic,
    )
    assert got.rasters == want.rasters


def two_requirements() -> tuple[Requirement, ...]:
    """One number that is confirmed and mandatory, one that is neither."""
    return (
        Requirement(
            rule_id="v1",
            rule_set="gb50289-2016",
            check="vertical_clearance",
            clause="4.1.14 表4.1.14",
            state=RuleState.CONFIRMED,
            is_mandatory=True,
            min_m=0.4,
            sentence=msg("Keep {min_m} m between them", min_m=0.4),
        ),
        Requirement(
            rule_id="h1",
            rule_set="gb50289-2016",
            check="horizontal_clearance",
            clause="4.1.9 表4.1.9",
            state=RuleState.UNCONFIRMED,
            is_mandatory=False,
            min_m=1.0,
            sentence=msg("Keep {min_m} m between them", min_m=1.0),
            assumed=("pressure_class",),
        ),
    )


def report_of(state: ProjectState, **columns: Any) -> CheckReport:
    """A closed report with two conflicts between the first two pipes of `state`."""
    defaults: dict[str, Any] = {
        "id": text_array(["c-1", "c-2"]),
        "check": text_array(["vertical_clearance", "horizontal_clearance"]),
        "group": text_array(["g1", "g1"]),
        "severity": np.array([Severity.CRITICAL, Severity.MINOR], dtype=np.int8),
        "verdict": np.array([Verdict.CERTAIN, Verdict.CANNOT_JUDGE], dtype=np.int8),
        "probability": np.array([0.99, np.nan]),
        "violated": np.array([True, False]),
        "a_table": "pipes",
        "a_row": np.array([0, 0], np.int32),
        "a_id": text_array([state.pipes.id[0]] * 2),
        "a_kind": "water",
        "b_table": "pipes",
        "b_row": np.array([1, 1], np.int32),
        "b_id": text_array([state.pipes.id[1]] * 2),
        "b_kind": "gas",
        "requirement": np.array([0, 1], np.int32),
        "required_m": np.array([0.4, 1.0]),
        "actual_m": np.array([0.15, np.nan]),
        "shortfall_m": np.array([0.25, np.nan]),
        "at": np.array([[5.0, 0.0, -1.2], [8.0, 0.5, np.nan]]),
        "near_a": np.array([[5.0, 0.0, -1.15], [np.nan] * 3]),
        "near_b": np.array([[5.0, 0.0, -1.3], [np.nan] * 3]),
        "stretch_from_m": np.array([4.0, np.nan]),
        "stretch_to_m": np.array([6.0, np.nan]),
        "decision": np.array([DecisionState.OPEN, DecisionState.ACCEPTED], dtype=np.int8),
        "decision_reason": text_array(["", '=HYPERLINK("x") <script>alert(1)</script>']),
    }
    conflicts = ConflictTable.build(2, **(defaults | columns))
    ledger = Ledger(
        pipes_read=3,
        pipes_tested=2,
        untestable={"no_level": 1},
        checks=(
            CheckLedger("vertical_clearance", Outcome.RAN, None, 2, 5, {"joined": 1}, 1, 3, 0),
            CheckLedger("horizontal_clearance", Outcome.RAN, None, 2, 1, {}, 0, 0, 1),
            CheckLedger("cover", Outcome.NOT_RUN, msg("There is no ground level")),
        ),
    )
    return CheckReport(
        rules=RuleSetStamp("gb50289-2016", "2016", "ab" * 32),
        revision=state.revision,
        as_of=np.datetime64("2020-01-01"),
        ledger=ledger,
        conflicts=conflicts,
        requirements=two_requirements(),
        suspicions=SuspicionTable.empty(),
        created="2026-01-02T03:04:05+00:00",
        timings_s={"vertical_clearance": 0.25},
    )
