"""Ways out of conflicts (避让): who gives way, how little it takes, proof by the same engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.checks.snapshot import snapshot_of
from baiyun_gis.errors import CheckError, UsageError
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.jobs import Job, silent
from baiyun_gis.language import msg
from baiyun_gis.model.vocabulary import Utility, Verdict
from baiyun_gis.project import ProjectState
from baiyun_gis.remedies.chains import chain_of
from baiyun_gis.remedies.limits import Limits
from baiyun_gis.remedies.moves import Axis, Layout, Shape, layout_of, shapes_for, trimmed
from baiyun_gis.remedies.places import Setting, axes_for, cover_after_m, near_of, terms_of
from baiyun_gis.remedies.region import Box, Region, grown, region_of
from baiyun_gis.remedies.remedy import (
    NoWay,
    Proposal,
    Remedy,
    Subject,
    chainages,
    with_remedy,
)
from baiyun_gis.remedies.rows import Grade, Judgement, Row, Side, Target, judged, rows_of
from baiyun_gis.remedies.search import Found, Obstacles, Search
from baiyun_gis.remedies.sentences import reasons_of
from baiyun_gis.remedies.trials import Scene, Trial
from baiyun_gis.remedies.yielding import Yielder, yielders
from baiyun_gis.rules.ruleset import PAIR_CHECKS, RuleSet

_AROUND_M = 150.0
"""How far around a conflict lines and joints are looked at for who is joined to whom."""

_DOUBT_M = 3.0
"""Room for sizes and survey doubt beyond the largest number of the rule set."""

_PROOF_M = 30.0
"""How much further than the search the proof looks."""


def remedies_for(
    report: CheckReport,
    state: ProjectState,
    rules: RuleSet,
    rows: Sequence[int],
    *,
    limits: Limits | None = None,
    job: Job | None = None,
) -> list[Remedy]:
    """A way out, or why there is none, for each of the conflicts `rows` of a report.

    `state` is what was checked. Each proposal was re-checked by the unchanged engine on the
    project as it would be: the conflict is settled and nothing else is new or worse. Raises
    `UsageError` when the report is of another state.
    """
    if report.revision != state.revision:
        raise UsageError("The project has changed since the check; run the check again first")
    job = job or silent()
    out: list[Remedy] = []
    for done, row in enumerate(rows):
        name = str(report.conflicts.id[row])
        part = job.part(done / len(rows), (done + 1) / len(rows))
        part.step(0.0, msg("Looking for a way out of {conflict}", conflict=name))
        out.append(_remedy(report, state, rules, int(row), limits or Limits(), part))
    return out


def _remedy(
    report: CheckReport, state: ProjectState, rules: RuleSet, row: int, limits: Limits, job: Job
) -> Remedy:
    conflicts = report.conflicts
    name = str(conflicts.id[row])
    if conflicts.verdict[row] < Verdict.POSSIBLE:
        why = msg("it cannot be judged; levels or sizes are to be measured first")
        return NoWay(None, name, limits, (why,))
    setting = _setting(report, state, rules, row, limits)
    candidates = () if setting.a < 0 else _yielders(setting)
    if not candidates:
        why = msg("neither side can be moved: nothing is planned, and no rule says who gives way")
        return NoWay(None, name, limits, (why,))
    refused: list[NoWay] = []
    for yielder in candidates:
        remedy = _Attempt(setting, yielder, job).remedy()
        if isinstance(remedy, Proposal):
            return remedy
        refused.append(remedy)
    return refused[0]


def _setting(
    report: CheckReport, state: ProjectState, rules: RuleSet, row: int, limits: Limits
) -> Setting:
    conflicts = report.conflicts
    x, y = float(conflicts.at[row, 0]), float(conflicts.at[row, 1])
    region = region_of(state, grown((x, y, x, y), _AROUND_M))
    is_line = conflicts.a_table[row] == "pipes"
    return Setting(
        region=region,
        snapshot=snapshot_of(region.state, report.as_of),
        conflicts=conflicts,
        rules=rules,
        as_of=report.as_of,
        limits=limits,
        row=row,
        a=region.local("pipes", int(conflicts.a_row[row])) if is_line else -1,
        b=region.local(str(conflicts.b_table[row]), int(conflicts.b_row[row])),
    )


def _yielders(setting: Setting) -> tuple[Yielder, ...]:
    is_pair = setting.conflicts.b_table[setting.row] == "pipes"
    other = setting.b if is_pair else -1
    return yielders(
        setting.snapshot.state.pipes, setting.snapshot.topology, setting.a, other
    )  # fmt: skip


@dataclass(slots=True)
class _Case:
    """One shape of move, cut out and ready to be tried."""

    layout: Layout
    near: tuple[float, float]
    cut: Region
    target: Target


class _Attempt:
    """The search for the smallest move of one line over all its shapes, and the proof."""

    def __init__(self, setting: Setting, yielder: Yielder, job: Job) -> None:
        self._setting = setting
        self._yielder = yielder
        self._job = job
        self._obstacles = Obstacles(is_pinned=True)
        self._cases: list[_Case] = []

    def remedy(self) -> Remedy:
        """The smallest move that holds the proof, else why there is none."""
        found: list[tuple[Found, _Case]] = []
        for case in self._offered():
            best = min(
                (abs(f.amount_m) for f, _ in found if f.grade is Grade.CLEARS), default=np.inf
            )
            found += [(move, case) for move in self._searched(case, best)]
        found.sort(key=lambda one: (-one[0].grade, abs(one[0].amount_m)))
        for move, case in found:
            proposal = self._proposal(move, case)
            judgement = self._proof(proposal, case)
            if judgement.grade >= move.grade:
                return replace(proposal, left=judgement.left)
        why = reasons_of(self._obstacles)
        subject = self._subject()
        return NoWay(subject, subject.id, self._setting.limits, why, self._tried())

    def _offered(self) -> list[_Case]:
        setting, pipe = self._setting, self._yielder.pipe
        table = setting.region.state.pipes
        gravity = Utility(int(table.utility[pipe])).is_gravity
        for axis in axes_for(setting, pipe):
            chain = chain_of(
                setting.region.state,
                setting.snapshot.topology,
                pipe,
                moves_sideways=axis is Axis.LATERAL,
                box=grown(setting.region.box, -1.0),
            )
            near = near_of(setting, chain, pipe)
            for shape in shapes_for(chain, near, axis, setting.limits, is_gravity=gravity):
                layout = trimmed(layout_of(chain, shape))
                if axis is Axis.VERTICAL and np.isnan(layout.level).any():
                    continue
                cut = _cut(setting, layout)
                sides = _sides(setting, cut)
                target = Target(setting.check, sides, chain, near)
                self._cases.append(_Case(layout, near, cut, target))
        self._obstacles.is_pinned = not self._cases
        return self._cases

    def _searched(self, case: _Case, best_m: float) -> list[Found]:
        setting = self._setting
        rows = _rows_in(case.cut, case.layout)
        trial = Trial(Scene(case.cut, setting.rules, setting.as_of), case.layout, rows)
        search = Search(trial, case.layout, terms_of(setting, case.layout), case.target)
        return search.smallest(self._obstacles, self._quiet(), below_m=best_m - 0.005)

    def _tried(self) -> tuple[tuple[Shape, tuple[float, float]], ...]:
        return tuple((one.layout.shape, one.near) for one in self._cases)

    def _quiet(self) -> Job:
        """A job that can be cancelled but keeps the checks' own steps to itself."""
        return self._job.part(0.5, 0.5)

    def _subject(self) -> Subject:
        setting = self._setting
        table, row = setting.conflicts, setting.row
        is_a = self._yielder.pipe == setting.a
        mine, other = ("a", "b") if is_a else ("b", "a")
        return Subject(
            row=row,
            id=str(table.id[row]),
            check=setting.check,
            mover=self._yielder,
            mover_id=str(getattr(table, f"{mine}_id")[row]),
            mover_kind=str(getattr(table, f"{mine}_kind")[row]),
            other_table=str(getattr(table, f"{other}_table")[row]),
            other_id=str(getattr(table, f"{other}_id")[row]),
            other_kind=str(getattr(table, f"{other}_kind")[row]),
        )

    def _proposal(self, move: Found, case: _Case) -> Proposal:
        setting, layout, shape = self._setting, case.layout, case.layout.shape
        own = chainages(case.target.chain, self._yielder.pipe, (shape.from_m, shape.to_m))
        return Proposal(
            subject=self._subject(),
            layout=layout,
            pipes=setting.region.pipes[layout.chain.pipes],
            amount_m=move.amount_m,
            grade=move.grade,
            left=move.left,
            binds=move.binds,
            from_m=own[0],
            to_m=own[1],
            cover_m=cover_after_m(setting, layout, move.amount_m),
            heading=_heading(layout, move.amount_m),
            tried=self._tried(),
        )

    def _proof(self, proposal: Proposal, case: _Case) -> Judgement:
        """The engine itself on the project around, as it is and as it would be."""
        setting = self._setting
        wide = region_of(setting.region.state, grown(case.cut.box, _PROOF_M))
        rows = _rows_in(wide, case.layout)
        after = with_remedy(wide.state, replace(proposal, pipes=rows))
        run = snapshot_of(wide.state, setting.as_of).topology.run
        before_rows, after_rows = (_findings(state, setting, run) for state in (wide.state, after))
        target = replace(case.target, sides=_sides(setting, wide))
        return judged(after_rows, before_rows, target)


def _findings(state: ProjectState, setting: Setting, run: np.ndarray) -> list[Row]:
    report = run_checks(state, setting.rules, as_of=setting.as_of)
    broken = [line for line in report.ledger.checks if not line.closes]
    if broken:
        raise CheckError(
            "the check {check} did not come through; no way out can be proved",
            check=broken[0].check,
        )
    return rows_of(report.conflicts, report.requirements, run)


def _cut(setting: Setting, layout: Layout) -> Region:
    """What lies within reach of any rule of the moving part."""
    reach = setting.limits.max_move_m + _DOUBT_M
    asked = [(row.check in PAIR_CHECKS, row.min_m) for row in setting.rules.rows]
    asked = [(pair, m) for pair, m in asked if not np.isnan(m)]
    lines = reach + max((m for pair, m in asked if pair), default=0.0)
    things = reach + max((m for _, m in asked), default=0.0)
    moving = layout.xy[_around(layout)]
    low, high = moving.min(axis=0), moving.max(axis=0)
    box: Box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return region_of(setting.region.state, grown(box, things), lines_m=things - lines)


def _around(layout: Layout) -> slice:
    moving = np.flatnonzero(np.abs(layout.move).sum(axis=1) > 0)
    return slice(max(int(moving[0]) - 1, 0), int(moving[-1]) + 2)


def _rows_in(cut: Region, layout: Layout) -> np.ndarray:
    return np.array([cut.local("pipes", int(row)) for row in layout.chain.pipes], dtype=np.int64)


def _sides(setting: Setting, cut: Region) -> frozenset[Side]:
    """The two sides of the conflict as rows of a cut tell them."""
    run = snapshot_of(cut.state, setting.as_of).topology.run
    a: Side = ("pipes", int(run[cut.local("pipes", setting.a)]))
    table = str(setting.conflicts.b_table[setting.row])
    local = cut.local(table, setting.b)
    b: Side = (table, int(run[local]) if table == "pipes" else local)
    return frozenset((a, b))


def _heading(layout: Layout, amount_m: float) -> float:
    """Compass direction of a lateral move, degrees from north clockwise; NaN for vertical."""
    if layout.shape.axis is Axis.VERTICAL:
        return float("nan")
    whole = layout.move[np.argmax(np.abs(layout.move).sum(axis=1)), :2] * amount_m
    return float(np.degrees(np.arctan2(whole[0], whole[1])) % 360.0)
