"""Holds the findings of a run against what the slow oracle expects."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from oracle.slow_lines import Line
from oracle.slow_run import Expected

from baiyun_gis.findings.conflicts import CheckReport, ConflictTable
from baiyun_gis.model.vocabulary import Verdict

ACTUAL_M, STRETCH_M, CHANCE = 1e-3, 2e-3, 2e-3
PAIR_CHECKS = ("horizontal_clearance", "vertical_clearance", "vertical_order", "collision")

SINGLE_CHECKS = (
    "cover",
    "building_clearance",
    "occupation",
    "chamber",
    "structure_clearance",
    "river_bed",
    "gravity_slope",
)

Key = tuple[str, int, int | str]


@dataclass
class Found:
    """One finding of the run, its stretch as chainage along the first run."""

    actual: float
    span: tuple[float, float]
    is_violated: bool
    is_unsure: bool
    chance: float

    def matches(self, wanted: Expected) -> bool:
        same = self.is_violated == wanted.is_violated and self.is_unsure == wanted.is_unsure
        stretch_m = STRETCH_M + wanted.span_doubt
        span = np.isnan(wanted.span[0]) or np.allclose(self.span, wanted.span, atol=stretch_m)
        chance = (
            np.isnan(wanted.chance)
            or wanted.actual_doubt > 0
            or abs(self.chance - wanted.chance) < CHANCE
        )
        actual = np.isnan(wanted.actual) or (
            abs(self.actual - wanted.actual) < ACTUAL_M + wanted.actual_doubt
        )
        return bool(same and span and chance and actual)


def differences(
    report: CheckReport,
    lines: list[Line],
    expected: Mapping[Key, list[Expected]],
    doubtful: Collection[Key],
) -> list[str]:
    """What the run and the oracle do not agree on, in words; empty when they agree."""
    found = found_by_runs(report.conflicts, lines)
    checks = {key[0] for key in [*expected, *doubtful]}
    out: list[str] = []
    for key in sorted({*found, *expected}, key=str):
        if key in doubtful or key[0] not in checks:
            continue
        got, wanted = list(found.get(key, [])), list(expected.get(key, []))
        if key[0] in {"collision", "chamber"}:
            may_meet = any(not one.is_violated and not one.is_unsure for one in got)
            got = _worst_only(got)
            if may_meet and not got:  # a place that may meet speaks for one that cannot be judged
                wanted = [one for one in wanted if one.is_violated]
        for one in list(got):
            match = next((w for w in wanted if one.matches(w)), None)
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
        if check not in PAIR_CHECKS + SINGLE_CHECKS:
            continue
        a, is_pair = by_row[int(conflicts.a_row[row])], check in PAIR_CHECKS
        other = by_row[int(conflicts.b_row[row])].run.label if is_pair else str(conflicts.b_id[row])
        ends = (conflicts.stretch_from_m[row], conflicts.stretch_to_m[row])
        span = tuple(sorted(a.run.along(a, float(end)) for end in ends))
        one = Found(
            actual=float(conflicts.actual_m[row]),
            span=span,  # type: ignore[arg-type]
            is_violated=bool(conflicts.violated[row]),
            is_unsure=bool(conflicts.verdict[row] == Verdict.CANNOT_JUDGE),
            chance=float(conflicts.probability[row]),
        )
        out.setdefault((check, a.run.label, other), []).append(one)
    return out


def _worst_only(found: list[Found]) -> list[Found]:
    """Of bodies that meet the deepest; else that it cannot be said; what may meet is left out."""
    hits = [one for one in found if one.is_violated]
    if hits:
        return [min(hits, key=lambda one: one.actual)]
    return [one for one in found if one.is_unsure][:1]
