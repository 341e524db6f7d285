"""`bench edit`: moves of lines of ten pieces in a large district, re-checked live."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.live.changes import Touched
from baiyun_gis.model.columns import F64, I64, text_array
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.project import ProjectState

if TYPE_CHECKING:
    from baiyun_gis.benchmarks.measurement import Measurement

PIECES = 10
PIECE_M = 12.0
_DRAGS = 4
AS_OF = np.datetime64("2026-06-01")


@dataclass(frozen=True, slots=True)
class EditTimes:
    """Milliseconds of re-checks, told what was touched; the rest in seconds. `recheck_ms` are
    moves of a line that was taken up first (`prepare`), `cpu_ms` the processor time of these,
    `fresh_ms` moves out of the blue."""

    segments: int
    first_s: float
    fresh_ms: Sequence[float]
    recheck_ms: Sequence[float]
    cpu_ms: Sequence[float]
    search_ms: float
    whole: int
    report_s: float
    full_s: float
    differing: tuple[str, ...]

    def facts(self) -> dict[str, float]:
        """The figures as plain numbers."""
        p50, p95 = np.percentile(self.recheck_ms, [50, 95]) if self.recheck_ms else (0.0, 0.0)
        cpu = np.percentile(self.cpu_ms, [50, 95]) if self.cpu_ms else (0.0, 0.0)
        fresh = np.percentile(self.fresh_ms, [50, 95]) if self.fresh_ms else (0.0, 0.0)
        return {
            "first_s": self.first_s,
            "p50_ms": float(p50),
            "p95_ms": float(p95),
            "cpu_p50_ms": float(cpu[0]),
            "cpu_p95_ms": float(cpu[1]),
            "unprepared_p50_ms": float(fresh[0]),
            "unprepared_p95_ms": float(fresh[1]),
            "search_ms": self.search_ms,
            "whole_runs": self.whole,
            "report_s": self.report_s,
            "full_s": self.full_s,
            "differing": len(self.differing),
        }


def with_long_lines(state: ProjectState, count: int, chance: np.random.Generator) -> ProjectState:
    """The state with `count` lines of ten pieces more, each beside a line of the district."""
    like = np.sort(chance.choice(len(state.pipes), count, replace=False))
    new = state.pipes.take(like)
    start = state.pipes.xy[state.pipes.offsets[like]]
    stop = state.pipes.xy[state.pipes.offsets[like + 1] - 1]
    way = (stop - start) / np.maximum(np.hypot(*(stop - start).T), 1e-9)[:, None]
    step = np.arange(PIECES + 1) * PIECE_M
    bend = chance.normal(0, 0.3, (count, PIECES + 1))
    across = np.column_stack([-way[:, 1], way[:, 0]])
    xy = start[:, None] + way[:, None] * step[:, None] + across[:, None] * (bend[..., None] + 1.0)
    level = state.pipes.axis_level[state.pipes.offsets[like]]
    new = new.with_columns(
        id=text_array(f"long {number}" for number in range(count)),
        start_node=np.full(count, -1),
        end_node=np.full(count, -1),
        offsets=np.arange(count + 1) * (PIECES + 1),
        xy=xy.reshape(-1, 2),
        axis_level=np.repeat(level, PIECES + 1),
    )
    return state.with_(pipes=PipeTable.concat([state.pipes, new]))


def shifted(state: ProjectState, row: int, by: F64) -> ProjectState:
    """The state with one pipe moved in plan."""
    pipes = state.pipes
    xy = pipes.xy.copy()
    xy[int(pipes.offsets[row]) : int(pipes.offsets[row + 1])] += by
    return state.with_(pipes=pipes.with_columns(xy=xy))


def measured_edits(
    segments: int, *, seed: int = 1, edits: int = 200, compared: bool = True
) -> EditTimes:
    """Times of `edits` random moves of ten-piece lines; the last state compared with a full run."""
    from baiyun_gis.checks.engine import run_checks
    from baiyun_gis.live.edits import differences
    from baiyun_gis.live.recheck import LiveCheck
    from baiyun_gis.rules.loader import load_rule_set
    from baiyun_gis.synthetic.district import make_district

    chance = np.random.default_rng(seed)
    rules = load_rule_set("gb50289-2016")
    lines = max(1, min(edits, 50))
    state = with_long_lines(make_district(segments, seed).state, lines, chance)
    rows: I64 = np.arange(len(state.pipes) - lines, len(state.pipes))
    run_checks(state, rules, as_of=AS_OF)  # the kernels are compiled
    start = time.perf_counter()
    live = LiveCheck(state, rules, as_of=AS_OF)
    first_s = time.perf_counter() - start
    times, fresh, cpu = list[float](), list[float](), list[float]()
    whole = 0
    for number in range(edits + lines):
        # Each line is moved once out of the blue, later taken up and moved four times.
        at = number if number < lines else (number - lines) // _DRAGS
        touched = Touched(pipes=rows[at % lines : at % lines + 1])
        if number >= lines and (number - lines) % _DRAGS == 0:
            live.prepare(touched)
        after = shifted(live.state, int(touched.pipes[0]), chance.normal(0, 0.7, 2))
        start, at_work = time.perf_counter(), time.process_time()
        delta = live.update(after, touched)
        spent = (time.perf_counter() - start) * 1000
        if number >= lines:
            times.append(spent)
            cpu.append((time.process_time() - at_work) * 1000)
        elif number >= min(5, lines - 1):  # the first few are the warm-up
            fresh.append(spent)
        whole += delta.why_whole is not None
    after = shifted(live.state, int(rows[0]), np.array([0.5, 0.5]))
    start = time.perf_counter()
    live.update(after)
    search_ms = (time.perf_counter() - start) * 1000
    start = time.perf_counter()
    report = live.report(with_suspicions=False)
    report_s = time.perf_counter() - start
    full_s, differing = 0.0, list[str]()
    if compared:
        start = time.perf_counter()
        full = run_checks(live.state, rules, as_of=AS_OF)
        full_s = time.perf_counter() - start
        differing = differences(report, full, with_suspicions=False)
    return EditTimes(
        len(state.pipes.xy) - len(state.pipes),
        first_s,
        fresh,
        times,
        cpu,
        search_ms,
        whole,
        report_s,
        full_s,
        tuple(differing),
    )


def measured_edit(segments: int, *, seed: int = 1) -> Measurement:
    """Re-checks after moves of ten-piece lines that were taken up; seconds are the 95th
    percentile, the peer is a full run of the same checks."""
    from baiyun_gis.benchmarks.measurement import Measurement

    times = measured_edits(segments, seed=seed)
    facts = times.facts()
    return Measurement(
        name="edit",
        segments=times.segments,
        seconds=facts["p95_ms"] / 1000,
        peer="the same checks over everything",
        peer_seconds=times.full_s,
        facts=facts,
    )
