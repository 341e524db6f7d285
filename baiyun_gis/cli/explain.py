"""`baiyun-gis explain`: why two things are, or are not, in conflict."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from baiyun_gis import DEFAULT_RULES
from baiyun_gis.cli.days import day_of
from baiyun_gis.cli.progress import lang_of
from baiyun_gis.language import msg


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "explain",
        help="why two things are, or are not, in conflict",
        description="Check by check: the rule and why it applies, every number with its source,"
        " what was set aside and why, the verdict. One of the two must be a line; the other a"
        " line, a building, a point with a chamber or a structure, by its id or as table:id.",
        epilog="Example: baiyun-gis explain city.gpkg WS-12 RQ-7 --rules gb50289-2016",
    )
    parser.add_argument("project", metavar="PROJECT", type=Path)
    parser.add_argument("a", metavar="A")
    parser.add_argument("b", metavar="B")
    parser.add_argument("--rules", metavar="SET", default=DEFAULT_RULES, help="name or folder")
    parser.add_argument(
        "--as-of", metavar="DATE", default="", help="what lies there then (today); 'all' for all"
    )
    parser.add_argument("--json", action="store_true", help="machine-readable")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the explanation; exit 0 whatever it says."""
    from baiyun_gis.checks.explain_pair import explain_pair, thing_named
    from baiyun_gis.findings.headlines import check_title
    from baiyun_gis.findings.pair_words import (
        answer_sentences,
        facts,
        rules_of,
        thing_sentences,
    )
    from baiyun_gis.rules.loader import load_rule_set
    from baiyun_gis.storage.project_file import open_project

    lang, rules = lang_of(args), load_rule_set(args.rules)
    state = open_project(args.project, read_only=True)
    day = np.datetime64("NaT", "D") if args.as_of == "all" else day_of(args.as_of or _today())
    pair = thing_named(state, args.a), thing_named(state, args.b)
    explanation = explain_pair(state, rules, *pair, as_of=day)
    if args.json:
        content = facts(explanation, rules, lang)
        sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=2) + "\n")
        return 0
    lines: list[str] = []
    for thing in (explanation.a, explanation.b):
        lines += [s.text(lang) for s in thing_sentences(explanation, thing)] + [""]
    for found in rules_of(explanation, rules):
        title = check_title(found.check)
        lines.append(msg("{check}: {answer}", check=title, answer=found.answer).text(lang))
        lines += [
            f"  {'*' if row.won else ' '} {row.rule_id}: {row.why.text(lang)}"
            for row in found.considered
        ]
    lines.append("")
    for answer in explanation.answers:
        head, *rest = (s.text(lang) for s in answer_sentences(explanation, answer))
        lines += [head, *(f"  {text}" for text in rest)]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _today() -> str:
    return date.today().isoformat()  # the command line is where the clock is
