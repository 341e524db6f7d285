"""Conflicts with one cause are one group.

All findings between the same two runs are one unit, as are those of one run and the ground or one
other thing: a collision, its vertical clearance and its wrong order at one crossing go together.
`causes` says which units share a cause: a line too high or too low as a whole, a planned line,
a point whose level stands out, a pipe of unknown level. A unit with no such cause is a group of
its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha1

import numpy as np

from baiyun_gis.checks.anchors import anchors_of
from baiyun_gis.checks.causes import Candidates, Units, candidates_of, explained, units_of
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.findings.groups import CauseKind, ConflictGroup, rows_by_group
from baiyun_gis.findings.identity import Anchors
from baiyun_gis.model.columns import I64, Str, text_array
from baiyun_gis.model.topology import Topology, topology_of
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.project import ProjectState

_DIGITS = 10


@dataclass(frozen=True, slots=True)
class _Causes:
    """Units, their names, the candidates, and which candidate each unit was given to."""

    units: Units
    names: list[str]
    candidates: Candidates
    given: I64


def groups_of(
    conflicts: ConflictTable,
    state: ProjectState,
    topology: Topology,
    *,
    anchors: Anchors | None = None,
) -> Str:
    """A short stable group id for every conflict; a group that is already set stays.

    `anchors` are those of the conflicts, where they are known already.
    """
    found = _causes_of(
        conflicts, state, anchors or anchors_of(conflicts, state, topology), topology
    )
    # Each cause is named once, and no unit that has one: hashing is the dear part.
    of_cause: dict[int, str] = {}
    names: list[str] = []
    causes = found.candidates.cause
    for name, row in zip(found.names, found.given.tolist(), strict=True):
        if row < 0:
            names.append(_hashed(name))
            continue
        cause = int(causes[row])
        if cause not in of_cause:
            of_cause[cause] = _hashed(_cause_name(found.candidates, row, state))
        names.append(of_cause[cause])
    out = conflicts.group.copy()
    mine = found.units.of >= 0
    out[mine] = text_array(names)[found.units.of[mine]]
    return out


def conflict_groups(
    conflicts: ConflictTable, state: ProjectState, topology: Topology | None = None
) -> tuple[ConflictGroup, ...]:
    """The groups of more than one conflict, the one with the most first.

    `state` is the run's; the groups are those the table has.
    """
    blank = conflicts.with_columns(group=np.full(len(conflicts), "", dtype=object))
    whole = topology or topology_of(state.pipes)
    found = _causes_of(blank, state, anchors_of(blank, state, whole), whole)
    out = [
        _described(name, rows, state, found)
        for name, rows in rows_by_group(conflicts.group).items()
        if len(rows) > 1
    ]
    return tuple(sorted(out, key=lambda group: (-len(group.rows), group.id)))


def _causes_of(
    conflicts: ConflictTable, state: ProjectState, anchors: Anchors, topology: Topology
) -> _Causes:
    names, of = _units(conflicts, anchors)
    units = units_of(conflicts, of, state)
    candidates = candidates_of(units, state, topology)
    return _Causes(units, names, candidates, explained(len(units), candidates))


def _units(conflicts: ConflictTable, anchors: Anchors) -> tuple[list[str], I64]:
    """Names of the units, and the unit of every conflict; −1 where a group is set already."""
    keys = [
        f"{a}|{check}" if b == ":" else (f"{a}|{b}" if a < b else f"{b}|{a}")
        for a, b, check in zip(anchors.a, anchors.b, conflicts.check, strict=True)
    ]
    free = conflicts.group == ""
    names, index = _factorised([key for key, is_free in zip(keys, free, strict=True) if is_free])
    of = np.full(len(conflicts), -1, dtype=np.int64)
    of[free] = index
    return names, of


def _factorised(keys: list[str]) -> tuple[list[str], I64]:
    """The different keys in order of appearance, and which of them each one is."""
    seen: dict[str, int] = {}
    index = np.fromiter((seen.setdefault(k, len(seen)) for k in keys), np.int64, len(keys))
    return list(seen), index


def _hashed(name: str) -> str:
    return sha1(name.encode(), usedforsecurity=False).hexdigest()[:_DIGITS]


def _cause_name(candidates: Candidates, row: int, state: ProjectState) -> str:
    """A name of a cause without row numbers or coordinates."""
    return f"{candidates.kind[row]}|{_thing(candidates, row, state)}"


def _thing(candidates: Candidates, row: int, state: ProjectState) -> str:
    """Id of the point, or of the first pipe of the line, that is the cause."""
    key = int(candidates.key[row])
    if candidates.kind[row] != CauseKind.POINT:
        return str(state.pipes.id[key])
    pipe, end = divmod(key, 2)
    node = int((state.pipes.end_node if end else state.pipes.start_node)[pipe])
    known = 0 <= node < len(state.nodes)
    return str(state.nodes.id[node]) if known else f"{state.pipes.id[pipe]}/{end}"


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
        first = last = _thing(candidates, int(given[0]), state)
    return ConflictGroup(
        name,
        kind,
        rows,
        utility=Utility(int(state.pipes.utility[pipes[0]])).key,
        first=first,
        last=last,
        move_m=float(moves[np.argmax(np.abs(moves))]) if not np.isnan(moves).any() else np.nan,
    )
