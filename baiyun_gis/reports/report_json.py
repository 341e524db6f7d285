"""The report as JSON, one conflict a line; the schema lies beside this file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib import resources
from typing import Any, TextIO

from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.language import Lang, msg
from baiyun_gis.project import ProjectState
from baiyun_gis.reports.conflict_lines import ENCODER, conflict_lines
from baiyun_gis.reports.facts import head_facts, ledger_facts, suspicion_facts
from baiyun_gis.reports.format import ReportFormat


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the report."""
    place = resources.files("baiyun_gis.reports") / "conflict_report.schema.json"
    return json.loads(place.read_text(encoding="utf-8"))


def write_json(report: CheckReport, state: ProjectState, file: TextIO, *, lang: Lang) -> None:
    """Write the report; unknown numbers are null, the same report gives the same text."""
    head = head_facts(report, state, lang) | {"ledger": ledger_facts(report, lang)}
    file.write("{\n")
    file.writelines(f"{_text(name)}: {_text(value)},\n" for name, value in head.items())
    _write_list(file, "conflicts", conflict_lines(report, state, lang))
    _write_list(file, "suspicions", map(_text, suspicion_facts(report, lang)))
    file.write(f'"timings": {_text(report.timings_s)}\n}}\n')


def _write_list(file: TextIO, name: str, items: Iterable[str]) -> None:
    file.write(f"{_text(name)}: [")
    separator = "\n"
    for item in items:
        file.write(separator + item)
        separator = ",\n"
    file.write("\n],\n")


def _text(value: Any) -> str:
    return ENCODER.encode(value)


REPORT = ReportFormat(msg("JSON"), write_json)
