"""The columns of findings that say how it stands: measured, required, how sure, how grave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from baiyun_gis.checks.verdicts import TOLERANCE_M, VERDICT_FROM, VERDICTS
from baiyun_gis.findings.conflicts import Severity
from baiyun_gis.kernels.standings import Grades, graded
from baiyun_gis.model.columns import F64, I32, Bool
from baiyun_gis.rules.requirement import Requirement

_GRADES = Grades(VERDICT_FROM, VERDICTS, np.array(list(Severity), dtype=np.int8))


def judged(
    *,
    actual_m: F64,
    required_m: F64,
    sigma_m: F64,
    probability: F64,
    requirement: I32,
    requirements: Sequence[Requirement],
    grave: Bool,
) -> dict[str, Any]:
    """Columns of a `ConflictTable` from what was measured.

    A NaN probability makes a row *cannot judge*, of the lowest severity and with no number.
    `grave` marks rows that are critical whatever the clause; so are those of mandatory ones. What
    is short by half or more is major, else minor.
    """
    critical = is_mandatory(requirements, requirement) | grave
    return graded_columns(actual_m, required_m, probability, critical) | {
        "probability": probability,
        "requirement": requirement,
        "required_m": required_m,
        "sigma_m": sigma_m,
    }


def graded_columns(
    actual_m: F64, required_m: F64, probability: F64, critical: Bool
) -> dict[str, Any]:
    """The columns that follow from what was measured, and from what is critical anyway."""
    actual, shortfall, severity, verdict, violated = graded(
        actual_m, required_m, probability, critical, _GRADES, tolerance_m=TOLERANCE_M
    )
    return {
        "severity": severity,
        "verdict": verdict,
        "violated": violated,
        "actual_m": actual,
        "shortfall_m": shortfall,
    }


def is_mandatory(requirements: Sequence[Requirement], index: I32) -> Bool:
    """Which rows rest on a mandatory clause."""
    if len(index) < len(requirements):
        rows: list[int] = index.tolist()
        some = (row >= 0 and requirements[row].is_mandatory for row in rows)
        return np.fromiter(some, np.bool_, len(rows))
    flags = np.array([*(r.is_mandatory for r in requirements), False], dtype=np.bool_)
    return flags[index]
