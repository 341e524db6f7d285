"""Reports made ready for reading row after row: what is told one conflict at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from baiyun_gis.findings.conflicts import CheckReport, ConflictTable
from baiyun_gis.model.columns import specs_of
from baiyun_gis.rules.labels import label
from baiyun_gis.rules.requirement import Requirement


class _Listed:
    """The columns of a table as plain lists; places and days stay arrays.

    One value out of an array costs ten times one out of a list, and a sentence takes dozens.
    """

    def __init__(self, table: ConflictTable) -> None:
        self._count = len(table)
        for spec in specs_of(type(table)):
            values: Any = getattr(table, spec.name)
            is_plain = values.ndim == 1 and spec.kind != "day"
            setattr(self, spec.name, values.tolist() if is_plain else values)

    def __len__(self) -> int:
        return self._count


def read_ready(report: CheckReport) -> CheckReport:
    """The same report for going through its conflicts by row; not for arithmetic on columns.

    Rules have their sentences put together already.
    """
    return replace(
        report,
        conflicts=cast("ConflictTable", _Listed(report.conflicts)),
        requirements=tuple(_told(rule) for rule in report.requirements),
    )


def _told(rule: Requirement) -> Requirement:
    return replace(rule, sentence=label(rule.sentence.text("en"), rule.sentence.text("zh")))
