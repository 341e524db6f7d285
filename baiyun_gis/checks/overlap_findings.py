"""What the vertical checks share: one finding a crossing or a stretch of overlap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from baiyun_gis.checks.asked_of_pairs import (
    BESIDE_CROSSING,
    Requirements,
    requirements_of,
    subjects_of,
)
from baiyun_gis.checks.check import CheckResult, without_rules
from baiyun_gis.checks.ledger import unmet_rules
from baiyun_gis.checks.overlaps import joined_of, lain_of
from baiyun_gis.checks.pairs import ledger_of
from baiyun_gis.checks.told_pairs import (
    TERMS,
    Found,
    asked_of,
    findings_of,
    judging_of,
    room_for,
)
from baiyun_gis.findings.conflicts import CheckLedger, ConflictTable
from baiyun_gis.kernels.found_in_height import Over, found_in_height
from baiyun_gis.kernels.measuring import NO_KIND, NO_LEVEL, NO_SIZE
from baiyun_gis.kernels.overlapping import KnownOfBoth, Looked, Room, looked_over
from baiyun_gis.kernels.pair_columns import OVERLAP, Told
from baiyun_gis.model.columns import F64, Bool

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a check measures of lines that lie over each other: `room_m` at each crossing, shape
    (overlaps,), of their axes or of their facing surfaces, and `unknown_m` by how much more that an
    unknown half height may take."""

    room_m: F64
    unknown_m: float
    of_axes: bool


_REMARKS = (
    (NO_KIND, "kind_unknown"),
    (NO_LEVEL, "level_unknown"),
    (NO_SIZE, "size_unknown"),
    (OVERLAP, "overlap"),
)

Measure = Callable[["CheckContext", Requirements], Sighting]


def overlap_result(ctx: CheckContext, check: str, measure: Measure) -> CheckResult:
    """The result of a check of what lies over what.

    Where an overlap holds a crossing, the crossing's point speaks for what lies around it.
    """
    if (silent := without_rules(ctx, check)) is not None:
        return silent
    ctx = ctx.paired
    asked = requirements_of(ctx, check, ctx.pairs)
    sighting = measure(ctx, asked)
    looked = _looked_over(ctx, asked, sighting)
    told = room_for(len(looked.live), len(looked.reason))
    findings: Found = ConflictTable.empty()
    if len(looked.live):
        findings = _findings(ctx, check, asked, sighting, looked, told)
    ledger = _ledger(ctx, check, asked, looked, *told.ends)
    return CheckResult(ledger, findings, asked.requirements)


def _known(ctx: CheckContext, sighting: Sighting) -> KnownOfBoth:
    overlaps = ctx.overlaps
    return KnownOfBoth(overlaps.levels_known, overlaps.heights_known, sighting.unknown_m)


def _looked_over(ctx: CheckContext, asked: Requirements, sighting: Sighting) -> Looked:
    overlaps = ctx.overlaps
    known = _known(ctx, sighting)
    room = Room(sighting.room_m, overlaps.heights.doubt, overlaps.is_crossing, known)
    by, joined = asked.by_cell(), joined_of(ctx.pairs)
    return looked_over(overlaps.examined, by, joined, room, ctx.by_runs, TERMS)


def _findings(
    ctx: CheckContext,
    check: str,
    asked: Requirements,
    sighting: Sighting,
    looked: Looked,
    told: Told,
) -> Found:
    """The findings of live overlaps; enters which are set aside, found and beyond judging."""
    overlaps = ctx.overlaps
    over = Over(overlaps.rows, overlaps.is_crossing, _known(ctx, sighting), overlaps.heights)
    count = found_in_height(
        looked.live,
        lain_of(ctx, looked.live),
        over,
        asked_of(asked),
        (ctx.laid, ctx.pair_columns),
        judging_of(ctx),
        sighting.of_axes,
        BESIDE_CROSSING,
        looked.reason,
        told,
    )
    return findings_of(ctx, check, told, count, asked.requirements, flags=_REMARKS)


def _ledger(
    ctx: CheckContext, check: str, asked: Requirements, looked: Looked, found: Bool, unsure: Bool
) -> CheckLedger:
    """What came of all overlaps, and of what is joined."""
    return ledger_of(
        ctx,
        check,
        (looked.reason, found, unsure),
        (-1, 0, 0),
        rows=ctx.overlaps.examined,
        why_not=asked.why_not.values,
        subjects=subjects_of(ctx, check),
        unmet=unmet_rules(ctx.rules, check, asked.requirements),
    )
