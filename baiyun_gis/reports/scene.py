"""What both sketches of one conflict are drawn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.model.columns import F64
from baiyun_gis.project import ProjectState
from baiyun_gis.reports.page_pieces import decimal
from baiyun_gis.reports.subjects import Subject, subjects_of


@dataclass(frozen=True, slots=True)
class Scene:
    """What both sketches of a conflict are drawn from; points are absolute, NaN unknown."""

    a: Subject | None
    b: Subject | None
    at: F64
    near_a: F64
    near_b: F64
    actual_m: float
    required_m: float
    check: str

    @property
    def gap_text(self) -> str:
        """The measured number as the dimension line shows it."""
        return "?" if np.isnan(self.actual_m) else f"{decimal(self.actual_m)} m"


def scene_of(report: CheckReport, state: ProjectState, row: int) -> Scene:
    """The sides, places and numbers of conflict `row`."""
    c = report.conflicts
    a, b = subjects_of(report, state, row)
    near_a, near_b = c.near_a[row], c.near_b[row]
    return Scene(
        a=a,
        b=b,
        at=c.at[row],
        near_a=near_a,
        near_b=near_b,
        actual_m=float(c.actual_m[row]),
        required_m=float(c.required_m[row]),
        check=c.check[row],
    )
