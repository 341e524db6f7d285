"""Two conflict runs beside each other: new, gone, worse, better, the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.findings.conflicts import CheckReport, ConflictTable
from baiyun_gis.findings.decide import WORSE_M
from baiyun_gis.findings.decisions import DecisionTable
from baiyun_gis.findings.resurvey import same_conflicts
from baiyun_gis.findings.standing_decisions import decision_rows
from baiyun_gis.model.columns import F64, I8, I64
from baiyun_gis.model.vocabulary import Vocabulary
from baiyun_gis.project import ProjectState


class Change(Vocabulary):
    """What has become of a conflict between two runs."""

    SAME = (0, "same", "不变")
    NEW = (1, "new", "新增")
    GONE = (2, "gone", "消失")
    WORSE = (3, "worse", "加重")
    BETTER = (4, "better", "减轻")


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """One row a conflict of either run, the worst news first.

    `before_row` and `after_row` are rows of the two tables, −1 where it is not there; `change`
    holds codes of `Change`; `grown_m` is how much larger the shortfall is now, NaN where it is
    not known of both; `ending` (codes of `Ending`) says why a conflict is gone, where known.
    """

    before_row: I64
    after_row: I64
    change: I8
    grown_m: F64
    ending: I64

    def count(self, change: Change) -> int:
        return int((self.change == change).sum())


_ORDER = np.array([4, 0, 2, 1, 3])
"""Place of each `Change` in a comparison: new, worse, gone, better, same."""


def compared(before: ConflictTable, after: ConflictTable) -> Comparison:
    """Two runs on features of the same ids."""
    of_after = decision_rows(after, _as_decisions(before))
    new_row = np.full(len(before), -1, dtype=np.int64)
    rows = np.flatnonzero(of_after >= 0)
    new_row[of_after[rows]] = rows
    return _comparison(before, after, new_row, np.zeros(len(before), dtype=np.int64))


def compared_projects(
    old: ProjectState, before: CheckReport, new: ProjectState, after: CheckReport
) -> Comparison:
    """Runs on two projects, whether the features kept their ids or not, with reasons."""
    same = same_conflicts(old, before, new, after)
    return _comparison(before.conflicts, after.conflicts, same.new_row, same.ending)


def since_last_run(last: ConflictTable, now: ConflictTable) -> I8:
    """What has become of each conflict of `now` since the run `last`, codes of `Change`."""
    comparison = compared(last, now)
    out = np.zeros(len(now), dtype=np.int8)
    rows = comparison.after_row
    out[rows[rows >= 0]] = comparison.change[rows >= 0]
    return out


def _as_decisions(conflicts: ConflictTable) -> DecisionTable:
    """Conflicts in the form in which they are looked up again in a later run."""
    return DecisionTable.build(
        len(conflicts),
        conflict=conflicts.id,
        check=conflicts.check,
        a_id=conflicts.a_id,
        b_id=conflicts.b_id,
        x=conflicts.at[:, 0],
        y=conflicts.at[:, 1],
    )


def _comparison(
    before: ConflictTable, after: ConflictTable, new_row: I64, ending: I64
) -> Comparison:
    gone = np.flatnonzero(new_row < 0)
    kept = np.flatnonzero(new_row >= 0)
    is_old = np.zeros(len(after), dtype=np.bool_)
    is_old[new_row[kept]] = True
    fresh = np.flatnonzero(~is_old)
    one = np.concatenate([kept, gone, np.full(len(fresh), -1)]).astype(np.int64)
    two = np.concatenate([new_row[kept], np.full(len(gone), -1), fresh]).astype(np.int64)
    then, now = before.shortfall_m[kept], after.shortfall_m[new_row[kept]]
    grown = np.concatenate([now - then, np.full(len(gone) + len(fresh), np.nan)])
    with np.errstate(invalid="ignore"):
        newly_judged = np.isnan(then) & ~np.isnan(now)
        worse = (now - then > WORSE_M) | newly_judged
        change = np.where(worse, Change.WORSE, Change.SAME)
        change = np.where(now - then < -WORSE_M, Change.BETTER, change)
    change = np.concatenate(
        [change, np.full(len(gone), Change.GONE), np.full(len(fresh), Change.NEW)]
    ).astype(np.int8)
    why = np.zeros(len(one), dtype=np.int64)
    why[len(kept) : len(kept) + len(gone)] = ending[gone]
    order = np.lexsort((one, two, _ORDER[change]))
    return Comparison(one[order], two[order], change[order], grown[order], why[order])
