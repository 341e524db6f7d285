"""`baiyun-gis doctor`: versions, graphics, fonts, caches; what is missing and how to get it."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from baiyun_gis.cli.progress import lang_of
from baiyun_gis.language import Lang, msg

LIBRARIES = (
    "baiyun-gis",
    "PySide6-Essentials",
    "pyqtgraph",
    "vtk",
    "numpy",
    "numba",
    "geopandas",
    "pyogrio",
    "shapely",
    "pyproj",
    "rasterio",
    "ezdxf",
)


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "doctor",
        help="versions, graphics, fonts, caches; what is missing and how to get it",
        epilog="Example: baiyun-gis doctor --json",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the findings; exit 0 when nothing is missing, 2 otherwise."""
    found = examine()
    if args.json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write(as_text(found, lang_of(args)))
    return 2 if found["missing"] else 0


def examine() -> dict[str, Any]:
    """What this machine has, and `missing`: what to do about what it has not."""
    libraries = {name: _version(name) for name in LIBRARIES}
    fonts = chinese_fonts()
    owners = foreign_owners()
    missing = [f"python: {name}" for name, version in libraries.items() if version == ""]
    if not fonts:
        missing.append("font: fonts-noto-cjk")
    missing += [f"owner: {name}" for name in owners]
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "libraries": libraries,
        "screen": os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or "",
        "offscreen_scene": importlib.util.find_spec("vtkmodules") is not None,
        "chinese_fonts": fonts,
        "kernel_cache": os.environ.get("NUMBA_CACHE_DIR", "beside the sources"),
        "cores": os.cpu_count(),
        "missing": missing,
    }


def as_text(found: dict[str, Any], lang: Lang) -> str:
    """The findings in words."""
    lines = [f"Python {found['python']}  {found['system']}"]
    for name, version in found["libraries"].items():
        lines.append(f"  {name:<20} {version or msg('missing').text(lang)}")
    fonts = ", ".join(found["chinese_fonts"][:3])
    lines.append(msg("Chinese fonts: {fonts}", fonts=fonts or "–").text(lang))
    if found["missing"]:
        lines.append(msg("Missing: {names}", names=", ".join(found["missing"])).text(lang))
    else:
        lines.append(msg("Nothing is missing.").text(lang))
    return "\n".join(lines) + "\n"


def foreign_owners() -> list[str]:
    """Other distributions that own a top-level package named `ui` or `layers`."""
    owners = metadata.packages_distributions()
    return sorted(
        f"{package} ({distribution})"
        for package in ("ui", "layers")
        for distribution in set(owners.get(package, []))
        if distribution.lower().replace("_", "-") != "baiyun-gis"
    )


def chinese_fonts() -> list[str]:
    """Font files on this machine that hold Chinese."""
    listing = shutil.which("fc-list")
    if listing:
        done = subprocess.run(  # noqa: S603  a fixed command
            [listing, ":lang=zh", "file"], capture_output=True, text=True, check=False, timeout=30
        )
        return sorted({line.rstrip(": ").strip() for line in done.stdout.splitlines() if line})
    windows = Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"
    return [str(p) for name in ("msyh.ttc", "simsun.ttc") if (p := windows / name).exists()]


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
