"""Angle at which lines cross railways and roads.

So that it is a length like every other measure, an angle counts as how far the line gets from the
axis it crosses within 10 m: 10 m × sine of the angle. The sentence says degrees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from baiyun_gis.checks.check import CheckResult, without_rules
from baiyun_gis.checks.ledger import Tally, unmet_rules
from baiyun_gis.checks.structure_shapes import bare_axes, edges_of
from baiyun_gis.checks.thing_findings import (
    REASON_NAMES,
    Sighted,
    Things,
    is_found,
    nothing_seen,
    point_on,
    run_chainage,
    thing_result,
    things_of,
)
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS, TOLERANCE_M
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.kernels.segments import Segments, keeping
from baiyun_gis.kernels.slants import Slant, met_with
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I32, I64, Bool
from baiyun_gis.rules.ruleset import SIDEWAYS_M

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext


class CrossingAngleCheck:
    """A line that crosses a railway or road at a smaller angle than the rule set asks."""

    name = "crossing_angle"
    beside = "structures"
    title = msg("Angle of crossings")

    def run(self, ctx: CheckContext) -> CheckResult:
        """One finding a crossing that is too slanting."""
        if (silent := without_rules(ctx, self.name)) is not None:
            return silent
        crossed = ctx.of_things("edges", self.name, lambda: _crossed(ctx, self.name))
        things, subjects = crossed.things, crossed.subjects
        met = _met(ctx, crossed)
        rules = things.rules.requirements
        if not len(met.i):
            return nothing_seen(ctx, self.name, rules, subjects=subjects)
        found, findings = np.zeros(len(met.i), dtype=np.bool_), ConflictTable.empty()
        if met.is_doubtful.any():
            rows, seen = _sighted(ctx, things, met)
            findings = thing_result(ctx, self.name, seen, rules, subjects=subjects).findings
            found[rows] = is_found(seen)
        pipe = ctx.snapshot.segments.pipe[met.i].astype(np.int64)
        reason = things.reason_codes(ctx, pipe, met.structure)
        ledger = Tally(
            pipe * len(things.thing_of) + met.structure,
            reason,
            found,
            np.zeros_like(found),
            REASON_NAMES,
        ).counted(
            self.name,
            subjects=subjects,
            rules_without_subjects=unmet_rules(ctx.rules, self.name, rules),
        )
        return CheckResult(ledger, findings, rules)


@dataclass(frozen=True, slots=True)
class _Crossed:
    """What is crossed: axes as segments of `structure`, with their boxes (n, 4). No crossing is
    asked to lead the line further sideways than `most_m`. This run answers for `subjects`."""

    things: Things
    subjects: int
    axes: Segments
    structure: I64
    boxes: F64
    most_m: float


def _crossed(ctx: CheckContext, check: str) -> _Crossed:
    things = things_of(ctx, check)
    edges = edges_of(ctx.snapshot, things.wanted)
    most = float(np.fmax.reduce(things.rules.required_m, axis=None, initial=0.0))
    most = float(np.fmax.reduce(things.rules.with_plate_m, axis=None, initial=most))
    answered = things.answered(ctx)
    return _Crossed(
        things, answered, keeping(bare_axes(edges)), edges.structure, edges.boxes(), most
    )


class _Met(NamedTuple):
    """Segments `i` that meet the axes of structures: the station and the angle there, and whether
    it may be too small; else it is large enough whatever the rule set asks."""

    i: I32
    structure: I64
    t: F64
    angle_rad: F64
    is_doubtful: Bool


_ROUNDING_M = 1e-6


def _met(ctx: CheckContext, crossed: _Crossed) -> _Met:
    snapshot, columns = ctx.snapshot, ctx.snapshot.columns
    seg = snapshot.segments
    looks = None if snapshot.asks_all else snapshot.may_ask
    enough = crossed.most_m + TOLERANCE_M + _ROUNDING_M
    slant = Slant(columns.sigma_xy0, columns.sigma_xy1, POSSIBLE_SIGMAS, SIDEWAYS_M, enough)
    met = met_with(seg, crossed.axes, crossed.boxes, slant, looks=looks)
    asked = snapshot.asks_with(seg.pipe[met.i], "structures", crossed.structure[met.k])
    if not asked.all():
        met = met.part(asked)
    structure = crossed.structure[met.k]
    return _Met(met.i, structure, met.t, np.radians(met.angle_deg), met.is_doubtful)


def _sighted(ctx: CheckContext, things: Things, met: _Met) -> tuple[I64, Sighted]:
    """Those that could be too slanting, and which they are: most have room to spare."""
    snapshot = ctx.snapshot
    seg, columns = snapshot.segments, snapshot.columns
    asked = np.flatnonzero(met.is_doubtful)
    pipe, structure = seg.pipe[met.i[asked]], met.structure[asked]
    asked = asked[things.reason_codes(ctx, pipe, structure) == 0]
    i, angle = met.i[asked], met.angle_rad[asked]
    required, requirement = things.numbers(ctx, seg.pipe[i], met.structure[asked])
    length = np.hypot(seg.x1[i] - seg.x0[i], seg.y1[i] - seg.y0[i])
    turn = np.hypot(columns.sigma_xy0[i], columns.sigma_xy1[i]) / np.maximum(length, 1e-6)
    actual, sigma = SIDEWAYS_M * np.sin(angle), SIDEWAYS_M * np.cos(angle) * turn
    near = np.flatnonzero(~(actual - required > POSSIBLE_SIGMAS * sigma + TOLERANCE_M))
    rows = asked[near]
    i, t = met.i[rows], met.t[rows]
    spot, at = point_on(snapshot, i, t), run_chainage(snapshot, i, t)
    return rows, Sighted(
        i=i,
        structure=met.structure[rows],
        actual_m=actual[near],
        required_m=required[near],
        sigma_m=sigma[near],
        requirement=requirement[near],
        unsure=np.zeros(len(i), dtype=np.bool_),
        reason=np.full(len(i), "", dtype=object),
        near_a=spot,
        near_b=spot,
        wide=(at, at),
        nominal=(at, at),
        remark=np.full(len(i), "", dtype=object),
    )


CHECK = CrossingAngleCheck()
