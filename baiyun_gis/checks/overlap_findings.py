"""What the vertical checks share: one finding a crossing or a stretch of overlap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.asked_of_pairs import (
    BESIDE_CROSSING,
    Requirements,
    reason_codes,
    requirements_of,
    subjects_of,
)
from baiyun_gis.checks.check import CheckResult, without_rules
from baiyun_gis.checks.crossings import explained
from baiyun_gis.checks.joints import INFLUENCE
from baiyun_gis.checks.ledger import unmet_rules
from baiyun_gis.checks.overlaps import stations_of
from baiyun_gis.checks.pair_findings import Measured, pair_findings, weighed
from baiyun_gis.checks.pairs import (
    along_run,
    interval,
    quiet_by_code,
    run_pairs,
    tally_of,
    width_m,
    with_their_runs,
)
from baiyun_gis.checks.stretches import Stretches, is_shared, merged
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS
from baiyun_gis.checks.wavering import Place, short_m, wavering
from baiyun_gis.findings.conflicts import CheckLedger
from baiyun_gis.kernels.plain_crossings import without_room
from baiyun_gis.model.columns import F64, I8, I64, Bool

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a check measures at each overlap, shape (overlaps,), and says of some when asked.

    `is_open` where an unknown height leaves the answer open. `near` gives the points of both
    lines, shape (n, 3), `place` where the distance is least; `failing`, for what is required
    there, the stretch that fails, as chainage along `a`'s run.
    """

    actual_m: F64
    is_open: Bool
    near: Callable[[I64], tuple[F64, F64]]
    place: Callable[[I64], Place]
    failing: Callable[[I64, F64], tuple[F64, F64]]


_MARGIN_M = 1e-6
"""Far more than rounding, far less than any answer: what is not looked at closer is clear."""

Measure = Callable[["CheckContext", Requirements], Sighting]


def overlap_result(ctx: CheckContext, check: str, measure: Measure) -> CheckResult:
    """The result of a check of what lies over what.

    Where an overlap holds a crossing, the crossing's point speaks for what lies around it.
    """
    if (silent := without_rules(ctx, check)) is not None:
        return silent
    ctx = ctx.paired
    pairs, overlaps = ctx.pairs, ctx.overlaps
    asked = requirements_of(ctx, check, pairs)
    rows = overlaps.rows
    aside = pairs.joints.aside(asked.limit_m[pairs.joints.rows])
    reason = reason_codes(pairs, asked, aside)[rows]
    sighting = measure(ctx, asked)
    live = _mattering(ctx, asked, sighting, reason == 0)
    found = np.zeros(len(rows), dtype=np.bool_)
    unsure = np.zeros(len(rows), dtype=np.bool_)
    if not len(live):
        ledger = _ledger(ctx, check, asked, aside, (reason, found, unsure))
        return CheckResult(ledger, requirements=asked.requirements)
    key, at = run_pairs(ctx, rows[live]), stations_of(ctx, live)[0]
    low, high = interval(ctx, rows[live], np.zeros(len(live)), at, wanted=is_shared(key))
    stretches = merged(key, low, high)
    speaks = overlaps.is_crossing[live] | ~_at_crossing(ctx, live, at, stretches, (low, high))
    spoken = live[speaks]
    of_spoken = stretches.part(speaks)
    measured = _measured(ctx, asked, sighting, spoken, of_spoken)
    findings = pair_findings(
        ctx,
        check,
        measured,
        of_spoken,
        asked.requirements,
        failing=lambda part: sighting.failing(spoken[part], measured.required_m[part]),
    )
    found[spoken], unsure[spoken] = measured.is_found, measured.cannot_judge
    reason[live[~speaks]] = BESIDE_CROSSING
    ledger = _ledger(ctx, check, asked, aside, (reason, found, unsure))
    return CheckResult(ledger, findings, asked.requirements)


def _ledger(
    ctx: CheckContext, check: str, asked: Requirements, aside: I8, ends: tuple[I8, Bool, Bool]
) -> CheckLedger:
    """What came of all overlaps (reason, found, unsure), and of what is joined."""
    pairs = ctx.pairs
    reason, found, unsure = ends
    at_joint = pairs.joints.aside(0.0) != 0
    joined = pairs.joints.rows[at_joint]
    none = np.zeros(len(joined), dtype=np.bool_)
    tally = tally_of(
        pairs,
        np.concatenate([ctx.overlaps.rows, joined]),
        (
            np.concatenate([reason, aside[at_joint]]),
            np.concatenate([found, none]),
            np.concatenate([unsure, none]),
        ),
        quiet=quiet_by_code(pairs, asked.why_not.values, (None, 0, 0)),
    )
    return tally.counted(
        check,
        subjects=subjects_of(ctx, check),
        rules_without_subjects=unmet_rules(ctx.rules, check, asked.requirements),
    )


def _mattering(ctx: CheckContext, asked: Requirements, sighting: Sighting, is_asked: Bool) -> I64:
    """Overlaps of pairs of runs that are more than crossings with room to spare."""
    overlaps, pairs = ctx.overlaps, ctx.pairs
    matters = without_room(
        overlaps.rows,
        (asked.required_m.values, pairs.cell),
        sighting.actual_m,
        overlaps.heights.doubt,
        overlaps.is_crossing & overlaps.levels_known & ~sighting.is_open,
        margin_m=_MARGIN_M,
        sigmas=POSSIBLE_SIGMAS,
    )
    live = np.flatnonzero(is_asked)
    return live[with_their_runs(ctx, overlaps.rows[live], matters[live])]


def _at_crossing(
    ctx: CheckContext, live: I64, at_t: F64, stretches: Stretches, span: tuple[F64, F64]
) -> Bool:
    """Overlaps that are part of a crossing, not one line lying along the other."""
    overlaps, rows = ctx.overlaps, ctx.overlaps.rows[live]
    cross, _ = along_run(ctx.snapshot, ctx.pairs, rows, at_t, at_t, at_t)
    reach = INFLUENCE * width_m(ctx, rows)
    return explained(stretches, span, overlaps.is_crossing[live], cross, reach)


def _measured(
    ctx: CheckContext, asked: Requirements, sighting: Sighting, part: I64, stretches: Stretches
) -> Measured:
    """Overlaps `part`, which lie in these stretches, as measured."""
    pairs, snapshot, overlaps = ctx.pairs, ctx.snapshot, ctx.overlaps
    rows = overlaps.rows[part]
    required = asked.required_m[rows]
    actual = sighting.actual_m[part]
    no_kind, no_level = np.isnan(required), ~overlaps.levels_known[part]
    unsure = no_kind | no_level | sighting.is_open[part] | np.isnan(actual)
    near_a, near_b = sighting.near(part)
    short = short_m(required, actual)
    counts = weighed(actual, required, unsure, stretches)
    sigma, chance = wavering(snapshot, pairs, rows, sighting.place(part), short, weighed=counts)
    return Measured(
        rows=rows,
        actual_m=np.where(unsure, np.nan, actual),
        required_m=required,
        sigma_m=sigma,
        chance=chance,
        requirement=asked.requirement[rows],
        cannot_judge=unsure,
        near_a=near_a,
        near_b=near_b,
        flags=(
            (no_kind, "kind_unknown"),
            (no_level, "level_unknown"),
            (~overlaps.heights_known[part], "size_unknown"),
            (~overlaps.is_crossing[part], "overlap"),
        ),
    )
