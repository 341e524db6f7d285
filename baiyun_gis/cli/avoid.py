"""`baiyun-gis avoid`: ways out of conflicts (避让方案)."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from baiyun_gis import DEFAULT_RULES
from baiyun_gis.cli.days import day_or_all
from baiyun_gis.cli.progress import lang_of, terminal_job
from baiyun_gis.language import Lang, msg
from baiyun_gis.model.vocabulary import Verdict

if TYPE_CHECKING:
    from baiyun_gis.jobs import Job
    from baiyun_gis.project import ProjectState
    from baiyun_gis.remedies.remedy import Proposal, Remedy

ALL_SETTLED, NOT_ALL = 0, 1
"""Exit codes: a way out for every conflict looked at; for some there is none."""

_VERDICTS = ("possible", "likely", "certain")


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "avoid",
        help="propose ways out of conflicts: the smallest move of the line that gives way",
        description="Every proposal was checked again by the engine as it would lie. Without"
        " --apply nothing changes. Exit code 0: a way out for every conflict looked at; 1: for"
        " some there is none.",
        epilog="Example: baiyun-gis avoid city.gpkg --max-move 1.5 --json --out ways.json",
    )
    parser.add_argument("project", metavar="PROJECT", type=Path)
    parser.add_argument(
        "conflicts", metavar="CONFLICT_ID", nargs="*", help="these conflicts only (all open ones)"
    )
    parser.add_argument("--rules", metavar="SET", default=DEFAULT_RULES, help="name or folder")
    parser.add_argument(
        "--as-of", metavar="DATE", default="", help="what lies there then (today); 'all' for all"
    )
    parser.add_argument("--max-move", metavar="M", type=float, default=2.0, help="metres at most")
    parser.add_argument(
        "--min-verdict", choices=_VERDICTS, default="likely", help="conflicts at least this sure"
    )
    parser.add_argument("--apply", action="store_true", help="make the moves and save the project")
    parser.add_argument(
        "--divert",
        action="store_true",
        help="with --apply: move lines that already lie there too, where they have to give way",
    )
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.add_argument("--out", metavar="FILE", type=Path, help="standard output if left out")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Look for ways out, say them, and make them if asked to."""
    from baiyun_gis.remedies.remedy import Proposal

    with terminal_job(args) as job:
        remedies, applied = _remedies(args, job)
    text = _as_json(remedies, args) if args.json else _as_text(remedies, applied, args)
    if args.out is None:
        sys.stdout.write(text)
    else:
        args.out.write_text(text, encoding="utf-8")
    return ALL_SETTLED if all(isinstance(r, Proposal) for r in remedies) else NOT_ALL


def _remedies(args: argparse.Namespace, job: Job) -> tuple[list[Remedy], int]:
    from baiyun_gis.checks.engine import run_checks
    from baiyun_gis.remedies.limits import Limits
    from baiyun_gis.remedies.propose import remedies_for
    from baiyun_gis.remedies.several import rows_to_settle
    from baiyun_gis.rules.loader import load_rule_set
    from baiyun_gis.storage.project_file import open_project

    limits = Limits(max_move_m=args.max_move)
    rules = load_rule_set(args.rules)
    state = open_project(args.project, read_only=not args.apply)
    report = run_checks(state, rules, as_of=day_or_all(args.as_of), job=job.part(0.0, 0.2))
    rows = rows_to_settle(report, ids=args.conflicts, least=Verdict.from_key(args.min_verdict))
    part = job.part(0.2, 0.95)
    if not args.apply:
        return remedies_for(report, state, rules, rows, limits=limits, job=part), 0
    from baiyun_gis.remedies.several import settled_one_by_one

    taken: list[Proposal] = []

    def takes(proposal: Proposal) -> bool:
        if args.divert or not proposal.subject.mover.is_diversion:
            taken.append(proposal)
            return True
        return False

    names = [str(report.conflicts.id[row]) for row in rows]
    after, remedies = settled_one_by_one(
        state, rules, report, ids=names, limits=limits, takes=takes, job=part
    )
    if taken:
        _save(after, args, job)
    return remedies, len(taken)


def _save(state: ProjectState, args: argparse.Namespace, job: Job) -> None:
    from baiyun_gis.storage.project_file import save_project

    now = datetime.now(UTC).isoformat(timespec="seconds")
    save_project(
        state.with_(revision=state.revision + 1),
        args.project,
        job=job.part(0.95, 1.0),
        saved_at=now,
    )


def _as_json(remedies: list[Remedy], args: argparse.Namespace) -> str:
    from baiyun_gis.remedies.facts import SCHEMA, facts_of

    whole = {"schema": SCHEMA, "remedies": [facts_of(r, lang_of(args)) for r in remedies]}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _as_text(remedies: list[Remedy], applied: int, args: argparse.Namespace) -> str:
    from baiyun_gis.remedies.remedy import Proposal
    from baiyun_gis.remedies.sentences import in_words

    lang: Lang = lang_of(args)
    lines = [f"{_name_of(r)}: {in_words(r, lang)}" for r in remedies]
    solved = sum(isinstance(r, Proposal) for r in remedies)
    last = msg(
        "{solved} of {count} conflicts have a way out; {applied} moves made.",
        solved=solved,
        count=len(remedies),
        applied=applied,
    )
    return "\n".join([*lines, last.text(lang)]) + "\n"


def _name_of(remedy: Remedy) -> str:
    from baiyun_gis.remedies.remedy import NoWay

    return remedy.conflict if isinstance(remedy, NoWay) else remedy.subject.id
