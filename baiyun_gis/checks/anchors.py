"""What names the sides of conflicts: a pipe by the first pipe of its run, else the feature."""

from __future__ import annotations

import numpy as np

from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.findings.identity import Anchors
from baiyun_gis.model.columns import I32, Str
from baiyun_gis.model.topology import Topology
from baiyun_gis.project import ProjectState


def anchors_of(conflicts: ConflictTable, state: ProjectState, topology: Topology) -> Anchors:
    """Names of both sides of every conflict and its chainage along the run of `a`."""
    is_pipe = conflicts.a_table == "pipes"
    row = conflicts.a_row[is_pipe]
    along = conflicts.stretch_from_m.copy()
    ends = along[is_pipe], conflicts.stretch_to_m[is_pipe]
    offset, sign = topology.run_offset_m[row], topology.run_sign[row]
    along[is_pipe] = offset + np.where(sign > 0, ends[0], -ends[1])
    return Anchors(
        _ids(conflicts.a_table, conflicts.a_row, conflicts.a_id, state, topology),
        _ids(conflicts.b_table, conflicts.b_row, conflicts.b_id, state, topology),
        along,
    )


def _ids(table: Str, row: I32, name: Str, state: ProjectState, topology: Topology) -> Str:
    """Id of each side, of the first pipe of the run for pipes."""
    own = name.copy()
    is_pipe = table == "pipes"
    own[is_pipe] = state.pipes.id[topology.run[row[is_pipe]]]
    return own
