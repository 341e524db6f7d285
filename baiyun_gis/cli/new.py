"""`baiyun-gis new`: an empty project."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from baiyun_gis.cli.progress import lang_of
from baiyun_gis.errors import CrsError, UsageError
from baiyun_gis.language import msg


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "new",
        help="an empty project",
        description="Makes an empty project file (a GeoPackage). Say in which reference system its "
        "coordinates are and above which vertical datum its levels.",
        epilog="Example: baiyun-gis new city.gpkg --crs EPSG:4547 --vertical-datum 1985",
    )
    parser.add_argument("project", type=Path, metavar="PROJECT", help="the file to make (*.gpkg)")
    parser.add_argument("--crs", default="", help="EPSG:4547, or a file that holds WKT")
    parser.add_argument("--vertical-datum", default="", metavar="NAME", help="such as 1985")
    parser.add_argument("--title", default="", help="what the project is called")
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Make the project; exit 0. Raises `UsageError` where a file would be lost.

    `CrsError` for a system that does not measure in metres.
    """
    from datetime import UTC, datetime

    from baiyun_gis.crs.systems import code_of, measures_in_metres
    from baiyun_gis.project import ProjectMeta, ProjectState
    from baiyun_gis.storage.project_file import save_project

    path: Path = args.project
    if path.suffix.lower() != ".gpkg":
        raise UsageError("{path}: a project's name ends in .gpkg", path=str(path))
    if path.exists() and not args.force:
        raise UsageError(
            "{path}: is there already; give another name, or --force to replace it", path=str(path)
        )
    crs = code_of(_crs_text(args.crs)) if args.crs else ""
    if crs and not measures_in_metres(crs):
        raise CrsError(
            "{crs} does not measure in metres on the ground, and a project is checked in metres; "
            "give a projected system such as EPSG:4547 (sources in {crs} can still be imported)",
            crs=args.crs,
        )
    meta = ProjectMeta(title=args.title, crs=crs, vertical_datum=args.vertical_datum)
    save_project(ProjectState(meta=meta), path, saved_at=datetime.now(UTC).isoformat()[:19] + "Z")
    lang = lang_of(args)
    sys.stdout.write(msg("Made {path}", path=str(path)).text(lang) + "\n")
    if not crs:
        told = msg("The project has no reference system yet; the first import can bring one")
        sys.stdout.write(told.text(lang) + "\n")
    return 0


def _crs_text(given: str) -> str:
    """The system as text: what was given, or what the file of that name holds."""
    file = Path(given)
    return file.read_text(encoding="utf-8").strip() if file.is_file() else given
