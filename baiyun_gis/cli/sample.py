"""`baiyun-gis sample`: a seeded synthetic district of any size, with known truth."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from baiyun_gis.cli.numbers import count_of
from baiyun_gis.cli.progress import lang_of, terminal_job
from baiyun_gis.errors import ExportError, UsageError
from baiyun_gis.language import Message, msg

if TYPE_CHECKING:
    from baiyun_gis.synthetic.district import District

SAVED_AT = "2025-01-01T00:00:00Z"
"""Change date of sample projects: fixed, so that the same seed gives the same file."""


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "sample",
        help="a seeded synthetic district of any size with known truth",
        description="Makes up a district with streets, lines of all utilities, chambers, services, "
        "buildings, permits and planted faults. The same number of segments and the same seed "
        "give the same district.",
        epilog="Example: baiyun-gis sample --segments 1e5 --seed 7 --out city.gpkg "
        "--truth truth.json",
    )
    parser.add_argument("--segments", type=count_of, required=True, help="1000 to 1e7, e.g. 1e5")
    parser.add_argument("--seed", type=int, default=1, help="any whole number from 0 up")
    parser.add_argument("--out", type=Path, metavar="P.gpkg", help="write the project here")
    parser.add_argument("--truth", type=Path, metavar="T.json", help="write what was planted here")
    parser.add_argument(
        "--raw",
        type=Path,
        metavar="DIR",
        help="write raw survey files here (up to 20,000 segments)",
    )
    parser.add_argument(
        "--more-faults",
        action="store_true",
        help="also plant faults at trees, poles and ditches, of slopes and of lines over others",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the district; exit 0."""
    from baiyun_gis.storage.project_file import save_project
    from baiyun_gis.synthetic.district import make_district
    from baiyun_gis.synthetic.more_faults import with_more_faults

    if args.seed < 0:
        raise UsageError("the seed must be 0 or more, not {seed}", seed=args.seed)
    if not (args.out or args.raw):
        raise UsageError("say where to write: --out P.gpkg, --raw DIR or both")
    lang = lang_of(args)

    def say(line: Message) -> None:
        sys.stdout.write(line.text(lang) + "\n")

    with terminal_job(args) as job:
        job.step(0.0, msg("Making up a district"))
        district = make_district(args.segments, args.seed)
        if args.more_faults:
            district = with_more_faults(district)
        if args.out:
            save_project(district.state, args.out, job=job.part(0.3, 0.8), saved_at=SAVED_AT)
        if args.raw:
            _write_raw(district, args.raw)
    if args.truth:
        _write_text(args.truth, district.truth.to_json())
    counts = district.truth.counts
    say(
        msg(
            "Synthetic district: {pipes} pipes, {nodes} nodes, {buildings} buildings, "
            "{planted} planted facts",
            pipes=counts["pipes"],
            nodes=counts["nodes"],
            buildings=counts["buildings"],
            planted=len(district.truth.items),
        )
    )
    for path in (args.out, args.raw, args.truth):
        if path:
            say(msg("Wrote {path}", path=path))
    return 0


def _write_raw(district: District, folder: Path) -> None:
    from baiyun_gis.synthetic.raw_files import write_raw_files

    write_raw_files(district, folder)


def _write_text(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ExportError(
            "{path} cannot be written: {reason}", path=path, reason=error.strerror or error
        ) from error
