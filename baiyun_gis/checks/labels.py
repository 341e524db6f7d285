"""Names, groups and order of the conflicts of a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from baiyun_gis.checks.anchors import anchors_of
from baiyun_gis.checks.causes import Sections, sections_of_conflicts
from baiyun_gis.checks.grouping import groups_of
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.findings.identity import naming_of
from baiyun_gis.model.columns import I64, distinct_words
from baiyun_gis.model.topology import Topology
from baiyun_gis.plugins import CHECKS
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.requirement import Requirement

_MANY_TO_NAME = 5_000
"""From so many conflicts on, what their names need and what their groups need run side by side."""


def labelled(
    conflicts: ConflictTable,
    requirements: Sequence[Requirement],
    state: ProjectState,
    topology: Topology,
) -> ConflictTable:
    """The conflicts with ids and groups, gravest and surest first.

    `requirements` are what the conflicts point to, `topology` that of all pipes of `state`.
    """
    sections = partial(sections_of_conflicts, conflicts, state, topology)
    names = partial(_labelled, conflicts, requirements, state, topology)
    if len(conflicts) < _MANY_TO_NAME:
        return names(sections)
    with ThreadPoolExecutor(1) as beside:
        return names(beside.submit(sections).result)


def _labelled(
    conflicts: ConflictTable,
    requirements: Sequence[Requirement],
    state: ProjectState,
    topology: Topology,
    sections: Callable[[], Sections],
) -> ConflictTable:
    anchors = anchors_of(conflicts, state, topology)
    naming = naming_of(conflicts, requirements, anchors=anchors)
    # The first conflict of two lines speaks for them: it must not hang on who found it when.
    order = _by_check(conflicts, naming.rank)
    groups = groups_of(
        conflicts, state, topology, units=naming.unit, order=order, sections=sections()
    )
    whole = conflicts.with_columns(id=naming.ids(), group=groups)
    return whole.take(_by_gravity(whole, naming.rank))


def _by_check(conflicts: ConflictTable, rank: I64) -> I64:
    """Order of rows by check, then id."""
    place = {name: number for number, name in enumerate(CHECKS.names())}
    names, check = distinct_words(conflicts.check)
    return np.lexsort((rank, np.array([place[name] for name in names], dtype=np.int64)[check]))


def _by_gravity(conflicts: ConflictTable, rank: I64) -> I64:
    """Order of rows: severity, certainty, shortfall, then id so that ties are settled."""
    short = np.nan_to_num(conflicts.shortfall_m, nan=-np.inf, neginf=-1e12)
    return np.lexsort((rank, -short, -conflicts.verdict, -conflicts.severity))
