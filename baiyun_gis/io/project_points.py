"""Points that the project has already, lent to line tables that come without theirs.

A surveyor may bring points first and lines afterwards. While such lines are read, the project's
points of the numbers they name stand behind the import's own; `given_back` takes them out again.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from baiyun_gis.io.imported import Imported
from baiyun_gis.io.survey_nodes import key_of
from baiyun_gis.model.columns import F64, I32, I64
from baiyun_gis.model.tables import NodeTable, PipeTable
from baiyun_gis.project import ProjectState

_SUFFIX = re.compile(r"~\d+$")


class LentEnds(NamedTuple):
    """Row in the project's nodes at each end of each pipe of an import, −1 for its own nodes."""

    start: I64
    end: I64


def rows_of_numbers(nodes: NodeTable, wanted: Collection[str]) -> dict[str, list[int]]:
    """Project nodes by point number (in the form of `key_of`), for the `wanted` numbers.

    A node that got a suffix when it came in (J1~2) also goes by the number it had.
    """
    keys = frozenset(wanted)
    found: dict[str, list[int]] = {}
    if not keys:
        return found
    for row, text in enumerate(nodes.id):
        key = text.upper() if text.isascii() else key_of(text)
        if key not in keys and "~" in key:
            bare = _SUFFIX.sub("", text)
            key = key_of(bare) if f"id was {bare}" in nodes.lineage[row] else key
        if key in keys:
            found.setdefault(key, []).append(row)
    return found


def given_back(part: Imported, nodes: NodeTable | None) -> tuple[Imported, LentEnds]:
    """The import without lent points, and which rows of the project its pipes end at.

    With the project's `nodes` (in the system the import is in now) the ends lie exactly there.
    """
    pipes = part.pipes
    if not len(part.lent):
        none = np.full(len(pipes), -1, dtype=np.int64)
        return part, LentEnds(none, none)
    is_own = part.lent < 0
    place = np.where(is_own, np.cumsum(is_own) - 1, -1).astype(np.int32)
    ends = LentEnds(_at(part.lent, pipes.start_node), _at(part.lent, pipes.end_node))
    xy = pipes.xy if nodes is None else _moved(pipes, nodes.xy, ends)
    pipes = pipes.with_columns(
        start_node=_at(place, pipes.start_node),
        end_node=_at(place, pipes.end_node),
        xy=xy,
    )
    own = part.nodes.take(np.flatnonzero(is_own))
    return replace(part, pipes=pipes, nodes=own, lent=np.zeros(0, dtype=np.int64)), ends


def with_lent_ends(state: ProjectState, ends: LentEnds) -> ProjectState:
    """The state whose last pipes end at the project's own nodes where `ends` says so."""
    count = len(ends.start)
    if not count or not ((ends.start >= 0) | (ends.end >= 0)).any():
        return state
    pipes = state.pipes
    columns: dict[str, I32] = {}
    for name, rows in (("start_node", ends.start), ("end_node", ends.end)):
        values = getattr(pipes, name).copy()
        values[-count:] = np.where(rows >= 0, rows, values[-count:])
        columns[name] = values
    return state.with_(pipes=pipes.with_columns(**columns))


def _at(values: I64 | I32, nodes: I32) -> I64:
    """The value of each end's node, −1 for ends without one."""
    if not len(values):
        return np.full(len(nodes), -1, dtype=np.int64)
    return np.where(nodes >= 0, values[np.maximum(nodes, 0)], -1).astype(np.int64)


def _moved(pipes: PipeTable, places: F64, ends: LentEnds) -> F64:
    xy = pipes.xy.copy()
    for vertex, rows in ((pipes.offsets[:-1], ends.start), (pipes.offsets[1:] - 1, ends.end)):
        known = rows >= 0
        xy[vertex[known]] = places[rows[known]]
    return xy
