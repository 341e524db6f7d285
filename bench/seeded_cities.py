"""Seeded synthetic cities: is every planted conflict found, and is nothing found that is none?

    python bench/seeded_cities.py [SEEDS] [SEGMENTS]

For each seed one row: planted facts found of those planted, findings between features that
nothing was planted at, findings at a joint of the two lines, in a line's own chamber and between
lines of one casing or trench, and crossings that take up more than one row. All data is
synthetic. Exit 1 where anything falls short.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass

import numpy as np

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.model.topology import topology_of
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.synthetic.district import make_district
from baiyun_gis.synthetic.recall import recall_of

AT_JOINT_M = 1.0
ONE_CROSSING_M = 2.0
DAY = np.datetime64("2025-01-01")


@dataclass(frozen=True, slots=True)
class FalseHits:
    """Findings that are none."""

    at_joints: int
    own_chambers: int
    shared_casings: int
    doubled_crossings: int

    @property
    def total(self) -> int:
        return self.at_joints + self.own_chambers + self.shared_casings + self.doubled_crossings


def false_hits(state: ProjectState, report: CheckReport) -> FalseHits:
    """Findings at joints, own chambers and casings, looked up in the tables alone."""
    conflicts, pipes = report.conflicts, state.pipes
    of_pipes = np.flatnonzero(
        (conflicts.a_table == "pipes")
        & (conflicts.b_table == "pipes")
        & (conflicts.check != "unjoined_ends")
    )
    a, b = conflicts.a_row[of_pipes], conflicts.b_row[of_pipes]
    at = conflicts.at[of_pipes, :2]
    is_joint = np.zeros(len(of_pipes), dtype=np.bool_)
    for of_a in (pipes.start_node, pipes.end_node):
        for of_b in (pipes.start_node, pipes.end_node):
            node = of_a[a]
            shared = (node >= 0) & (node == of_b[b])
            far = np.hypot(*(state.nodes.xy[np.maximum(node, 0)] - at).T)
            is_joint |= shared & (far < AT_JOINT_M)
    cased = (pipes.enclosure[a] != "") & (pipes.enclosure[a] == pipes.enclosure[b])
    in_chamber = np.flatnonzero(conflicts.check == "chamber")
    line, node = conflicts.a_row[in_chamber], conflicts.b_row[in_chamber]
    own = (pipes.start_node[line] == node) | (pipes.end_node[line] == node)
    return FalseHits(
        int(is_joint.sum()),
        int(own.sum()),
        int(cased.sum()),
        doubled(state, report, of_pipes),
    )


def doubled(state: ProjectState, report: CheckReport, rows: np.ndarray) -> int:
    """Rows of one check between the same two runs at one place, beyond the first."""
    conflicts, run = report.conflicts, topology_of(state.pipes).run
    places: dict[tuple[str, int, int], list[np.ndarray]] = {}
    extra = 0
    for row in rows:
        first, second = sorted((int(run[conflicts.a_row[row]]), int(run[conflicts.b_row[row]])))
        known = places.setdefault((str(conflicts.check[row]), first, second), [])
        at = conflicts.at[row, :2]
        extra += any(np.hypot(*(at - other)) < ONE_CROSSING_M for other in known)
        known.append(at)
    return extra


def main(seeds: int = 10, segments: int = 50_000) -> int:
    """Print one row a city; 1 where one of them falls short."""
    rules = load_rule_set("gb50289-2016")
    print(
        "seed  segments  planted  found  unexplained  joints  chambers  casings  doubled  rows  s"
    )
    short = 0
    for seed in range(1, seeds + 1):
        district = make_district(segments, seed)
        started = time.perf_counter()
        report = run_checks(district.state, rules, as_of=DAY)
        took = time.perf_counter() - started
        recall = recall_of(json.loads(district.truth.to_json()), district.state, report)
        none = false_hits(district.state, report)
        short += recall.planted - recall.found + recall.unexplained + none.total
        short += not report.ledger.closes
        print(
            f"{seed:4d} {segments:9,d} {recall.planted:7d} {recall.found:5d}"
            f" {recall.unexplained:11d} {none.at_joints:6d} {none.own_chambers:8d}"
            f" {none.shared_casings:7d} {none.doubled_crossings:7d} {len(report.conflicts)}"
            f" {took:.1f}",
            flush=True,
        )
        for missed in recall.missed:
            print(f"      missed: {missed}")
    return int(short > 0)


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:])))
