"""How much undecided risk ten test holes settle, planned, at random and at the worst gaps.

    python bench/test_holes.py [SEGMENTS] [SEEDS] [HOLES]

On synthetic districts surveyed with the errors of CJJ 61: true levels are revealed at the holes,
the whole check is run again, and the undecided risk before and after is compared. Random holes
are drawn from the same places, five times a seed.
"""

from __future__ import annotations

import sys

import numpy as np

from baiyun_gis.arrays import F64
from baiyun_gis.checks.engine import run_checks
from baiyun_gis.diagnosis.digging import REACH_M, places_for, plan_holes
from baiyun_gis.diagnosis.risk import risk_of
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.model.columns import NO_DAY
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.synthetic.chance import Chance
from baiyun_gis.synthetic.district import make_district
from baiyun_gis.synthetic.exposing import surveyed, with_holes

DRAWS = 5


def checked(state: ProjectState) -> CheckReport:
    """A run of all checks on all days."""
    return run_checks(state, load_rule_set("gb50289-2016"), as_of=NO_DAY)


def settled(state: ProjectState, truth: ProjectState, before: float, at: F64) -> float:
    """Share of the undecided risk that holes at `at` settle, by a new run."""
    after = with_holes(state, truth, at, reach_m=REACH_M)
    return 1.0 - float(risk_of(after, checked(after)).now.sum()) / before


def ways(truth: ProjectState, *, seed: int, holes: int) -> dict[str, list[float]]:
    """Settled shares of one district, by each way of choosing; `promised` is the plan's own."""
    state = surveyed(truth, seed=seed)
    report = checked(state)
    risk = risk_of(state, report)
    total = float(risk.now.sum())
    plan = plan_holes(state, report, count=holes)
    places = places_for(state, risk)
    short = np.nan_to_num(report.conflicts.shortfall_m[risk.row], nan=-1e9)
    worst = np.argsort(-short, kind="stable")[:holes]
    draws = [Chance(seed).chosen(f"draw {n}", np.arange(len(places)), holes) for n in range(DRAWS)]
    print(f"seed {seed}: {len(risk.row)} findings, risk {total:.1f}, {len(places)} places")
    return {
        "planned": [settled(state, truth, total, plan.at)],
        "promised": [float(plan.share[-1])],
        "worst gaps": [settled(state, truth, total, risk.at[worst])],
        "random": [settled(state, truth, total, places.at[draw]) for draw in draws],
    }


def main(segments: int, seeds: int, holes: int) -> None:
    """Print the settled share by each way of choosing."""
    by_way: dict[str, list[float]] = {}
    for seed in range(1, seeds + 1):
        for way, shares in ways(
            make_district(segments, seed).state, seed=seed, holes=holes
        ).items():
            by_way.setdefault(way, []).extend(shares)
    print(f"\n{seeds} seeds x {segments} segments, {holes} holes; share of undecided risk settled")
    for way, shares in by_way.items():
        print(f"  {way:11}{np.mean(shares):7.2%}  ({min(shares):.2%} to {max(shares):.2%})")
    ours = float(np.mean(by_way["planned"]))
    print(f"  planned / random {ours / max(float(np.mean(by_way['random'])), 1e-9):.1f}")
    print(f"  planned - worst gaps {ours - float(np.mean(by_way['worst gaps'])):.2%}")


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:]]
    main(*(words + [3_000, 3, 10][len(words) :]))
