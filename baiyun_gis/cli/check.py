"""`baiyun-gis check`: the conflict run."""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from baiyun_gis import DEFAULT_RULES
from baiyun_gis.cli.days import day_or_all
from baiyun_gis.cli.progress import lang_of, terminal_job
from baiyun_gis.cli.tile_options import add_tile_options, asks_for_tiles, tile_workers, tiling_of
from baiyun_gis.errors import UsageError
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.findings.decisions import DecisionState
from baiyun_gis.findings.scope import Against, Scope
from baiyun_gis.jobs import Job
from baiyun_gis.memory import uncollected
from baiyun_gis.model.vocabulary import Verdict
from baiyun_gis.project import ProjectState

if TYPE_CHECKING:
    from baiyun_gis.checks.timing import Clock

CLEAR, CONFLICTS, NO_ANSWER = 0, 1, 2
"""Exit codes: clear and the ledger closes; conflicts; could not run or the ledger is open."""

_LARGE_BYTES = 20 << 20
"""Projects of this size need most kernels."""

_VERDICTS = ("cannot_judge", "possible", "likely", "certain")


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "check",
        help="find what is in conflict with what",
        description="Exit code 0: clear and the ledger closes; 1: conflicts; 2: could not run,"
        " tested nothing, or the ledger does not close.",
        epilog="Example: baiyun-gis check city.gpkg --as-of 2026-01-01 --format json --out r.json",
    )
    parser.add_argument("project", metavar="PROJECT", type=Path)
    parser.add_argument("--rules", metavar="SET", default=DEFAULT_RULES, help="name or folder")
    parser.add_argument(
        "--as-of", metavar="DATE", default="", help="what lies there then (today); 'all' for all"
    )
    parser.add_argument("--only", metavar="CHECK", nargs="+", default=[], help="these checks only")
    parser.add_argument("--where", metavar="EXPR", default="", help="utility=gas and id~G*")
    sides = parser.add_mutually_exclusive_group()
    sides.add_argument("--planned", action="store_true", help="planned lines against existing")
    sides.add_argument(
        "--delivery", metavar="SOURCE", default="", help="one delivery against the rest; * and ?"
    )
    parser.add_argument(
        "--inside",
        metavar="AREA",
        default="",
        help="lines at least partly in a FILE, WKT or xmin,ymin,xmax,ymax (as --inside=…)",
    )
    parser.add_argument(
        "--min-verdict",
        choices=_VERDICTS,
        default="cannot_judge",
        help="leave out findings less sure than this",
    )
    parser.add_argument(
        "--format",
        metavar="FORMAT",
        default="",
        help="json, csv, xlsx, geojson or html; else by the file's ending",
    )
    parser.add_argument("--out", metavar="FILE", type=Path, help="standard output if left out")
    parser.add_argument("--created", metavar="TIME", default="", help="the report's time stamp")
    parser.add_argument("--save", action="store_true", help="keep the conflicts in the project")
    add_tile_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the checks, write what was asked for, and answer by the exit code."""
    format_ = _format_of(args)
    # Tiles come and go: what is left of them is looked for.
    with terminal_job(args) as job, nullcontext() if asks_for_tiles(args) else uncollected():
        state, report = _checked(args, job)
        shown = at_least(report, Verdict.from_key(args.min_verdict))
        if format_:
            _write(shown, state, args, format_)
        if args.save:
            from baiyun_gis.storage.project_file import save_project

            save_project(state, args.project, report=report, job=job.part(0.97, 1.0))
    if not format_ or args.out is not None:
        from baiyun_gis.cli.check_summary import summary

        whole = summary(shown, state, lang=lang_of(args), hidden=report)
        sys.stdout.write(whole if not format_ else whole.splitlines()[-1] + "\n")
    return exit_code(shown)


class _Asked(TypedDict):
    """What a run is asked, whether whole or in tiles."""

    as_of: np.datetime64
    only: list[str]
    scope: Scope
    created: str
    job: Job
    clock: Clock


def _checked(args: argparse.Namespace, job: Job) -> tuple[ProjectState, CheckReport]:
    from baiyun_gis.checks.engine import run_checks
    from baiyun_gis.checks.scoping import sources_of
    from baiyun_gis.rules.loader import load_rule_set
    from baiyun_gis.storage.project_file import open_project

    if asks_for_tiles(args) and not args.save:
        return _checked_in_tiles(args, job)
    began = time.perf_counter()
    rules = load_rule_set(args.rules)
    fetched = _kernels_fetched_beside(args.project)
    state = open_project(args.project, read_only=not args.save)
    opened = round(time.perf_counter() - began, 3)
    sources = sources_of(state) if args.delivery else ()
    asked = _asked(args, job, _scope(args, state.meta.crs, sources))
    if asks_for_tiles(args):
        # What is saved is the whole project, so it has to be read.
        from baiyun_gis.tiles.run import run_in_tiles

        with tile_workers(args) as workers:
            report = run_in_tiles(state, rules, tiling=tiling_of(args), over=workers.over, **asked)
    else:
        report = run_checks(state, rules, ready=fetched, **asked)
    return state, replace(report, timings_s={"open": opened} | report.timings_s)


def _kernels_fetched_beside(path: Path) -> Callable[[], object]:
    """The kernels that the run of a large project needs are fetched while it is read and laid out:
    checks that fetch them at the same time wait for each other three times as long. Gives what
    waits for them; who stops does not."""
    done = threading.Event()

    def fetch() -> None:
        try:
            if path.is_file() and path.stat().st_size >= _LARGE_BYTES:
                from baiyun_gis.kernels.warm import warm_up

                warm_up()
        except OSError:
            pass  # only a head start: who needs a kernel says what is wrong
        finally:
            done.set()

    threading.Thread(target=fetch, daemon=True).start()
    return done.wait


def _checked_in_tiles(args: argparse.Namespace, job: Job) -> tuple[ProjectState, CheckReport]:
    """The report and the part of the project that it speaks of; nobody reads all of it."""
    from baiyun_gis.rules.loader import load_rule_set
    from baiyun_gis.storage.parts import parts_of
    from baiyun_gis.tiles.run import run_on_file

    rules = load_rule_set(args.rules)
    head, parts = parts_of(args.project)
    sources = parts.sources() if args.delivery else ()
    asked = _asked(args, job, _scope(args, head.meta.crs, sources))
    tiling = tiling_of(args)
    with tile_workers(args) as workers:
        report = run_on_file(
            args.project,
            rules,
            tiling=tiling,
            over=workers.over,
            is_shared=workers.sees(args.project),
            **asked,
        )
    assert report.state is not None
    return report.state, report


def _asked(args: argparse.Namespace, job: Job, scope: Scope) -> _Asked:
    return _Asked(
        as_of=day_or_all(args.as_of),
        only=args.only,
        scope=scope,
        created=args.created or datetime.now(UTC).isoformat(timespec="seconds"),
        job=job.part(0.0, 0.95),
        clock=time.perf_counter,
    )


def _scope(args: argparse.Namespace, crs: str, sources: Sequence[str]) -> Scope:
    """What is asked about, as the options say; raises `UsageError`."""
    from baiyun_gis.checks.scoping import require_one_of
    from baiyun_gis.cli.areas import area_of

    against = Against.PLANNED if args.planned else Against.ALL
    if args.delivery:
        require_one_of(sources, args.delivery)
        against = Against.DELIVERY
    wkt, name = area_of(args.inside, crs) if args.inside else ("", "")
    return Scope(against, args.delivery, wkt, name, args.where.strip())


def at_least(report: CheckReport, verdict: Verdict) -> CheckReport:
    """The report with its surer conflicts only; the ledger stays whole."""
    keep = report.conflicts.verdict >= verdict
    return replace(report, conflicts=report.conflicts.take(keep))


def exit_code(report: CheckReport) -> int:
    """0, 1 or 2 as the command's help says; what a decision has settled is no conflict."""
    if report.ledger.tested_nothing or not report.ledger.closes:
        return NO_ANSWER
    settled = [DecisionState.ACCEPTED, DecisionState.EXCLUDED, DecisionState.RESOLVED]
    is_open = ~np.isin(report.conflicts.decision, settled)
    if is_open.any():
        return CONFLICTS
    return NO_ANSWER if report.ledger.leaves_out else CLEAR


def _format_of(args: argparse.Namespace) -> str:
    from baiyun_gis.plugins import REPORTS
    from baiyun_gis.reports.writer import report_format

    if args.format:
        report_format(args.format)
    if args.format or args.out is None:
        return str(args.format)
    ending = args.out.suffix.lower().lstrip(".")
    if ending not in REPORTS.names():
        raise UsageError(
            "{path}: the ending names no format; add --format {formats}",
            path=args.out,
            formats="|".join(REPORTS.names()),
        )
    return ending


def _write(
    report: CheckReport, state: ProjectState, args: argparse.Namespace, format_: str
) -> None:
    import tempfile

    from baiyun_gis.reports.writer import report_format, write_report

    lang = lang_of(args)
    if args.out is not None:
        write_report(report, state, args.out, format=format_, lang=lang)
        return
    if report_format(format_).is_binary and sys.stdout.isatty():
        raise UsageError("This format does not fit a terminal; name a file with --out")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"report.{format_}"
        write_report(report, state, path, format=format_, lang=lang)
        sys.stdout.buffer.write(path.read_bytes())
        sys.stdout.flush()
