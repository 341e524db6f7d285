"""`baiyun-gis carry`: decisions into a new survey of the same ground."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from baiyun_gis import DEFAULT_RULES
from baiyun_gis.cli.days import day_of
from baiyun_gis.cli.progress import lang_of, terminal_job
from baiyun_gis.errors import UsageError
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.findings.resurvey import Carried, Ending, carried, ending_sentence
from baiyun_gis.findings.words import side_name
from baiyun_gis.language import Lang, msg
from baiyun_gis.project import ProjectState
from baiyun_gis.reports.words import check_word

ALL, SOME = 0, 1
"""Exit codes: every decision was carried and stands; some went or opened again. Errors give 2."""


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "carry",
        help="carry decisions into a new survey",
        description="Finds the conflicts of OLD in NEW, whatever their lines are called there, and"
        " writes the decisions into NEW. What has become worse is open again. Exit code 0: every"
        " decision was carried and stands; 1: some went (each with its reason) or opened again;"
        " 2: could not run.",
        epilog="Example: baiyun-gis carry 2024.gpkg 2026.gpkg --dry-run --report carried.json",
    )
    parser.add_argument("old", metavar="OLD", type=Path, help="project with decisions")
    parser.add_argument("new", metavar="NEW", type=Path, help="project of the new survey")
    parser.add_argument("--rules", metavar="SET", default=DEFAULT_RULES, help="name or folder")
    parser.add_argument(
        "--as-of", metavar="DATE", default="", help="what lies there then (today); 'all' for all"
    )
    parser.add_argument("--dry-run", action="store_true", help="write nothing into NEW")
    parser.add_argument("--report", metavar="FILE", type=Path, help="each decision as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Carry, say what became of the decisions, and answer by the exit code."""
    if args.old.resolve() == args.new.resolve():
        raise UsageError("OLD and NEW are the same file: {path}", path=args.old)
    with terminal_job(args) as job:
        (old, before), (new, after) = (
            checked(path, args, read_only=args.dry_run or path == args.old)
            for path in (args.old, args.new)
        )
        moved = carried(old, before, new, after)
        if not args.dry_run:
            from baiyun_gis.storage.project_file import save_project

            job.step(0.9, msg("Writing the decisions"))
            save_project(new.with_(decisions=moved.decisions), args.new)
    if args.report is not None:
        facts = carried_facts(moved, before, after)
        args.report.write_text(
            json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
    _say(moved, before, lang_of(args))
    return SOME if moved.worse.any() or (moved.new_row < 0).any() or moved.speechless else ALL


def checked(
    path: Path, args: argparse.Namespace, *, read_only: bool
) -> tuple[ProjectState, CheckReport]:
    """A project and its conflicts by the rules and on the day that were asked for."""
    from baiyun_gis.checks.engine import run_checks
    from baiyun_gis.rules.loader import load_rule_set
    from baiyun_gis.storage.project_file import open_project

    state = open_project(path, read_only=read_only)
    day = (
        np.datetime64("NaT", "D")
        if args.as_of == "all"
        else day_of(args.as_of or date.today().isoformat())
    )
    return state, run_checks(state, load_rule_set(args.rules), as_of=day)


def carried_facts(moved: Carried, before: CheckReport, after: CheckReport) -> dict[str, Any]:
    """What became of each decision, as plain values."""
    old, new = before.conflicts, after.conflicts
    rows: list[dict[str, Any]] = []
    for row, to, why, worse, within in zip(
        moved.old_row.tolist(),
        moved.new_row.tolist(),
        moved.ending.tolist(),
        moved.worse.tolist(),
        moved.within_errors.tolist(),
        strict=True,
    ):
        rows.append(
            {
                "conflict": old.id[row],
                "check": old.check[row],
                "a": old.a_id[row],
                "b": old.b_id[row],
                "became": new.id[to] if to >= 0 else None,
                "a_now": new.a_id[to] if to >= 0 else None,
                "b_now": new.b_id[to] if to >= 0 else None,
                "reopened": worse,
                "within_errors": within,
                "gone_because": Ending(why).key if to < 0 else None,
            }
        )
    return {
        "schema": "baiyun-gis/carried-decisions/1",
        "decisions": rows,
        "without_conflict": moved.speechless,
    }


def _say(moved: Carried, before: CheckReport, lang: Lang) -> None:
    """The counts, and a line for each decision that went nowhere."""
    there = moved.new_row >= 0
    whole = msg(
        "{all} decisions: {there} carried, of which {worse} are open again for being worse"
        " ({within} by no more than the errors of both surveys may make them);"
        " {gone} conflicts are gone; {stale} spoke of no conflict before",
        all=len(moved.old_row) + moved.speechless,
        there=int(there.sum()),
        worse=int((moved.worse & there).sum()),
        within=int((moved.within_errors & there).sum()),
        gone=int((~there).sum()),
        stale=moved.speechless,
    )
    sys.stdout.write(whole.text(lang) + "\n")
    for row, why in zip(moved.old_row[~there], moved.ending[~there], strict=True):
        line = msg(
            "  gone: {check}, {a} and {b}: {why}",
            check=check_word(str(before.conflicts.check[row])),
            a=side_name(before.conflicts, int(row), "a"),
            b=side_name(before.conflicts, int(row), "b"),
            why=ending_sentence(Ending(int(why))),
        )
        sys.stdout.write(line.text(lang) + "\n")
