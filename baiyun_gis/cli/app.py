"""`baiyun-gis [open] [PROJECT]`: the desktop app."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import Any


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "open",
        help="the desktop app (also with no command at all)",
        epilog="Example: baiyun-gis open city.gpkg",
    )
    parser.add_argument("project", nargs="?", metavar="PROJECT", help="a project file to open")
    parser.add_argument("--theme", choices=("light", "dark"), help="instead of the one last used")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Open the window; exit with what it exits with."""
    words = [args.project] if args.project else []
    if args.theme:
        words += ["--theme", args.theme]
    app: Any = import_module("ui.app")
    return int(app.run(words))
