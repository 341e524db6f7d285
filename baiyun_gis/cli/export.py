"""`baiyun-gis export`: a project's tables in a format of other programs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from baiyun_gis.cli.progress import lang_of, terminal_job
from baiyun_gis.exports.exporter import FEATURE_TABLES
from baiyun_gis.language import msg


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "export",
        help="a project's tables in a format of other programs",
        description="Writes tables of a project. The ending of FILE names the format: .gpkg (one "
        "layer a table), .geojson (longitude and latitude, one file a table), .shp (UTF-8, one "
        "file a table), .dxf (one layer a utility), .csv and .xlsx (survey point and line tables "
        "that can be imported again).",
        epilog="Example: baiyun-gis export city.gpkg --to lines.shp --tables pipes",
    )
    parser.add_argument("project", type=Path, metavar="PROJECT", help="the project to read")
    parser.add_argument("--to", type=Path, required=True, metavar="FILE", help="what to write")
    parser.add_argument(
        "--tables",
        nargs="+",
        default=[],
        metavar="TABLE",
        help=f"which tables: {', '.join(FEATURE_TABLES)}; all that have rows when left out",
    )
    parser.add_argument("--as-of", default="", metavar="DATE", help="only what is there that day")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the files and say which; exit 0."""
    from baiyun_gis.cli.days import day_of
    from baiyun_gis.exports.exporter import export
    from baiyun_gis.storage.project_file import open_project
    from baiyun_gis.time.lifespan import as_of

    day = day_of(args.as_of)
    tables = [name for given in args.tables for name in given.split(",") if name]
    with terminal_job(args) as job:
        state = as_of(open_project(args.project), day)
        exported = export(state, args.to, tables=tables, job=job)
    lang = lang_of(args)
    for file in exported.files:
        sys.stdout.write(msg("Wrote {path}", path=str(file)).text(lang) + "\n")
    for note in exported.notes:
        sys.stdout.write(msg("Note: {note}", note=note).text(lang) + "\n")
    return 0
