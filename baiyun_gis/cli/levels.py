"""`baiyun-gis levels`: which recorded level is probably wrong, and what it probably was."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from baiyun_gis.cli.days import day_of
from baiyun_gis.cli.progress import lang_of, terminal_job
from baiyun_gis.errors import ExportError


def register(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `levels` to the command line."""
    parser = commands.add_parser(
        "levels",
        help="suspect levels of existing lines, with the likely cause and value",
        description="Recorded levels that contradict what is around them: the line's neighbours,"
        " the other lines of a chamber, ground minus depth, conflicts. Every answer is a suspicion"
        " with its evidence; nothing is changed."
        " Exit 0: nothing suspected; 1: suspects; 2: no line has a level.",
        epilog="example: baiyun-gis levels city.gpkg --top 50 --out suspects.geojson",
    )
    parser.add_argument("project", metavar="PROJECT", type=Path, help="project file")
    parser.add_argument("--rules", default="gb50289-2016", help="rule set whose conflicts count")
    parser.add_argument(
        "--no-conflicts", action="store_true", help="do not run the checks; levels alone"
    )
    parser.add_argument("--as-of", default="", help="day, e.g. 2026-01-31; all days when left out")
    parser.add_argument("--top", type=int, default=0, help="cases to write; text: 20, files: all")
    parser.add_argument("--json", action="store_true", help="JSON instead of text")
    parser.add_argument("--out", type=Path, help="file to write: .json, .geojson or text")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Look for suspect levels and write them."""
    from baiyun_gis.checks.engine import run_checks
    from baiyun_gis.diagnosis import level_records
    from baiyun_gis.diagnosis.suspects import suspect_levels
    from baiyun_gis.rules.loader import load_rule_set
    from baiyun_gis.storage.project_file import open_project

    as_of, lang = day_of(args.as_of), lang_of(args)
    state = open_project(args.project, read_only=True)
    report = None
    if not args.no_conflicts:
        rules = load_rule_set(args.rules)
        with terminal_job(args) as job:
            report = run_checks(state, rules, as_of=as_of, job=job)
    found = suspect_levels(state, as_of=as_of, report=report)
    ending = args.out.suffix.lower() if args.out else ""
    if args.json or ending == ".json":
        content = level_records.as_json(found, lang, as_of=args.as_of, top=args.top)
    elif ending == ".geojson":
        content = level_records.as_geojson(found, lang, top=args.top)
    else:
        content = level_records.as_text(found, lang, top=args.top or 20)
    write_text(content, args.out)
    if not found.ends_judged:
        return 2
    return 1 if len(found.suspects) else 0


def write_text(content: str, path: Path | None) -> None:
    """To the file, or to standard output; raises `ExportError`."""
    if path is None:
        sys.stdout.write(content)
        return
    try:
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise ExportError(
            "{path} cannot be written: {why}", path=str(path), why=error.strerror or str(error)
        ) from error
