"""Runs the checks on small networks and looks up what came out, for the tests of the checks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.findings.conflicts import CheckLedger, CheckReport
from baiyun_gis.model.columns import text_array
from baiyun_gis.model.tables import BuildingTable, NodeTable, PipeTable
from baiyun_gis.model.vocabulary import NodeKind, Shape, Utility
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.rules.resolver import pipe_classes, resolve_pairs
from baiyun_gis.rules.ruleset import RuleSet

NO_DAY = np.datetime64("NaT", "D")
EXACT = {"sigma_xy_m": 0.0, "sigma_z_m": 0.0}
"""Columns of a pipe that is known without doubt, so that verdicts are yes or no."""


@cache
def gb() -> RuleSet:
    return load_rule_set("gb50289-2016")


def checked(state: ProjectState, *only: str, **options: Any) -> CheckReport:
    """The report of one run with the Chinese rule set, whatever the day."""
    options = {"as_of": NO_DAY} | options
    return run_checks(state, gb(), only=only, **options)


def ledger_of(report: CheckReport, check: str) -> CheckLedger:
    return next(line for line in report.ledger.checks if line.check == check)


def found(report: CheckReport, check: str) -> list[tuple[str, str]]:
    """The pairs of ids a check found, in order of the report."""
    conflicts = report.conflicts
    rows = np.flatnonzero(conflicts.check == check)
    return [(str(conflicts.a_id[r]), str(conflicts.b_id[r])) for r in rows]


def row_of(report: CheckReport, check: str) -> dict[str, Any]:
    """The only finding of a check."""
    rows = np.flatnonzero(report.conflicts.check == check)
    assert len(rows) == 1, [report.conflicts.row(int(r)) for r in rows]
    return report.conflicts.row(int(rows[0]))


def required_m(check: str, a: PipeTable, b: PipeTable) -> float:
    """What the rule set asks of two pipes, straight from the resolver."""
    both = PipeTable.concat([a, b])
    classes = pipe_classes(gb(), both)
    one, two = classes.class_of
    return float(resolve_pairs(gb(), check, classes).required_m[one, two])


def chambers(
    names: Sequence[str],
    places: Sequence[tuple[float, float]],
    *,
    utility: Utility = Utility.SEWAGE,
    width_m: float = 1.2,
    ground_m: float = 0.0,
    bottom_m: float = -3.0,
) -> NodeTable:
    """Round chambers at places."""
    return NodeTable.build(
        len(names),
        id=text_array(names),
        xy=np.asarray(places, dtype=float),
        kind=NodeKind.MANHOLE,
        utility=utility,
        is_chamber=True,
        chamber_shape=Shape.CIRCLE,
        chamber_width_m=width_m,
        ground_m=ground_m,
        bottom_m=bottom_m,
    )


def buildings(**footprints: Any) -> BuildingTable:
    """Buildings by id."""
    outlines = np.empty(len(footprints), dtype=object)
    outlines[:] = list(footprints.values())
    return BuildingTable.build(
        len(footprints), id=text_array(footprints), geometry=outlines, sigma_xy_m=0.0
    )
