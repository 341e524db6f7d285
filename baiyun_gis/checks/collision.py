"""Collision: two bodies in one place. Needs no rule set: walls cannot pass through each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.arrays import beside
from baiyun_gis.checks.check import CheckResult
from baiyun_gis.checks.pair_findings import Measured, pair_findings, weighed
from baiyun_gis.checks.pairs import (
    UNKNOWN_HALF_M,
    along_run,
    interval,
    plan_of,
    quiet_by_code,
    run_pairs,
    sigma_xy_m,
    size_doubt_m,
    tally_of,
)
from baiyun_gis.checks.stretches import Stretches, is_shared, merged
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS, TOLERANCE_M
from baiyun_gis.checks.wavering import Place, short_m, wavering
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.kernels.bodies import BodyGap, body_gap
from baiyun_gis.kernels.body_stretch import body_stretch
from baiyun_gis.kernels.first_look import AT, CROSSES, TOUCHES
from baiyun_gis.kernels.parting import partings
from baiyun_gis.kernels.plan import PlanClearance
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
        findings = ConflictTable.empty()
        if len(rows):
            findings, found[rows], unsure[rows] = self._found(ctx, rows)
        tally = tally_of(
            pairs, None, (aside, found, unsure), quiet=quiet_by_code(pairs, None, (0, 0, 0))
        )
        return CheckResult(
            tally.counted(self.name, subjects=int(snapshot.selected.sum())), findings
        )

    def _found(self, ctx: CheckContext, rows: I64) -> tuple[ConflictTable, Bool, Bool]:
        """What is found of segment pairs, which of them are, and which cannot be judged."""
        plan, crossing = plan_of(ctx, rows)
        key = run_pairs(ctx, rows)
        at = np.where(crossing.crosses, crossing.ta, plan.ta)
        doubt = POSSIBLE_SIGMAS * sigma_xy_m(ctx, rows) + size_doubt_m(ctx, rows)
        low, high = interval(ctx, rows, doubt, at, wanted=is_shared(key))
        stretches = merged(key, low, high)
        measured = _measured(ctx, rows, plan, stretches)
        findings = pair_findings(
            ctx,
            self.name,
            measured,
            stretches,
            (),
            failing=lambda part: _inside(ctx, rows[part], at[part]),
            grave=(Utility.GAS, Utility.POWER),
        )
        return findings, measured.is_found, measured.cannot_judge


def _inside(ctx: CheckContext, rows: I64, at_t: F64) -> tuple[F64, F64]:
    """Where along `a`'s run its cross section is in one place with the other body."""
    pairs, snapshot = ctx.pairs, ctx.snapshot
    low, high = body_stretch(snapshot.segments, pairs.i[rows], pairs.j[rows], np.zeros(len(rows)))
    return along_run(snapshot, pairs, rows, low, high, at_t)


def _measured(ctx: CheckContext, rows: I64, plan: PlanClearance, stretches: Stretches) -> Measured:
    pairs, snapshot = ctx.pairs, ctx.snapshot
    i, j = pairs.i[rows], pairs.j[rows]
    columns = snapshot.columns
    gap = body_gap(snapshot.segments, i, j)
    no_level = ~(columns.level_known[i] & columns.level_known[j])
    no_size = ~_sizes_known(ctx, rows)
    unsized = size_doubt_m(ctx, rows)
    over = (plan.gap < unsized) | pairs.has(CROSSES)[rows]
    # Unknown sizes were counted as 0: a gap wider than any credible pipe decides all the same.
    is_open = (gap.gap >= 0) & (gap.gap < np.maximum(unsized, UNKNOWN_HALF_M))
    unsure = (no_level & over) | (no_size & ~no_level & is_open)
    plan_a, plan_b = _in_plan(plan)
    zero = np.zeros(len(rows))
    place = _nearest(ctx, rows, gap, plan)
    counts = weighed(gap.gap, zero, unsure, stretches)
    sigma, chance = wavering(snapshot, pairs, rows, place, short_m(zero, gap.gap), weighed=counts)
    origin = np.append(snapshot.origin, 0.0)
    near_a = beside(gap.ax, gap.ay, gap.az)
    near_b = beside(gap.bx, gap.by, gap.bz)
    near_a = np.where(np.isnan(near_a), plan_a, near_a) + origin
    near_b = np.where(np.isnan(near_b), plan_b, near_b) + origin
    return Measured(
        rows=rows,
        actual_m=np.where(unsure, np.nan, gap.gap),
        required_m=zero,
        sigma_m=sigma,
        chance=chance,
        requirement=np.full(len(rows), -1, dtype=np.int32),
        cannot_judge=unsure,
        near_a=near_a,
        near_b=near_b,
        flags=((no_level, "level_unknown"), (no_size, "size_unknown")),
    )


def _nearest(ctx: CheckContext, rows: I64, gap: BodyGap, plan: PlanClearance) -> Place:
    """Where the bodies come nearest, and the direction that parts them."""
    pairs = ctx.pairs
    parts = partings(
        ctx.snapshot.segments,
        pairs.i[rows],
        pairs.j[rows],
        gap=gap,
        plan_t=(plan.ta, plan.tb),
        spare_m=TOLERANCE_M,
    )
    return Place(parts.at, parts.way, parts.bend, walls=parts.walls)


def _sizes_known(ctx: CheckContext, rows: I64) -> Bool:
    columns = ctx.snapshot.columns
    known = columns.width_known & columns.height_known
    return known[ctx.pairs.i[rows]] & known[ctx.pairs.j[rows]]


def _in_plan(plan: PlanClearance) -> tuple[F64, F64]:
    """Nearest plan points with unknown level."""
    none = np.full(len(plan.ax), np.nan)
    return beside(plan.ax, plan.ay, none), beside(plan.bx, plan.by, none)


CHECK = CollisionCheck()
