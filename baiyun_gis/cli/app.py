"""`baiyun-gis [open] [PROJECT]`: the desktop app."""

from __future__ import annotations

import argparse
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from baiyun_gis.errors import RenderError


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
    require_own_packages()
    words = [args.project] if args.project else []
    if args.theme:
        words += ["--theme", args.theme]
    app: Any = import_module("ui.app")
    return int(app.run(words))


def require_own_packages() -> None:
    """Raise `RenderError` where `ui` or `layers` are another distribution's packages of that name.

    Both names are common; the program's own lie beside its engine.
    """
    home = Path(__file__).resolve().parents[2]
    for name in ("ui", "layers"):
        spec = find_spec(name)
        place = Path(spec.origin).resolve() if spec and spec.origin else None
        if place is None or place.parents[1] != home:
            raise RenderError(
                "The package '{name}' that Python finds is not this program's ({place}); install"
                " Baiyun GIS into an environment of its own",
                name=name,
                place=str(place or "–"),
            )
