"""`baiyun-gis demo`: the main job on the sample district, with or without a window."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from baiyun_gis.cli.days import day_of
from baiyun_gis.cli.progress import lang_of, terminal_job
from baiyun_gis.language import Lang, Message, msg

if TYPE_CHECKING:
    from baiyun_gis.demo import DemoResult


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "demo",
        help="the main job on the sample district",
        description="Imports the raw sample files, checks them, writes reports and pictures, and "
        "opens the app on the result where there is a screen. A second run opens the result "
        "of the first.",
        epilog="Example: baiyun-gis demo --no-window --out out/demo",
    )
    parser.add_argument("--no-window", action="store_true", help="do not open the app")
    parser.add_argument("--out", type=Path, default=Path("out/demo"), metavar="DIR")
    parser.add_argument("--as-of", default="2026-06-30", metavar="DATE", help="day of the check")
    parser.add_argument("--fresh", action="store_true", help="make everything anew")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do the job; exit 0, or what the app exits with."""
    from baiyun_gis import demo

    lang = lang_of(args)
    sample, out = demo.sample_folder(), args.out.resolve()
    opens_window = not args.no_window and has_screen()
    if not (opens_window and not args.fresh and demo.is_made(out, sample)):
        with terminal_job(args) as job:
            result = demo.run_demo(
                out,
                sample=sample,
                lang=lang,
                as_of=day_of(args.as_of),
                created=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                job=job,
            )
        for line in summary(result):
            sys.stdout.write(_text(line, lang) + "\n")
    if not opens_window:
        return 0
    sys.stdout.flush()
    app: Any = import_module("ui.app")
    return int(app.run([str(out / demo.PROJECT), "--lang", lang]))


def has_screen() -> bool:
    """Whether a window can be shown here."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def summary(result: DemoResult) -> list[Message]:
    """What was done and found, a line each."""
    from baiyun_gis.demo import conflict_counts

    tables = result.tables
    lines = [
        msg(
            "Imported: {pipes} pipes, {nodes} nodes, {buildings} buildings, {permits} permits, "
            "{rasters} rasters; {refused} rows set aside",
            pipes=tables.get("pipes", 0),
            nodes=tables.get("nodes", 0),
            buildings=tables.get("buildings", 0),
            permits=tables.get("permits", 0),
            rasters=tables.get("rasters", 0),
            refused=result.quarantined,
        ),
        *_found(conflict_counts(result.report)),
        msg("Suspected buildings: {count} pieces of evidence", count=len(result.report.suspicions)),
    ]
    recall = result.recall
    if recall is not None:
        lines.append(
            msg(
                "Of {planted} planted faults {found} were found; {unexplained} findings were not "
                "planted",
                planted=recall.planted,
                found=recall.found,
                unexplained=recall.unexplained,
            )
        )
        lines += [msg("Missed: {what}", what=what) for what in recall.missed]
    lines += result.notes
    lines += [
        msg("Project: {path}", path=_short(result.project)),
        msg("Reports: {names}", names=", ".join(str(_short(p)) for p in result.reports)),
    ]
    if result.pictures:
        names = ", ".join(str(_short(p)) for p in result.pictures)
        lines.append(msg("Pictures: {names}", names=names))
    return lines


def _found(counts: dict[str, int]) -> list[Message]:
    from baiyun_gis.plugins import CHECKS

    titles = {name: check.title for name, check in CHECKS}
    unknown = counts.pop("cannot_judge", 0)
    lines = [msg("Conflicts, likely or certain: {count}", count=sum(counts.values()))]
    for name, count in counts.items():
        lines.append(msg("  {title}: {count}", title=titles[name], count=count))
    if unknown:
        lines.append(msg("Cannot be judged, a level is unknown: {count}", count=unknown))
    return lines


def _short(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _text(line: Message, lang: Lang) -> str:
    return line.text(lang)
