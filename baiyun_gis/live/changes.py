"""What an edit touched: rows that differ between two states, told by the editor or looked up."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import I64, Bool, Columns, specs_of
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.project import ProjectState

_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Touched:
    """Rows an edit touched, sorted. `pipes`, `nodes`, `buildings` and `structures` are rows of
    the state after it, added ones included; `gone` are pipe rows of the state before."""

    pipes: I64 = field(default_factory=lambda: _NONE)
    gone: I64 = field(default_factory=lambda: _NONE)
    nodes: I64 = field(default_factory=lambda: _NONE)
    buildings: I64 = field(default_factory=lambda: _NONE)
    structures: I64 = field(default_factory=lambda: _NONE)

    def __len__(self) -> int:
        parts = (self.pipes, self.gone, self.nodes, self.buildings, self.structures)
        return sum(map(len, parts))


REORDERED = msg("rows were reordered, or removed from another table than the pipes")


def touched_between(before: ProjectState, after: ProjectState) -> Touched | Message:
    """The rows that differ, or why that cannot be said row by row."""
    pipes = _pipe_rows(before.pipes, after.pipes)
    if isinstance(pipes, Message):
        return pipes
    others: dict[str, I64] = {}
    for name in ("nodes", "buildings", "structures"):
        one, two = before.table(name), after.table(name)
        if len(two) < len(one):
            return REORDERED
        count = len(one)
        differs = _differing(one, two, np.arange(count), count)
        others[name] = np.concatenate([np.flatnonzero(differs), np.arange(count, len(two))])
    changed, gone = pipes
    return Touched(changed, gone, **others)


def _pipe_rows(before: PipeTable, after: PipeTable) -> tuple[I64, I64] | Message:
    """Changed and added rows of `after`, removed rows of `before`."""
    if before is after:
        return _NONE, _NONE
    kept = _kept(before, after)
    if kept is None:
        return REORDERED
    count = len(kept)
    differs = _differing(before, after, kept, count)
    differs |= _axes_differ(before, after, kept)
    is_gone = np.ones(len(before), dtype=np.bool_)
    is_gone[kept] = False
    gone = np.flatnonzero(is_gone)
    return np.concatenate([np.flatnonzero(differs), np.arange(count, len(after))]), gone


def _kept(before: PipeTable, after: PipeTable) -> I64 | None:
    """The rows of `before` that the first rows of `after` are; None where rows were mixed."""
    if before.id is after.id:
        return np.arange(len(before))
    short = min(len(before), len(after))
    same = (before.id[:short] == after.id[:short]).astype(np.bool_)
    if same.all() and len(after) >= len(before):
        return np.arange(len(before))
    names = set(after.id)
    there = np.fromiter((name in names for name in before.id), np.bool_, len(before))
    kept = np.flatnonzero(there)
    if len(names) != len(after) or len(kept) > len(after):
        return None
    fits = bool((before.id[kept] == after.id[: len(kept)]).all())
    return kept if fits else None


def _differing(before: Columns, after: Columns, kept: I64, count: int) -> Bool:
    """Which of the first `count` rows of `after` differ from rows `kept` of `before`."""
    out = np.zeros(count, dtype=np.bool_)
    whole = len(kept) == len(before)
    for spec in specs_of(type(before)):
        one, two = getattr(before, spec.name), getattr(after, spec.name)
        if one is two:
            continue
        one, two = (one if whole else one[kept]), two[:count]
        if spec.kind == "polygon":
            out |= ~_same_shapes(one, two)
            continue
        unequal = np.asarray(one != two, dtype=np.bool_)
        if spec.kind in {"real", "point"}:
            unequal &= ~(np.isnan(one) & np.isnan(two))
        elif spec.kind == "day":
            unequal &= ~(np.isnat(one) & np.isnat(two))
        out |= unequal if unequal.ndim == 1 else unequal.any(axis=1)
    return out


def _same_shapes(one: np.ndarray, two: np.ndarray) -> Bool:
    import shapely

    none = shapely.is_missing(one) & shapely.is_missing(two)
    return none | np.asarray(shapely.equals_exact(one, two, tolerance=0.0), dtype=np.bool_)


def _vertices_differ(before: PipeTable, after: PipeTable) -> Bool:
    """Which pipes of two tables with as many vertices each have one that differs."""
    unequal = np.zeros(len(after.xy), dtype=np.bool_)
    columns = (
        (before.xy[:, 0], after.xy[:, 0]),
        (before.xy[:, 1], after.xy[:, 1]),
        (before.axis_level, after.axis_level),
    )
    for one, two in columns:
        other = np.flatnonzero(one != two)
        both = np.isnan(one[other]) & np.isnan(two[other])
        unequal[other[~both]] = True
    out = np.zeros(len(after), dtype=np.bool_)
    out[np.searchsorted(after.offsets, np.flatnonzero(unequal), side="right") - 1] = True
    return out


def _axes_differ(before: PipeTable, after: PipeTable, kept: I64) -> Bool:
    """Which of the first rows of `after` have another axis than rows `kept` of `before`."""
    if before.xy is after.xy and before.axis_level is after.axis_level:
        return np.zeros(len(kept), dtype=np.bool_)
    if before.offsets is after.offsets or np.array_equal(before.offsets, after.offsets):
        return _vertices_differ(before, after)
    one = before if len(kept) == len(before) else before.take(kept)
    counts, others = np.diff(one.offsets), np.diff(after.offsets)[: len(kept)]
    out = counts != others
    same = np.flatnonzero(~out)
    size = counts[same]
    place = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
    first = np.repeat(one.offsets[:-1][same], size) + place
    second = np.repeat(after.offsets[: len(kept)][same], size) + place
    a, b = one.xy[first], after.xy[second]
    za, zb = one.axis_level[first], after.axis_level[second]
    unequal = ((a != b) & ~(np.isnan(a) & np.isnan(b))).any(axis=1)
    unequal |= (za != zb) & ~(np.isnan(za) & np.isnan(zb))
    out[np.repeat(same, size)[unequal]] = True
    return out
