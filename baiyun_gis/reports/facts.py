"""A report as plain values (`baiyun-gis/conflict-report/1`): what JSON holds and others show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any

import numpy as np

from baiyun_gis.findings.conflicts import CheckLedger, CheckReport, Severity
from baiyun_gis.findings.decisions import DecisionState
from baiyun_gis.language import Lang
from baiyun_gis.model.columns import F64
from baiyun_gis.model.vocabulary import Provenance, Verdict
from baiyun_gis.project import ProjectState
from baiyun_gis.rules.requirement import Requirement

SCHEMA = "baiyun-gis/conflict-report/1"
Facts = dict[str, Any]


def head_facts(report: CheckReport, state: ProjectState, lang: Lang) -> Facts:
    """Everything before the conflicts: project, rules, date, scope."""
    meta = state.meta
    return {
        "schema": SCHEMA,
        "created": report.created or None,
        "project": {
            "path": str(meta.path) if meta.path else None,
            "revision": report.revision,
            "crs": meta.crs or None,
            "vertical_datum": meta.vertical_datum or None,
        },
        "rules": {
            "id": report.rules.id,
            "edition": report.rules.edition,
            "sha256": report.rules.sha256,
        },
        "as_of": day(report.as_of),
        "scope": report.scope.facts() | {"sentence": report.scope.sentence().text(lang)},
    }


def ledger_facts(report: CheckReport, lang: Lang) -> Facts:
    """The proof of the run."""
    ledger = report.ledger
    return {
        "pipes": {
            "read": ledger.pipes_read,
            "tested": ledger.pipes_tested,
            "untestable": dict(sorted(ledger.untestable.items())),
            "without_rules": dict(sorted(ledger.without_rules.items())),
        },
        "checks": [_check_facts(check, lang) for check in ledger.checks],
    }


def conflict_facts(report: CheckReport, state: ProjectState, lang: Lang) -> Iterator[Facts]:
    """Each conflict, in the order of the report."""
    from baiyun_gis.findings.reading import read_ready
    from baiyun_gis.findings.telling import Teller

    rules = [rule_facts(report, index, lang) for index in range(len(report.requirements))]
    ready, teller = read_ready(report), Teller(report, state, lang)
    for row in range(len(report.conflicts)):
        yield _conflict(ready, row, rules) | {"why": teller.why(row)}


def suspicion_facts(report: CheckReport, lang: Lang) -> Iterator[Facts]:
    """Each suspicion, in the order of the report."""
    from baiyun_gis.buildings.sentences import sentence_of

    table = report.suspicions
    for row in range(len(table)):
        yield {
            "id": table.id[row],
            "kind": table.kind[row],
            "building": {"table": "buildings", "id": table.building_id[row]},
            "other": (
                {"table": table.other_table[row], "id": table.other_id[row]}
                if table.other_table[row]
                else None
            ),
            "grade": table.grade[row] or None,
            "measured": number(table.measured[row]),
            "permitted": number(table.permitted[row]),
            "excess": number(table.excess[row]),
            "sigma": number(table.sigma[row]),
            "unit": table.unit[row],
            "probability": number(table.probability[row]),
            "verdict": Verdict(int(table.verdict[row])).key,
            "rule": rule_facts(report, int(table.requirement[row]), lang),
            "first": table.first[row] or None,
            "at": numbers(table.at[row]),
            "why": sentence_of(table, row).text(lang),
        }


def rule_facts(report: CheckReport, requirement: int, lang: Lang) -> Facts | None:
    """The clause a finding rests on; None where no number of a rule set is involved."""
    if requirement < 0:
        return None
    rule: Requirement = report.requirements[requirement]
    return {
        "set": rule.rule_set,
        "clause": rule.clause,
        "state": rule.state.key,
        "mandatory": rule.is_mandatory,
        "required_m": number(rule.min_m),
        "sentence": rule.sentence.text(lang),
    }


def number(value: Any) -> float | None:
    """A number to 0.001 mm; None when it is unknown."""
    return numbers(np.asarray([value], dtype=np.float64))[0]


def numbers(values: F64) -> list[float | None]:
    """Numbers to 0.001 mm, None where unknown."""
    # As a whole: rounding one by one was a third of the time a city's report took.
    return [value if isfinite(value) else None for value in (np.rint(values * 1e6) / 1e6).tolist()]


def day(value: np.datetime64) -> str | None:
    """An ISO date; None when it is not set."""
    return None if np.isnat(value) else str(value.astype("datetime64[D]"))


def _check_facts(check: CheckLedger, lang: Lang) -> Facts:
    return {
        "check": check.check,
        "outcome": check.outcome.key,
        "reason": check.reason.text(lang) if check.reason else None,
        "subjects": check.subjects,
        "pairs_examined": check.pairs_examined,
        "set_aside": dict(sorted(check.set_aside.items())),
        "violated": check.violated,
        "clear": check.clear,
        "cannot_judge": check.cannot_judge,
        "rules_without_subjects": list(check.rules_without_subjects),
    }


def _conflict(report: CheckReport, row: int, rules: Sequence[Facts | None]) -> Facts:
    c = report.conflicts
    requirement = int(c.requirement[row])
    known = rules[requirement] if requirement >= 0 else None
    rule = known | {"required_m": number(c.required_m[row])} if known else None
    return {
        "id": c.id[row],
        "check": c.check[row],
        "group": c.group[row] or None,
        "severity": Severity(int(c.severity[row])).key,
        "verdict": Verdict(int(c.verdict[row])).key,
        "probability": number(c.probability[row]),
        "violated": bool(c.violated[row]),
        "rule": rule,
        "a": {"table": c.a_table[row], "id": c.a_id[row], "kind": c.a_kind[row]},
        "b": {"table": c.b_table[row], "id": c.b_id[row], "kind": c.b_kind[row]},
        "actual_m": number(c.actual_m[row]),
        "shortfall_m": number(c.shortfall_m[row]),
        "at": numbers(c.at[row]),
        "nearest": [numbers(c.near_a[row]), numbers(c.near_b[row])],
        "stretch": _stretch(report, row),
        "basis": {
            "level_a": Provenance(int(c.level_a[row])).key,
            "level_b": Provenance(int(c.level_b[row])).key,
            "section_a": Provenance(int(c.section_a[row])).key,
            "section_b": Provenance(int(c.section_b[row])).key,
        },
        "decision": {
            "state": DecisionState(int(c.decision[row])).key,
            "reason": c.decision_reason[row] or None,
            "author": c.decision_author[row] or None,
            "until": day(c.decision_until[row]),
        },
    }


def _stretch(report: CheckReport, row: int) -> Facts | None:
    start, end = (
        number(v[row]) for v in (report.conflicts.stretch_from_m, report.conflicts.stretch_to_m)
    )
    if start is None or end is None:
        return None
    return {"on": report.conflicts.a_id[row], "from_m": start, "to_m": end}
