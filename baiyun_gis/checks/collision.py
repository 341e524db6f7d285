"""Collision: two bodies in one place. Needs no rule set: walls cannot pass through each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.check import CheckResult
from baiyun_gis.checks.pairs import ledger_of, size_doubt_m
from baiyun_gis.checks.told_pairs import Found, findings_of, judging_of, room_for
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.kernels.first_look import AT, TOUCHES
from baiyun_gis.kernels.found_in_space import found_in_space
from baiyun_gis.kernels.measuring import NO_LEVEL, NO_SIZE
from baiyun_gis.language import msg
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
        told = room_for(len(rows), len(pairs))
        findings: Found = ConflictTable.empty()
        if len(rows):
            count = found_in_space(rows, ctx.pair_columns, ctx.laid, judging_of(ctx), told)
            grave = Utility.GAS, Utility.POWER
            findings = findings_of(ctx, self.name, told, count, flags=_REMARKS, grave=grave)
        ends = aside, told.ends[0], told.ends[1]
        subjects = int(snapshot.selected.sum())
        ledger = ledger_of(ctx, self.name, ends, (0, 0, 0), subjects=subjects)
        return CheckResult(ledger, findings)


_REMARKS = (NO_LEVEL, "level_unknown"), (NO_SIZE, "size_unknown")

CHECK = CollisionCheck()
