"""Holds the findings of a run against what the slow oracle expects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from oracle.slow_lines import Line
from oracle.slow_run import Expected, SlowReport

from baiyun_gis.findings.conflicts import CheckReport, ConflictTable
from baiyun_gis.model.vocabulary import Verdict

ACTUAL_M, STRETCH_M, CHANCE = 1e-3, 2e-3, 2e-3
OVERLAP_STRETCH_M = 0.01
"""Where one line lies on another the run takes their ends as endless: half a size times slope."""
PAIR_CHECKS = ("horizontal_clearance", "vertical_clearance", "vertical_order", "collision")

Key = tuple[str, int, int]


@dataclass
class Found:
    """One finding of the run, its stretch as chainage along the first run."""

    actual: float
    span: tuple[float, float]
    is_violated: bool
    is_unsure: bool
    chance: float

    def matches(self, wanted: Expected, *, stretch_m: float) -> bool:
        same = self.is_violated == wanted.is_violated and self.is_unsure == wanted.is_unsure
        span = np.isnan(wanted.span[0]) or np.allclose(self.span, wanted.span, atol=stretch_m)
        chance = np.isnan(wanted.chance) or abs(self.chance - wanted.chance) < CHANCE
        actual = np.isclose(self.actual, wanted.actual, atol=ACTUAL_M, equal_nan=True)
        return bool(same and span and chance and actual)


def differences(report: CheckReport, lines: list[Line], slow: SlowReport) -> list[str]:
    """What the run and the oracle do not agree on, in words; empty when they agree."""
    found = found_by_runs(report.conflicts, lines)
    out: list[str] = []
    for key in sorted(set(found) | set(slow.found)):
        if key in slow.doubtful:
            continue
        got, wanted = list(found.get(key, [])), list(slow.found.get(key, []))
        if key[0] == "collision":
            got = _worst_only(got)
        stretch_m = OVERLAP_STRETCH_M if key[0] == "vertical_clearance" else STRETCH_M
        for one in list(got):
            match = next((w for w in wanted if one.matches(w, stretch_m=stretch_m)), None)
            if match is not None:
                got.remove(one)
                wanted.remove(match)
        if got or wanted:
            out.append(f"{key}: only in the run {got}, only in the oracle {wanted}")
    return out


def found_by_runs(conflicts: ConflictTable, lines: list[Line]) -> dict[Key, list[Found]]:
    """The pair findings by check and the labels of their runs."""
    by_row = {line.row: line for line in lines}
    out: dict[Key, list[Found]] = {}
    for row in range(len(conflicts)):
        check = str(conflicts.check[row])
        if check not in PAIR_CHECKS:
            continue
        a, b = by_row[int(conflicts.a_row[row])], by_row[int(conflicts.b_row[row])]
        ends = (conflicts.stretch_from_m[row], conflicts.stretch_to_m[row])
        span = tuple(sorted(a.run.along(a, float(end)) for end in ends))
        one = Found(
            actual=float(conflicts.actual_m[row]),
            span=span,  # type: ignore[arg-type]
            is_violated=bool(conflicts.violated[row]),
            is_unsure=bool(conflicts.verdict[row] == Verdict.CANNOT_JUDGE),
            chance=float(conflicts.probability[row]),
        )
        out.setdefault((check, a.run.label, b.run.label), []).append(one)
    return out


def _worst_only(found: list[Found]) -> list[Found]:
    """Of collisions the deepest, else that one cannot be judged; possible ones are left out."""
    hits = [one for one in found if one.is_violated]
    unsure = [one for one in found if one.is_unsure]
    return [min(hits, key=lambda one: one.actual)] if hits else unsure[:1]
