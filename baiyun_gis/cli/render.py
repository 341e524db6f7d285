"""`baiyun-gis render`: a picture of the map or the scene with no window."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path
from typing import Any

from baiyun_gis.cli.days import day_of
from baiyun_gis.cli.progress import lang_of
from baiyun_gis.errors import UsageError
from baiyun_gis.language import msg
from baiyun_gis.plugins import RENDERERS


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "render",
        help="a picture of the map or the 3D scene with no window",
        epilog="Example: baiyun-gis render city.gpkg --view scene --out scene.png --size 1600x1000",
    )
    parser.add_argument("project", metavar="PROJECT", type=Path)
    parser.add_argument("--view", choices=("map", "scene"), default="map")
    parser.add_argument("--out", metavar="PIC.png", type=Path, required=True)
    parser.add_argument("--size", metavar="WxH", default="1600x1000", help="pixels")
    parser.add_argument("--as-of", metavar="DATE", default="", help="only what lies there then")
    parser.add_argument("--extent", metavar="X0,Y0,X1,Y1", default="", help="project coordinates")
    parser.add_argument(
        "--camera", metavar="AZIMUTH,ELEVATION[,DISTANCE]", default="", help="degrees, metres"
    )
    parser.add_argument("--exaggeration", type=float, default=1.0, help="scene: stretch levels")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--no-legend", action="store_true")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the picture; exit 0."""
    from baiyun_gis.storage.project_file import load_report, open_project

    state = open_project(args.project, read_only=True)
    report = load_report(args.project)
    drawing = importlib.import_module("ui.render")
    wish = drawing.PictureWish(
        size=size_of(args.size),
        as_of=day_of(args.as_of),
        extent=extent_of(args.extent),
        lang=lang_of(args),
        theme=args.theme,
        has_legend=not args.no_legend,
        exaggeration=args.exaggeration,
        camera=drawing.Camera(*camera_of(args.camera)),
    )
    RENDERERS.get(args.view)(state, report, args.out, wish)
    sys.stdout.write(msg("Wrote {path}", path=args.out).text(lang_of(args)) + "\n")
    return 0


def size_of(text: str) -> tuple[int, int]:
    """Width and height in pixels from `1600x1000`."""
    width, _, height = text.lower().partition("x")
    if width.isdigit() and height.isdigit():
        size = int(width), int(height)
        if all(16 <= side <= 16384 for side in size):
            return size
    raise UsageError("--size must look like 1600x1000, not {given}.", given=text)


def extent_of(text: str) -> tuple[float, float, float, float] | None:
    """Four numbers x0, y0, x1, y1; None for an empty text."""
    if not text:
        return None
    numbers = _numbers(text)
    if len(numbers) != 4 or not (numbers[0] < numbers[2] and numbers[1] < numbers[3]):
        raise UsageError(
            "--extent must be four numbers x0,y0,x1,y1 with x0 < x1 and y0 < y1, not {given}.",
            given=text,
        )
    return (numbers[0], numbers[1], numbers[2], numbers[3])


def camera_of(text: str) -> tuple[float, ...]:
    """Azimuth, elevation and perhaps distance; nothing for an empty text."""
    numbers = _numbers(text) if text else []
    if text and len(numbers) not in (2, 3):
        raise UsageError(
            "--camera must be azimuth,elevation[,distance] in degrees and metres, not {given}.",
            given=text,
        )
    return tuple(numbers)


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        return []
