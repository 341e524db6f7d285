"""Joints and runs against slow answers: every pair of ends looked at, chains walked one by one."""

from __future__ import annotations

import numpy as np
import pytest

from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.topology import COINCIDENT_M, family_of, topology_of


def _pipes(seed: int) -> PipeTable:
    """A tangle of short lines on few places, some nowhere, some a hair off."""
    chance = np.random.default_rng(seed)
    count = int(chance.integers(1, 30))
    step = float(chance.choice([0.0007, 0.3, 7.9999]))
    xy = chance.integers(0, 4, (2 * count, 2)) * step + (0.0 if seed % 2 else 38_434_000.0)
    if seed % 3 == 0:
        xy[chance.integers(0, 2 * count)] = np.nan
    return PipeTable.build(
        count,
        offsets=np.arange(count + 1) * 2,
        xy=xy,
        axis_level=np.zeros(2 * count),
        utility=chance.integers(1, 5, count).astype(np.int8),
        start_node=chance.integers(-1, count, count).astype(np.int32),
        end_node=chance.integers(-1, count, count).astype(np.int32),
    )


def _joint_sets(pipes: PipeTable) -> list[set[int]]:
    """Ends that are one joint, by merging sets until nothing changes."""
    family = family_of(pipes)
    node = np.column_stack([pipes.start_node, pipes.end_node]).ravel()
    sets = [{end} for end in range(2 * len(pipes))]

    def belong(a: int, b: int) -> bool:
        if family[a // 2] != family[b // 2]:
            return False
        near = np.hypot(*(pipes.xy[a] - pipes.xy[b])) <= COINCIDENT_M
        return bool(near) or (node[a] >= 0 and node[a] == node[b])

    for a in range(len(sets)):
        for b in range(a):
            if belong(a, b) and sets[a] is not sets[b]:
                whole = sets[a] | sets[b]
                for end in whole:
                    sets[end] = whole
    return sets


@pytest.mark.parametrize("seed", range(60))
def test_joints_are_those_of_looking_at_every_pair(seed: int):
    pipes = _pipes(seed)
    topology = topology_of(pipes)
    sets = _joint_sets(pipes)
    for end, together in enumerate(sets):
        same = np.flatnonzero(topology.joint == topology.joint[end])
        assert set(same.tolist()) == together
        assert topology.joint_degree[topology.joint[end]] == len(together)


@pytest.mark.parametrize("seed", range(60))
def test_chainage_runs_on_through_every_joint_of_a_run(seed: int):
    pipes = _pipes(seed)
    topology = topology_of(pipes)
    length = pipes.length_m()
    for run in np.unique(topology.run):
        rows = np.flatnonzero(topology.run == run)
        assert rows.min() == run
        sign, offset = topology.run_sign[rows], topology.run_offset_m[rows]
        spans = np.sort(np.column_stack([offset, offset + sign * length[rows]]), axis=1)
        spans = spans[np.argsort(spans[:, 0] + spans[:, 1])]
        assert spans[0, 0] == pytest.approx(0.0, abs=1e-9)
        assert spans[1:, 0] == pytest.approx(spans[:-1, 1], abs=1e-9)
