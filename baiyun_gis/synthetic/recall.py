"""How much of what was planted a run found."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from baiyun_gis.errors import FormatError
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.model.vocabulary import Status, Verdict
from baiyun_gis.project import ProjectState
from baiyun_gis.synthetic.truth import SCHEMA


@dataclass(frozen=True, slots=True)
class Score:
    """Planted and found facts of one kind."""

    kind: str
    planted: int
    found: int


@dataclass(frozen=True, slots=True)
class Recall:
    """Score of every kind, what was missed, and findings that nothing explains."""

    scores: tuple[Score, ...]
    missed: tuple[str, ...]
    unexplained: int
    """Conflicts at least likely between features that nothing was planted at."""

    @property
    def planted(self) -> int:
        return sum(score.planted for score in self.scores)

    @property
    def found(self) -> int:
        return sum(score.found for score in self.scores)


def load_truth(path: Path) -> dict[str, Any]:
    """A truth file; raises `FormatError` when it is not one."""
    try:
        truth = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FormatError("{path}: this is not a truth file", path=path) from error
    if not isinstance(truth, dict) or truth.get("schema") != SCHEMA:
        raise FormatError("{path}: this is not a truth file", path=path)
    return truth


SUSPICIONS = (
    "no_permit", "beyond_outline", "too_high", "permit_expired", "temporary_overdue",
)  # fmt: skip
"""Kinds of planted facts that the search for suspected buildings must find."""


def recall_of(truth: dict[str, Any], state: ProjectState, report: CheckReport) -> Recall:
    """Compare a report on `state` with the truth of the district it was made from.

    A planted conflict counts as found when its check has a conflict between the same features,
    at least likely; that of the planned main when any planned line has it. Unknown levels,
    wrong levels and refused rows are no business of checks and are left out.
    """
    found = _pairs_found(state, report)
    suspected = set(zip(report.suspicions.kind, report.suspicions.building_id, strict=True))
    count: dict[str, list[int]] = {}
    missed: list[str] = []
    explained: set[frozenset[str]] = set()
    for item in truth["items"]:
        kind, check = item["kind"], item["check"]
        a, b = item["a"]["id"], (item["b"] or {}).get("id", "")
        pair = frozenset((PLANNED if kind == "planned_main" else a, b))
        explained.add(pair)
        if kind in SUSPICIONS:
            is_found = (kind, a) in suspected
        elif check:
            is_found = bool(found.get(pair, set()) & {check, *item["also"]}) and (
                kind == "planned_main" or check in found[pair]
            )
        else:
            continue
        tally = count.setdefault(kind, [0, 0])
        tally[0] += 1
        tally[1] += is_found
        if not is_found:
            missed.append(f"{kind} {a} {b}".strip())
    unexplained = sum(
        len(checks) for pair, checks in found.items()
        if pair not in explained and PLANNED not in pair
    )  # fmt: skip
    scores = tuple(Score(kind, *tally) for kind, tally in count.items())
    return Recall(scores, tuple(missed), unexplained)


PLANNED = "planned"
"""Stands for any planned line: a drawing gives its lines no numbers of their own."""


def _pairs_found(state: ProjectState, report: CheckReport) -> dict[frozenset[str], set[str]]:
    conflicts = report.conflicts
    planned = set(state.pipes.id[state.pipes.status == Status.PLANNED])
    pairs: dict[frozenset[str], set[str]] = {}
    for row in np.flatnonzero(conflicts.verdict >= Verdict.LIKELY):
        names = (str(conflicts.a_id[row]), str(conflicts.b_id[row]))
        pair = frozenset(PLANNED if name in planned else name for name in names)
        pairs.setdefault(pair, set()).add(str(conflicts.check[row]))
    return pairs
