"""The conflicts of a report as lines of JSON, put together column by column.

Each line is the JSON of the same conflict in `facts.conflict_facts`, a test holds them together.
One object a conflict would cost five times as much, and a city has tens of thousands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from json import JSONEncoder
from json.encoder import encode_basestring
from typing import Any

import numpy as np

from baiyun_gis.findings.conflicts import CheckReport, ConflictTable, Severity
from baiyun_gis.findings.decisions import DecisionState
from baiyun_gis.findings.telling import Teller
from baiyun_gis.language import Lang
from baiyun_gis.model.columns import F64, Day, Str
from baiyun_gis.model.vocabulary import Provenance, Verdict, Vocabulary
from baiyun_gis.project import ProjectState
from baiyun_gis.reports.facts import day, numbers, rule_facts

ENCODER = JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(", ", ": "))
_BLOCK = 5000
"""Lines put together at a time, so that a long report needs no more memory than a short one."""


def conflict_lines(report: CheckReport, state: ProjectState, lang: Lang) -> Iterator[str]:
    """Each conflict as one line of JSON, in the order of the report."""
    teller = Teller(report, state, lang)
    rules = [
        ENCODER.encode(rule_facts(report, index, lang)) for index in range(len(report.requirements))
    ]
    for first in range(0, len(report.conflicts), _BLOCK):
        rows = np.arange(first, min(first + _BLOCK, len(report.conflicts)))
        part = report.conflicts.take(rows)
        whys = [encode_basestring(teller.why(row)) for row in rows.tolist()]
        yield from map(_LINE.__mod__, zip(*_columns(part, rules), whys, strict=True))


_LINE = (
    '{"id": %s, "check": %s, "group": %s, "severity": %s, "verdict": %s, "probability": %s,'
    ' "violated": %s, "rule": %s, "a": {"table": %s, "id": %s, "kind": %s},'
    ' "b": {"table": %s, "id": %s, "kind": %s}, "actual_m": %s, "shortfall_m": %s,'
    ' "at": [%s, %s, %s], "nearest": [[%s, %s, %s], [%s, %s, %s]], "stretch": %s,'
    ' "basis": {"level_a": %s, "level_b": %s, "section_a": %s, "section_b": %s},'
    ' "decision": {"state": %s, "reason": %s, "author": %s, "until": %s}, "why": %s}'
)


def _columns(c: ConflictTable, rules: Sequence[str]) -> Iterator[Sequence[str]]:
    """The JSON of every value in `_LINE` but the last, one sequence a value."""
    yield _texts(c.id)
    yield _texts(c.check)
    yield _texts(c.group, or_null=True)
    yield _words(Severity, c.severity)
    yield _words(Verdict, c.verdict)
    yield _numbers(c.probability)
    yield ["true" if flag else "false" for flag in c.violated.tolist()]
    yield _ruled(c, rules)
    for table, name, kind in ((c.a_table, c.a_id, c.a_kind), (c.b_table, c.b_id, c.b_kind)):
        yield _texts(table)
        yield _texts(name)
        yield _texts(kind)
    yield _numbers(c.actual_m)
    yield _numbers(c.shortfall_m)
    for place in (c.at, c.near_a, c.near_b):
        for axis in range(3):
            yield _numbers(place[:, axis])
    yield _stretches(c)
    for source in (c.level_a, c.level_b, c.section_a, c.section_b):
        yield _words(Provenance, source)
    yield _words(DecisionState, c.decision)
    yield _texts(c.decision_reason, or_null=True)
    yield _texts(c.decision_author, or_null=True)
    yield _days(c.decision_until)


def _texts(values: Str, *, or_null: bool = False) -> list[str]:
    texts: list[str] = values.tolist()
    if or_null:
        return [encode_basestring(text) if text else "null" for text in texts]
    return [encode_basestring(text) for text in texts]


def _days(values: Day) -> list[str]:
    if np.isnat(values).all():
        return ["null"] * len(values)
    return [ENCODER.encode(day(value)) for value in values]


def _words(vocabulary: type[Vocabulary], codes: np.ndarray) -> list[str]:
    keys = {int(member): encode_basestring(member.key) for member in vocabulary}
    return [keys[code] for code in codes.tolist()]


def _numbers(values: F64) -> list[str]:
    return ["null" if value is None else repr(value) for value in numbers(values)]


def _ruled(c: ConflictTable, rules: Sequence[str]) -> list[str]:
    """The rule of each conflict with what it asks of these two."""
    halves = [rule.partition('"required_m": ') for rule in rules]
    tails = [rest[rest.index(", ") :] for _, _, rest in halves]
    asked: list[Any] = list(zip(c.requirement.tolist(), _numbers(c.required_m), strict=True))
    return [
        f"{halves[at][0]}{halves[at][1]}{required}{tails[at]}" if at >= 0 else "null"
        for at, required in asked
    ]


def _stretches(c: ConflictTable) -> list[str]:
    spans = zip(_texts(c.a_id), _numbers(c.stretch_from_m), _numbers(c.stretch_to_m), strict=True)
    return [
        "null"
        if "null" in {start, stop}
        else f'{{"on": {name}, "from_m": {start}, "to_m": {stop}}}'
        for name, start, stop in spans
    ]
