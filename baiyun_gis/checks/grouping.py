"""Conflicts with one cause are one group.

All findings between the same two runs are one unit, as are those of one run and the ground or one
other thing: a collision, its vertical clearance and its wrong order at one crossing go together.
`causes` says which units share a cause: a line too high or too low as a whole, a planned line,
a point whose level stands out, a pipe of unknown level. A unit with no such cause is a group of
its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.checks.anchors import anchors_of
from baiyun_gis.checks.causes import (
    Candidates,
    Sections,
    Units,
    candidates_of,
    explained,
    sections_of_conflicts,
    units_of,
)
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.findings.groups import CauseKind, ConflictGroup, rows_by_group
from baiyun_gis.findings.identity import units_named
from baiyun_gis.kernels.naming import digests_of_texts, written
from baiyun_gis.model.columns import I64, Str, text_array
from baiyun_gis.model.topology import Topology, topology_of
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.project import ProjectState

_DIGITS = 10


@dataclass(frozen=True, slots=True)
class _Causes:
    """Units, the digests of their names, the candidates, and which of those each unit was given
    to."""

    units: Units
    digest: I64
    candidates: Candidates
    given: I64


def groups_of(
    conflicts: ConflictTable,
    state: ProjectState,
    topology: Topology,
    *,
    units: I64 | None = None,
    order: I64 | None = None,
    sections: Sections | None = None,
) -> Str:
    """A short stable group id for every conflict; a group that is already set stays.

    `units` are the digests of the conflicts' units and `sections` is `sections_of_conflicts`,
    where they are known already. The first conflict of a unit in `order` (rows; as they stand
    without it) speaks for it.
    """
    if units is None:
        units = units_named(conflicts, anchors_of(conflicts, state, topology))
    if order is None:
        order = np.arange(len(conflicts))
    sections = sections or sections_of_conflicts(conflicts, state, topology)
    found = _causes_of(conflicts, state, units, order, sections)
    digest, given = found.digest.copy(), found.given
    has = given >= 0
    causes, first, of = np.unique(
        found.candidates.cause[given[has]], return_index=True, return_inverse=True
    )
    if len(causes):
        rows = given[has][first]
        digest[has] = digests_of_texts(_cause_names(found.candidates, rows, state))[of]
    out = conflicts.group.copy()
    mine = found.units.of >= 0
    out[mine] = text_array(written(digest, digits=_DIGITS))[found.units.of[mine]]
    return out


def conflict_groups(
    conflicts: ConflictTable, state: ProjectState, topology: Topology | None = None
) -> tuple[ConflictGroup, ...]:
    """The groups of more than one conflict, the one with the most first.

    `state` is the run's; the groups are those the table has.
    """
    blank = conflicts.with_columns(group=np.full(len(conflicts), "", dtype=object))
    whole = topology or topology_of(state.pipes)
    named = units_named(blank, anchors_of(blank, state, whole))
    sections = sections_of_conflicts(blank, state, whole)
    found = _causes_of(blank, state, named, np.arange(len(blank)), sections)
    out = [
        _described(name, rows, state, found)
        for name, rows in rows_by_group(conflicts.group).items()
        if len(rows) > 1
    ]
    return tuple(sorted(out, key=lambda group: (-len(group.rows), group.id)))


def _causes_of(
    conflicts: ConflictTable, state: ProjectState, named: I64, order: I64, sections: Sections
) -> _Causes:
    # Those of a group that is set already are in no unit.
    free = conflicts.group == ""
    digest, index = np.unique(named[free], return_inverse=True)
    of = np.full(len(conflicts), -1, dtype=np.int64)
    of[free] = index
    units = units_of(conflicts, of, state, order=order)
    candidates = candidates_of(units, state, sections)
    return _Causes(units, digest, candidates, explained(len(units), candidates))


def _cause_names(candidates: Candidates, rows: I64, state: ProjectState) -> list[str]:
    """Names of causes without row numbers or coordinates."""
    kinds = candidates.kind[rows].tolist()
    things = _things(candidates, rows, state)
    return [f"{kind}|{thing}" for kind, thing in zip(kinds, things, strict=True)]


def _things(candidates: Candidates, rows: I64, state: ProjectState) -> list[str]:
    """Ids of the points, or of the first pipes of the lines, that are the causes."""
    key, pipes = candidates.key[rows], state.pipes
    is_point = candidates.kind[rows] == int(CauseKind.POINT)
    pipe, end = np.where(is_point, key >> 1, key), key & 1
    node = np.where(end > 0, pipes.end_node[pipe], pipes.start_node[pipe])
    known = (node >= 0) & (node < len(state.nodes))
    out = pipes.id[pipe]
    out[is_point & ~known] += [f"/{one}" for one in end[is_point & ~known]]
    out[is_point & known] = state.nodes.id[node[is_point & known]]
    return [str(one) for one in out]


def _described(
    name: str,
    rows: I64,
    state: ProjectState,
    found: _Causes,
) -> ConflictGroup:
    """A group with what its cause is; a pair where its conflicts have none in common."""
    of = found.units.of[rows]
    given = found.given[of]
    causes = np.unique(found.candidates.cause[given[given >= 0]])
    if (given < 0).any() or len(causes) != 1:
        return ConflictGroup(name, CauseKind.PAIR, rows)
    candidates = found.candidates
    kind = CauseKind(int(candidates.kind[given[0]]))
    side = candidates.side[given]
    pipes, along = found.units.pipe[of, side], candidates.along_m[given]
    order = np.lexsort((pipes, along))
    moves = candidates.move_m[given]
    first, last = (str(state.pipes.id[pipes[order[at]]]) for at in (0, -1))
    if kind in {CauseKind.POINT, CauseKind.UNKNOWN_LEVEL}:
        (first,) = (last,) = _things(candidates, given[:1], state)
    return ConflictGroup(
        name,
        kind,
        rows,
        utility=Utility(int(state.pipes.utility[pipes[0]])).key,
        first=first,
        last=last,
        move_m=float(moves[np.argmax(np.abs(moves))]) if not np.isnan(moves).any() else np.nan,
    )
