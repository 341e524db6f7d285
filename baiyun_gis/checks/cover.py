"""Cover (覆土): ground level above the body's top, along the whole line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.arrays import beside
from baiyun_gis.checks.check import CheckResult, without_rules
from baiyun_gis.checks.ground import CoverPieces, GroundSource, ground_line, ground_of
from baiyun_gis.checks.judged import judged
from baiyun_gis.checks.ledger import Tally, unmet_rules
from baiyun_gis.checks.remarks import on_pipe, pipe_side, remarks
from baiyun_gis.checks.stretches import merged
from baiyun_gis.checks.verdicts import (
    POSSIBLE,
    POSSIBLE_SIGMAS,
    TOLERANCE_M,
    is_violated,
)
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.kernels.chances import chances_of_either
from baiyun_gis.kernels.covers import Asked, doubtful, settled
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I8, I32, I64, Bool, keys_from_codes
from baiyun_gis.model.vocabulary import RasterKind, Surface, Utility
from baiyun_gis.rules.resolved import NotCovered

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot
    from baiyun_gis.rules.resolver import SingleRequirements


_SAME_DIGITS = 9
"""Covers that differ by less than a nanometre are the same."""


_CLEAR_SIGMAS = 2.5
"""At this many deviations the chance at one end is 0.6 %, at both together 1.2 %."""


class CoverCheck:
    """Less ground above a line than the rule set asks for its kind and the surface."""

    name = "cover"
    of_one_run = True
    title = msg("Cover")

    def run(self, ctx: CheckContext) -> CheckResult:
        """Stretches of runs with too little cover."""
        from baiyun_gis.rules.resolver import resolve_cover

        if (silent := without_rules(ctx, self.name)) is not None:
            return silent
        rules = resolve_cover(ctx.rules, ctx.classes)
        seg = ctx.snapshot.segments
        ground = ground_of(ctx)
        asked = _asked(ctx, ground.surfaces, rules)
        # Most lines have so much cover that it does not matter what they lie under.
        steps, reason = settled(seg, ground.above, asked, ground.steps)
        found = unsure = np.zeros(0, dtype=np.int32)
        findings = ConflictTable.empty()
        if steps.any():
            line = ground_line(ctx, ground, steps)
            near = doubtful(seg, ground.above, asked, line.cuts, line.terrain_m, reason)
            pieces = line.pieces(seg, near)
            cell = (ctx.classes.class_of[seg.pipe[pieces.segment]], pieces.surface.astype(np.int64))
            required = rules.required_m[cell]
            is_unsure = _is_unsure(ctx, pieces, required)
            chance = np.where(is_unsure, np.nan, _chance(ctx, pieces, required))
            is_found = np.nan_to_num(chance, nan=0.0) >= POSSIBLE
            found, unsure = pieces.segment[is_found], pieces.segment[is_unsure]
            rows = np.flatnonzero(is_found | is_unsure)
            index = rules.requirement[cell]
            findings = _findings(ctx, pieces, rows, required, index, chance, rules)
        ledger = _tally(ctx, reason, found, unsure).counted(
            self.name,
            subjects=int(np.count_nonzero(np.bincount(seg.pipe[reason == 0]))),
            rules_without_subjects=unmet_rules(ctx.rules, self.name, rules.requirements),
        )
        return CheckResult(ledger, findings, rules.requirements)


_REASONS = ("", *(member.key for member in NotCovered if member), "no_rule")


def _asked(ctx: CheckContext, lie: tuple[Surface, Surface], rules: SingleRequirements) -> Asked:
    """What the rule set asks of lines outside and inside the areas that tell surfaces apart."""
    by_class = ctx.of_things("asked by class", "cover", lambda: _by_class(lie, rules))
    required, why = by_class
    columns = ctx.snapshot.columns
    return Asked(
        class_of=ctx.classes.class_of,
        required=required,
        reason=why,
        sigma_z0=columns.sigma_z0,
        sigma_z1=columns.sigma_z1,
        height_known=columns.height_known,
        terrain_sigma=_terrain_sigma(ctx),
        clear_sigmas=_CLEAR_SIGMAS,
        tolerance_m=TOLERANCE_M,
    )


def _by_class(lie: tuple[Surface, Surface], rules: SingleRequirements) -> tuple[F64, I8]:
    """Of each class outside and inside the areas, shape (classes, 2): how much is asked (m), and
    why nothing is."""
    code = np.arange(len(NotCovered), dtype=np.int8)
    code[[NotCovered.COVERED, NotCovered.NO_ROW]] = 0, _REASONS.index("no_rule")
    why = np.where(np.isnan(rules.required_m), code[rules.why_not], 0).astype(np.int8)
    surfaces = list(lie)
    return np.ascontiguousarray(rules.required_m[:, surfaces]), why[:, surfaces].copy()


def _is_unsure(ctx: CheckContext, pieces: CoverPieces, required: F64) -> Bool:
    """Pieces whose cover cannot be judged."""
    unknown = np.isnan(pieces.from_m + pieces.to_m)
    # With an unknown size counted as 0 too little cover is too little whatever the size.
    short = is_violated(np.fmin(pieces.from_m, pieces.to_m), required)
    return unknown | (~ctx.snapshot.columns.height_known[pieces.segment] & ~short)


def _tally(ctx: CheckContext, reason: I8, found: I32, unsure: I32) -> Tally:
    """How every segment ended: `reason` codes of all, those found and those beyond judging."""
    flags = np.zeros((2, len(reason)), dtype=np.bool_)
    flags[0, found] = flags[1, unsure] = True
    pipe = ctx.snapshot.segments.pipe
    rows = np.flatnonzero(reason >= 0)
    if len(rows) < len(reason):
        pipe, reason, flags = pipe[rows], reason[rows], flags[:, rows]
    none = np.zeros(len(ctx.snapshot.tested), dtype=np.int8)
    return Tally(pipe, reason, flags[0], flags[1], _REASONS, settled=none)


def _sigma(ctx: CheckContext, pieces: CoverPieces) -> F64:
    """The largest deviation of the cover along a piece."""
    start, end = _sigma_at(ctx, pieces, pieces.from_t), _sigma_at(ctx, pieces, pieces.to_t)
    return np.maximum(start, end)


def _sigma_at(ctx: CheckContext, pieces: CoverPieces, t: F64) -> F64:
    """Deviation of the cover at stations: the line's level and the ground where a terrain gives it.

    Levels err at the line's ends, one independent of the other.
    """
    columns, k = ctx.snapshot.columns, pieces.segment
    return np.sqrt(
        np.square((1 - t) * columns.sigma_z0[k])
        + np.square(t * columns.sigma_z1[k])
        + np.square(_ground_sigma(ctx, pieces))
    )


def _ground_sigma(ctx: CheckContext, pieces: CoverPieces) -> F64:
    return np.where(pieces.source == GroundSource.TERRAIN, _terrain_sigma(ctx), 0.0)


def _terrain_sigma(ctx: CheckContext) -> float:
    recorded = [
        raster.sigma_m
        for raster in ctx.snapshot.state.rasters
        if raster.kind is RasterKind.TERRAIN and raster.sigma_m > 0
    ]
    return max(recorded, default=0.0)


def _chance(ctx: CheckContext, pieces: CoverPieces, required: F64) -> F64:
    """The chance that cover falls short at either end of a piece; straight between them.

    0 where each end is clear by so much that the chance of either is far from possible.
    """
    columns, k = ctx.snapshot.columns, pieces.segment
    out = np.zeros(len(k))
    worst = np.maximum(columns.sigma_z0, columns.sigma_z1)[k]
    worst = np.hypot(worst, _ground_sigma(ctx, pieces))
    room = np.fmin(pieces.from_m, pieces.to_m) - required
    near = np.flatnonzero(room < _CLEAR_SIGMAS * worst + TOLERANCE_M)
    if len(near):
        out[near] = _chance_near(ctx, pieces.part(near), required[near])
    return out


def _chance_near(ctx: CheckContext, pieces: CoverPieces, required: F64) -> F64:
    columns, k = ctx.snapshot.columns, pieces.segment
    start, end = _sigma_at(ctx, pieces, pieces.from_t), _sigma_at(ctx, pieces, pieces.to_t)
    shared = (1 - pieces.from_t) * (1 - pieces.to_t) * np.square(columns.sigma_z0[k])
    shared = shared + pieces.from_t * pieces.to_t * np.square(columns.sigma_z1[k])
    shared = shared + np.square(_ground_sigma(ctx, pieces))
    scale = start * end
    correlation = np.divide(shared, scale, out=np.zeros_like(scale), where=scale > 0)
    short = required - TOLERANCE_M
    sigmas = start, end
    return chances_of_either((short - pieces.from_m, short - pieces.to_m), sigmas, correlation)


def _worse_sigma(ctx: CheckContext, pieces: CoverPieces) -> F64:
    """Deviation of the cover where it is least."""
    t = np.where(pieces.to_m < pieces.from_m, pieces.to_t, pieces.from_t)
    return _sigma_at(ctx, pieces, t)


def _findings(
    ctx: CheckContext,
    pieces: CoverPieces,
    rows: I64,
    required: F64,
    requirement: I32,
    chance: F64,
    rules: SingleRequirements,
) -> ConflictTable:
    if not len(rows):
        return ConflictTable.empty()
    snapshot = ctx.snapshot
    topology, pipe = snapshot.topology, snapshot.segments.pipe[pieces.segment[rows]]
    required, requirement, chance = required[rows], requirement[rows], chance[rows]
    unsure = np.isnan(chance)
    key = topology.run[pipe].astype(np.int64) * 2 + unsure
    # Two places with too little cover are two conflicts where enough lies between them.
    in_doubt = required - TOLERANCE_M + POSSIBLE_SIGMAS * _sigma(ctx, pieces.part(rows))
    in_doubt = np.where(unsure, np.inf, in_doubt)
    doubtful = _along(snapshot, pieces, rows, _failing(pieces, rows, in_doubt))
    stretches = merged(key, *doubtful)
    least = np.fmin(pieces.from_m, pieces.to_m)[rows]
    # Rounding is not to choose the place where the cover is the same all along.
    worst = stretches.least(np.where(unsure, 0.0, np.round(least - required, _SAME_DIGITS)))
    fails = is_violated(least, required) & ~unsure
    low, high = _along(snapshot, pieces, rows, _failing(pieces, rows, required - TOLERANCE_M))
    low, high = stretches.span(np.where(fails, low, np.nan), np.where(fails, high, np.nan))
    of = stretches.of[worst]
    low = np.where(np.isnan(low[of]), stretches.from_m[of], low[of])
    high = np.where(np.isnan(high[of]), stretches.to_m[of], high[of])
    start, stop = on_pipe(snapshot, pipe[worst], low, high)
    actual = np.where(unsure, np.nan, least)[worst]
    at, near_b = _places(snapshot, pieces, rows[worst], actual)
    return ConflictTable.build(
        len(worst),
        check="cover",
        group=_causes(snapshot, pipe[worst], unsure[worst]),
        at=at,
        near_a=at,
        near_b=near_b,
        stretch_from_m=start,
        stretch_to_m=stop,
        remark=_remarks(snapshot, pieces, rows[worst], unsure[worst]),
        **judged(
            actual_m=actual,
            required_m=required[worst],
            sigma_m=_worse_sigma(ctx, pieces.part(rows[worst])),
            probability=chance[worst],
            requirement=requirement[worst],
            requirements=rules.requirements,
            grave=np.zeros(len(worst), dtype=np.bool_),
        ),
        **pipe_side(snapshot, "a", pipe[worst]),
    )


def _causes(snapshot: Snapshot, pipe: I32, unsure: Bool) -> np.ndarray:
    """One group for all lines of a kind whose cover cannot be judged; runs group the others."""
    kind = keys_from_codes(Utility, snapshot.state.pipes.utility[pipe])
    return np.where(unsure, "cover-unknown-" + kind, "")


def _along(
    snapshot: Snapshot, pieces: CoverPieces, rows: I64, stations: tuple[F64, F64]
) -> tuple[F64, F64]:
    """Stations as chainage along the runs."""
    seg, topology = snapshot.segments, snapshot.topology
    segment = pieces.segment[rows]
    pipe = seg.pipe[segment]
    length = np.hypot(seg.x1[segment] - seg.x0[segment], seg.y1[segment] - seg.y0[segment])
    offset, sign = topology.run_offset_m[pipe], topology.run_sign[pipe]
    one = offset + sign * (seg.chain0[segment] + stations[0] * length)
    two = offset + sign * (seg.chain0[segment] + stations[1] * length)
    return np.minimum(one, two), np.maximum(one, two)


def _failing(pieces: CoverPieces, rows: I64, required: F64) -> tuple[F64, F64]:
    """The part of each piece below the requirement; cover is straight between its ends."""
    one, two = pieces.from_m[rows], pieces.to_m[rows]
    from_t, to_t = pieces.from_t[rows], pieces.to_t[rows]
    with np.errstate(divide="ignore", invalid="ignore"):
        turn = from_t + (to_t - from_t) * (required - one) / (two - one)
    return (
        np.where((one >= required) & (two < required), turn, from_t),
        np.where((two >= required) & (one < required), turn, to_t),
    )


def _places(snapshot: Snapshot, pieces: CoverPieces, rows: I64, cover: F64) -> tuple[F64, F64]:
    """The top of the line where cover is least, and the ground above it."""
    seg, segment = snapshot.segments, pieces.segment[rows]
    fall = np.round(pieces.to_m[rows] - pieces.from_m[rows], _SAME_DIGITS)
    at_start = ~(fall < 0)
    t = np.where(at_start, pieces.from_t[rows], pieces.to_t[rows])
    x = seg.x0[segment] + (seg.x1[segment] - seg.x0[segment]) * t + snapshot.origin[0]
    y = seg.y0[segment] + (seg.y1[segment] - seg.y0[segment]) * t + snapshot.origin[1]
    top = seg.z0[segment] + (seg.z1[segment] - seg.z0[segment]) * t + seg.half_height[segment]
    return beside(x, y, top), beside(x, y, top + cover)


def _remarks(snapshot: Snapshot, pieces: CoverPieces, rows: I64, unsure: Bool) -> np.ndarray:
    segment = pieces.segment[rows]
    no_level = ~snapshot.columns.level_known[segment]
    by_depth = pieces.source[rows] == GroundSource.DEPTH
    parts: list[tuple[Bool, str]] = [
        (unsure & no_level & ~by_depth, "level_unknown"),
        (unsure & ~no_level & np.isnan(pieces.from_m + pieces.to_m)[rows], "ground_unknown"),
        (~snapshot.columns.height_known[segment], "size_unknown"),
        (pieces.surface[rows] == Surface.UNKNOWN, "surface_unknown"),
    ]
    known = ~unsure
    sources = (GroundSource.SURVEYED, GroundSource.TERRAIN, GroundSource.DEPTH)
    parts += [(known & (pieces.source[rows] == source), source.key) for source in sources]
    return remarks(len(rows), *parts)


CHECK = CoverCheck()
