"""The last report inside the project file: two layers, and the rest as one JSON fact."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

import numpy as np

from baiyun_gis.findings.conflicts import (
    CheckLedger,
    CheckReport,
    ConflictTable,
    Ledger,
    Outcome,
    RuleSetStamp,
    SuspicionTable,
)
from baiyun_gis.findings.scope import Scope
from baiyun_gis.language import Message
from baiyun_gis.rules.requirement import Requirement, RuleState
from baiyun_gis.storage import quick_copy
from baiyun_gis.storage.column_codec import ColumnsError
from baiyun_gis.storage.rows import AnyTable, no_nodes, read_rows

KEY = "report"


def report_facts(report: CheckReport) -> str:
    """All of a report but its tables, as JSON."""
    ledger = report.ledger
    return json.dumps(
        {
            "rules": [report.rules.id, report.rules.edition, report.rules.sha256],
            "revision": report.revision,
            "as_of": str(report.as_of),
            "created": report.created,
            "timings_s": report.timings_s,
            "scope": report.scope.facts(),
            "ledger": {
                "pipes_read": ledger.pipes_read,
                "pipes_tested": ledger.pipes_tested,
                "untestable": ledger.untestable,
                "checks": [_check_facts(check) for check in ledger.checks],
                "without_rules": ledger.without_rules,
            },
            "requirements": [_requirement_facts(r) for r in report.requirements],
        },
        ensure_ascii=False,
    )


def read_report(connection: sqlite3.Connection) -> CheckReport | None:
    """The report of the file; None when it has none. Raises `ColumnsError`."""
    row = connection.execute("SELECT value FROM baiyun_project WHERE key = ?", (KEY,)).fetchone()
    if row is None:
        return None
    try:
        return _report(connection, json.loads(row[0]))
    except (ValueError, KeyError, TypeError) as error:
        raise ColumnsError("Stored columns are damaged: {what}", what=str(error)) from error


def _report(connection: sqlite3.Connection, facts: Mapping[str, Any]) -> CheckReport:
    ledger = facts["ledger"]
    return CheckReport(
        rules=RuleSetStamp(*facts["rules"]),
        revision=facts["revision"],
        as_of=np.datetime64(facts["as_of"], "D"),
        ledger=Ledger(
            pipes_read=ledger["pipes_read"],
            pipes_tested=ledger["pipes_tested"],
            untestable=ledger["untestable"],
            checks=tuple(_check_from(check) for check in ledger["checks"]),
            without_rules=ledger.get("without_rules", {}),
        ),
        conflicts=_table(connection, ConflictTable),
        requirements=tuple(_requirement_from(r) for r in facts["requirements"]),
        suspicions=_table(connection, SuspicionTable),
        created=facts["created"],
        timings_s=facts["timings_s"],
        scope=Scope.from_facts(facts.get("scope", {})),
    )


def _table(connection: sqlite3.Connection, table: type[AnyTable]) -> AnyTable:
    copied = quick_copy.read(connection, table)
    return read_rows(connection, table, node_rows=no_nodes) if copied is None else copied


def _check_facts(check: CheckLedger) -> dict[str, Any]:
    return {
        "check": check.check,
        "outcome": check.outcome.key,
        "reason": message_facts(check.reason),
        "subjects": check.subjects,
        "pairs_examined": check.pairs_examined,
        "set_aside": check.set_aside,
        "violated": check.violated,
        "clear": check.clear,
        "cannot_judge": check.cannot_judge,
        "rules_without_subjects": list(check.rules_without_subjects),
    }


def _check_from(facts: Mapping[str, Any]) -> CheckLedger:
    given = dict(facts)
    given["outcome"] = Outcome.from_key(given["outcome"])
    given["reason"] = message_from(given["reason"])
    given["rules_without_subjects"] = tuple(given["rules_without_subjects"])
    return CheckLedger(**given)


def _requirement_facts(rule: Requirement) -> dict[str, Any]:
    return {
        "rule_id": rule.rule_id,
        "rule_set": rule.rule_set,
        "check": rule.check,
        "clause": rule.clause,
        "state": rule.state.key,
        "is_mandatory": rule.is_mandatory,
        "min_m": rule.min_m,
        "sentence": message_facts(rule.sentence),
        "assumed": list(rule.assumed),
        "order": rule.order,
        "note": rule.note,
        "source": rule.source,
    }


def _requirement_from(facts: Mapping[str, Any]) -> Requirement:
    given = dict(facts)
    given["state"] = RuleState.from_key(given["state"])
    given["sentence"] = message_from(given["sentence"])
    given["assumed"] = tuple(given["assumed"])
    return Requirement(**given)


def message_facts(message: Message | None) -> Any:
    """A message as JSON values, messages inside it too."""
    if message is None:
        return None
    values = {
        name: {"message": message_facts(value)} if isinstance(value, Message) else _plain(value)
        for name, value in message.values.items()
    }
    return {"template": message.template, "values": values}


def message_from(facts: Any) -> Any:
    """The message of `message_facts`."""
    if facts is None:
        return None
    values = {
        name: message_from(value["message"]) if isinstance(value, dict) else value
        for name, value in facts["values"].items()
    }
    return Message(facts["template"], values)


def _plain(value: Any) -> Any:
    if isinstance(value, bool | int | float | str):
        return value
    return value.item() if isinstance(value, np.generic) else str(value)
