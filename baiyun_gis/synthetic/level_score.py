"""How often the true cause of a planted mistake is named, and how often a good point is accused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from baiyun_gis.arrays import I64, Bool
from baiyun_gis.diagnosis.causes import Cause
from baiyun_gis.diagnosis.suspects import LevelDiagnosis
from baiyun_gis.diagnosis.units import UnitSort
from baiyun_gis.synthetic.level_mistakes import Mistake

SAME_VALUE_M = 0.1
TOP = 2


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts by kind of mistake: planted, point named, value right, kind right, either right.

    `accused` counts points that are the best explanation of a case though nothing is wrong with
    their level, `good` all such points.
    """

    by_kind: dict[str, tuple[int, int, int, int, int]] = field(default_factory=dict)
    accused: int = 0
    good: int = 0

    def __add__(self, other: Tally) -> Tally:
        none = (0, 0, 0, 0, 0)
        kinds = {**self.by_kind, **other.by_kind}
        summed = {
            kind: tuple(
                a + b
                for a, b in zip(
                    self.by_kind.get(kind, none), other.by_kind.get(kind, none), strict=True
                )
            )
            for kind in kinds
        }
        return Tally(summed, self.accused + other.accused, self.good + other.good)  # type: ignore[arg-type]

    @property
    def whole(self) -> tuple[int, int, int, int, int]:
        """The counts of all kinds together."""
        sums = np.sum(list(self.by_kind.values()) or [[0] * 5], axis=0)
        return tuple(int(value) for value in sums)  # type: ignore[return-value]

    @property
    def share_named(self) -> float:
        """Share of mistakes whose point and kind or value are among the first two causes."""
        planted, *_, either = self.whole
        return either / max(planted, 1)

    @property
    def share_accused(self) -> float:
        """Share of good points that are accused."""
        return self.accused / max(self.good, 1)


def tally_of(
    found: LevelDiagnosis, mistakes: Sequence[Mistake], *, odd: Bool | None = None
) -> Tally:
    """Score a diagnosis against what was planted.

    A mistake is named when, among the first two causes of a case, one moves its survey point
    (for swapped ends: its pipe) and has its kind or brings its level within 0.1 m of the truth.
    `odd` marks pipes that are neither good nor mistaken: laid wrongly on purpose.
    """
    joint, suspects = found.ends.joint, found.suspects
    by_joint = _rows_by_joint(found)
    kinds: dict[str, tuple[int, int, int, int, int]] = {}
    for mistake in mistakes:
        rows = sorted({row for end in mistake.ends for row in by_joint.get(int(joint[end]), ())})
        value = any(_has_value(found, row, mistake) for row in rows)
        kind = any(Cause(int(suspects.cause[row])).key == mistake.kind for row in rows)
        old = kinds.get(mistake.kind, (0, 0, 0, 0, 0))
        new = (1, bool(rows), value, kind, value or kind)
        kinds[mistake.kind] = tuple(int(a + b) for a, b in zip(old, new, strict=True))  # type: ignore[assignment]
    bad = {int(joint[end]) for mistake in mistakes for end in mistake.ends}
    if odd is not None:
        bad |= set(joint[np.repeat(odd, 2)].tolist())
    judged = set(joint[found.ends.judged].tolist()) - bad
    accused = _accused(found, bad)
    return Tally(kinds, len(accused), len(judged))


def _accused(found: LevelDiagnosis, bad: set[int]) -> set[int]:
    """Joints of best explanations that touch nothing wrong."""
    joint, out = found.ends.joint, set[int]()
    for row in np.flatnonzero(found.suspects.rank == 0):
        joints = {int(j) for j in joint[_moved(found, int(row))]}
        if not joints & bad:
            out |= joints
    return out


def _moved(found: LevelDiagnosis, row: int) -> I64:
    moves = found.moves
    return moves.indices[moves.indptr[row] : moves.indptr[row + 1]].astype(np.int64)


def _rows_by_joint(found: LevelDiagnosis) -> dict[int, list[int]]:
    out: dict[int, list[int]] = {}
    single = (found.suspects.rank < TOP) & (found.suspects.sort != UnitSort.BATCH)
    for row in np.flatnonzero(single):
        for joint in {int(j) for j in found.ends.joint[_moved(found, int(row))]}:
            out.setdefault(joint, []).append(int(row))
    return out


def _has_value(found: LevelDiagnosis, row: int, mistake: Mistake) -> bool:
    """Are all wrong ends that the row moves brought to within 0.1 m of their truth?"""
    ends = _moved(found, row)
    shift = {int(e): float(found.moves[row, e]) for e in ends}
    fixed = [
        abs(recorded + shift[end] - true) <= SAME_VALUE_M
        for end, true, recorded in zip(
            mistake.ends, mistake.true_m, mistake.recorded_m, strict=True
        )
        if end in shift
    ]
    return bool(fixed) and all(fixed)


def outlier_rule(found: LevelDiagnosis, mistakes: Sequence[Mistake]) -> Tally:
    """The plain rule beside it: a level is wrong when it is more than three usual deviations
    (1.4826 × the median one of its kind) off the mean of what its pipes lead to. It names points
    and the mean as value, and no cause."""
    ends = found.ends
    far = np.arange(len(ends)) ^ 1
    ok = ends.judged & ends.judged[far]
    depth = ends.ground_m - ends.z_m
    joint = ends.joint[ok]
    count = np.maximum(np.bincount(joint, minlength=int(ends.joint.max(initial=0)) + 1), 1)
    beyond = np.bincount(joint, weights=depth[far[ok]], minlength=len(count)) / count
    off = depth - beyond[ends.joint]
    flagged = np.zeros(len(ends), np.bool_)
    for kind in np.unique(ends.utility[ok]):
        rows = np.flatnonzero(ok & (ends.utility == kind))
        usual = max(1.4826 * float(np.median(np.abs(off[rows]))), 0.03)
        flagged[rows] = np.abs(off[rows]) > 3 * usual
    named = set(ends.joint[flagged].tolist())
    value = {int(e): float(ends.level_m[e] + off[e]) for e in np.flatnonzero(flagged)}
    kinds: dict[str, tuple[int, int, int, int, int]] = {}
    for mistake in mistakes:
        hit = any(int(ends.joint[end]) in named for end in mistake.ends)
        right = any(
            abs(value.get(end, np.inf) - true) <= SAME_VALUE_M
            for end, true in zip(mistake.ends, mistake.true_m, strict=True)
        )
        old = kinds.get(mistake.kind, (0, 0, 0, 0, 0))
        new = (1, hit, right, 0, right)
        kinds[mistake.kind] = tuple(int(a + b) for a, b in zip(old, new, strict=True))  # type: ignore[assignment]
    bad = {int(ends.joint[end]) for mistake in mistakes for end in mistake.ends}
    good = set(ends.joint[ends.judged].tolist()) - bad
    return Tally(kinds, len(named - bad), len(good))
