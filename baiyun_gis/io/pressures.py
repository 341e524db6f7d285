"""Pressure and pressure class from the several columns that may say them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from baiyun_gis.io.distinct import Cells
from baiyun_gis.io.imported import Inference
from baiyun_gis.io.values import pressures_from, ungraded_pressures
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I8, Bool

PRESSURE_ROLES = ("design_pressure", "pressure", "pressure_class")
"""Roles of columns that may hold MPa, a class, or both; the first that says MPa gives MPa."""


def pressures_of(columns: Iterable[tuple[Cells, str]], count: int) -> tuple[F64, I8, Bool]:
    """MPa, class, and where the class came without its grade; shape (n,) each.

    `columns` are cells and their header's unit, in the order of `PRESSURE_ROLES`.
    """
    mpa, grade = np.full(count, np.nan), np.zeros(count, dtype=np.int8)
    is_ungraded = np.zeros(count, dtype=np.bool_)
    for cells, unit in columns:
        number, code = pressures_from(cells, unit=unit)
        mpa = np.where(np.isnan(mpa), number, mpa)
        # a later column that names the class outright is nearer to it
        is_ungraded = np.where(code > 0, ungraded_pressures(cells), is_ungraded)
        grade = np.where(code > 0, code, grade)
    return mpa, grade.astype(np.int8), is_ungraded


def grade_inference(is_ungraded: Bool) -> Inference | None:
    """What to say of classes without their grade; None where there are none."""
    count = int(np.count_nonzero(is_ungraded))
    if not count:
        return None
    why = msg(
        "{count} rows name a class without its grade, such as 中压; the stricter A is taken",
        count=count,
    )
    return Inference("pressure class", "A", 0.6, why)
