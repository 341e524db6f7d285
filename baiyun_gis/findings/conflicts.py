"""What a conflict run found: conflicts as columns, the ledger, the report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from baiyun_gis.errors import ModelError
from baiyun_gis.findings.decisions import DecisionState
from baiyun_gis.findings.scope import Scope
from baiyun_gis.language import Message
from baiyun_gis.model.columns import F64, I8, I32, Bool, Columns, Day, Str, column
from baiyun_gis.model.vocabulary import Provenance, Utility, Verdict, Vocabulary
from baiyun_gis.rules.requirement import Requirement

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from baiyun_gis.project import ProjectState


class Severity(Vocabulary):
    """How much a conflict matters: mandatory clauses and collisions first."""

    NOTE = (0, "note", "提示")
    MINOR = (1, "minor", "一般")
    MAJOR = (2, "major", "较重")
    CRITICAL = (3, "critical", "严重")


@dataclass(frozen=True, slots=True, eq=False)
class ConflictTable(Columns):
    """One row a thing to decide. Rows of `a` and `b` index their tables in the run's state.

    `requirement` indexes `CheckReport.requirements`; -1 where no rule number is involved.
    Nearest points and `at` are absolute project coordinates; z NaN where unknown. The stretch
    is plan chainage along pipe `a`; it begins below 0 or ends beyond the pipe's length where the
    stretch goes on along `a`'s run (remark `spans_run`).
    """

    table_name: ClassVar[str] = "conflicts"

    id: Str = column("text", "冲突编号", doc="stable across re-runs")
    check: Str = column("text", "检查项")
    group: Str = column("text", "冲突组")
    severity: I8 = column("code", "严重程度", vocabulary=Severity)
    verdict: I8 = column("code", "确定性", vocabulary=Verdict)
    probability: F64 = column("real", "违反概率", doc="NaN where it cannot be judged")
    violated: Bool = column("flag", "名义违反")
    a_table: Str = column("text", "甲方表")
    a_row: I32 = column("index", "甲方行")
    a_id: Str = column("text", "甲方编号")
    a_kind: Str = column("text", "甲方种类", doc="key of Utility, NodeKind or table name")
    b_table: Str = column("text", "乙方表")
    b_row: I32 = column("index", "乙方行")
    b_id: Str = column("text", "乙方编号")
    b_kind: Str = column("text", "乙方种类")
    requirement: I32 = column("index", "条文")
    required_m: F64 = column("real", "要求值", unit="m")
    actual_m: F64 = column("real", "实际值", unit="m", doc="negative is penetration")
    shortfall_m: F64 = column("real", "不足量", unit="m")
    sigma_m: F64 = column("real", "实际值中误差", unit="m")
    at: F64 = column("point", "位置", unit="m", width=3)
    near_a: F64 = column("point", "甲方最近点", unit="m", width=3)
    near_b: F64 = column("point", "乙方最近点", unit="m", width=3)
    stretch_from_m: F64 = column("real", "起始里程", unit="m")
    stretch_to_m: F64 = column("real", "终止里程", unit="m")
    level_a: I8 = column("code", "甲方高程来源", vocabulary=Provenance)
    level_b: I8 = column("code", "乙方高程来源", vocabulary=Provenance)
    section_a: I8 = column("code", "甲方断面来源", vocabulary=Provenance)
    section_b: I8 = column("code", "乙方断面来源", vocabulary=Provenance)
    decision: I8 = column("code", "处理状态", vocabulary=DecisionState)
    decision_reason: Str = column("text", "理由")
    decision_author: Str = column("text", "处理人")
    decision_until: Day = column("day", "有效期至")
    remark: Str = column(
        "text", "说明", doc="keys of remarks, ';' between them, see findings.sentences"
    )


class Outcome(Vocabulary):
    """How a check ended: only `ran` says anything about the ground."""

    RAN = (0, "ran", "已运行")
    NOT_RUN = (1, "not_run", "未运行")
    DISABLED = (2, "disabled", "已停用")
    CANCELLED = (3, "cancelled", "已取消")
    FAILED = (4, "failed", "失败")


@dataclass(frozen=True, slots=True)
class CheckLedger:
    """What one check looked at: `pairs_examined` = set aside + violated + clear + cannot judge.

    `violated` counts pairs with a finding that is at least possible. For checks of one feature
    against the ground a "pair" is one subject.
    """

    check: str
    outcome: Outcome
    reason: Message | None = None
    subjects: int = 0
    pairs_examined: int = 0
    set_aside: dict[str, int] = field(default_factory=dict[str, int])
    violated: int = 0
    clear: int = 0
    cannot_judge: int = 0
    rules_without_subjects: tuple[str, ...] = ()

    @property
    def closes(self) -> bool:
        """Every pair examined is accounted for; never so after a failure or a stop."""
        if self.outcome in {Outcome.FAILED, Outcome.CANCELLED}:
            return False
        counted = sum(self.set_aside.values()) + self.violated + self.clear + self.cannot_judge
        return self.outcome is not Outcome.RAN or counted == self.pairs_examined


NOT_ASKED = ("not_there", "not_selected", "above_ground")
"""Reasons for not testing a pipe that leave no question open: it has no body there that day."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The proof of a run: `pipes_read = pipes_tested + sum(untestable)`.

    `without_rules` counts tested pipes that the rule set has no distance to other lines for, by
    reason: what was tested of them are collisions.
    """

    pipes_read: int = 0
    pipes_tested: int = 0
    untestable: dict[str, int] = field(default_factory=dict[str, int])
    checks: tuple[CheckLedger, ...] = ()
    without_rules: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def leaves_out(self) -> bool:
        """Are there pipes that were asked about but that the run cannot answer for?"""
        by_defect = sum(self.untestable.values()) - sum(
            self.untestable.get(reason, 0) for reason in NOT_ASKED
        )
        return by_defect > 0 or sum(self.without_rules.values()) > 0

    @property
    def closes(self) -> bool:
        balanced = self.pipes_read == self.pipes_tested + sum(self.untestable.values())
        return balanced and all(check.closes for check in self.checks)

    @property
    def tested_nothing(self) -> bool:
        """No pipe, or no check that ran had anything to look at."""
        return self.pipes_tested == 0 or not any(
            c.outcome is Outcome.RAN and (c.subjects or c.pairs_examined) for c in self.checks
        )


@dataclass(frozen=True, slots=True)
class RuleSetStamp:
    """Which rule set a run used."""

    id: str
    edition: str
    sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class SuspicionTable(Columns):
    """Suspected illegal buildings and occupied lines: evidence, never a verdict."""

    table_name: ClassVar[str] = "cases"

    id: Str = column("text", "线索编号")
    kind: Str = column(
        "text",
        "疑似类型",
        doc="no_permit, beyond_outline, too_high, too_many_"
        "storeys, permit_expired, temporary_overdue, occupation",
    )
    building_row: I32 = column("index", "建筑行")
    building_id: Str = column("text", "建筑编号")
    other_table: Str = column("text", "对方表", doc="permits or pipes")
    other_row: I32 = column("index", "对方行")
    other_id: Str = column("text", "对方编号")
    grade: Str = column("text", "等级", doc="occupation: on_top, protection_zone, table_distance")
    measured: F64 = column("real", "实测值", doc="in `unit`")
    permitted: F64 = column("real", "许可值")
    excess: F64 = column("real", "超出量")
    sigma: F64 = column("real", "中误差")
    unit: Str = column("text", "单位", doc="m, m2, storeys, days")
    probability: F64 = column("real", "概率")
    verdict: I8 = column("code", "确定性", vocabulary=Verdict)
    requirement: I32 = column("index", "条文")
    first: Str = column("text", "先后", doc="pipe, building, unknown: who was there first")
    at: F64 = column("point", "位置", unit="m", width=2)
    utility: I8 = column("code", "管线种类", vocabulary=Utility)
    remark: Str = column("text", "说明")


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The result of one conflict run on one state."""

    rules: RuleSetStamp
    revision: int
    as_of: np.datetime64
    ledger: Ledger
    conflicts: ConflictTable
    requirements: tuple[Requirement, ...]
    suspicions: SuspicionTable
    created: str = ""
    timings_s: dict[str, float] = field(default_factory=dict[str, float])
    scope: Scope = field(default_factory=Scope)
    """What the run was asked about; pairs outside are not in the ledger."""
    state: ProjectState | None = field(default=None, repr=False, compare=False)
    """What was checked; None in a report that was read back from a file."""

    def to_frame(self) -> GeoDataFrame:
        """The conflicts as a GeoDataFrame in the project's CRS, one row each.

        Raises `ModelError` for a report that no longer knows its project; use
        `reports.frame.report_frame` with the project then.
        """
        from baiyun_gis.reports.frame import report_frame

        if self.state is None:
            raise ModelError("This report was read from a file: give its project to report_frame")
        return report_frame(self, self.state)

    @property
    def open_violations(self) -> int:
        """Conflicts that are likely or certain and neither accepted, excluded nor resolved."""
        settled = np.isin(
            self.conflicts.decision,
            [DecisionState.ACCEPTED, DecisionState.EXCLUDED, DecisionState.RESOLVED],
        )
        return int((~settled & (self.conflicts.verdict >= Verdict.LIKELY)).sum())

    @property
    def is_clear(self) -> bool:
        """May the word *clear* be used: the ledger closes, something was tested, nothing was
        found, nothing was left that could not be judged, and no pipe was left out for a defect
        of its record or for want of a rule."""
        judged = all(check.cannot_judge == 0 for check in self.ledger.checks)
        tested = self.ledger.closes and not self.ledger.tested_nothing
        whole = tested and judged and not self.ledger.leaves_out
        return whole and len(self.conflicts) == 0
