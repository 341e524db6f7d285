"""From measured segment pairs to findings: one row a stretch, with its worst place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import compress
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.judged import judged
from baiyun_gis.checks.stretches import Stretches
from baiyun_gis.checks.verdicts import POSSIBLE, TOLERANCE_M, probability
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.kernels.recorded import flags_of, of_either
from baiyun_gis.kernels.standings import AlongRuns, spans_on_pipes, standing, worst_and_failing
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
_COUNT = np.stack(
    [
        flags_of(*(shape for shape in Shape if shape.is_approximated)),
        flags_of(Provenance.ASSUMED),
        flags_of(Provenance.ASSUMED),
        flags_of(SigmaBasis.DEFAULT),
        flags_of(Status.PLANNED),
        flags_of(1),
    ]
)
"""Which codes of the columns behind `_SECTION_KEYS` count."""

_BEYOND_M = 0.01
"""A stretch that goes on so far beyond its pipe is said to."""

_FEW = 64
"""Of so few rows nobody asks first which have a remark."""

Flags = tuple[tuple[Bool, str], ...]
"""Remark keys and the rows they hold for, in order."""


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
) -> ConflictTable:
    """One finding a stretch that is violated, possibly violated or cannot be judged.

    `failing` gives the part of a piece where the requirement fails; `grave` are the kinds whose
    findings are critical whatever the clause.
    """
    worst, part = worst_and_failing(
        (measured.actual_m, measured.required_m),
        (measured.is_found, measured.violated, measured.cannot_judge),
        stretches.of,
        len(stretches),
    )
    count = len(worst)
    if not count:
        return ConflictTable.empty()
    snapshot, pairs, pipe = ctx.snapshot, ctx.pairs, ctx.snapshot.segments.pipe
    rows, topology = measured.rows[worst], snapshot.topology
    a, b = pipe[pairs.i[rows]], pipe[pairs.j[rows]]
    start, stop, beyond = spans_on_pipes(
        (stretches.of, measured.violated, worst, part),
        failing(part),
        a,
        AlongRuns(topology.run_offset_m, topology.run_sign, snapshot.lengths_m),
        count=len(stretches),
        slack_m=_BEYOND_M,
    )
    near_a, near_b = measured.near_a[worst], measured.near_b[worst]
    flags = ((mask[worst], key) for mask, key in measured.flags)
    return ConflictTable.build(
        count,
        check=check,
        at=(near_a + near_b) / 2,
        near_a=near_a,
        near_b=near_b,
        stretch_from_m=start,
        stretch_to_m=stop,
        remark=remarks(count, *flags, *section_remarks(snapshot, a, b), (beyond, "spans_run")),
        **judged(
            actual_m=measured.actual_m[worst],
            required_m=measured.required_m[worst],
            sigma_m=measured.sigma_m[worst],
            probability=measured.probability[worst],
            requirement=measured.requirement[worst],
            requirements=requirements,
            grave=_is_kind(snapshot, a, b, grave),
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
    if not count or not named:
        return out
    texts, masks = _texts_of(tuple([key for _, key in named])), [mask for mask, _ in named]
    if count <= _FEW:
        out[:] = [texts[which] for which in zip(*[m.tolist() for m in masks], strict=True)]
        return out
    rows = np.logical_or.reduce(masks).nonzero()[0]
    out[rows] = [texts[which] for which in zip(*[m[rows].tolist() for m in masks], strict=True)]
    return out


class _Texts(dict[tuple[bool, ...], str]):
    """Remarks by which of their keys hold, put together when first asked for."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        super().__init__()
        self._keys = keys

    def __missing__(self, which: tuple[bool, ...]) -> str:
        text = ";".join(compress(self._keys, which))
        self[which] = text
        return text


_texts_of = lru_cache(maxsize=256)(_Texts)


def section_remarks(snapshot: Snapshot, a: I32, b: I32) -> Flags:
    """Remarks that hold for any finding between two pipes, by the pipes' own columns."""
    if not len(a):
        return ()
    pipes = snapshot.state.pipes
    codes = (
        pipes.shape,
        pipes.level_source,
        pipes.section_source,
        snapshot.uncertainty.basis,
        pipes.status,
        snapshot.dates_contradict.view(np.int8),
    )
    return tuple(zip(of_either(a, b, codes, _COUNT), _SECTION_KEYS, strict=True))


def _is_kind(snapshot: Snapshot, a: I32, b: I32, kinds: Sequence[Utility]) -> Bool:
    """Findings with a line of these kinds on either side."""
    if not kinds:
        return np.zeros(len(a), dtype=np.bool_)
    utility, members = snapshot.state.pipes.utility, tuple(kinds)
    return is_one_of(utility[a], members) | is_one_of(utility[b], members)
