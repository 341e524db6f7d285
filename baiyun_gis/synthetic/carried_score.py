"""How well decisions were carried into a made-up second survey, told from its truth alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from baiyun_gis.findings.conflicts import CheckReport, ConflictTable
from baiyun_gis.findings.decide import WORSE_M, with_decisions
from baiyun_gis.findings.decisions import DecisionState, DecisionTable
from baiyun_gis.findings.resurvey import Carried
from baiyun_gis.model.columns import F64, Str
from baiyun_gis.model.topology import topology_of
from baiyun_gis.synthetic.resurvey import Resurvey

_NEAR_M = 5.0
Things = frozenset[str]


@dataclass(frozen=True, slots=True)
class CarriedScore:
    """Counts of decisions.

    `standing` have a true counterpart in the new run and `right` of them went there; `wrong`
    went elsewhere. `worse` are worse there than accepted by more than the limit and `reopened`
    of those are open again; `settled` are carried and still settled.
    """

    decisions: int
    standing: int
    right: int
    wrong: int
    worse: int
    reopened: int
    settled: int


def accepted_all(report: CheckReport) -> DecisionTable:
    """A made-up decision to accept each conflict of a report as it is."""
    conflicts = report.conflicts
    return DecisionTable.build(
        len(conflicts),
        conflict=conflicts.id,
        state=DecisionState.ACCEPTED,
        reason="synthetic",
        author="synthetic",
        accepted_shortfall_m=conflicts.shortfall_m,
        check=conflicts.check,
        a_id=conflicts.a_id,
        b_id=conflicts.b_id,
        x=conflicts.at[:, 0],
        y=conflicts.at[:, 1],
    )


def score_of(
    truth: Resurvey, before: CheckReport, after: CheckReport, moved: Carried
) -> CarriedScore:
    """What became of the decisions, against what should have become of them."""
    fits = _true_counterparts(truth, before, after)
    pairs = list(zip(moved.old_row.tolist(), moved.new_row.tolist(), strict=True))
    right = {new for old, new in pairs if new in fits[old]}
    went = [(old, new) for old, new in pairs if new >= 0]
    # A counterpart that another decision rightly has is no miss.
    missed = sum(1 for old, new in pairs if new < 0 and fits[old] - right)
    one, two = (np.array(rows, dtype=np.int64) for rows in zip(*went, strict=True))
    worse = _worse(before.conflicts.shortfall_m[one], after.conflicts.shortfall_m[two])
    shown = with_decisions(after.conflicts, moved.decisions, as_of=after.as_of).decision[two]
    return CarriedScore(
        decisions=len(pairs),
        standing=len(right) + missed,
        right=len(right),
        wrong=len(went) - len(right),
        worse=int(worse.sum()),
        reopened=int((worse & (shown == DecisionState.REOPENED)).sum()),
        settled=int((shown == DecisionState.ACCEPTED).sum()),
    )


def _worse(before_m: F64, after_m: F64) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return (after_m - before_m > WORSE_M) | (np.isnan(before_m) & ~np.isnan(after_m))


def _true_counterparts(truth: Resurvey, before: CheckReport, after: CheckReport) -> list[set[int]]:
    """For each old conflict the new ones by the same rule, of the same things, at the place."""
    run = topology_of(truth.state.pipes).run
    new_of: dict[int, list[int]] = {}
    for old, new in zip(truth.old_of.tolist(), truth.new_of.tolist(), strict=True):
        new_of.setdefault(old, []).append(new)

    def old_side(table: str, row: int) -> list[str]:
        if table == "pipes":
            return [f"run:{run[new]}" for new in new_of.get(row, ())]
        places = {"nodes": truth.node_of, "buildings": truth.building_of}.get(table)
        return [f"{table}:{places[row] if places is not None and row >= 0 else row}"]

    def new_side(table: str, row: int) -> list[str]:
        return [f"run:{run[row]}" if table == "pipes" else f"{table}:{row}"]

    there: dict[tuple[str, str, Things], list[int]] = {}
    for row, key in enumerate(_keys(after, new_side)):
        there.setdefault(key[0], []).append(row)
    at, new_at = before.conflicts.at, after.conflicts.at
    reach = _NEAR_M + _stretch(after.conflicts) + float(_stretch(before.conflicts).max())
    out: list[set[int]] = []
    for row, keys in enumerate(_keys(before, old_side)):
        rows = [new for key in keys for new in there.get(key, ())]
        away = {new: float(np.hypot(*(at[row, :2] - new_at[new, :2]))) for new in rows}
        out.append({new for new, far in away.items() if not far > reach[new]})
    return out


def _keys(
    report: CheckReport, side: Callable[[str, int], list[str]]
) -> list[list[tuple[str, str, Things]]]:
    """Check, rule and the two things of each conflict, in all the ways they may be called."""
    c = report.conflicts
    rules: Str = np.array([*(r.rule_id for r in report.requirements), ""], dtype=object)
    sides = zip(c.a_table, c.a_row.tolist(), c.b_table, c.b_row.tolist(), strict=True)
    return [
        [(check, rule, frozenset((one, two))) for one in side(a, i) for two in side(b, j)]
        for check, rule, (a, i, b, j) in zip(c.check, rules[c.requirement], sides, strict=True)
    ]


def _stretch(conflicts: ConflictTable) -> F64:
    length = conflicts.stretch_to_m - conflicts.stretch_from_m
    return np.where(np.isfinite(length), length, 0.0)
