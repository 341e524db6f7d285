"""Ways out of many conflicts: which to look at, and taking them one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.errors import UsageError
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.findings.decisions import DecisionState
from baiyun_gis.jobs import Job, silent
from baiyun_gis.language import msg
from baiyun_gis.model.vocabulary import Verdict
from baiyun_gis.project import ProjectState
from baiyun_gis.remedies.limits import Limits
from baiyun_gis.remedies.propose import remedies_for
from baiyun_gis.remedies.remedy import NoWay, Proposal, Remedy, with_remedy
from baiyun_gis.rules.ruleset import RuleSet

_SAME_PLACE_M = 5.0


def rows_to_settle(report: CheckReport, *, ids: Sequence[str], least: Verdict) -> list[int]:
    """The conflicts asked for, else all open ones at least as sure as `least`.

    Of several findings of the same two sides at one place only the gravest is kept: its way
    out is one for all of them. Raises `UsageError` for an id that the report does not have.
    """
    conflicts = report.conflicts
    if ids:
        place = {str(name): row for row, name in enumerate(conflicts.id)}
        for name in ids:
            if name not in place:
                raise UsageError("the check found no conflict '{id}'", id=name)
        return [place[name] for name in ids]
    settled = [DecisionState.ACCEPTED, DecisionState.EXCLUDED, DecisionState.RESOLVED]
    is_open = (conflicts.verdict >= least) & ~np.isin(conflicts.decision, settled)
    kept: dict[tuple[str, ...], list[int]] = {}
    for row in np.flatnonzero(is_open).tolist():
        sides = (
            *sorted((str(conflicts.a_id[row]), str(conflicts.b_id[row]))),
            str(conflicts.b_table[row]),
        )
        known = kept.setdefault(sides, [])
        at = conflicts.at[row, :2]
        if not any(np.hypot(*(conflicts.at[k, :2] - at)) < _SAME_PLACE_M for k in known):
            known.append(row)
    return sorted(row for rows in kept.values() for row in rows)


def settled_one_by_one(
    state: ProjectState,
    rules: RuleSet,
    report: CheckReport,
    *,
    ids: Sequence[str],
    limits: Limits,
    takes: Callable[[Proposal], bool],
    job: Job | None = None,
) -> tuple[ProjectState, list[Remedy]]:
    """The state with every proposal made that `takes` agrees to, each on top of those before.

    After each the project is checked anew, so that the next one knows of it; conflicts that are
    gone by then need none.
    """
    job = job or silent()
    out: list[Remedy] = []
    for done, name in enumerate(ids):
        job.step(done / len(ids), msg("Looking for a way out of {conflict}", conflict=name))
        rows = np.flatnonzero(report.conflicts.id == name)
        if not len(rows):
            continue
        remedy = remedies_for(report, state, rules, [int(rows[0])], limits=limits)[0]
        out.append(remedy)
        if isinstance(remedy, NoWay) or not takes(remedy):
            continue
        state = with_remedy(state, remedy)
        report = run_checks(state, rules, as_of=report.as_of)
    return state, out
