"""`baiyun-gis dig`: where a few test holes settle most."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from baiyun_gis.cli.days import day_of
from baiyun_gis.cli.levels import write_text
from baiyun_gis.cli.progress import lang_of, terminal_job
from baiyun_gis.errors import UsageError


def register(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `dig` to the command line."""
    parser = commands.add_parser(
        "dig",
        help="the test holes that settle most of what is undecided",
        description="Runs the checks and picks the places where laying lines open, or measuring"
        " again in a chamber, settles most undecided risk. Lines of unknown depth count by how"
        " deep lines of their kind lie; that ranks places and is never shown as a level."
        " Exit 0: holes proposed; 1: nothing is left to settle; 2: nothing was tested.",
        epilog="example: baiyun-gis dig city.gpkg -n 10 --out holes.geojson",
    )
    parser.add_argument("project", metavar="PROJECT", type=Path, help="project file")
    parser.add_argument("-n", "--holes", type=int, default=10, help="how many; 10 when left out")
    parser.add_argument("--rules", default="gb50289-2016", help="rule set, by name or folder")
    parser.add_argument("--as-of", default="", help="day, e.g. 2026-01-31; all days when left out")
    parser.add_argument("--where", default="", help="lines asked about, as for check")
    parser.add_argument("--json", action="store_true", help="JSON instead of text")
    parser.add_argument("--geojson", action="store_true", help="GeoJSON instead of text")
    parser.add_argument("--out", type=Path, help="file to write: .json, .geojson or text")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Plan the holes and write them."""
    from baiyun_gis.checks.engine import run_checks
    from baiyun_gis.diagnosis import hole_records
    from baiyun_gis.diagnosis.digging import plan_holes
    from baiyun_gis.rules.loader import load_rule_set
    from baiyun_gis.storage.project_file import open_project

    if args.holes < 1:
        raise UsageError("-n {count}: ask for at least one hole", count=args.holes)
    lang, rules = lang_of(args), load_rule_set(args.rules)
    state = open_project(args.project, read_only=True)
    with terminal_job(args) as job:
        report = run_checks(state, rules, as_of=day_of(args.as_of), where=args.where, job=job)
    plan = plan_holes(state, report, count=args.holes)
    ending = args.out.suffix.lower() if args.out else ""
    if args.geojson or ending == ".geojson":
        content = hole_records.as_geojson(plan, state, report, lang)
    elif args.json or ending == ".json":
        content = hole_records.as_json(plan, state, report, lang)
    else:
        content = hole_records.as_text(plan, state, report, lang)
    write_text(content, args.out)
    if report.ledger.tested_nothing:
        return 2
    return 0 if len(plan.at) else 1
