"""A run lowered or raised as a whole is one group: many runs of synthetic districts, one by one.

    python -m bench.grouping --segments 50000 --seeds 10 --runs 6

Prints how many of the altered runs that gave conflicts gave exactly one group.
"""

from __future__ import annotations

import argparse

import numpy as np

from baiyun_gis import DEFAULT_RULES
from baiyun_gis.checks.engine import run_checks
from baiyun_gis.checks.grouping import conflict_groups
from baiyun_gis.findings.groups import group_sentence
from baiyun_gis.model.columns import Str
from baiyun_gis.model.topology import topology_of
from baiyun_gis.model.vocabulary import Verdict
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.synthetic.district import make_district
from baiyun_gis.synthetic.shifts import shifted

DAY = np.datetime64("2025-01-01")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--segments", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=6, help="runs altered in each district")
    parser.add_argument("--show", action="store_true", help="say what is more than one group")
    args = parser.parse_args()
    one = several = 0
    for seed in range(1, args.seeds + 1):
        state = make_district(args.segments, seed).state
        for groups, sentences in _groups(state, seed, args.runs):
            one += len(groups) == 1
            several += len(groups) > 1
            if args.show and len(groups) > 1:
                print(seed, *sentences, sep="\n  ")
    print(f"{one + several} runs with conflicts: one group {one}, more {several}")


def _groups(state: ProjectState, seed: int, runs: int) -> list[tuple[set[str], list[str]]]:
    """The groups of new findings of each of some runs, moved up and down as a whole."""
    rules = load_rule_set(DEFAULT_RULES)
    before = set(run_checks(state, rules, as_of=DAY).conflicts.id)
    topology = topology_of(state.pipes)
    size = np.bincount(topology.run, minlength=len(state.pipes))
    chosen = np.random.default_rng(seed).choice(np.flatnonzero(size >= 4), runs, replace=False)
    out: list[tuple[set[str], list[str]]] = []
    for run in chosen:
        rows = np.flatnonzero(topology.run == run)
        for rise_m in (-0.6, 0.6):
            moved = state.with_(pipes=shifted(state.pipes, rows, rise_m=rise_m))
            report = run_checks(moved, rules, as_of=DAY)
            conflicts = report.conflicts
            new = np.array([name not in before for name in conflicts.id])
            new &= conflicts.verdict >= Verdict.POSSIBLE
            if new.any():
                told = conflict_groups(conflicts, moved)
                out.append((set(conflicts.group[new]), _told(told, conflicts.group[new])))
    return out


def _told(groups: tuple[object, ...], names: Str) -> list[str]:
    wanted = set(names)
    return [str(group_sentence(g)) for g in groups if g.id in wanted]  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
