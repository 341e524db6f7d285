"""Collision: two bodies in one place. Needs no rule set: walls cannot pass through each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.check import CheckResult
from baiyun_gis.checks.pair_findings import Found, Measured, among, pair_findings
from baiyun_gis.checks.pairs import (
    UNKNOWN_HALF_M,
    breadths,
    half_width_m,
    interval,
    plan_of,
    quiet_by_code,
    size_doubt_m,
    tally_of,
)
from baiyun_gis.checks.stretches import Stretches, is_shared, merged
from baiyun_gis.checks.verdicts import LIMITS, POSSIBLE_SIGMAS, TOLERANCE_M
from baiyun_gis.checks.wavering import wavering
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.kernels.bodies import BodyGap
from baiyun_gis.kernels.body_stretch import ends_of_stretches
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.deepest import gaps_of_deepest
from baiyun_gis.kernels.first_look import AT, CROSSES, TOUCHES
from baiyun_gis.kernels.leading import in_turn
from baiyun_gis.kernels.measuring import (
    ACTUAL,
    FLAGS,
    NEAR_A,
    NEAR_B,
    NO_LEVEL,
    NO_SIZE,
    READINGS,
    SHORT,
    STATIONS,
    UNSURE,
    Known,
    read_in_space,
)
from baiyun_gis.kernels.ordering import numbered
from baiyun_gis.kernels.parting import partings
from baiyun_gis.kernels.plan import PlanClearance
from baiyun_gis.kernels.segments import PairRows, owned, pair_rows, table_of
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I64, Bool
from baiyun_gis.model.vocabulary import Utility

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext


class CollisionCheck:
    """Gap below zero, as the least distance of the two bodies in space."""

    name = "collision"
    of_two_runs = True
    title = msg("Collision")

    def run(self, ctx: CheckContext) -> CheckResult:
        """Penetrations, and places where a missing level or size leaves one open."""
        ctx = ctx.paired
        pairs, snapshot = ctx.pairs, ctx.snapshot
        # Set aside by widths alone: joined bodies touch at the joint and nowhere else.
        aside = np.zeros(len(pairs), dtype=np.int8)
        aside[pairs.joints.rows] = pairs.joints.aside(size_doubt_m(ctx, pairs.joints.rows))
        both = np.uint16(AT | TOUCHES)
        rows = np.flatnonzero((pairs.marks & both == both) & (aside == 0))
        found = np.zeros(len(pairs), dtype=np.bool_)
        unsure = np.zeros(len(pairs), dtype=np.bool_)
        findings: Found = ConflictTable.empty()
        if len(rows):
            findings, found[rows], unsure[rows] = self._found(ctx, rows)
        tally = tally_of(
            pairs, None, (aside, found, unsure), quiet=quiet_by_code(pairs, None, (0, 0, 0))
        )
        return CheckResult(
            tally.counted(self.name, subjects=int(snapshot.selected.sum())), findings
        )

    def _found(self, ctx: CheckContext, rows: I64) -> tuple[Found, Bool, Bool]:
        """What is found of segment pairs, which of them are, and which cannot be judged."""
        plan, crossing = plan_of(ctx, rows)
        wide = breadths(ctx, rows)
        key, unsized_m = numbered(wide.runs)[0], UNKNOWN_HALF_M * wide.unsized
        at = np.where(crossing.crosses, crossing.ta, plan.ta)
        doubt = POSSIBLE_SIGMAS * wide.sigma_m + unsized_m
        low, high = interval(ctx, rows, doubt, at, wanted=is_shared(key))
        stretches = merged(key, low, high, half_width_m(ctx, rows))
        measured = _measured(ctx, rows, plan, unsized_m, stretches)
        findings = pair_findings(
            ctx,
            self.name,
            measured,
            stretches,
            (),
            failing=lambda part: _inside(ctx, rows[part], stretches.of[part], at[part]),
            grave=(Utility.GAS, Utility.POWER),
        )
        return findings, measured.is_found, measured.cannot_judge


def _inside(ctx: CheckContext, rows: I64, of: I64, at_t: F64) -> tuple[F64, F64]:
    """Where along `a`'s run its cross section is in one place with the other body, for so many
    pieces of each stretch as say how far it goes."""
    pairs = ctx.pairs
    own = pair_rows(ctx.snapshot.segments, pairs.i[rows], pairs.j[rows])
    return ends_of_stretches(own, of, ctx.along_runs, at_t=at_t)


def _measured(
    ctx: CheckContext, rows: I64, plan: PlanClearance, unsized_m: F64, stretches: Stretches
) -> Measured:
    pairs, snapshot = ctx.pairs, ctx.snapshot
    i, j = pairs.i[rows], pairs.j[rows]
    gap = gaps_of_deepest(snapshot.segments, i, j, of=stretches.of, sure_m=TOLERANCE_M)
    readings, flags = _readings(ctx, rows, gap, plan, unsized_m)
    zero, unsure = np.zeros(len(rows)), flags[UNSURE]
    some, lead = in_turn(
        (gap.gap, zero, unsure),
        stretches.of,
        pairs.pair[rows],
        stretches=len(stretches),
        subjects=len(pairs.a),
        limits=LIMITS,
    )
    stations = plan.ta, plan.tb
    place = partings(snapshot.segments, i, j, some, gap=gap, plan_t=stations, spare_m=TOLERANCE_M)
    short, turns = readings[some, SHORT], (~unsure[some], lead)
    sigma, chance = wavering(ctx, rows[some], place, short, weighed=turns)
    return Measured(
        rows=rows,
        actual_m=readings[:, ACTUAL],
        required_m=zero,
        sigma_m=among(sigma, some, len(rows)),
        chance=among(chance, some, len(rows)),
        requirement=np.full(len(rows), -1, dtype=np.int32),
        cannot_judge=unsure,
        near_a=readings[:, NEAR_A:NEAR_B],
        near_b=readings[:, NEAR_B:STATIONS],
        flags=((flags[NO_LEVEL], "level_unknown"), (flags[NO_SIZE], "size_unknown")),
    )


def _readings(
    ctx: CheckContext, rows: I64, gap: BodyGap, plan: PlanClearance, unsized_m: F64
) -> tuple[F64, Bool]:
    """What is read off the distances in space: columns and flags of `kernels.measuring`."""
    pairs, snapshot, columns = ctx.pairs, ctx.snapshot, ctx.snapshot.columns
    readings = np.empty((len(rows), READINGS))
    flags = np.empty((FLAGS, len(rows)), dtype=np.bool_)
    run_in_chunks(
        read_in_space,
        len(rows),
        PairRows(table_of(snapshot.segments), pairs.i[rows], pairs.j[rows]),
        gap,
        plan,
        (pairs.marks[rows] & CROSSES) != 0,
        unsized_m,
        UNKNOWN_HALF_M,
        Known(
            owned(columns.level_known, np.bool_),
            owned(columns.width_known, np.bool_),
            owned(columns.height_known, np.bool_),
        ),
        owned(snapshot.origin, np.float64),
        TOLERANCE_M,
        readings,
        flags,
    )
    return readings, flags


CHECK = CollisionCheck()
