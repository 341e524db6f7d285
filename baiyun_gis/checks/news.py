"""What to say of a run beside its findings: their common causes, and what is new since the last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.checks.grouping import conflict_groups
from baiyun_gis.findings.compare import Change, since_last_run
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.findings.groups import ConflictGroup
from baiyun_gis.model.columns import I8
from baiyun_gis.project import ProjectState


@dataclass(frozen=True, slots=True, eq=False)
class RunNews:
    """`groups` are those of more than one conflict, by id. `change` holds a code of `Change` for
    every conflict, shape (n,), and `gone` counts those of the last run that are no more; both
    None where there is no earlier run that can be compared."""

    groups: dict[str, ConflictGroup]
    change: I8 | None = None
    gone: int | None = None

    def count(self, change: Change) -> int:
        """How many conflicts are of this sort; 0 without an earlier run."""
        if change is Change.GONE:
            return self.gone or 0
        return 0 if self.change is None else int((self.change == change).sum())


def news_of(report: CheckReport, state: ProjectState, *, last: CheckReport | None) -> RunNews:
    """The news of a run on `state` since `last`; other rules, day or scope are not compared."""
    found = conflict_groups(report.conflicts, state)
    groups = {group.id: group for group in found}
    if last is None or not _are_alike(last, report):
        return RunNews(groups)
    change = since_last_run(last.conflicts, report.conflicts)
    stayed = int((change != Change.NEW).sum())
    return RunNews(groups, change, len(last.conflicts) - stayed)


def _are_alike(one: CheckReport, two: CheckReport) -> bool:
    same_day = one.as_of == two.as_of or (np.isnat(one.as_of) and np.isnat(two.as_of))
    return bool(one.rules == two.rules and same_day and one.scope == two.scope)
