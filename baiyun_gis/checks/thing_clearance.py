"""Distance in plan between two things of which neither is a line: trees and poles from kerbs.

Measured as lines are to them: from the centre of a tree or pole, else from the outline, to the
line of the kerb. The rows stand in the tables of structures.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.check import CheckResult, not_run, without_rules
from baiyun_gis.checks.judged import judged
from baiyun_gis.checks.ledger import Tally, unmet_rules
from baiyun_gis.checks.structure_shapes import centred
from baiyun_gis.checks.verdicts import POSSIBLE, POSSIBLE_SIGMAS, probability
from baiyun_gis.findings.conflicts import CheckLedger, ConflictTable, Outcome
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I8, I32, I64, Bool, keys_from_codes
from baiyun_gis.model.uncertainty import VISIBLE_XY_M
from baiyun_gis.model.vocabulary import StructureKind
from baiyun_gis.rules.requirement import Requirement
from baiyun_gis.rules.ruleset import RuleRow
from baiyun_gis.rules.sentences import requirement_of, sentence_of
from baiyun_gis.rules.things import fitting_things, thing_class

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot

_SIGMA_M = float(np.hypot(VISIBLE_XY_M / 2, VISIBLE_XY_M / 2))
"""Structures have no recorded deviation; both are visible points."""
_NAMES = ("", "never_together")


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Things near each other: rows of structures, what is asked (m) and by which requirement."""

    a: I64
    b: I64
    required_m: F64
    requirement: I32


class ThingClearanceCheck:
    """A tree or pole nearer to a kerb than the rule set allows."""

    name = "thing_clearance"
    beside = "structures"
    title = msg("Trees and poles beside kerbs")

    def run(self, ctx: CheckContext) -> CheckResult:
        """One finding for two things that stand too near each other."""
        if (silent := without_rules(ctx, self.name)) is not None:
            return silent
        if not len(ctx.snapshot.state.pipes):
            return not_run(self.name, msg("the project holds no pipes"))
        if not ctx.snapshot.asks_things:
            return not_run(self.name, msg("only lines are asked about in this run"))
        pairs, subjects, asked = _near(ctx, self.name)
        if not len(pairs.a):
            ledger = CheckLedger(
                self.name,
                Outcome.RAN,
                subjects=subjects,
                rules_without_subjects=unmet_rules(ctx.rules, self.name, asked),
            )
            return CheckResult(ledger, requirements=asked)
        return _result(ctx, self.name, pairs, subjects, asked)


def _near(ctx: CheckContext, check: str) -> tuple[_Pairs, int, tuple[Requirement, ...]]:
    """Pairs that may be too near, how many things on side a this run answers for, and the rules."""
    import shapely

    snapshot = ctx.snapshot
    shapes = np.asarray(snapshot.state.structures.geometry, dtype=object)
    asked: list[Requirement] = []
    no_row = np.zeros(0, dtype=np.int64)
    found = [_Pairs(no_row, no_row, np.zeros(0), np.zeros(0, dtype=np.int32))]
    subjects = np.zeros(len(shapes), dtype=np.bool_)
    for row in ctx.rules.of_check(check):
        (one, sure_a), (two, sure_b) = (_of_side(snapshot, row, side) for side in ("a", "b"))
        subjects[one] = True
        if not len(one) or not len(two):
            continue
        tree = shapely.STRtree(centred(snapshot, two))
        reach = row.min_m + POSSIBLE_SIGMAS * _SIGMA_M
        k, j = tree.query(centred(snapshot, one), predicate="dwithin", distance=reach)
        a, b = one[k], two[j]
        keep = (a != b) & snapshot.asks_two_structures(a, b)
        a, b, sure = a[keep], b[keep], (sure_a[k] & sure_b[j])[keep]
        base = requirement_of(ctx.rules, row, sentence_of(ctx.rules, row))
        asked += [base, dataclasses.replace(base, assumed=("detail",))]
        index = np.where(sure, len(asked) - 2, len(asked) - 1).astype(np.int32)
        found.append(_Pairs(a, b, np.full(len(a), row.min_m), index))
    pairs = _strictest(
        _Pairs(
            np.concatenate([part.a for part in found]),
            np.concatenate([part.b for part in found]),
            np.concatenate([part.required_m for part in found]),
            np.concatenate([part.requirement for part in found]),
        )
    )
    return pairs, int((subjects & snapshot.answered_structures).sum()), tuple(asked)


def _of_side(snapshot: Snapshot, row: RuleRow, side: str) -> tuple[I64, Bool]:
    """Structures a side of a row may speak of, and where their detail leaves no doubt."""
    structures = snapshot.state.structures
    there = np.flatnonzero(snapshot.structures_alive)
    texts, at = np.unique(structures.detail[there].astype(str), return_inverse=True)
    key = at.reshape(-1).astype(np.int64) * 256 + structures.kind[there].astype(np.int64)
    keys, of = np.unique(key, return_inverse=True)
    fits = [
        fitting_things(row, side, thing_class(StructureKind(int(k % 256)), str(texts[k // 256])))
        for k in keys
    ]
    may = np.array([fit is not None for fit in fits], dtype=np.bool_)[of.reshape(-1)]
    sure = np.array([bool(fit) for fit in fits], dtype=np.bool_)[of.reshape(-1)]
    return there[may], sure[may]


def _strictest(pairs: _Pairs) -> _Pairs:
    """Each two things once, with the largest number that any row asks of them."""
    low, high = np.minimum(pairs.a, pairs.b), np.maximum(pairs.a, pairs.b)
    order = np.lexsort((pairs.requirement, -pairs.required_m, high, low))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
    rows = order[first]
    return _Pairs(pairs.a[rows], pairs.b[rows], pairs.required_m[rows], pairs.requirement[rows])


def _result(
    ctx: CheckContext,
    check: str,
    pairs: _Pairs,
    subjects: int,
    asked: tuple[Requirement, ...],
) -> CheckResult:
    import shapely

    snapshot = ctx.snapshot
    one, two = centred(snapshot, pairs.a), centred(snapshot, pairs.b)
    actual = shapely.distance(one, two)
    sigma = np.full(len(actual), _SIGMA_M)
    chance = probability(actual, pairs.required_m, sigma)
    apart = _never_together(snapshot, pairs)
    found = ~apart.astype(np.bool_) & (chance >= POSSIBLE)
    none = np.zeros(len(actual), dtype=np.bool_)
    ledger = Tally(np.arange(len(actual)), apart, found, none, names=_NAMES).counted(
        check,
        subjects=subjects,
        rules_without_subjects=unmet_rules(ctx.rules, check, asked),
    )
    rows = np.flatnonzero(found)
    between = shapely.get_coordinates(shapely.shortest_line(one[rows], two[rows]))
    near = np.column_stack([between, np.full(len(between), np.nan)]).reshape(-1, 2, 3)
    findings = ConflictTable.build(
        len(rows),
        check=check,
        **judged(
            actual_m=actual[rows],
            required_m=pairs.required_m[rows],
            sigma_m=sigma[rows],
            probability=chance[rows],
            requirement=pairs.requirement[rows],
            requirements=asked,
            grave=none[rows],
        ),
        **_side(snapshot, "a", pairs.a[rows]),
        **_side(snapshot, "b", pairs.b[rows]),
        near_a=near[:, 0],
        near_b=near[:, 1],
        at=near.mean(axis=1),
    )
    return CheckResult(ledger, findings, asked)


def _never_together(snapshot: Snapshot, pairs: _Pairs) -> I8:
    """1 where one thing had gone before the other came."""
    structures = snapshot.state.structures
    begin, end = structures.valid_from, structures.valid_to
    apart = (end[pairs.a] <= begin[pairs.b]) | (end[pairs.b] <= begin[pairs.a])
    return apart.astype(np.int8)


def _side(snapshot: Snapshot, side: str, rows: I64) -> dict[str, object]:
    structures = snapshot.state.structures
    return {
        f"{side}_table": "structures",
        f"{side}_row": rows.astype(np.int32),
        f"{side}_id": structures.id[rows],
        f"{side}_kind": keys_from_codes(StructureKind, structures.kind[rows]),
    }


CHECK = ThingClearanceCheck()
