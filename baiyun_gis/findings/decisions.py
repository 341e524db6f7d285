"""Decisions on conflicts: accepted, excluded until a date, assigned, resolved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from baiyun_gis.model.columns import F64, I8, Columns, Day, Str, column
from baiyun_gis.model.vocabulary import Vocabulary


class DecisionState(Vocabulary):
    """What was decided on a conflict."""

    OPEN = (0, "open", "待处理")
    ACCEPTED = (1, "accepted", "接受")
    EXCLUDED = (2, "excluded", "排除")
    ASSIGNED = (3, "assigned", "已分派")
    RESOLVED = (4, "resolved", "已解决")
    REOPENED = (5, "reopened", "重新打开")


@dataclass(frozen=True, slots=True, eq=False)
class DecisionTable(Columns):
    """One row a decided conflict; `conflict` is the conflict's stable identity."""

    table_name: ClassVar[str] = "decisions"

    conflict: Str = column("text", "冲突编号")
    state: I8 = column("code", "处理状态", vocabulary=DecisionState)
    reason: Str = column("text", "理由")
    author: Str = column("text", "处理人")
    made_at: Str = column("text", "处理时间", doc="ISO 8601, given by the caller")
    until: Day = column("day", "有效期至")
    accepted_shortfall_m: F64 = column("real", "接受时的不足量", unit="m")
    check: Str = column("text", "检查项")
    a_id: Str = column("text", "甲方编号")
    b_id: Str = column("text", "乙方编号")
    x: F64 = column("real", "X", unit="m")
    y: F64 = column("real", "Y", unit="m")
