"""Decisions carried into a new survey of the same ground, where every id may have changed.

Features are matched first (`feature_match`), then conflicts by check, rule, the runs of their
features and their place. A decision goes to the conflict that is the same; what has become worse
opens again by itself, because the shortfall that was accepted goes along. For a decision that
goes nowhere there is a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from baiyun_gis.findings.conflicts import CheckReport, ConflictTable
from baiyun_gis.findings.decide import WORSE_M
from baiyun_gis.findings.decisions import DecisionTable
from baiyun_gis.findings.feature_match import FeatureMatch, same_features
from baiyun_gis.findings.same_places import NEAR_M, same_places
from baiyun_gis.findings.standing_decisions import decision_rows
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import F64, I32, I64, Bool, Str
from baiyun_gis.model.topology import Topology, topology_of
from baiyun_gis.model.vocabulary import Vocabulary
from baiyun_gis.project import ProjectState

CHANGED_LEVEL_M = 0.10
CHANGED_PLACE_M = 0.40
"""What two surveys differ by more than this is a change of the ground, not of the measuring."""

LIMIT_SIGMAS = 2.0
"""Errors of measuring reach two standard deviations."""


class Ending(Vocabulary):
    """Why a conflict of the old run is not there in the new one."""

    NONE = (0, "none", "")
    DELETED = (1, "deleted", "已拆除")
    RULE_CHANGED = (2, "rule_changed", "条文变化")
    RELEVELLED = (3, "relevelled", "高程改变")
    RESIZED = (4, "resized", "断面改变")
    MOVED = (5, "moved", "位置移动")
    REMEASURED = (6, "remeasured", "复测后不再成立")


@dataclass(frozen=True, slots=True, eq=False)
class SameConflicts:
    """Conflicts of an old run in a new one: `new_row` of every old conflict, −1 where it is not
    there any more, and `ending` (codes of `Ending`) then says why, shape (old,)."""

    new_row: I64
    ending: I64


@dataclass(frozen=True, slots=True, eq=False)
class Carried:
    """What became of the decisions of an old project.

    `decisions` are those for the new one. Per old decision that speaks of a conflict, shape (n,):
    its row in the old table, the rows of its conflict in both reports (−1 gone), why it is gone,
    and whether the conflict is worse than what was accepted (so that it opens again);
    `within_errors` of these are so by no more than the errors of both surveys may make them.
    """

    decisions: DecisionTable
    decision: I64
    old_row: I64
    new_row: I64
    ending: I64
    worse: Bool
    within_errors: Bool
    speechless: int
    """Old decisions that spoke of no conflict even in the old run."""


def carried(
    old: ProjectState, old_report: CheckReport, new: ProjectState, new_report: CheckReport
) -> Carried:
    """The decisions of `old` on the conflicts of `new`; both reports are of their states.

    Decisions that `new` has already stay, and win over carried ones.
    """
    speaks = decision_rows(old_report.conflicts, old.decisions)
    rows = np.flatnonzero(speaks >= 0)
    decision = speaks[rows]
    same = same_conflicts(old, old_report, new, new_report)
    to = same.new_row[rows]
    there = to >= 0
    own = decision_rows(new_report.conflicts, new.decisions)
    free = there.copy()
    free[there] = own[to[there]] < 0
    moved = _moved_to(old.decisions.take(decision[free]), new_report.conflicts, to[free])
    live = len({str(name) for name in old.decisions.conflict})
    accepted = old.decisions.accepted_shortfall_m[decision]
    worse = _worse(accepted, new_report.conflicts, to)
    within = _within_errors(accepted, (old_report.conflicts, rows), (new_report.conflicts, to))
    return Carried(
        DecisionTable.concat([new.decisions, moved]),
        decision,
        rows,
        to,
        same.ending[rows],
        worse,
        worse & within,
        live - len(rows),
    )


def _moved_to(decisions: DecisionTable, conflicts: ConflictTable, rows: I64) -> DecisionTable:
    """Decisions said of other conflicts; what was accepted stays what it was."""
    return decisions.with_columns(
        conflict=conflicts.id[rows],
        check=conflicts.check[rows],
        a_id=conflicts.a_id[rows],
        b_id=conflicts.b_id[rows],
        x=conflicts.at[rows, 0],
        y=conflicts.at[rows, 1],
    )


def _worse(accepted_m: F64, conflicts: ConflictTable, rows: I64) -> Bool:
    """Worse than accepted by more than the limit, or judged now for the first time."""
    now = np.where(rows >= 0, conflicts.shortfall_m[rows], np.nan) if len(conflicts) else accepted_m
    with np.errstate(invalid="ignore"):
        return (now > accepted_m + WORSE_M) | (np.isnan(accepted_m) & ~np.isnan(now))


def _within_errors(
    accepted_m: F64, was: tuple[ConflictTable, I64], now: tuple[ConflictTable, I64]
) -> Bool:
    """Grown by no more than two independent surveys of one state may differ by."""
    (old, old_row), (new, new_row) = was, now
    if not len(new):
        return np.zeros(len(accepted_m), dtype=np.bool_)
    grown = np.where(new_row >= 0, new.shortfall_m[new_row], np.nan) - accepted_m
    both = np.hypot(old.sigma_m[old_row], new.sigma_m[new_row])
    with np.errstate(invalid="ignore"):
        return grown <= LIMIT_SIGMAS * both


def same_conflicts(
    old: ProjectState,
    old_report: CheckReport,
    new: ProjectState,
    new_report: CheckReport,
    *,
    features: dict[str, FeatureMatch] | None = None,
) -> SameConflicts:
    """Each conflict of the old run in the new one, whatever the features are called now."""
    match = same_features(old, new) if features is None else features
    topology = topology_of(new.pipes)
    sides = _Sides(match, topology)
    before, after = old_report.conflicts, new_report.conflicts
    rules = _rules(old_report), _rules(new_report)
    old_sides = sides.named_as_new(before)
    new_keys = _keys(after, rules[1], sides.named(after))
    reach = {"old_reach_m": _reach(before), "new_reach_m": _reach(after)}
    found = same_places(
        _many_keys(before, rules[0], old_sides), before.at, new_keys, after.at, **reach
    )
    no_rule = np.full(len(before), "", dtype=object), np.full(len(after), "", dtype=object)
    any_rule = same_places(
        _many_keys(before, no_rule[0], old_sides),
        before.at,
        _keys(after, no_rule[1], sides.named(after)),
        after.at,
        **reach,
    )
    ending = _endings(before, old, new, match, found, any_rule, old_sides)
    return SameConflicts(found, ending)


def _rules(report: CheckReport) -> Str:
    names = np.array([*(r.rule_id for r in report.requirements), ""], dtype=object)
    return names[report.conflicts.requirement]


def _reach(conflicts: ConflictTable) -> F64:
    length = conflicts.stretch_to_m - conflicts.stretch_from_m
    return NEAR_M + np.where(np.isfinite(length), length, 0.0)


class _Sides:
    """Names of the sides of conflicts, in the words of the new state."""

    def __init__(self, match: dict[str, FeatureMatch], topology: Topology) -> None:
        self._run = topology.run
        self._new_of = {name: _lists(found) for name, found in match.items()}

    def named(self, conflicts: ConflictTable) -> list[tuple[str, str]]:
        """Both sides of each conflict of the new run."""
        return [
            (self._name(a, i, x), self._name(b, j, y))
            for a, i, x, b, j, y in zip(*_columns(conflicts), strict=True)
        ]

    def named_as_new(self, conflicts: ConflictTable) -> list[tuple[list[str], list[str]]]:
        """All names that each side of an old conflict may have in the new run; none for what is
        not there any more."""
        return [
            (self._names(a, i, x), self._names(b, j, y))
            for a, i, x, b, j, y in zip(*_columns(conflicts), strict=True)
        ]

    def _name(self, table: str, row: int, name: str) -> str:
        if table == "pipes":
            return f"run:{self._run[row]}"
        return f"{table}:{row if row >= 0 else name}"

    def _names(self, table: str, row: int, name: str) -> list[str]:
        if table not in self._new_of or row < 0:
            return [self._name(table, row, name)]
        rows = self._new_of[table].get(row, ())
        return list(dict.fromkeys(self._name(table, each, name) for each in rows))


def _columns(conflicts: ConflictTable) -> tuple[Sequence[object], ...]:
    return (
        conflicts.a_table.tolist(),
        conflicts.a_row.tolist(),
        conflicts.a_id.tolist(),
        conflicts.b_table.tolist(),
        conflicts.b_row.tolist(),
        conflicts.b_id.tolist(),
    )


def _lists(match: FeatureMatch) -> dict[int, list[int]]:
    out: dict[int, list[int]] = {}
    for old, new in zip(match.old.tolist(), match.new.tolist(), strict=True):
        out.setdefault(old, []).append(new)
    return out


def _key(check: str, rule: str, a: str, b: str) -> str:
    return f"{check}|{rule}|{min(a, b)}|{max(a, b)}"


def _keys(conflicts: ConflictTable, rules: Str, sides: list[tuple[str, str]]) -> list[str]:
    return [_key(c, r, a, b) for c, r, (a, b) in zip(conflicts.check, rules, sides, strict=True)]


def _many_keys(
    conflicts: ConflictTable, rules: Str, sides: list[tuple[list[str], list[str]]]
) -> list[list[str]]:
    return [
        [_key(check, rule, one, two) for one in a for two in b]
        for check, rule, (a, b) in zip(conflicts.check, rules, sides, strict=True)
    ]


def _endings(
    conflicts: ConflictTable,
    old: ProjectState,
    new: ProjectState,
    match: dict[str, FeatureMatch],
    found: I64,
    any_rule: I64,
    sides: list[tuple[list[str], list[str]]],
) -> I64:
    """Why each old conflict is not there any more; the gravest reason of both sides."""
    gone = found < 0
    lost = np.array([not (a and b) for a, b in sides], dtype=np.bool_)
    rise, away = _largest(conflicts, match, "rise_m"), _largest(conflicts, match, "away_m")
    resized = _resized(conflicts, old, new, match["pipes"])
    out = np.full(len(conflicts), int(Ending.REMEASURED), dtype=np.int64)
    for mask, why in (
        (away > CHANGED_PLACE_M, Ending.MOVED),
        (resized, Ending.RESIZED),
        (rise > CHANGED_LEVEL_M, Ending.RELEVELLED),
        (any_rule >= 0, Ending.RULE_CHANGED),
        (lost, Ending.DELETED),
    ):
        out[mask] = why
    return np.where(gone, out, int(Ending.NONE))


def _by_side(conflicts: ConflictTable, value: Callable[[Str, I32], F64]) -> F64:
    one = value(conflicts.a_table, conflicts.a_row)
    two = value(conflicts.b_table, conflicts.b_row)
    return np.maximum(one, two)


def _largest(conflicts: ConflictTable, match: dict[str, FeatureMatch], column: str) -> F64:
    """The larger size of a match's column of both sides, 0 where it is unknown."""

    def of(table: Str, row: I32) -> F64:
        out = np.zeros(len(row))
        for name, found in match.items():
            mine = (table == name) & (row >= 0)
            if mine.any() and len(found.old):
                whole = np.zeros(max(int(found.old.max()), int(row[mine].max())) + 1)
                np.maximum.at(whole, found.old, np.nan_to_num(np.abs(getattr(found, column))))
                out[mine] = whole[row[mine]]
        return out

    return _by_side(conflicts, of)


def _resized(
    conflicts: ConflictTable, old: ProjectState, new: ProjectState, match: FeatureMatch
) -> Bool:
    """Conflicts of a pipe whose outer section differs between the states."""
    changed = np.zeros(len(old.pipes), dtype=np.bool_)
    for name in ("outer_width_m", "outer_height_m"):
        one, two = getattr(old.pipes, name)[match.old], getattr(new.pipes, name)[match.new]
        changed[match.old[np.abs(one - two) > WORSE_M]] = True

    def of(table: Str, row: I32) -> F64:
        is_pipe = (table == "pipes") & (row >= 0)
        out = np.zeros(len(row))
        out[is_pipe] = changed[row[is_pipe]]
        return out

    return _by_side(conflicts, of) > 0


def ending_sentence(ending: Ending) -> Message:
    """Why a conflict is gone, in words."""
    match ending:
        case Ending.DELETED:
            return msg("one of the two is not there any more")
        case Ending.RULE_CHANGED:
            return msg("another rule speaks of the two now")
        case Ending.RELEVELLED:
            return msg("the level of one of the two has changed")
        case Ending.RESIZED:
            return msg("the section of one of the two has changed")
        case Ending.MOVED:
            return msg("one of the two lies elsewhere now")
        case Ending.REMEASURED:
            return msg("measured anew, nothing falls short")
        case Ending.NONE:
            return msg("it is still there")
