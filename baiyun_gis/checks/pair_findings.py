"""From measured segment pairs to findings: one row a stretch, with its worst place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.judged import judged
from baiyun_gis.checks.stretches import Stretches
from baiyun_gis.checks.verdicts import POSSIBLE, is_violated, probability
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.kernels.recorded import Recorded, flags_of, of_either
from baiyun_gis.model.columns import F64, I32, I64, Bool, Str, is_one_of, keys_from_codes
from baiyun_gis.model.uncertainty import SigmaBasis
from baiyun_gis.model.vocabulary import Provenance, Shape, Status, Utility
from baiyun_gis.rules.requirement import Requirement

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot

Failing = Callable[[I64], tuple[F64, F64]]
"""For some pieces: where the requirement fails, in chainage along `a`'s run (a point where it
does not)."""

_SECTION_KEYS = (
    "section_approximated",
    "level_assumed",
    "section_assumed",
    "sigma_default",
    "planned",
    "dates_contradict",
)
_APPROXIMATED = flags_of(*(shape for shape in Shape if shape.is_approximated))
_ASSUMED = flags_of(Provenance.ASSUMED)
_BY_DEFAULT = flags_of(SigmaBasis.DEFAULT)
_PLANNED = flags_of(Status.PLANNED)
_CONTRADICTS = flags_of(1)
_NOT_LISTED = np.inf
_UNSURE = 1e12


@dataclass(frozen=True, slots=True)
class Measured:
    """What a check measured on segment pairs; all shape (pieces,), points (pieces, 3).

    `rows` indexes `PipePairs`. `actual_m` is NaN where `cannot_judge`. `remark` holds remark keys
    joined by ';'. `chance` is that of a violation where the check knows it better than from one
    place with `sigma_m`.

    From these: `violated` as measured, the `probability` of it (NaN where it cannot be judged), and
    what `is_found`: possible or worse; nominal violations always are.
    """

    rows: I64
    actual_m: F64
    required_m: F64
    sigma_m: F64
    requirement: I32
    cannot_judge: Bool
    near_a: F64
    near_b: F64
    at: F64
    remark: Str
    chance: F64 | None = None
    violated: Bool = field(init=False)
    probability: F64 = field(init=False)
    is_found: Bool = field(init=False)

    def __post_init__(self) -> None:
        violated = is_violated(self.actual_m, self.required_m) & ~self.cannot_judge
        chance = self.chance
        if chance is None:
            chance = probability(self.actual_m, self.required_m, self.sigma_m)
        # What is violated as measured is never called clear, however wide the doubt.
        chance = np.where(violated, np.fmax(chance, POSSIBLE), chance)
        chance = np.where(self.cannot_judge, np.nan, chance)
        found = np.where(np.isnan(chance), 0.0, chance) >= POSSIBLE
        for name, values in (("violated", violated), ("probability", chance), ("is_found", found)):
            object.__setattr__(self, name, values)


def worst_of(measured: Measured, stretches: Stretches) -> I64:
    """For each stretch its worst piece, leaving out stretches that are clear."""
    short = measured.actual_m - measured.required_m
    rank = np.where(measured.is_found, short, _NOT_LISTED)
    rank = np.where(measured.cannot_judge, _UNSURE, rank)
    worst = stretches.least(rank)
    return worst[rank[worst] < _NOT_LISTED]


def weighed(actual_m: F64, required_m: F64, unsure: Bool, stretches: Stretches) -> Bool:
    """Pieces whose chance counts: what is violated as measured is found whatever the chance, which
    is told of the worst piece of a stretch alone."""
    violated = is_violated(actual_m, required_m) & ~unsure
    out = ~(violated | unsure)
    if violated.any():
        rank = np.where(violated, actual_m - required_m, _NOT_LISTED)
        worst = stretches.least(rank)
        out[worst] |= violated[worst]
    return out


def pair_findings(
    ctx: CheckContext,
    check: str,
    measured: Measured,
    stretches: Stretches,
    requirements: Sequence[Requirement],
    *,
    failing: Failing,
    grave: Sequence[Utility] = (),
) -> ConflictTable:
    """One finding a stretch that is violated, possibly violated or cannot be judged.

    `failing` gives the part of a piece where the requirement fails; `grave` are the kinds whose
    findings are critical whatever the clause.
    """
    worst = worst_of(measured, stretches)
    if not len(worst):
        return ConflictTable.empty()
    snapshot, pairs = ctx.snapshot, ctx.pairs
    rows = measured.rows[worst]
    a, b = snapshot.segments.pipe[pairs.i[rows]], snapshot.segments.pipe[pairs.j[rows]]
    low, high = _failing(measured, stretches, worst, failing)
    start, stop = on_pipe(snapshot, a, low, high)
    remark = _with_span(measured.remark[worst], snapshot, a, (start, stop))
    return ConflictTable.build(
        len(worst),
        check=check,
        at=measured.at[worst],
        near_a=measured.near_a[worst],
        near_b=measured.near_b[worst],
        stretch_from_m=start,
        stretch_to_m=stop,
        remark=remark,
        **judged(
            actual_m=measured.actual_m[worst],
            required_m=measured.required_m[worst],
            sigma_m=measured.sigma_m[worst],
            probability=measured.probability[worst],
            requirement=measured.requirement[worst],
            requirements=requirements,
            grave=_is_kind(snapshot, a, grave) | _is_kind(snapshot, b, grave),
        ),
        **pipe_side(snapshot, "a", a),
        **pipe_side(snapshot, "b", b),
    )


def pipe_side(snapshot: Snapshot, side: str, rows: I32 | I64) -> dict[str, object]:
    """The columns of one side of a finding when that side is a pipe."""
    pipes = snapshot.state.pipes
    return {
        f"{side}_table": "pipes",
        f"{side}_row": rows.astype(np.int32),
        f"{side}_id": pipes.id[rows],
        f"{side}_kind": keys_from_codes(Utility, pipes.utility[rows]),
        f"level_{side}": pipes.level_source[rows],
        f"section_{side}": pipes.section_source[rows],
    }


def on_pipe(snapshot: Snapshot, pipe: I32 | I64, low: F64, high: F64) -> tuple[F64, F64]:
    """Chainage along a run as chainage along one pipe of it; it may begin before the pipe or end
    after it where the stretch goes on along the run."""
    offset, sign = snapshot.topology.run_offset_m[pipe], snapshot.topology.run_sign[pipe]
    one, two = (low - offset) * sign, (high - offset) * sign
    return np.minimum(one, two), np.maximum(one, two)


def remarks(count: int, *named: tuple[Bool, str]) -> Str:
    """Remark keys joined by ';' from masks."""
    out = np.full(count, "", dtype=object)
    for mask, key in named:
        rows = np.flatnonzero(mask)
        if len(rows):
            out[rows] = np.where(out[rows] == "", key, out[rows] + (";" + key))
    return out


def section_remarks(snapshot: Snapshot, a: I32, b: I32) -> tuple[tuple[Bool, str], ...]:
    """Remarks that hold for any finding between two pipes, by the pipes' own columns."""
    if not len(a):
        return ()
    pipes = snapshot.state.pipes
    columns = (
        Recorded(pipes.shape, _APPROXIMATED),
        Recorded(pipes.level_source, _ASSUMED),
        Recorded(pipes.section_source, _ASSUMED),
        Recorded(snapshot.uncertainty.basis, _BY_DEFAULT),
        Recorded(pipes.status, _PLANNED),
        Recorded(snapshot.dates_contradict.view(np.int8), _CONTRADICTS),
    )
    return tuple(zip(of_either(a, b, columns), _SECTION_KEYS, strict=True))


def _failing(
    measured: Measured, stretches: Stretches, worst: I64, failing: Failing
) -> tuple[F64, F64]:
    """The nominal stretch of each finding; the worst piece's where nothing fails nominally."""
    reported = np.zeros(len(stretches), dtype=np.bool_)
    reported[stretches.of[worst]] = True
    is_worst = np.zeros(len(measured.rows), dtype=np.bool_)
    is_worst[worst] = True
    part = np.flatnonzero(reported[stretches.of] & (measured.violated | is_worst))
    low, high = np.full(len(measured.rows), np.nan), np.full(len(measured.rows), np.nan)
    low[part], high[part] = failing(part)
    fails = measured.violated
    start, stop = stretches.span(np.where(fails, low, np.nan), np.where(fails, high, np.nan))
    of = stretches.of[worst]
    return (
        np.where(np.isnan(start[of]), low[worst], start[of]),
        np.where(np.isnan(stop[of]), high[worst], stop[of]),
    )


def _is_kind(snapshot: Snapshot, rows: I32, kinds: Sequence[Utility]) -> Bool:
    return is_one_of(snapshot.state.pipes.utility[rows], tuple(kinds))


def _with_span(remark: Str, snapshot: Snapshot, pipe: I32, span: tuple[F64, F64]) -> Str:
    """Say so where the stretch goes beyond the pipe it is counted along."""
    length = snapshot.lengths_m[pipe]
    beyond = (span[0] < -0.01) | (span[1] > length + 0.01)
    out = remark.copy()
    out[beyond] = np.where(out[beyond] == "", "spans_run", out[beyond] + ";spans_run")
    return out
