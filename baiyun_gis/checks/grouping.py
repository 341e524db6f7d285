"""Conflicts with one cause are one group: all findings between the same two runs.

So a collision, a vertical clearance and a wrong order at one crossing are one group, and so are
the places where one run lies too near another. A finding of one run against the ground or a
building groups by the run and that thing.
"""

from __future__ import annotations

from hashlib import sha1

import numpy as np

from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.model.columns import I32, Str
from baiyun_gis.model.topology import Topology
from baiyun_gis.project import ProjectState

_DIGITS = 10


def groups_of(conflicts: ConflictTable, state: ProjectState, topology: Topology) -> Str:
    """A short stable group id for every conflict; a group that is already set stays."""
    one = _causes(conflicts.a_table, conflicts.a_row, conflicts.a_id, state, topology)
    two = _causes(conflicts.b_table, conflicts.b_row, conflicts.b_id, state, topology)
    out = np.empty(len(conflicts), dtype=object)
    known: dict[tuple[str, str], str] = {}
    for row, (given, a, b, check) in enumerate(
        zip(conflicts.group, one, two, conflicts.check, strict=True)
    ):
        key = (min(a, b), max(a, b)) if b else (a, str(check))
        if key not in known:
            text = "|".join(key)
            known[key] = sha1(text.encode(), usedforsecurity=False).hexdigest()[:_DIGITS]
        out[row] = given or known[key]
    return out


def _causes(table: Str, row: I32, name: Str, state: ProjectState, topology: Topology) -> list[str]:
    """What stands for each feature: a pipe's run by the id of its first pipe, else itself."""
    ids = state.pipes.id
    return [
        f"run:{ids[topology.run[at]]}" if kind == "pipes" else (f"{kind}:{label}" if kind else "")
        for kind, at, label in zip(table, row, name, strict=True)
    ]
