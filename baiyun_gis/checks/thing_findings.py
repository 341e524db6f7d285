"""What the checks of lines against structures share: classes of things, stretches, findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.arrays import beside
from baiyun_gis.checks.check import CheckResult
from baiyun_gis.checks.judged import judged
from baiyun_gis.checks.ledger import Tally, unmet_rules
from baiyun_gis.checks.remarks import on_pipe, pipe_side, remarks, section_remarks
from baiyun_gis.checks.stretches import merged
from baiyun_gis.checks.verdicts import POSSIBLE, is_violated, probability
from baiyun_gis.findings.conflicts import CheckLedger, ConflictTable, Outcome
from baiyun_gis.model.columns import F64, I8, I32, I64, Bool, Str, keys_from_codes
from baiyun_gis.model.vocabulary import StructureKind
from baiyun_gis.rules.requirement import Requirement
from baiyun_gis.rules.resolved import NotCovered
from baiyun_gis.rules.things import (
    THING_OF,
    ThingRequirements,
    resolve_things,
    thing_class,
)

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot


REASON_NAMES = tuple(
    {NotCovered.COVERED: "", NotCovered.NO_ROW: "no_rule"}.get(member, member.key)
    for member in NotCovered
)
"""Names of the codes why a pair of line and structure has no number; 0 is nothing."""


@dataclass(frozen=True, slots=True)
class Things:
    """Structures a check speaks of; `thing_of` (structures,) is −1 for the others."""

    wanted: Bool
    thing_of: I32
    rules: ThingRequirements

    def numbers(self, ctx: CheckContext, pipe: I32, structure: I64) -> tuple[F64, I32]:
        """What is asked of pairs of pipe and structure: number, requirement."""
        place = ctx.classes.class_of[pipe], self.thing_of[structure]
        required = self.rules.required_m[place]
        plate = self.rules.with_plate_m[place]
        has_plate = ctx.snapshot.state.pipes.has_plate[pipe] & ~np.isnan(plate)
        return np.where(has_plate, plate, required), self.rules.requirement[place]

    def reasons(self, ctx: CheckContext, pipe: I32, structure: I64) -> Str:
        """Why pairs have no number; empty where they have one."""
        names = np.array(REASON_NAMES, dtype=object)
        return names[self.reason_codes(ctx, pipe, structure)]

    def reason_codes(self, ctx: CheckContext, pipe: I32 | I64, structure: I64) -> I8:
        """Why pairs have no number, as codes into `REASON_NAMES`; 0 where they have one."""
        return self.rules.why_not[ctx.classes.class_of[pipe], self.thing_of[structure]]

    def answered(self, ctx: CheckContext) -> int:
        """How many of them this run, or this part of a run, answers for."""
        return int((self.wanted & ctx.snapshot.answered_structures).sum())

    def largest_m(self, ctx: CheckContext) -> F64:
        """The largest number by class of lines, NaN where none."""
        asked = np.nanmax(np.nan_to_num(self.rules.required_m, nan=-1.0), axis=1, initial=-1.0)
        return np.where(asked >= 0, asked, np.nan)[ctx.classes.class_of]


def things_of(ctx: CheckContext, check: str) -> Things:
    """The structures there on the day that the check speaks of, with what it asks."""
    snapshot = ctx.snapshot
    structures = snapshot.state.structures
    kinds = [int(kind) for kind in THING_OF.get(check, {})]
    wanted = np.isin(structures.kind, kinds) & snapshot.structures_alive
    thing_of = np.full(len(structures), -1, dtype=np.int32)
    rows = np.flatnonzero(wanted)
    detail = structures.detail[rows].astype(str)
    texts, at = np.unique(detail, return_inverse=True)
    key = at.reshape(-1).astype(np.int64) * 256 + structures.kind[rows].astype(np.int64)
    keys, inverse = np.unique(key, return_inverse=True)
    made = [thing_class(StructureKind(int(k % 256)), str(texts[k // 256])) for k in keys]
    classes = list(dict.fromkeys(made))
    # NaN is equal to nothing, so classes are told apart by their words.
    number = {repr(one): index for index, one in enumerate(classes)}
    of_key = np.array([number[repr(one)] for one in made], dtype=np.int32)
    thing_of[rows] = of_key[inverse.reshape(-1)] if len(rows) else 0
    return Things(wanted, thing_of, resolve_things(ctx.rules, check, ctx.classes, classes))


@dataclass(frozen=True, slots=True)
class Sighted:
    """Segments `i` at structures as measured; all shape (pieces,), points (pieces, 3).

    `wide` is where a piece counts at all and `nominal` where it fails, as chainage along the run
    (NaN where it does not). `reason` says why a piece is set aside.
    """

    i: I32
    structure: I64
    actual_m: F64
    required_m: F64
    sigma_m: F64
    requirement: I32
    unsure: Bool
    reason: Str
    near_a: F64
    near_b: F64
    wide: tuple[F64, F64]
    nominal: tuple[F64, F64]
    remark: Str

    @property
    def subject_scale(self) -> int:
        return int(self.structure.max(initial=0)) + 1


def thing_result(
    ctx: CheckContext,
    check: str,
    seen: Sighted,
    requirements: tuple[Requirement, ...],
    *,
    subjects: int,
) -> CheckResult:
    """Findings and ledger: one finding for each stretch of a run at one structure."""
    if not len(seen.i):
        return nothing_seen(ctx, check, requirements, subjects=subjects)
    snapshot = ctx.snapshot
    pipe = snapshot.segments.pipe[seen.i].astype(np.int64)
    live = (seen.reason == "").astype(np.bool_)
    chance = probability(seen.actual_m, seen.required_m, seen.sigma_m)
    unsure, found = live & seen.unsure, is_found(seen)
    scale = seen.subject_scale
    ledger = Tally(pipe * scale + seen.structure, seen.reason, found, unsure).counted(
        check,
        subjects=subjects,
        rules_without_subjects=unmet_rules(ctx.rules, check, requirements),
    )
    rows = np.flatnonzero(found | unsure)
    chance = np.where(unsure, np.nan, chance)
    return CheckResult(
        ledger, _findings(ctx, check, seen, rows, chance, requirements), requirements
    )


def is_found(seen: Sighted) -> Bool:
    """Pieces where a violation is possible or worse."""
    chance = probability(seen.actual_m, seen.required_m, seen.sigma_m)
    live = (seen.reason == "").astype(np.bool_) & ~seen.unsure
    return live & (np.nan_to_num(chance, nan=0.0) >= POSSIBLE)


def nothing_seen(
    ctx: CheckContext, check: str, requirements: tuple[Requirement, ...], *, subjects: int
) -> CheckResult:
    """The result of a check that had nothing near any line to look at."""
    ledger = CheckLedger(
        check,
        Outcome.RAN,
        subjects=subjects,
        rules_without_subjects=unmet_rules(ctx.rules, check, requirements),
    )
    return CheckResult(ledger, requirements=requirements)


def _findings(
    ctx: CheckContext,
    check: str,
    seen: Sighted,
    rows: I64,
    chance: F64,
    requirements: Sequence[Requirement],
) -> ConflictTable:
    if not len(rows):
        return ConflictTable.empty()
    snapshot = ctx.snapshot
    run = snapshot.topology.run[snapshot.segments.pipe[seen.i[rows]]].astype(np.int64)
    low, high = (side[rows] for side in seen.wide)
    half_m = snapshot.segments.half_width[seen.i[rows]]
    stretches = merged(run * seen.subject_scale + seen.structure[rows], low, high, half_m)
    short = seen.actual_m[rows] - seen.required_m[rows]
    worst = stretches.least(np.where(np.isnan(chance[rows]), 1e12, short))
    fails = is_violated(seen.actual_m[rows], seen.required_m[rows]) & ~np.isnan(chance[rows])
    one, two = (np.where(fails, side[rows], np.nan) for side in seen.nominal)
    start, stop = stretches.span(one, two)
    of = stretches.of[worst]
    middle = (low[worst] + high[worst]) / 2
    start = np.where(np.isnan(start[of]), middle, start[of])
    stop = np.where(np.isnan(stop[of]), middle, stop[of])
    return _table(ctx, check, seen, rows[worst], chance, requirements, (start, stop))


def _table(
    ctx: CheckContext,
    check: str,
    seen: Sighted,
    rows: I64,
    chance: F64,
    requirements: Sequence[Requirement],
    span: tuple[F64, F64],
) -> ConflictTable:
    snapshot = ctx.snapshot
    structures = snapshot.state.structures
    pipe, structure = snapshot.segments.pipe[seen.i[rows]], seen.structure[rows]
    start, stop = on_pipe(snapshot, pipe, *span)
    near_a, near_b = seen.near_a[rows], seen.near_b[rows]
    at = np.column_stack([(near_a[:, :2] + near_b[:, :2]) / 2, near_a[:, 2]])
    own = remarks(len(rows), *section_remarks(snapshot, pipe, pipe))
    remark = seen.remark[rows]
    both = (remark != "") & (own != "")
    return ConflictTable.build(
        len(rows),
        check=check,
        **judged(
            actual_m=seen.actual_m[rows],
            required_m=seen.required_m[rows],
            sigma_m=seen.sigma_m[rows],
            probability=chance[rows],
            requirement=seen.requirement[rows],
            requirements=requirements,
            grave=np.zeros(len(rows), dtype=np.bool_),
        ),
        **pipe_side(snapshot, "a", pipe),
        b_table="structures",
        b_row=structure.astype(np.int32),
        b_id=structures.id[structure],
        b_kind=keys_from_codes(StructureKind, structures.kind[structure]),
        near_a=near_a,
        near_b=near_b,
        at=at,
        stretch_from_m=start,
        stretch_to_m=stop,
        remark=np.where(both, remark + ";" + own, remark + own),
    )


def run_chainage(snapshot: Snapshot, i: I32, t: F64) -> F64:
    """Stations on segments as chainage along their runs."""
    seg, topology = snapshot.segments, snapshot.topology
    pipe = seg.pipe[i]
    length = np.hypot(seg.x1[i] - seg.x0[i], seg.y1[i] - seg.y0[i])
    along = seg.chain0[i] + t * length
    return topology.run_offset_m[pipe] + topology.run_sign[pipe] * along


def ordered(one: F64, two: F64) -> tuple[F64, F64]:
    """The smaller and the larger of both."""
    return np.minimum(one, two), np.maximum(one, two)


def point_on(snapshot: Snapshot, i: I32, t: F64) -> F64:
    """Points of axes at stations, in project coordinates, shape (n, 3)."""
    seg, origin = snapshot.segments, snapshot.origin
    return beside(
        seg.x0[i] + (seg.x1[i] - seg.x0[i]) * t + origin[0],
        seg.y0[i] + (seg.y1[i] - seg.y0[i]) * t + origin[1],
        seg.z0[i] + (seg.z1[i] - seg.z0[i]) * t,
    )
