"""Which features of a new survey are those of an old one, when every id has changed.

Pipes are compared along their length: samples of the one lie on the other within what two
surveys differ by. Of several that fit, level, size and material decide, and two are the same
only when each is the other's best. What fits nothing whole may be a part: a pipe that was cut in
two, or two that were joined. What is left and still lies nearby, alike in kind, size and length,
has moved.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from baiyun_gis.model.columns import F64, I64, Bool, Day, Str
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.project import ProjectState

SURVEY_SIGMA_M = 0.05
"""Standard deviation of a surveyed position where none is recorded."""
REACH_SIGMAS = 6.0
MOVED_M = 3.0
"""A line laid anew further away than this is another line."""
_SIZE_M = 0.02
_SAMPLES = np.linspace(0.0, 1.0, 9)
_NEIGHBOURS = 8
_PART = 0.9
"""Share of a part's samples that must lie on the whole."""


@dataclass(frozen=True, slots=True)
class FeatureMatch:
    """Rows of one table that are the same thing: pairs `old`, `new`, shape (m,).

    A row may stand in several pairs (split and merged pipes). `away_m` is how far apart the two
    are in plan, `rise_m` how far the new one lies above the old, NaN unknown.
    """

    old: I64
    new: I64
    away_m: F64
    rise_m: F64


def matched_features(old: ProjectState, new: ProjectState) -> dict[str, FeatureMatch]:
    """The same things in two states, by table name."""
    return {
        "pipes": matched_pipes(old.pipes, new.pipes),
        "nodes": _matched_points(
            old.nodes.xy, new.nodes.xy, old.nodes.utility, new.nodes.utility, within_m=MOVED_M
        ),
        **{
            name: _matched_shapes(getattr(old, name).geometry, getattr(new, name).geometry)
            for name in ("buildings", "permits", "structures")
        },
    }


def same_features(old: ProjectState, new: ProjectState) -> dict[str, FeatureMatch]:
    """The same things in two states: by id where most pipes kept theirs, else by geometry.

    A state edited since keeps its ids; a second survey has new ones.
    """
    kept = _by_id(old.pipes.id, new.pipes.id)
    if 2 * len(kept[0]) < min(len(old.pipes), len(new.pipes)):
        return matched_features(old, new)
    tables = ("nodes", "buildings", "permits", "structures")
    by_id = {name: _by_id(getattr(old, name).id, getattr(new, name).id) for name in tables}
    out = {
        name: FeatureMatch(i, j, np.zeros(len(i)), np.full(len(i), np.nan))
        for name, (i, j) in by_id.items()
    }
    return {"pipes": _pipes_by_id(old.pipes, new.pipes, *kept), **out}


def _by_id(old: Str, new: Str) -> tuple[I64, I64]:
    """Rows of the same id; those without one, or with one used twice, have none."""
    row_of = {str(name): row for row, name in enumerate(new)}
    found = np.fromiter((row_of.get(str(name), -1) for name in old), np.int64, len(old))
    rows = np.flatnonzero((found >= 0) & (old != ""))
    return rows, found[rows]


def _pipes_by_id(old: PipeTable, new: PipeTable, i: I64, j: I64) -> FeatureMatch:
    both = _placed(old, i) & _placed(new, j)
    away, rise = np.full(len(i), np.nan), np.full(len(i), np.nan)
    one, two = _traits(old, i[both]), _traits(new, j[both])
    each = np.arange(int(both.sum()))
    away[both], rise[both] = _compared(one, two, each, each)
    return FeatureMatch(i, j, away, rise)


def matched_pipes(old: PipeTable, new: PipeTable) -> FeatureMatch:
    """The same pipes of two surveys, split and merged ones too."""
    reach = _reach_m(old, new)
    left_old, left_new = np.arange(len(old)), np.arange(len(new))
    whole = _whole(old, new, left_old, left_new, within_m=reach)
    left_old, left_new = _left(left_old, whole.old), _left(left_new, whole.new)
    parts = _parts(old, new, left_old, left_new, reach)
    left_old, left_new = _left(left_old, parts.old), _left(left_new, parts.new)
    moved = _whole(old, new, left_old, left_new, within_m=MOVED_M)
    found = (whole, parts, moved)
    names = ("old", "new", "away_m", "rise_m")
    return FeatureMatch(*(np.concatenate([getattr(f, name) for f in found]) for name in names))


def _left(rows: I64, taken: I64) -> I64:
    return rows[~np.isin(rows, taken)]


def _reach_m(old: PipeTable, new: PipeTable) -> float:
    """How far apart two surveys of one line may lie, metres: six deviations of their difference."""
    one, two = (max(SURVEY_SIGMA_M, _median(table.sigma_xy_m)) for table in (old, new))
    return REACH_SIGMAS * math.hypot(one, two)


def _median(values: F64) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else 0.0


@dataclass(frozen=True, slots=True)
class _Traits:
    """What is compared of some pipes: samples along them (n, samples, 2), levels at the ends,
    and columns."""

    samples: F64
    levels: F64
    length_m: F64
    size_m: F64
    material: F64
    utility: F64
    laid: Day
    gone: Day


def _traits(pipes: PipeTable, rows: I64) -> _Traits:
    first, last = pipes.offsets[:-1][rows], pipes.offsets[1:][rows] - 1
    levels = pipes.axis_level[np.column_stack([first, last])]
    return _Traits(
        points_along(pipes, rows, _SAMPLES),
        levels,
        pipes.length_m()[rows],
        pipes.outer_height_m[rows],
        pipes.material[rows].astype(np.float64),
        pipes.utility[rows].astype(np.float64),
        pipes.valid_from[rows],
        pipes.valid_to[rows],
    )


def _other_day(one: Day, two: Day, i: I64, j: I64) -> Bool:
    """Pairs whose days differ; a day that only one of them knows differs too."""
    both_unknown = np.isnat(one[i]) & np.isnat(two[j])
    return (one[i] != two[j]) & ~both_unknown


def points_along(pipes: PipeTable, rows: I64, shares: F64) -> F64:
    """Plan points at shares (0–1) of the length of some pipes, shape (rows, shares, 2)."""
    step = np.hypot(*np.diff(pipes.xy, axis=0).T)
    between = pipes.vertex_pipe[1:] != pipes.vertex_pipe[:-1]
    chain = np.concatenate([[0.0], np.cumsum(np.where(between | np.isnan(step), 0.0, step))])
    first, last = pipes.offsets[:-1][rows], pipes.offsets[1:][rows] - 1
    wanted = chain[first][:, None] + (chain[last] - chain[first])[:, None] * shares
    at = np.searchsorted(chain, wanted, side="right") - 1
    at = np.clip(at, first[:, None], np.maximum(last - 1, first)[:, None])
    onward = np.minimum(at + 1, last[:, None])
    length = chain[onward] - chain[at]
    share = np.divide(wanted - chain[at], length, out=np.zeros_like(length), where=length > 0)
    share = np.clip(share, 0.0, 1.0)[..., None]
    return pipes.xy[at] * (1 - share) + pipes.xy[onward] * share


def _whole(
    old: PipeTable, new: PipeTable, rows: I64, others: I64, *, within_m: float
) -> FeatureMatch:
    """Pipes that are the same from end to end, each the other's best."""
    rows, others = rows[_placed(old, rows)], others[_placed(new, others)]
    if not len(rows) or not len(others):
        return _none()
    one, two = _traits(old, rows), _traits(new, others)
    i, j = _near(_middle(one), _middle(two), within_m)
    away, rise = _compared(one, two, i, j)
    longer = np.maximum(one.length_m[i], two.length_m[j])
    alike = np.abs(one.length_m[i] - two.length_m[j]) <= 0.3 * longer + 2 * within_m
    other_size = np.abs(one.size_m[i] - two.size_m[j]) > _SIZE_M
    strict = within_m >= MOVED_M
    keep = (away <= within_m) & alike & ~(other_size & strict)
    # What differs in level, size or stuff is a worse fit than what differs in place by noise.
    cost = away + np.minimum(np.abs(np.nan_to_num(rise)), 2.0) + 0.3 * other_size
    cost += 0.1 * (one.material[i] != two.material[j])
    cost += 0.1 * (_other_day(one.laid, two.laid, i, j) + _other_day(one.gone, two.gone, i, j))
    best = _mutual(i[keep], j[keep], cost[keep])
    i, j = i[keep][best], j[keep][best]
    return FeatureMatch(rows[i], others[j], away[keep][best], rise[keep][best])


def _placed(pipes: PipeTable, rows: I64) -> Bool:
    """Pipes with an axis whose ends have coordinates."""
    first, last = pipes.offsets[:-1][rows], pipes.offsets[1:][rows] - 1
    some = last > first
    ends = pipes.xy[np.where(some, first, 0)].sum(axis=1) + pipes.xy[np.where(some, last, 0)].sum(
        axis=1
    )
    return some & np.isfinite(ends)


def _none() -> FeatureMatch:
    empty = np.zeros(0, dtype=np.int64)
    return FeatureMatch(empty, empty, np.zeros(0), np.zeros(0))


def _middle(traits: _Traits) -> F64:
    """Middle points; the kind is a third coordinate that keeps kinds apart."""
    return np.column_stack([traits.samples[:, len(_SAMPLES) // 2], traits.utility * 1e4])


def _near(one: F64, two: F64, within_m: float) -> tuple[I64, I64]:
    """Pairs of points within a distance, of each of `one` its eight nearest at most."""
    from scipy.spatial import KDTree

    origin = one.mean(axis=0) * [1, 1, 0]
    count = min(_NEIGHBOURS, len(two))
    tree: Any = KDTree(two - origin)
    distance, index = tree.query(
        one - origin, k=list(range(1, count + 1)), distance_upper_bound=within_m
    )
    i, k = np.nonzero(np.isfinite(cast(F64, distance)))
    return i, cast(I64, index)[i, k].astype(np.int64)


def _compared(one: _Traits, two: _Traits, i: I64, j: I64) -> tuple[F64, F64]:
    """Largest plan distance of two pipes' samples, and mean rise, drawn from either end."""
    ahead = _apart(one.samples[i], two.samples[j])
    back = _apart(one.samples[i], two.samples[j][:, ::-1])
    turned = back < ahead
    levels = np.where(turned[:, None], two.levels[j][:, ::-1], two.levels[j])
    return np.where(turned, back, ahead), (levels - one.levels[i]).mean(axis=1)


def _apart(one: F64, two: F64) -> F64:
    return np.hypot(one[..., 0] - two[..., 0], one[..., 1] - two[..., 1]).max(axis=1)


def _mutual(i: I64, j: I64, cost: F64) -> I64:
    """Rows of an assignment: the cheapest pair, then the cheapest of what it leaves, and so on;
    ties by `i`, then `j`."""
    rank = np.empty(len(i), dtype=np.int64)
    rank[np.lexsort((j, i, cost))] = np.arange(len(i))
    left = np.arange(len(i))
    taken: list[I64] = []
    free_i = np.ones(int(i.max()) + 1 if len(i) else 0, dtype=np.bool_)
    free_j = np.ones(int(j.max()) + 1 if len(j) else 0, dtype=np.bool_)
    while len(left):
        best_i = np.full(len(free_i), len(i), dtype=np.int64)
        best_j = np.full(len(free_j), len(i), dtype=np.int64)
        np.minimum.at(best_i, i[left], rank[left])
        np.minimum.at(best_j, j[left], rank[left])
        won = left[(best_i[i[left]] == rank[left]) & (best_j[j[left]] == rank[left])]
        taken.append(won)
        free_i[i[won]] = free_j[j[won]] = False
        left = left[free_i[i[left]] & free_j[j[left]]]
    return np.sort(np.concatenate(taken)) if taken else np.zeros(0, dtype=np.int64)


def _parts(old: PipeTable, new: PipeTable, rows: I64, others: I64, reach_m: float) -> FeatureMatch:
    """Pipes of which one is a part of the other: split, or merged."""
    rows, others = rows[_placed(old, rows)], others[_placed(new, others)]
    if not len(rows) or not len(others):
        return _none()
    o, n = _on_the_other(new, others, old, rows, reach_m)
    m, k = _on_the_other(old, rows, new, others, reach_m)
    pairs = np.unique(
        np.column_stack([np.r_[rows[n], rows[m]], np.r_[others[o], others[k]]]), axis=0
    )
    alike = old.utility[pairs[:, 0]] == new.utility[pairs[:, 1]]
    one, two = _mean_level(old, pairs[:, 0]), _mean_level(new, pairs[:, 1])
    close = ~(np.abs(one - two) > 1.0)
    pairs = pairs[alike & close]
    count = len(pairs)
    return FeatureMatch(pairs[:, 0], pairs[:, 1], np.zeros(count), np.full(count, np.nan))


def _mean_level(pipes: PipeTable, rows: I64) -> F64:
    first, last = pipes.offsets[:-1][rows], pipes.offsets[1:][rows] - 1
    return (pipes.axis_level[first] + pipes.axis_level[last]) / 2


def _on_the_other(
    parts: PipeTable, part: I64, wholes: PipeTable, whole: I64, reach_m: float
) -> tuple[I64, I64]:
    """Positions in `part` and `whole` where nearly all samples of the part lie on the whole."""
    import shapely

    samples = points_along(parts, part, _SAMPLES)
    lines = _lines(wholes, whole)
    points = shapely.points(samples.reshape(-1, 2))
    tree = shapely.STRtree(lines)
    at, on = tree.query(points, predicate="dwithin", distance=reach_m)
    keys, count = np.unique((at // len(_SAMPLES)) * len(whole) + on, return_counts=True)
    keys = keys[count >= _PART * len(_SAMPLES)]
    return keys // len(whole), keys % len(whole)


def _lines(pipes: PipeTable, rows: I64) -> Any:
    import shapely

    some = pipes.take(rows)
    return shapely.linestrings(some.xy, indices=some.vertex_pipe)


def _matched_points(one: F64, two: F64, kind: Any, other: Any, *, within_m: float) -> FeatureMatch:
    """The same points, each the other's nearest of its kind."""
    rows = np.flatnonzero(np.isfinite(one).all(axis=1))
    others = np.flatnonzero(np.isfinite(two).all(axis=1))
    if not len(rows) or not len(others):
        return _none()
    a = np.column_stack([one[rows], kind[rows] * 1e4])
    b = np.column_stack([two[others], other[others] * 1e4])
    i, j = _near(a, b, within_m)
    away = np.hypot(*(a[i, :2] - b[j, :2]).T)
    best = _mutual(i, j, away)
    i, j = i[best], j[best]
    return FeatureMatch(rows[i], others[j], away[best], np.full(len(best), np.nan))


def _matched_shapes(one: Any, two: Any) -> FeatureMatch:
    """The same shapes, by their middle points."""
    import shapely

    # One without any extent lies nowhere.
    placed = (np.where(shapely.is_empty(shapes), None, shapes) for shapes in (one, two))
    a, b = (shapely.centroid(shapes) for shapes in placed)
    xy = [np.column_stack([shapely.get_x(each), shapely.get_y(each)]) for each in (a, b)]
    kinds = [shapely.get_type_id(each).astype(np.float64) for each in (one, two)]
    return _matched_points(xy[0], xy[1], kinds[0], kinds[1], within_m=MOVED_M)
