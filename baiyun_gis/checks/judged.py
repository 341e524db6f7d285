"""The columns of findings that say how it stands: measured, required, how sure, how grave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from baiyun_gis.checks.verdicts import is_violated, severity_of, verdict_of
from baiyun_gis.findings.conflicts import Severity
from baiyun_gis.model.columns import F64, I32, Bool
from baiyun_gis.rules.requirement import Requirement

_NOTE = np.int8(Severity.NOTE)


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
    `grave` marks rows that are critical whatever the clause.
    """
    unsure = np.isnan(probability)
    actual = np.where(unsure, np.nan, actual_m)
    mandatory = is_mandatory(requirements, requirement)
    severity = severity_of(
        mandatory=mandatory, grave=grave, shortfall_m=required_m - actual, required_m=required_m
    )
    verdict = verdict_of(probability)
    return {
        "severity": np.where(unsure, _NOTE, severity),
        "verdict": verdict,
        "probability": probability,
        "violated": is_violated(actual, required_m),
        "requirement": requirement,
        "required_m": required_m,
        "actual_m": actual,
        "shortfall_m": required_m - actual,
        "sigma_m": sigma_m,
    }


def is_mandatory(requirements: Sequence[Requirement], index: I32) -> Bool:
    """Which rows rest on a mandatory clause."""
    if len(index) < len(requirements):
        rows: list[int] = index.tolist()
        some = (row >= 0 and requirements[row].is_mandatory for row in rows)
        return np.fromiter(some, np.bool_, len(rows))
    flags = np.array([*(r.is_mandatory for r in requirements), False], dtype=np.bool_)
    return flags[index]
