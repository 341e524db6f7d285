"""Whole runs on random networks against the slow oracle, finding by finding.

Compared for each pair of runs, and each run with the ground, a building or a chamber: whether
something is found, violated or beyond judging, the measured distance to 1 mm, the failing stretch
to 2 mm (more where the oracle says so), the probability, and what the ledger counts.
`BAIYUN_ORACLE_NETWORKS` and `BAIYUN_ORACLE_FIRST` ask for other networks than the usual ones.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field

import pytest
from check_cases import checked
from oracle.comparing import PAIR_CHECKS, SINGLE_CHECKS, Key, differences
from oracle.random_networks import random_network
from oracle.slow_lines import lines_of
from oracle.slow_run import Expected, slow_run
from oracle.slow_singles import slow_singles

FIRST = int(os.environ.get("BAIYUN_ORACLE_FIRST", "0"))
NETWORKS = int(os.environ.get("BAIYUN_ORACLE_NETWORKS", "60"))


@dataclass
class Sweep:
    """What all networks together came to."""

    differences: list[str] = field(default_factory=list)
    ledgers: list[str] = field(default_factory=list)
    found: Counter[str] = field(default_factory=Counter)
    doubtful: Counter[str] = field(default_factory=Counter)
    pairs: int = 0


@pytest.fixture(scope="module")
def sweep() -> Sweep:
    out = Sweep()
    for seed in range(FIRST, FIRST + NETWORKS):
        _look_at(seed, out)
    return out


def _look_at(seed: int, out: Sweep) -> None:
    state, day = random_network(seed)
    lines = lines_of(state, day)
    between = slow_run(lines)
    singles, unsaid = slow_singles(state, lines)
    expected: dict[Key, list[Expected]] = {**between.found, **singles}
    doubtful: set[Key] = {*between.doubtful, *unsaid}
    report = checked(state, as_of=day)
    wrong = differences(report, lines, expected, doubtful)
    out.differences += [f"network {seed}: {line}" for line in wrong]
    ledger = report.ledger
    if not ledger.closes or ledger.pipes_tested != len(lines):
        out.ledgers.append(f"network {seed}: {ledger.pipes_tested} tested, {len(lines)} there")
    out.pairs += between.pairs
    out.found.update({key[0]: 0 for key in expected})
    for key, findings in expected.items():
        out.found[key[0]] += len(findings) * (key not in doubtful)
    out.doubtful.update(key[0] for key in doubtful)


def test_every_finding_of_a_run_is_what_the_slow_oracle_expects(sweep: Sweep) -> None:
    assert sweep.differences == []


def test_the_ledger_closes_and_counts_the_lines_that_are_there(sweep: Sweep) -> None:
    assert sweep.ledgers == []


def test_the_networks_hold_enough_of_everything(sweep: Sweep) -> None:
    assert sweep.pairs > 10 * NETWORKS
    for check in PAIR_CHECKS:
        assert sweep.found[check] > NETWORKS
        assert sweep.doubtful[check] < sweep.found[check] / 2
    for check in SINGLE_CHECKS:
        assert sweep.found[check] > NETWORKS / 10
