"""Which suspect level a conflict between existing lines may come from."""

from __future__ import annotations

import numpy as np

from baiyun_gis.checks.deep_lines import DEEPER_RULE
from baiyun_gis.diagnosis.conflict_ties import VERTICAL
from baiyun_gis.diagnosis.level_records import ACCUSED
from baiyun_gis.diagnosis.suspects import LevelDiagnosis
from baiyun_gis.findings.conflicts import CheckReport

OF_LEVELS = (*VERTICAL, "gravity_slope", "chamber", "directly_above")
"""Checks whose findings are there or not by what levels are recorded."""


def suspect_of_conflict(diagnosis: LevelDiagnosis, report: CheckReport, row: int) -> int:
    """The suspect whose correction would end conflict `row`, else the surest one that moves an
    end of its lines; −1 for none, and for findings that rest on no levels.

    Only best causes of their cases count, and of those that would not end it only the accused.
    """
    found, lines = report.conflicts, len(diagnosis.ends) // 2
    sides = ((found.a_table[row], found.a_row[row]), (found.b_table[row], found.b_row[row]))
    pipes = {int(pipe) for table, pipe in sides if table == "pipes" and 0 <= pipe < lines}
    if not rests_on_levels(report, row) or not pipes or not len(diagnosis.suspects):
        return -1
    ends = [end for pipe in pipes for end in (2 * pipe, 2 * pipe + 1)]
    moved = np.asarray(abs(diagnosis.moves[:, ends]).sum(axis=1)).ravel() > 0
    suspects = np.flatnonzero(moved & (diagnosis.suspects.rank == 0))
    name = str(found.id[row])
    for suspect in suspects:  # a handful: those that hang on two lines
        if name in diagnosis.conflicts_gone(int(suspect)):
            return int(suspect)
    accused = suspects[diagnosis.suspects.posterior[suspects] >= ACCUSED]
    return int(accused[0]) if len(accused) else -1


def rests_on_levels(report: CheckReport, row: int) -> bool:
    """Could another level end conflict `row`; not so where only plan counts."""
    if str(report.conflicts.check[row]) in OF_LEVELS:
        return True
    rule = int(report.conflicts.requirement[row])
    return rule >= 0 and report.requirements[rule].rule_id == DEEPER_RULE
