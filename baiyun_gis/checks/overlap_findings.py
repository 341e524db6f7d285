"""What the vertical checks share: one finding a crossing or a stretch of overlap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.asked_of_pairs import (
    BESIDE_CROSSING,
    Requirements,
    requirements_of,
    subjects_of,
)
from baiyun_gis.checks.check import CheckResult, without_rules
from baiyun_gis.checks.crossings import explained
from baiyun_gis.checks.joints import INFLUENCE
from baiyun_gis.checks.ledger import unmet_rules
from baiyun_gis.checks.overlaps import Lying, joined_of, lying_of
from baiyun_gis.checks.pair_findings import Found, Measured, among, pair_findings
from baiyun_gis.checks.pairs import half_width_m, quiet_by_code, tally_of
from baiyun_gis.checks.stretches import merged
from baiyun_gis.checks.verdicts import HALF_NANOMETRE_M, POSSIBLE_SIGMAS, TOLERANCE_M
from baiyun_gis.checks.wavering import Place, wavering
from baiyun_gis.findings.conflicts import CheckLedger, ConflictTable
from baiyun_gis.kernels.measuring import NO_KIND, NO_LEVEL, NO_SIZE, UNSURE
from baiyun_gis.kernels.ordering import keys_of_groups
from baiyun_gis.kernels.overlapping import (
    KnownOfBoth,
    Looked,
    Pieces,
    Room,
    Terms,
    Weighed,
    looked_over,
    weighed,
)
from baiyun_gis.model.columns import F64, Bool

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a check measures of lines that lie over each other.

    `room_m` is what it measures at each crossing, shape (overlaps,), and `unknown_m` by how much
    more that an unknown half height may take. Of some overlaps it says when asked: what it
    `measured`; the `worst` place of each with the points of both lines there, shape (n, 3); for
    what is required the stretch that is `failing`, as chainage along `a`'s run.
    """

    room_m: F64
    unknown_m: float
    measured: Callable[[Lying], F64]
    worst: Callable[[Lying, F64], tuple[Place, F64, F64]]
    failing: Callable[[Lying, F64], tuple[F64, F64]]


_MARGIN_M = 1e-6
"""Far more than rounding, far less than any answer: what is not looked at closer is clear."""

_TERMS = Terms(TOLERANCE_M, HALF_NANOMETRE_M, _MARGIN_M, POSSIBLE_SIGMAS)

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
    found = np.zeros(len(looked.reason), dtype=np.bool_)
    unsure = np.zeros(len(looked.reason), dtype=np.bool_)
    findings: Found = ConflictTable.empty()
    if len(looked.live):
        findings = _findings(ctx, check, asked, sighting, looked, (found, unsure))
    ledger = _ledger(ctx, check, asked, looked, found, unsure)
    return CheckResult(ledger, findings, asked.requirements)


def _known(ctx: CheckContext, sighting: Sighting) -> KnownOfBoth:
    overlaps = ctx.overlaps
    return KnownOfBoth(overlaps.levels_known, overlaps.heights_known, sighting.unknown_m)


def _looked_over(ctx: CheckContext, asked: Requirements, sighting: Sighting) -> Looked:
    overlaps = ctx.overlaps
    known = _known(ctx, sighting)
    room = Room(sighting.room_m, overlaps.heights.doubt, overlaps.is_crossing, known)
    by, joined = asked.by_cell(), joined_of(ctx.pairs)
    return looked_over(overlaps.examined, by, joined, room, ctx.by_runs, _TERMS)


def _findings(
    ctx: CheckContext,
    check: str,
    asked: Requirements,
    sighting: Sighting,
    looked: Looked,
    ends: tuple[Bool, Bool],
) -> Found:
    """The findings of live overlaps; enters which are set aside, found and beyond judging."""
    lying, plan = lying_of(ctx, looked.live)
    span, reach_m = plan.span_m, INFLUENCE * plan.width_m
    half_m = half_width_m(ctx, lying.rows)
    stretches = merged(keys_of_groups(ctx.by_runs, lying.rows), *span, half_m)
    beside = explained(stretches, span, lying.is_crossing, plan.at_m, reach_m) & ~lying.is_crossing
    if beside.any():
        looked.reason[looked.live[beside]] = BESIDE_CROSSING
        speaks = (~beside).nonzero()[0]
        lying, stretches = lying.only(speaks), stretches.part(speaks)
    pieces = Pieces(lying.part, lying.rows, sighting.measured(lying), stretches.of)
    known = _weighed(ctx, asked, sighting, pieces, len(stretches))
    measured = _measured(ctx, asked, sighting, lying, known)
    found, unsure = ends
    found[lying.part], unsure[lying.part] = measured.is_found, measured.cannot_judge
    return pair_findings(
        ctx,
        check,
        measured,
        stretches,
        asked.requirements,
        failing=lambda part: sighting.failing(lying.only(part), measured.required_m[part]),
    )


def _weighed(
    ctx: CheckContext, asked: Requirements, sighting: Sighting, pieces: Pieces, stretches: int
) -> Weighed:
    pairs = ctx.pairs
    return weighed(
        pieces,
        asked.by_cell(),
        _known(ctx, sighting),
        pair=pairs.pair,
        pairs=len(pairs.a),
        stretches=stretches,
        terms=_TERMS,
    )


def _ledger(
    ctx: CheckContext, check: str, asked: Requirements, looked: Looked, found: Bool, unsure: Bool
) -> CheckLedger:
    """What came of all overlaps, and of what is joined."""
    pairs, examined = ctx.pairs, ctx.overlaps.examined
    quiet = quiet_by_code(pairs, asked.why_not.values, (None, 0, 0))
    return tally_of(pairs, examined, (looked.reason, found, unsure), quiet=quiet).counted(
        check,
        subjects=subjects_of(ctx, check),
        rules_without_subjects=unmet_rules(ctx.rules, check, asked.requirements),
    )


def _measured(
    ctx: CheckContext,
    asked: Requirements,
    sighting: Sighting,
    lying: Lying,
    known: Weighed,
) -> Measured:
    """Overlaps as measured; deviation, chance and points of those that need them."""
    some = known.wanted
    every = len(some) == len(lying.rows)
    part, of = (lying, slice(None)) if every else (lying.only(some), some)
    place, near_a, near_b = sighting.worst(part, known.required_m[of])
    short, turns = known.short_m[of], (~known.flags[UNSURE, of], known.lead)
    sigma, chance = wavering(ctx, part.rows, place, short, weighed=turns)
    if not every:
        whole = some, len(lying.rows)
        columns = near_a, near_b, sigma, chance
        near_a, near_b, sigma, chance = (among(one, *whole) for one in columns)
    flags = known.flags
    return Measured(
        rows=lying.rows,
        actual_m=known.actual_m,
        required_m=known.required_m,
        sigma_m=sigma,
        chance=chance,
        requirement=asked.requirement[lying.rows],
        cannot_judge=flags[UNSURE],
        near_a=near_a,
        near_b=near_b,
        flags=(
            (flags[NO_KIND], "kind_unknown"),
            (flags[NO_LEVEL], "level_unknown"),
            (flags[NO_SIZE], "size_unknown"),
            (~lying.is_crossing, "overlap"),
        ),
    )
