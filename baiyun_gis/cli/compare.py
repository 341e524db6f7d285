"""`baiyun-gis compare`: what is new, gone, worse, better between two conflict runs."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from baiyun_gis import DEFAULT_RULES
from baiyun_gis.cli.carry import checked
from baiyun_gis.cli.progress import lang_of
from baiyun_gis.errors import UsageError
from baiyun_gis.findings.compare import Change, Comparison, compared, compared_projects
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.findings.resurvey import Ending, ending_sentence
from baiyun_gis.findings.words import side_name
from baiyun_gis.language import Lang, Message, msg
from baiyun_gis.reports.words import check_word

NOTHING_NEW, NEW_OR_WORSE = 0, 1
"""Exit codes: nothing is new or worse; something is. Errors give 2."""


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "compare",
        help="what two conflict runs differ in",
        description="A and B are two JSON reports (of one set of ids), or two projects, which are"
        " checked by the same rules on the same day; their lines may have new ids. Exit code 0:"
        " nothing is new or worse in B; 1: something is; 2: could not run.",
        epilog="Example: baiyun-gis compare before.json after.json --format json",
    )
    parser.add_argument("a", metavar="A", type=Path, help="report or project before")
    parser.add_argument("b", metavar="B", type=Path, help="report or project after")
    parser.add_argument("--rules", metavar="SET", default=DEFAULT_RULES, help="name or folder")
    parser.add_argument(
        "--as-of", metavar="DATE", default="", help="what lies there then (today); 'all' for all"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--out", metavar="FILE", type=Path, help="standard output if left out")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Compare, say what differs, and answer by the exit code."""
    before, after, found = _compared(args)
    if args.format == "json":
        facts = comparison_facts(before, after, found)
        text = json.dumps(facts, ensure_ascii=False, indent=1) + "\n"
    else:
        text = _text(before, after, found, lang_of(args))
    if args.out is None:
        sys.stdout.write(text)
    else:
        args.out.write_text(text, encoding="utf-8")
    return NEW_OR_WORSE if found.count(Change.NEW) + found.count(Change.WORSE) else NOTHING_NEW


def _compared(args: argparse.Namespace) -> tuple[ConflictTable, ConflictTable, Comparison]:
    is_report = [path.suffix.lower() == ".json" for path in (args.a, args.b)]
    if all(is_report):
        from baiyun_gis.reports.read_json import read_conflicts

        before, after = read_conflicts(args.a), read_conflicts(args.b)
        return before, after, compared(before, after)
    if any(is_report):
        raise UsageError("Compare two reports or two projects, not one of each.")
    (old, one), (new, two) = (checked(path, args, read_only=True) for path in (args.a, args.b))
    return one.conflicts, two.conflicts, compared_projects(old, one, new, two)


def comparison_facts(
    before: ConflictTable, after: ConflictTable, found: Comparison
) -> dict[str, Any]:
    """A comparison as plain values; unknown numbers are null."""
    return {
        "schema": "baiyun-gis/conflict-comparison/1",
        "counts": {change.key: found.count(change) for change in Change},
        "conflicts": [_row_facts(before, after, found, row) for row in range(len(found.change))],
    }


def _row_facts(
    before: ConflictTable, after: ConflictTable, found: Comparison, row: int
) -> dict[str, Any]:
    old, new = int(found.before_row[row]), int(found.after_row[row])
    table, at = (after, new) if new >= 0 else (before, old)
    grown = float(found.grown_m[row])
    return {
        "change": Change(int(found.change[row])).key,
        "before": before.id[old] if old >= 0 else None,
        "after": after.id[new] if new >= 0 else None,
        "check": table.check[at],
        "a": table.a_id[at],
        "b": table.b_id[at],
        "grown_m": None if np.isnan(grown) else round(grown, 6),
        "gone_because": Ending(int(found.ending[row])).key if found.ending[row] else None,
    }


def _text(before: ConflictTable, after: ConflictTable, found: Comparison, lang: Lang) -> str:
    """The counts, then a line for each conflict that is not the same."""
    head = msg(
        "{new} new, {worse} worse, {gone} gone, {better} better, {same} the same",
        **{change.key: found.count(change) for change in Change},
    )
    rows = np.flatnonzero(found.change != Change.SAME)
    lines = [head, *(_line(before, after, found, int(row)) for row in rows)]
    return "".join(line.text(lang) + "\n" for line in lines)


def _line(before: ConflictTable, after: ConflictTable, found: Comparison, row: int) -> Message:
    old, new = int(found.before_row[row]), int(found.after_row[row])
    table, at = (after, new) if new >= 0 else (before, old)
    what: dict[str, Any] = {
        "check": check_word(str(table.check[at])),
        "a": side_name(table, at, "a"),
        "b": side_name(table, at, "b"),
    }
    grown = f"{abs(float(found.grown_m[row])):.3f}"
    match Change(int(found.change[row])):
        case Change.NEW:
            return msg("  new: {check}, {a} and {b}", **what)
        case Change.GONE if found.ending[row]:
            why = ending_sentence(Ending(int(found.ending[row])))
            return msg("  gone: {check}, {a} and {b}: {why}", why=why, **what)
        case Change.GONE:
            return msg("  gone: {check}, {a} and {b}", **what)
        case Change.WORSE if np.isnan(found.grown_m[row]):
            return msg("  worse: {check}, {a} and {b}: it can be judged now", **what)
        case Change.WORSE:
            return msg("  worse: {check}, {a} and {b}: by {grown} m", grown=grown, **what)
        case _:
            return msg("  better: {check}, {a} and {b}: by {grown} m", grown=grown, **what)
