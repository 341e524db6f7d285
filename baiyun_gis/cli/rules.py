"""`baiyun-gis rules`: list, show, explain and validate rule sets."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import Any

from baiyun_gis.cli.progress import lang_of
from baiyun_gis.errors import UsageError
from baiyun_gis.findings.headlines import check_title
from baiyun_gis.language import Lang, Message, msg
from baiyun_gis.rules.explain import Explanation, explain
from baiyun_gis.rules.labels import label, listed
from baiyun_gis.rules.loader import available, load_rule_set
from baiyun_gis.rules.query import parsed
from baiyun_gis.rules.requirement import RuleState
from baiyun_gis.rules.ruleset import RuleRow, RuleSet
from baiyun_gis.rules.sentences import sentence_of
from baiyun_gis.rules.validate import validated

_EPILOG = """examples:
  baiyun-gis rules list
  baiyun-gis rules show gb50289-2016 --check cover
  baiyun-gis rules explain gb50289-2016 water:d=300 gas:pressure=medium_a,burial=direct
  baiyun-gis rules explain gb50289-2016 给水:管径=300 建筑
  baiyun-gis rules validate my-rules/
"""


def register(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `rules` and its four words to the command line."""
    parser = commands.add_parser(
        "rules",
        help="rule sets: list, show, explain, validate",
        description="Rule sets: which there are, what they say, which number applies and why.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    words = parser.add_subparsers(title="what to do", metavar="WHAT", required=True)
    parser.set_defaults(run=_list)
    lister = words.add_parser("list", help="the rule sets there are")
    lister.add_argument("--json", action="store_true", help="machine-readable")
    lister.set_defaults(run=_list)
    shower = words.add_parser("show", help="every number of a rule set, with clause and state")
    shower.add_argument("set", metavar="SET", help="name or folder")
    shower.add_argument("--check", help="only the rows of this check")
    shower.add_argument("--json", action="store_true", help="machine-readable")
    shower.set_defaults(run=_show)
    explainer = words.add_parser("explain", help="which number applies to two things, and why")
    explainer.add_argument("set", metavar="SET", help="name or folder")
    explainer.add_argument("a", metavar="A", help="a line, e.g. water:d=300 or 燃气:压力=中压A")
    explainer.add_argument(
        "b",
        metavar="B",
        help="a line, building, ground, carriageway, non_carriageway, or a thing beside lines, e.g."
        " tree, pole:35kV or 河道:VI级",
    )
    explainer.add_argument("--check", help="only this check")
    explainer.add_argument("--json", action="store_true", help="machine-readable")
    explainer.set_defaults(run=_explain)
    validator = words.add_parser(
        "validate",
        help="everything wrong with a rule set; exit 0 sound, 1 problems",
    )
    validator.add_argument("file", metavar="FILE", type=Path, help="folder, manifest or table")
    validator.add_argument("--json", action="store_true", help="machine-readable")
    validator.set_defaults(run=_validate)


def _list(args: argparse.Namespace) -> int:
    lang = lang_of(args)
    sets = [load_rule_set(name) for name in available()]
    if args.json:
        _print_json({"rule_sets": [_set_head(rule_set, lang) for rule_set in sets]})
        return 0
    for rule_set in sets:
        _print(
            msg(
                "{id}: {title} ({edition}); {count} rows: {states}",
                id=rule_set.id,
                title=rule_set.title,
                edition=rule_set.edition,
                count=len(rule_set.rows),
                states=_states(rule_set),
            ),
            lang,
        )
    return 0


def _states(rule_set: RuleSet) -> Message:
    counts = [
        (state, sum(row.state is state for row in rule_set.rows)) for state in reversed(RuleState)
    ]
    return listed(
        [
            msg("{count} {state}", count=count, state=label(state.label("en"), state.zh))
            for state, count in counts
            if count
        ]
    )


def _set_head(rule_set: RuleSet, lang: Lang) -> dict[str, Any]:
    return {
        "id": rule_set.id,
        "title": rule_set.title.text(lang),
        "edition": rule_set.edition,
        "publisher": rule_set.publisher.text(lang),
        "language": rule_set.language,
        "sha256": rule_set.sha256,
        "checks": list(rule_set.checks),
        "rows": len(rule_set.rows),
        "states": {
            state.key: sum(row.state is state for row in rule_set.rows) for state in RuleState
        },
    }


def _show(args: argparse.Namespace) -> int:
    lang = lang_of(args)
    rule_set = load_rule_set(args.set)
    checks = rule_set.checks if args.check is None else (args.check,)
    if args.check is not None and args.check not in rule_set.checks:
        raise UsageError(
            "Rule set {id} has no rows for '{check}'; it has {checks}",
            id=rule_set.id,
            check=args.check,
            checks=", ".join(rule_set.checks),
        )
    if args.json:
        rows = [_row(rule_set, row, lang) for name in checks for row in rule_set.of_check(name)]
        _print_json({**_set_head(rule_set, lang), "settings": _settings(rule_set), "rows": rows})
        return 0
    for name in checks:
        sys.stdout.write(f"\n{_check_head(name, lang)}\n")
        for row in rule_set.of_check(name):
            _print(_line(rule_set, row), lang)
    for remark in rule_set.remarks:
        _print(remark, lang)
    return 0


def _check_head(name: str, lang: Lang) -> str:
    """What a check is called, with the name that `--only` and `--check` take, and whether anything
    reads its rows."""
    from baiyun_gis.plugins import CHECKS

    head = f"{check_title(name).text(lang)} ({name})"
    if name in CHECKS.names():
        return head
    said = msg("{check} (not checked: no check of this name is installed)", check=head)
    return said.text(lang)


def _line(rule_set: RuleSet, row: RuleRow) -> Message:
    state = label(row.state.label("en"), row.state.zh)
    if row.is_mandatory:
        return msg(
            "  {id}: {sentence} [{state}, mandatory]",
            id=row.id,
            sentence=sentence_of(rule_set, row),
            state=state,
        )
    return msg(
        "  {id}: {sentence} [{state}]",
        id=row.id,
        sentence=sentence_of(rule_set, row),
        state=state,
    )


def _row(rule_set: RuleSet, row: RuleRow, lang: Lang) -> dict[str, Any]:
    return {
        "id": row.id,
        "check": row.check,
        "sentence": sentence_of(rule_set, row).text(lang),
        "min_m": row.min_m,
        "with_plate_m": None if math.isnan(row.with_plate_m) else row.with_plate_m,
        "unless_above_m": None if math.isnan(row.unless_above_m) else row.unless_above_m,
        "order": row.order,
        "surface": row.surface.key if row.check == "cover" else None,
        "measured_to": row.measured_to or None,
        "rank": list(row.rank) if row.rank != (0, 0) else None,
        "clause": row.clause,
        "table": row.table,
        "state": row.state.key,
        "mandatory": row.is_mandatory,
        "note": row.note,
        "source": row.source,
        "changed": None
        if row.changed is None
        else {"by": row.changed.by, "at": row.changed.at, "why": row.changed.why},
        "where": row.where,
    }


def _settings(rule_set: RuleSet) -> dict[str, Any]:
    settings = rule_set.settings
    return {
        "crossing_angle_deg": settings.crossing_angle_deg,
        "tolerance_m": settings.tolerance_m,
        "gas_pressure": [
            {
                "class": bound.pressure_class.key,
                "up_to_mpa": bound.up_to_mpa,
                "inclusive": bound.is_inclusive,
            }
            for bound in settings.gas_pressure
        ],
        "pressure_from": settings.pressure_from,
    }


def _explain(args: argparse.Namespace) -> int:
    lang = lang_of(args)
    rule_set = load_rule_set(args.set)
    a, b = parsed(args.a), parsed(args.b)
    answers = explain(rule_set, a, b, check=args.check)
    if args.json:
        _print_json(
            {
                "rules": _set_head(rule_set, lang),
                "a": a.label.text(lang),
                "b": b.label.text(lang),
                "checks": [_explanation(answer, lang) for answer in answers],
            }
        )
        return 0
    if not answers:
        _print(msg("Rule set {id} has no check for these two", id=rule_set.id), lang)
    for answer in answers:
        _print_explanation(answer, lang)
    return 0


def _print_explanation(answer: Explanation, lang: Lang) -> None:
    sys.stdout.write(f"\n{_check_head(answer.check, lang)}\n")
    _print(answer.answer, lang)
    if answer.requirement is not None:
        state = answer.requirement.state
        _print(
            msg(
                "  rule {rule}, {state}; source: {source}",
                rule=answer.requirement.rule_id,
                state=label(state.label("en"), state.zh),
                source=answer.requirement.source or "-",
            ),
            lang,
        )
    for row in answer.considered:
        mark = "*" if row.won else " "
        _print(
            msg(
                "  {mark} {rule}: {sentence}: {why}",
                mark=mark,
                rule=row.rule_id,
                sentence=row.sentence,
                why=row.why,
            ),
            lang,
        )


def _explanation(answer: Explanation, lang: Lang) -> dict[str, Any]:
    found = answer.requirement
    return {
        "check": answer.check,
        "answer": answer.answer.text(lang),
        "why_not": answer.why_not.key if found is None else None,
        "requirement": None
        if found is None
        else {
            "rule": found.rule_id,
            "min_m": found.min_m,
            "clause": found.clause,
            "state": found.state.key,
            "mandatory": found.is_mandatory,
            "order": found.order,
            "assumed": list(found.assumed),
            "sentence": found.sentence.text(lang),
            "note": found.note,
            "source": found.source,
        },
        "considered": [
            {
                "rule": row.rule_id,
                "min_m": row.min_m,
                "state": row.state,
                "fit": row.fit,
                "won": row.won,
                "why": row.why.text(lang),
                "sentence": row.sentence.text(lang),
            }
            for row in answer.considered
        ],
    }


def _validate(args: argparse.Namespace) -> int:
    lang = lang_of(args)
    reading = validated(args.file)
    problems = reading.problems
    if args.json:
        _print_json(
            {
                "path": str(args.file),
                "sound": not problems,
                "rows": len(reading.rule_set.rows) if reading.rule_set else 0,
                "problems": [
                    {"file": p.file, "row": p.row or None, "what": p.what.text(lang)}
                    for p in problems
                ],
            }
        )
        return 1 if problems else 0
    for problem in problems:
        _print(problem.message(), lang)
    if problems:
        _print(msg("{count} problems", count=len(problems)), lang)
        return 1
    count = len(reading.rule_set.rows) if reading.rule_set else 0
    _print(msg("Sound: {count} rows", count=count), lang)
    return 0


def _print(message: Message, lang: Lang) -> None:
    sys.stdout.write(message.text(lang) + "\n")


def _print_json(content: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=2) + "\n")
