"""`baiyun-gis bench`: the project's own measurements, each beside its peer."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from baiyun_gis.benchmarks import BENCHMARKS
from baiyun_gis.cli.numbers import count_of
from baiyun_gis.cli.progress import lang_of
from baiyun_gis.language import msg


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "bench",
        help="the project's own measurements, each beside its peer",
        epilog="Example: baiyun-gis bench check --segments 1e5 --json",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--segments", type=count_of, default=100_000, help="size, such as 1e5")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print one line a measurement; exit 0."""
    lang = lang_of(args)
    unknown = [name for name in args.names if name not in BENCHMARKS]
    if unknown:
        known = ", ".join(BENCHMARKS)
        text = msg(
            "No measurement is called {name}; there are: {known}", name=unknown[0], known=known
        )
        sys.stderr.write(text.text(lang) + "\n")
        return 2
    results = [BENCHMARKS[name](args.segments) for name in args.names or BENCHMARKS]
    if args.json:
        rows = [result.to_json() for result in results]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
        return 0
    for result in results:
        line = msg(
            "{name}: {segments} segments in {seconds} s, peak {peak} MiB; {peer}: {peer_s} s",
            name=result.name,
            segments=f"{result.segments:,}",
            seconds=f"{result.seconds:.2f}",
            peak="–" if result.peak_mib is None else f"{result.peak_mib:.0f}",
            peer=result.peer,
            peer_s="–" if result.peer_seconds is None else f"{result.peer_seconds:.2f}",
        )
        facts = ", ".join(f"{key} {value:,.2f}" for key, value in result.facts.items())
        sys.stdout.write(f"{line.text(lang)}\n  {facts}\n")
    return 0
