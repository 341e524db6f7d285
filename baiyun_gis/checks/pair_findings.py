"""From measured segment pairs to findings: one row a stretch, with its worst place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.found_pairs import FoundPairs
from baiyun_gis.checks.stretches import Stretches
from baiyun_gis.checks.verdicts import POSSIBLE, TOLERANCE_M, probability
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.kernels.standings import (
    AlongRuns,
    MeasuredPieces,
    found_rows,
    standing,
    worst_and_failing,
)
from baiyun_gis.model.columns import F64, I32, I64, Bool, is_one_of
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.rules.requirement import Requirement

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.remarks import Flags
    from baiyun_gis.checks.snapshot import Snapshot

Failing = Callable[[I64], tuple[F64, F64]]
"""For some pieces: where the requirement fails, in chainage along `a`'s run (a point where it
does not)."""

Found = FoundPairs | ConflictTable
"""What a check of pairs found; a table where that is nothing."""

_BEYOND_M = 0.01
"""A stretch that goes on so far beyond its pipe is said to."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a check measured on segment pairs; all shape (pieces,), points (pieces, 3).

    `rows` indexes `PipePairs`. `actual_m` is NaN where `cannot_judge`. `flags` are remarks of
    pieces; those on the lines themselves are added. `chance` is that of a violation where the
    check knows it better than from one place with `sigma_m`.

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
    flags: Flags = ()
    chance: F64 | None = None
    violated: Bool = field(init=False)
    probability: F64 = field(init=False)
    is_found: Bool = field(init=False)

    def __post_init__(self) -> None:
        chance = self.chance
        if chance is None:
            chance = probability(self.actual_m, self.required_m, self.sigma_m)
        violated, chance, found = standing(
            self.actual_m,
            self.required_m,
            self.cannot_judge,
            chance,
            tolerance_m=TOLERANCE_M,
            possible=POSSIBLE,
        )
        for name, values in (("violated", violated), ("probability", chance), ("is_found", found)):
            object.__setattr__(self, name, values)


def among(values: F64, rows: I64, count: int) -> F64:
    """The values in these of `count` rows; the others are NaN."""
    out = np.full((count, *values.shape[1:]), np.nan)
    out[rows] = values
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
    weak: frozenset[int] = frozenset(),
) -> Found:
    """One finding a stretch that is violated, possibly violated or cannot be judged.

    `failing` gives the part of a piece where the requirement fails; `grave` are the kinds whose
    findings are critical whatever the clause, those on `weak` requirements minor at most.
    """
    worst, part = worst_and_failing(
        (measured.actual_m, measured.required_m),
        (measured.is_found, measured.violated, measured.cannot_judge),
        stretches.of,
        len(stretches),
    )
    if not len(worst):
        return ConflictTable.empty()
    snapshot, pairs, topology = ctx.snapshot, ctx.pairs, ctx.snapshot.topology
    rows = found_rows(
        MeasuredPieces(
            measured.rows,
            measured.actual_m,
            measured.required_m,
            measured.sigma_m,
            measured.probability,
            measured.requirement,
            measured.near_a,
            measured.near_b,
        ),
        (stretches.of, measured.violated, worst, part),
        failing(part),
        (pairs.i, pairs.j, snapshot.segments.pipe),
        AlongRuns(topology.run_offset_m, topology.run_sign, snapshot.lengths_m),
        count=len(stretches),
        slack_m=_BEYOND_M,
    )
    flags = tuple((mask[worst], key) for mask, key in measured.flags)
    critical = _is_kind(snapshot, rows.pipes, grave)
    return FoundPairs(check, snapshot, rows, requirements, flags, critical, weak)


def _is_kind(snapshot: Snapshot, pipes: I32, kinds: Sequence[Utility]) -> Bool:
    """Findings with a line of these kinds on either side (`pipes`, both in a row)."""
    if not kinds:
        return np.zeros(len(pipes), dtype=np.bool_)
    utility, members = snapshot.state.pipes.utility, tuple(kinds)
    return is_one_of(utility[pipes[:, 0]], members) | is_one_of(utility[pipes[:, 1]], members)
