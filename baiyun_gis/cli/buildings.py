"""`baiyun-gis buildings`: suspected illegal buildings and occupied lines, with evidence."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from baiyun_gis.cli.days import day_of
from baiyun_gis.cli.progress import lang_of, terminal_job
from baiyun_gis.errors import ExportError, UsageError
from baiyun_gis.findings.conflicts import Outcome, RuleSetStamp

FORMATS = ("text", "json", "csv", "xlsx", "geojson")


def register(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `buildings` to the command line."""
    parser = commands.add_parser(
        "buildings",
        help="suspected illegal buildings and occupied lines, with evidence",
        description="Buildings against their permits and against the lines under and beside them."
        " Every answer is a suspicion with its numbers, never a verdict."
        " Exit 0: nothing suspected; 1: suspicions; 2: nothing could be compared.",
        epilog="example: baiyun-gis buildings city.gpkg --as-of 2026-01-31 --format xlsx"
        " --out suspected.xlsx",
    )
    parser.add_argument("project", metavar="PROJECT", type=Path, help="project file")
    parser.add_argument("--rules", default="gb50289-2016", help="rule set, by name or folder")
    parser.add_argument("--as-of", default="", help="day, e.g. 2026-01-31; all days when left out")
    parser.add_argument("--format", choices=FORMATS, help="default: by the ending of --out, else"
                        " text")  # fmt: skip
    parser.add_argument("--out", type=Path, help="file to write; standard output when left out")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Review the buildings and write what was found."""
    from baiyun_gis.buildings import records
    from baiyun_gis.buildings.suspicions import review_buildings
    from baiyun_gis.rules.loader import load_rule_set
    from baiyun_gis.storage.project_file import open_project

    as_of, form = day_of(args.as_of), _format(args)
    lang = lang_of(args)
    rules = load_rule_set(args.rules)
    state = open_project(args.project, read_only=True)
    with terminal_job(args) as job:
        review = review_buildings(state, rules, as_of=as_of, job=job)
    stamp = RuleSetStamp(rules.id, rules.edition, rules.sha256)
    match form:
        case "json":
            content = records.as_json(review, state, stamp, as_of=as_of, lang=lang).encode()
        case "csv":
            content = records.as_csv(review, state, lang).encode("utf-8-sig")
        case "xlsx":
            content = records.as_xlsx(review, state, lang)
        case "geojson":
            content = records.as_geojson(review, state, lang).encode()
        case _:
            content = records.as_text(review, lang).encode()
    _write(content, args.out)
    if all(line.outcome is not Outcome.RAN for line in review.ledger):
        return 2
    return 1 if len(review.suspicions) else 0


def _format(args: argparse.Namespace) -> str:
    if args.format:
        form = str(args.format)
    else:
        ending = args.out.suffix.lower().lstrip(".") if args.out else ""
        form = {"txt": "text", "": "text"}.get(ending, ending)
    if form not in FORMATS:
        raise UsageError(
            "'{form}' is not a format of this command; there are {forms}",
            form=form,
            forms=", ".join(FORMATS),
        )
    if form == "xlsx" and args.out is None:
        raise UsageError("A workbook needs a file: give --out NAME.xlsx")
    return form


def _write(content: bytes, path: Path | None) -> None:
    if path is None:
        sys.stdout.write(content.decode("utf-8-sig"))
        return
    try:
        path.write_bytes(content)
    except OSError as error:
        raise ExportError(
            "{path} cannot be written: {why}", path=str(path), why=error.strerror or str(error)
        ) from error
