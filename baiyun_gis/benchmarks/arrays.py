"""From arrays in memory to findings, stage by stage, in a process of its own.

`python -m baiyun_gis.benchmarks.arrays PROJECT OUT` writes the figures of the fastest of some
warm runs as JSON.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from baiyun_gis import DEFAULT_RULES
from baiyun_gis.memory import keep_at_hand

_AS_OF = np.datetime64("2026-01-01", "D")
_RUNS = 4


@dataclass(frozen=True, slots=True)
class ArraysRun:
    """One run over an opened project: seconds, processor seconds, seconds by stage."""

    seconds: float
    cpu_s: float
    stages_s: dict[str, float]
    conflicts: int


def fastest_run(project: Path, *, runs: int = _RUNS) -> ArraysRun:
    """The fastest of some runs over the project's arrays; the first one warms up and is left out.

    Snapshot, every check, ledger, identities, groups and decisions are in it; opening is not.
    """
    from baiyun_gis.checks.engine import run_checks
    from baiyun_gis.rules.loader import load_rule_set
    from baiyun_gis.storage.project_file import open_project

    state, rules = open_project(project, read_only=True), load_rule_set(DEFAULT_RULES)
    gc.freeze()
    found: list[ArraysRun] = []
    for _ in range(runs):
        start, cpu = time.perf_counter(), time.process_time()
        report = run_checks(state, rules, as_of=_AS_OF, clock=time.perf_counter)
        seconds, spent = time.perf_counter() - start, time.process_time() - cpu
        found.append(ArraysRun(seconds, spent, report.timings_s, len(report.conflicts)))
    return min(found[1:], key=lambda run: run.seconds)


def main(project: str, out: str) -> None:
    """Measure a project and write the figures."""
    keep_at_hand()
    run = fastest_run(Path(project))
    facts = {"arrays_s": run.seconds, "arrays_cpu_s": run.cpu_s, "conflicts": run.conflicts}
    stages = {f"{name}_s": seconds for name, seconds in run.stages_s.items()}
    Path(out).write_text(json.dumps({"facts": facts, "stages": stages}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
