"""Where to dig: the few test holes (样洞) or re-shot wells that settle most risk.

A hole lays open every line within reach, and what is seen there is known as a visible point is.
Away from the hole the gain falls along each pipe as the interpolation does: to nothing at the
next surveyed point. Holes are chosen one by one, each the one that settles most of what is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from baiyun_gis.arrays import F64, I64, Bool
from baiyun_gis.checks.snapshot import ABOVE_GROUND
from baiyun_gis.diagnosis.risk import Risk, lines_of, risk_of
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.jobs import Job, silent
from baiyun_gis.language import msg
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.uncertainty import VISIBLE_Z_M
from baiyun_gis.model.vocabulary import Status
from baiyun_gis.project import ProjectState
from baiyun_gis.time.lifespan import alive

REACH_M = 1.5
"""A hole or a short trench across lays lines open this far from its middle."""

HOLE_SIGMA_M = VISIBLE_Z_M / 2
SAME_PLACE_M = 1.0
LEAST_SETTLED = 1e-9


@dataclass(frozen=True, slots=True)
class HolePlan:
    """Holes in the order to dig. Shapes: `at` (n, 2), `settled` and `share` (n,).

    `settled` is the risk each is expected to settle, `share` that of all holes so far of the
    total `risk`. `findings` are rows of the report that each settles at least in half,
    `pipes` what it lays open. `is_well` marks places that are chambers to be re-shot.
    """

    at: F64
    is_well: Bool
    node: I64
    settled: F64
    share: F64
    risk: float
    findings: tuple[I64, ...]
    pipes: tuple[I64, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """Where holes may be: middles, and the node that is a chamber there or −1."""

    at: F64
    node: I64

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True, slots=True)
class Effects:
    """What each place does: rows (place, finding) in order of place, parts of the variance of
    the first and second line of the finding that it takes away."""

    place: I64
    finding: I64
    first: F64
    second: F64


def plan_holes(
    state: ProjectState, report: CheckReport, *, count: int, job: Job | None = None
) -> HolePlan:
    """The `count` holes (fewer where nothing is left to settle) that settle most risk of
    `report`, a run on `state`."""
    job = job or silent()
    job.step(0.0, msg("Weighing what is undecided"))
    risk = risk_of(state, report)
    places = places_for(state, risk)
    effects = effects_of(state, risk, places)
    chosen, settled, findings = _greedy(risk, places, effects, count, job)
    total = float(risk.now.sum())
    share = np.cumsum(settled) / total if total > 0 else np.zeros(len(settled))
    exposed = tuple(exposed_by(state.pipes, places.at[chosen], as_of=report.as_of))
    node = places.node[chosen]
    return HolePlan(
        places.at[chosen], node >= 0, node, np.array(settled), share, total,
        tuple(risk.row[rows] for rows in findings), exposed,
    )  # fmt: skip


def places_for(state: ProjectState, risk: Risk) -> Places:
    """Places worth asking about: where findings are, and the chambers of their lines."""
    at = risk.at
    ok = np.isfinite(at).all(axis=1)
    cells = np.round(at[ok] / SAME_PLACE_M).astype(np.int64)
    _, first = np.unique(cells, axis=0, return_index=True)
    spots = at[ok][np.sort(first)]
    pipes, nodes = state.pipes, state.nodes
    touched = np.unique(risk.sides.pipe)
    node = np.unique(np.concatenate([pipes.start_node[touched], pipes.end_node[touched]]))
    node = node[node >= 0].astype(np.int64)
    node = node[nodes.is_chamber[node] & np.isfinite(nodes.xy[node]).all(axis=1)]
    where = np.concatenate([spots, nodes.xy[node]])
    return Places(where, np.concatenate([np.full(len(spots), -1), node]).astype(np.int64))


def effects_of(state: ProjectState, risk: Risk, places: Places) -> Effects:
    """How much of each finding's variance every place takes away."""
    sides = risk.sides
    pipe = np.unique(sides.pipe)
    place, line, chainage = _laid_open(state.pipes, pipe, places.at)
    order = np.argsort(sides.pipe, kind="stable")
    low = np.searchsorted(sides.pipe[order], pipe[line], side="left")
    high = np.searchsorted(sides.pipe[order], pipe[line], side="right")
    count = high - low
    open_row = np.repeat(np.arange(len(line)), count)
    within = np.arange(len(open_row)) - np.repeat(np.cumsum(count) - count, count)
    side = order[np.repeat(low, count) + within]
    length = np.maximum(state.pipes.length_m(), 0.01)
    gain = _part_settled(
        sides.sigma_m[side], sides.chainage_m[side], chainage[open_row],
        length[sides.pipe[side]], sides.is_unknown[side],
    )  # fmt: skip
    part = gain * sides.share[side]
    worth = part > 1e-6
    return _by_place(place[open_row][worth], side[worth], part[worth], sides.finding)


def _part_settled(sigma: F64, at: F64, hole: F64, length: F64, unknown: Bool) -> F64:
    """Part of a line's variance at chainage `at` that seeing it at chainage `hole` takes away."""
    beyond = np.where(at >= hole, length - hole, hole)
    away = np.abs(at - hole)
    fall = np.clip(away / np.maximum(beyond, 1e-6), 0.0, 1.0)
    fall = np.where(away <= REACH_M, np.minimum(fall, away / np.maximum(beyond, REACH_M)), fall)
    left = HOLE_SIGMA_M * (1.0 - fall) + sigma * fall
    left = np.where(unknown, np.where(away <= REACH_M, HOLE_SIGMA_M, sigma), left)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = 1.0 - np.square(left / sigma)
    return np.where(sigma > 0, np.maximum(part, 0.0), 0.0)


def _laid_open(pipes: PipeTable, rows: I64, at: F64) -> tuple[I64, I64, F64]:
    """Pairs (place, index into `rows`) within reach, and the chainage of the place."""
    import shapely

    lines = lines_of(pipes, rows)
    points = np.asarray(shapely.points(at))
    place, line = shapely.STRtree(lines).query(points, predicate="dwithin", distance=REACH_M)
    chainage = shapely.line_locate_point(lines[line], points[place])
    return place.astype(np.int64), line.astype(np.int64), np.asarray(chainage, float)


def _by_place(place: I64, side: I64, part: F64, finding_of: I64) -> Effects:
    """One row a place and finding, with what it does to the finding's first and second line."""
    finding = finding_of[side]
    # The sides of a finding stand in order: the first lines of all, then the second ones.
    is_second = np.concatenate([[False], np.diff(finding_of) <= 0]).cumsum()[side] > 0
    count = int(finding_of.max(initial=0)) + 1
    key, index = np.unique(place * count + finding, return_inverse=True)
    parts = np.zeros((2, len(key)))
    np.maximum.at(parts, (is_second.astype(np.int64), index), part)
    return Effects(key // count, key % count, parts[0], parts[1])


def _greedy(
    risk: Risk, places: Places, effects: Effects, count: int, job: Job
) -> tuple[I64, list[float], list[I64]]:
    """Places in the order to dig, what each settles, and the findings each settles in half."""
    best = np.zeros((2, len(risk.row)))
    left = risk.now
    start = left.copy()
    gain = _gain(risk, effects, best, left, slice(None))
    chosen: list[int] = []
    settled: list[float] = []
    findings: list[I64] = []
    order = np.argsort(effects.finding, kind="stable")
    first = np.searchsorted(effects.finding[order], np.arange(len(risk.row) + 1))
    for number in range(count):
        job.step(0.5 + 0.5 * number / count, msg("Choosing test holes"))
        whole = np.bincount(effects.place, weights=gain, minlength=len(places))
        if not len(whole) or whole.max() <= LEAST_SETTLED:
            break
        place = int(np.argmax(whole))
        rows = np.flatnonzero(effects.place == place)
        hit = effects.finding[rows]
        best[0, hit] = np.maximum(best[0, hit], effects.first[rows])
        best[1, hit] = np.maximum(best[1, hit], effects.second[rows])
        before = left[hit]
        left[hit] = risk.remaining(best[:, hit].sum(axis=0), hit)
        chosen.append(place)
        settled.append(float((before - left[hit]).sum()))
        findings.append(hit[(before - left[hit] > 0) & (left[hit] < 0.5 * start[hit])])
        # Only places that see the same findings have changed.
        again = np.concatenate([order[first[f] : first[f + 1]] for f in hit])
        gain[again] = _gain(risk, effects, best, left, again)
    return np.array(chosen, dtype=np.int64), settled, findings


def _gain(risk: Risk, effects: Effects, best: F64, left: F64, rows: I64 | slice) -> F64:
    finding = effects.finding[rows]
    part = np.maximum(best[0, finding], effects.first[rows])
    part = part + np.maximum(best[1, finding], effects.second[rows])
    return left[finding] - risk.remaining(part, finding)


def exposed_by(pipes: PipeTable, at: F64, *, as_of: np.datetime64) -> list[I64]:
    """Rows of the lines in the ground that day (NaT: ever) that a hole at each place lays open."""
    is_there = alive(pipes.valid_from, pipes.valid_to, as_of) & (np.diff(pipes.offsets) > 1)
    is_there &= (pipes.status != Status.PLANNED) & ~np.isin(pipes.burial, ABOVE_GROUND)
    existing = np.flatnonzero(is_there)
    if not len(at) or not len(existing):
        return [np.zeros(0, np.int64) for _ in at]
    place, line, _ = _laid_open(pipes, existing, at)
    order = np.lexsort((line, place))
    bounds = np.searchsorted(place[order], np.arange(len(at) + 1))
    return [existing[line[order][i:j]] for i, j in pairwise(bounds)]
