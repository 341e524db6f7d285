"""How much undecided risk ten test holes settle, planned, at random and at the worst gaps.

    python bench/test_holes.py [SEGMENTS] [SEEDS] [HOLES]

On synthetic districts surveyed with the errors of CJJ 61: true levels are revealed at the holes,
the whole check is run again, and the undecided risk before and after is compared. Random holes
are drawn from the same places, five times a seed.
"""

from __future__ import annotations

import sys

import numpy as np

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.diagnosis.digging import REACH_M, places_for, plan_holes
from baiyun_gis.diagnosis.risk import risk_of
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.model.columns import NO_DAY
from baiyun_gis.model.vocabulary import Status
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.synthetic.chance import Chance
from baiyun_gis.synthetic.district import make_district
from baiyun_gis.synthetic.exposing import surveyed, with_holes

DRAWS = 5


def checked(state: ProjectState) -> CheckReport:
    """A run of all checks on all days."""
    return run_checks(state, load_rule_set("gb50289-2016"), as_of=NO_DAY)


def main(segments: int, seeds: int, holes: int) -> None:
    """Print the settled share by each way of choosing."""
    by_way: dict[str, list[float]] = {"planned": [], "worst gaps": [], "random": []}
    promised: list[float] = []
    for seed in range(1, seeds + 1):
        truth = make_district(segments, seed).state
        state = surveyed(truth, seed=seed)
        report = checked(state)
        before = risk_of(state, report)
        total = float(before.now.sum())

        def settled(at: np.ndarray) -> float:
            after = with_holes(state, truth, at, reach_m=REACH_M)
            return 1.0 - float(risk_of(after, checked(after)).now.sum()) / total

        plan = plan_holes(state, report, count=holes)
        promised.append(float(plan.share[-1]))
        by_way["planned"].append(settled(plan.at))
        places = places_for(state, before)
        for draw in range(DRAWS):
            some = Chance(seed).chosen(f"draw {draw}", np.arange(len(places)), holes)
            by_way["random"].append(settled(places.at[some]))
        worst = np.argsort(-np.nan_to_num(report.conflicts.shortfall_m[before.row], nan=-1e9))
        by_way["worst gaps"].append(settled(before.at[worst[:holes]]))
        print(f"seed {seed}: risk {total:.1f} of {len(before.row)} findings", end="")
        print(
            f", {len(places)} places, {int((state.pipes.status == Status.PLANNED).sum())} planned"
        )
    print(f"\n{seeds} seeds x {segments} segments, {holes} holes; share of undecided risk settled")
    for way, shares in by_way.items():
        print(
            f"  {way:12} {np.mean(shares):.2%}  (least {min(shares):.2%}, most {max(shares):.2%})"
        )
    print(f"  promised     {np.mean(promised):.2%}")
    ours = float(np.mean(by_way["planned"]))
    print(f"  planned / random {ours / float(np.mean(by_way['random'])):.1f}")
    print(f"  planned / worst gaps {ours / float(np.mean(by_way['worst gaps'])):.1f}")


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:]]
    main(*(words + [3_000, 3, 10][len(words) :]))
