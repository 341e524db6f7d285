"""The smallest move of a shape that settles a conflict: every centimetre tried, then millimetres.

Nothing is skipped between: a gap of a centimetre between two obstacles is found. Amounts are
tried in blocks from small to large, both ways at once, so most searches end early.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from baiyun_gis.jobs import Job
from baiyun_gis.model.columns import F64
from baiyun_gis.remedies.limits import FINE_M, STEP_M
from baiyun_gis.remedies.moves import Layout, Terms, held_by
from baiyun_gis.remedies.rows import Grade, Judgement, Row, Target, judged
from baiyun_gis.remedies.trials import Trial

_BLOCKS = (24, 100, 250, 600, 1000, 2000)
"""Steps up to which each block goes."""


@dataclass(frozen=True, slots=True)
class Found:
    """A move that settles the target: metres up, or to the left of the chain.

    `left` is what of the target is not clear. `binds` are the findings that a millimetre less
    would leave.
    """

    layout: Layout
    amount_m: float
    grade: Grade
    left: tuple[Row, ...]
    binds: tuple[Row, ...]


@dataclass(slots=True)
class Obstacles:
    """Why amounts did not do: by direction (1 or −1) the findings and limits that stood against.

    `worse` are findings of others that moves would cause which settle the target itself.
    """

    worse: dict[int, dict[object, Row]] = field(default_factory=dict[int, dict[object, Row]])
    left: dict[int, dict[object, Row]] = field(default_factory=dict[int, dict[object, Row]])
    held: dict[int, dict[str, float]] = field(default_factory=dict[int, dict[str, float]])
    is_pinned: bool = False

    def note(self, amount: float, judgement: Judgement) -> None:
        """Remember what stood against an amount."""
        way = 1 if amount > 0 else -1
        kept = self.worse if judgement.worse else self.left
        for row in judgement.worse or judgement.left:
            kept.setdefault(way, {}).setdefault(row.key, row)

    def hold(self, amount: float, name: str) -> None:
        """Remember the least amount that the line itself forbids."""
        kept = self.held.setdefault(1 if amount > 0 else -1, {})
        kept[name] = min(kept.get(name, np.inf), abs(amount))


@dataclass(frozen=True, slots=True)
class Search:
    """One shape of move and what it is tried for."""

    trial: Trial
    layout: Layout
    terms: Terms
    target: Target

    def smallest(self, obstacles: Obstacles, job: Job, *, below_m: float) -> list[Found]:
        """The smallest clearing move under `below_m`; without one, the smallest of each lower
        grade there is. Downward (to the right) wins a tie."""
        steps = int(np.floor(min(self.terms.limits.max_move_m, below_m) / STEP_M + 1e-9))
        lesser: dict[Grade, float] = {}
        done = 0
        for stop in _BLOCKS:
            amounts = _both_ways(done, min(stop, steps))
            done = stop
            for amount, judgement in self._judged(amounts, obstacles, job):
                if judgement.grade is Grade.CLEARS:
                    return [self._refined(amount, Grade.CLEARS, job)]
                if judgement.grade is not Grade.NO:
                    lesser.setdefault(judgement.grade, amount)
            if stop >= steps:
                break
        return [self._refined(amount, grade, job) for grade, amount in lesser.items()]

    def _judged(
        self, amounts: F64, obstacles: Obstacles, job: Job
    ) -> list[tuple[float, Judgement]]:
        held = held_by(self.layout, self.terms, amounts)
        for amount, name in zip(amounts, held, strict=True):
            if name:
                obstacles.hold(float(amount), name)
        tried = amounts[[not name for name in held]]
        if not len(tried):
            return []
        out = list(zip(tried.tolist(), self._tried(tried, job), strict=True))
        for amount, judgement in out:
            if judgement.grade is not Grade.CLEARS:
                obstacles.note(amount, judgement)
        return out

    def _tried(self, amounts: Sequence[float] | F64, job: Job) -> list[Judgement]:
        """Judgements of the amounts, against the same copies with nothing moved."""
        rows = self.trial.outcomes(np.concatenate([[0.0], amounts]), job)
        return [judged(now, rows[0], self.target) for now in rows[1:]]

    def _refined(self, amount: float, grade: Grade, job: Job) -> Found:
        """The last centimetre in millimetres."""
        count = round(STEP_M / FINE_M)
        size = abs(amount) - STEP_M + FINE_M * np.arange(count + 1)
        sizes = np.round(size[size > FINE_M / 2], 4)
        amounts = np.copysign(sizes, amount)
        held = held_by(self.layout, self.terms, amounts)
        judgements = self._tried(amounts, job)
        good = [not name and j.grade >= grade for name, j in zip(held, judgements, strict=True)]
        # From the far end on, so that everything from the answer to the centimetre holds.
        first = len(good) - 1
        while first > 0 and good[first - 1]:
            first -= 1
        before = judgements[first - 1] if first else None
        binds = () if before is None else before.worse + before.left
        return Found(self.layout, float(amounts[first]), grade, judgements[first].left, binds)


def _both_ways(done: int, stop: int) -> F64:
    sizes = STEP_M * np.arange(done + 1, stop + 1)
    return np.column_stack([-sizes, sizes]).reshape(-1).astype(np.float64)
