"""Seven ways to write a level down wrongly, planted in a project whose levels are right.

Levels get the noise of a survey first and depths are rounded to the centimetre, as they are
taped. A mistake is made in the number that was typed: mostly the depth, from which the level is
then computed, so that ground − depth = level holds and gives nothing away. Where all lines of a
point were recorded with one level, the mistake is the point's and all its ends have it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.arrays import F64, I64, Bool
from baiyun_gis.model.levels import settle
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.topology import topology_of
from baiyun_gis.project import ProjectState
from baiyun_gis.synthetic.chance import Chance

MISTAKES = (
    "digits_transposed", "digit_dropped", "unit", "top_for_invert", "neighbours_record",
    "datum_offset", "reversed",
)  # fmt: skip
LEAST_ERROR_M = 0.25
"""Smaller mistakes drown in what surveys of hidden points are allowed."""

SAME_M = 0.0015


@dataclass(frozen=True, slots=True)
class Mistake:
    """One planted mistake: its kind, the ends (2 · pipe row, + 1 at the end) and their truth."""

    kind: str
    ends: tuple[int, ...]
    true_m: tuple[float, ...]
    recorded_m: tuple[float, ...]


@dataclass
class _Records:
    """What is written down, one number an end."""

    level: F64
    depth: F64
    ground: F64
    group: I64
    pipes: PipeTable


def with_survey_noise(state: ProjectState, *, seed: int, sigma_m: float) -> ProjectState:
    """The project with depths as taped: noise of `sigma_m` a point, rounded to the centimetre."""
    records = _records(state.pipes)
    noise = Chance(seed).noise("survey", int(records.group.max(initial=0)) + 1, sigma_m)
    records.depth = np.round(records.depth + noise[records.group], 2)
    records.level = np.round(records.ground - records.depth, 3)
    return state.with_(pipes=_written(records))


def with_mistakes(
    state: ProjectState,
    *,
    seed: int,
    share: float = 0.01,
    kinds: tuple[str, ...] = MISTAKES,
    contradicting: float = 0.25,
) -> tuple[ProjectState, tuple[Mistake, ...]]:
    """The project with `share` of its survey points wrong, in equal parts of each kind.

    Of the mistakes `contradicting` are in the level alone: depth and ground contradict it.
    Fewer are planted where a kind finds too few places that it shifts by 0.25 m.
    """
    chance = Chance(seed)
    records = _records(state.pipes)
    true = _records(state.pipes)
    known = np.isfinite(true.level) & np.isfinite(true.depth) & np.isfinite(true.ground)
    points = len(np.unique(true.group[known]))
    quota = max(1, round(share * points / len(kinds)))
    taken = np.zeros(len(true.level), dtype=np.bool_)
    planted: list[Mistake] = []
    for kind in kinds:
        order = chance.chosen(kind, np.flatnonzero(known), int(known.sum()))
        luck = chance.uniform(f"{kind} luck", (len(order), 3))
        planted += _of_kind(kind, order, luck, quota, true, records, taken, contradicting)
    return state.with_(pipes=_written(records)), tuple(planted)


def _of_kind(
    kind: str, order: I64, luck: F64, quota: int, true: _Records, records: _Records,
    taken: Bool, contradicting: float,
) -> list[Mistake]:  # fmt: skip
    out: list[Mistake] = []
    for row, end in enumerate(order):
        if len(out) == quota:
            break
        ends = _same(true, int(end)) if kind != "reversed" else np.array([end & ~1, end | 1])
        if taken[ends].any() or np.isnan(true.level[ends]).any():
            continue
        depth = _wrong_depth(kind, int(end), ends, true, luck[row])
        level = np.round(true.ground[ends] - depth, 3)
        if np.isnan(depth).any() or np.abs(level - true.level[ends]).max() < LEAST_ERROR_M:
            continue
        records.level[ends] = level
        if luck[row, 2] >= contradicting:
            records.depth[ends] = depth
        taken[ends] = True
        out.append(
            Mistake(
                kind, tuple(int(e) for e in ends), tuple(float(v) for v in true.level[ends]),
                tuple(float(v) for v in level),
            )
        )  # fmt: skip
    return out


def _wrong_depth(kind: str, end: int, ends: I64, true: _Records, luck: F64) -> F64:
    """The depths that follow from the mistake; NaN where the kind cannot be made here."""
    depth, pipe = float(true.depth[end]), end // 2
    pick = float(luck[0])
    if kind == "reversed":
        return true.depth[ends][::-1]
    if kind == "digits_transposed":
        wrong = _picked(_transposed(depth), depth, pick)
    elif kind == "digit_dropped":
        wrong = _picked(_dropped(depth), depth, pick)
    elif kind == "unit":
        wrong = round(depth * (100.0, 100.0, 0.01, 1000.0)[int(pick * 4)], 2)
    elif kind == "top_for_invert":
        outer, inner = true.pipes.outer_height_m[pipe], true.pipes.inner_height_m[pipe]
        height = float(outer if np.isnan(inner) else (outer + inner) / 2)
        to_top = true.pipes.level_datum[pipe] == 2
        wrong = round(depth - height if to_top else depth + height, 2)
    elif kind == "neighbours_record":
        wrong = _next_depth(end, true)
    else:
        size = 0.3 + 4.7 * pick
        wrong = round(depth + (size if luck[1] < 0.5 else -size), 2)
    return np.full(len(ends), wrong)


def _next_depth(end: int, true: _Records) -> float:
    other = end + 2
    alike = other < len(true.depth) and (
        true.pipes.utility[other // 2] == true.pipes.utility[end // 2]
    )
    return float(true.depth[other]) if alike else float("nan")


def _transposed(value: float) -> list[float]:
    text = f"{abs(value):.2f}".replace(".", "")
    made = [text[:i] + text[i + 1] + text[i] + text[i + 2 :] for i in range(len(text) - 1)]
    return [int(t) / 100 for t in made]


def _dropped(value: float) -> list[float]:
    text = f"{abs(value):.2f}"
    places = [i for i, mark in enumerate(text) if mark != "."]
    return [float("0" + text[:i] + text[i + 1 :]) for i in places]


def _picked(values: list[float], true: float, luck: float) -> float:
    fit = [v for v in values if abs(v - true) >= LEAST_ERROR_M]
    return fit[int(luck * len(fit))] if fit else float("nan")


def _same(true: _Records, end: int) -> I64:
    return np.flatnonzero(true.group == true.group[end])


def _records(pipes: PipeTable) -> _Records:
    def both(start: F64, end: F64) -> F64:
        return np.stack([start, end], axis=1).ravel()

    level = both(pipes.start_level_m, pipes.end_level_m)
    joint = topology_of(pipes).joint
    order = np.lexsort((level, joint))
    with np.errstate(invalid="ignore"):
        near = np.diff(level[order]) <= SAME_M
    apart = (np.diff(joint[order]) != 0) | ~near
    group = np.empty(len(level), dtype=np.int64)
    group[order] = np.concatenate([[0], np.cumsum(apart)])
    return _Records(
        level, both(pipes.start_depth_m, pipes.end_depth_m),
        both(pipes.start_ground_m, pipes.end_ground_m), group, pipes,
    )  # fmt: skip


def _written(records: _Records) -> PipeTable:
    return settle(
        records.pipes.with_columns(
            start_level_m=records.level[0::2],
            end_level_m=records.level[1::2],
            start_depth_m=records.depth[0::2],
            end_depth_m=records.depth[1::2],
        )
    )
