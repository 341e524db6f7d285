"""Gravity lines that rise where they should fall, or fall too little for their size.

Measured as the fall from the upper to the lower end by the flow as recorded, else by the
neighbours in the run where both fall one way. A rule set may ask for a least slope.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.check import CheckResult
from baiyun_gis.checks.judged import judged
from baiyun_gis.checks.ledger import Tally, unmet_rules
from baiyun_gis.checks.remarks import pipe_side, remarks, section_remarks
from baiyun_gis.checks.verdicts import POSSIBLE, is_violated, probability
from baiyun_gis.findings.conflicts import CheckLedger, ConflictTable, Outcome
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I8, I64, Bool, is_one_of, keys_from_codes
from baiyun_gis.model.vocabulary import Utility

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot
    from baiyun_gis.rules.resolver import SingleRequirements

LEAST_LENGTH_M = 0.05
"""Shorter pieces are drops and fittings, not slopes."""


@dataclass(frozen=True, slots=True)
class Falls:
    """Gravity lines `pipe` with the fall (m) along their flow, all shape (lines,).

    `way` is 1 from start to end, −1 back, 0 where nothing says; the fall is then downhill.
    """

    pipe: I64
    fall_m: F64
    sigma_m: F64
    way: I8
    by_neighbours: Bool


_GRAVITY = tuple(utility for utility in Utility if utility.is_gravity)


class GravitySlopeCheck:
    """A sewer or drain that rises along its flow, or falls less than asked."""

    name = "gravity_slope"
    of_one_run = True
    title = msg("Slope of gravity lines")

    def run(self, ctx: CheckContext) -> CheckResult:
        """One finding a line that falls too little."""
        from baiyun_gis.rules.resolver import resolve_slopes

        snapshot = ctx.snapshot
        lines = ctx.of_asked("lines", self.name, lambda: _lines(snapshot))
        rules = resolve_slopes(ctx.rules, ctx.classes)
        unmet = unmet_rules(ctx.rules, self.name, rules.requirements)
        if not lines[1].any():
            ledger = CheckLedger(self.name, Outcome.RAN, subjects=0, rules_without_subjects=unmet)
            return CheckResult(ledger, requirements=rules.requirements)
        falls = _falls(snapshot, *lines)
        slope = rules.required_m[ctx.classes.class_of[falls.pipe]]
        required = np.where(np.isnan(slope), 0.0, slope) * snapshot.lengths_m[falls.pipe]
        chance = probability(falls.fall_m, required, falls.sigma_m)
        reason = _reasons(snapshot, falls, slope)
        live = reason == 0
        unsure = live & np.isnan(falls.fall_m)
        found = live & ~unsure & is_violated(falls.fall_m, required)
        # Levels of one line are surveyed alike; a slope met as measured is not made a finding by
        # what two independent points could differ by, but it is not called clear either.
        within = live & ~unsure & ~found & (chance >= POSSIBLE)
        reason[within] = _REASONS.index("within_accuracy")
        ledger = Tally(falls.pipe, reason, found, unsure, _REASONS).counted(
            self.name,
            subjects=len(falls.pipe),
            rules_without_subjects=unmet,
        )
        rows = found.nonzero()[0]
        if unsure.any():
            rows = np.concatenate([rows, _one_a_run(snapshot, falls, unsure)])
        findings = _findings(ctx, falls, rows, required, np.where(unsure, np.nan, chance), rules)
        return CheckResult(ledger, findings, rules.requirements)


_REASONS = ("", "direction_unknown", "under_pressure", "too_short", "within_accuracy")


def _reasons(snapshot: Snapshot, falls: Falls, slope: F64) -> I8:
    """Why lines are not judged by their slope: codes into `_REASONS`, 0 where they are."""
    reason = np.zeros(len(falls.pipe), dtype=np.int8)
    for mask, name in (
        ((falls.way == 0) & np.isnan(slope), "direction_unknown"),
        (snapshot.state.pipes.pressure_mpa[falls.pipe] > 0, "under_pressure"),
        (snapshot.lengths_m[falls.pipe] < LEAST_LENGTH_M, "too_short"),
    ):
        reason[mask] = _REASONS.index(name)
    return reason


def _one_a_run(snapshot: Snapshot, falls: Falls, unsure: Bool) -> I64:
    """The first line of each run that cannot be judged: one thing to survey."""
    rows = np.flatnonzero(unsure)
    _, first = np.unique(snapshot.topology.run[falls.pipe[rows]], return_index=True)
    return rows[np.sort(first)]


def _lines(snapshot: Snapshot) -> tuple[I64, Bool]:
    """All gravity lines that are tested, and which of them are selected."""
    is_gravity = is_one_of(snapshot.state.pipes.utility, _GRAVITY)
    pipe = (is_gravity & snapshot.tested).nonzero()[0]
    return pipe, snapshot.selected[pipe]


def _falls(snapshot: Snapshot, pipe: I64, asked: Bool) -> Falls:
    """Those of gravity lines that are asked about, with their fall."""
    pipes = snapshot.state.pipes
    first, last = pipes.offsets[pipe], pipes.offsets[pipe + 1] - 1
    drop = pipes.axis_level[first] - pipes.axis_level[last]
    sigma_z = snapshot.uncertainty.sigma_z_m
    sigma = np.hypot(sigma_z[first], sigma_z[last])
    flow = pipes.flow[pipe]
    way = np.where(flow == 1, 1, np.where(flow == 2, -1, 0)).astype(np.int8)
    guessed = _by_neighbours(snapshot, pipe, drop, way, asked & (way == 0))
    by_neighbours = (way == 0) & (guessed != 0)
    way = np.where(way == 0, guessed, way).astype(np.int8)
    fall = np.where(way == 0, np.abs(drop), way * drop)
    return Falls(pipe[asked], fall[asked], sigma[asked], way[asked], by_neighbours[asked])


def _by_neighbours(snapshot: Snapshot, pipe: I64, drop: F64, way: I8, unsaid: Bool) -> I8:
    """The way both neighbours in the run go of lines `unsaid`, 0 where they differ or one is
    missing."""
    out = np.zeros(len(pipe), dtype=np.int8)
    if not unsaid.any():
        return out
    topology = snapshot.topology
    asked = np.zeros(len(topology.run), dtype=np.bool_)
    asked[topology.run[pipe[unsaid]]] = True
    rows = np.flatnonzero(asked[topology.run[pipe]])
    if len(rows) < 3:
        return out
    line, run, sign = pipe[rows], topology.run[pipe[rows]], topology.run_sign[pipe[rows]]
    start = topology.run_offset_m[line] + np.minimum(sign, 0.0) * snapshot.lengths_m[line]
    order = np.lexsort((start, run))
    known = way[rows]
    fall = np.where(known == 0, drop[rows], known.astype(np.float64)) * sign
    run, along = run[order], np.sign(np.nan_to_num(fall))[order]
    inner = np.arange(1, len(rows) - 1)
    agree = (run[:-2] == run[inner]) & (run[2:] == run[inner]) & (along[:-2] == along[2:])
    at = order[inner]
    out[rows[at]] = np.where(agree, along[:-2] * sign[at], 0.0).astype(np.int8)
    return out


def _findings(
    ctx: CheckContext,
    falls: Falls,
    rows: I64,
    required: F64,
    chance: F64,
    rules: SingleRequirements,
) -> ConflictTable:
    if not len(rows):
        return ConflictTable.empty()
    snapshot = ctx.snapshot
    pipes, pipe = snapshot.state.pipes, falls.pipe[rows]
    first, last = pipes.offsets[pipe], pipes.offsets[pipe + 1] - 1
    ends = [np.column_stack([pipes.xy[k], pipes.axis_level[k]]) for k in (first, last)]
    back = (falls.way[rows] < 0)[:, None]
    near_a, near_b = np.where(back, ends[1], ends[0]), np.where(back, ends[0], ends[1])
    unsure = np.isnan(chance[rows])
    kind = keys_from_codes(Utility, pipes.utility[pipe])
    return ConflictTable.build(
        len(rows),
        check="gravity_slope",
        group=np.where(unsure, "slope-unknown-" + kind, ""),
        near_a=near_a,
        near_b=near_b,
        at=(near_a + near_b) / 2,
        stretch_from_m=0.0,
        stretch_to_m=snapshot.lengths_m[pipe],
        remark=remarks(
            len(rows),
            (unsure, "level_unknown"),
            (falls.by_neighbours[rows], "flow_by_neighbours"),
            ((falls.way[rows] == 0) & ~unsure, "flow_unknown"),
            *section_remarks(snapshot, pipe.astype(np.int32), pipe.astype(np.int32)),
        ),
        **judged(
            actual_m=falls.fall_m[rows],
            required_m=required[rows],
            sigma_m=falls.sigma_m[rows],
            probability=chance[rows],
            requirement=rules.requirement[ctx.classes.class_of[pipe]],
            requirements=rules.requirements,
            grave=np.zeros(len(rows), dtype=np.bool_),
        ),
        **pipe_side(snapshot, "a", pipe),
    )


CHECK = GravitySlopeCheck()
