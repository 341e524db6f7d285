"""An explained pair in words: both things with the source of every number, then check by check."""

from __future__ import annotations

from typing import Any

import numpy as np

from baiyun_gis.checks.explain_pair import NOT_NEAR, CheckAnswer, PairExplanation, Thing
from baiyun_gis.checks.snapshot import outer_sections
from baiyun_gis.findings.headlines import check_title
from baiyun_gis.findings.sentences import sentences_of
from baiyun_gis.findings.words import LEVELS, SET_ASIDE
from baiyun_gis.language import Lang, Message, msg
from baiyun_gis.model.uncertainty import SigmaBasis
from baiyun_gis.model.vocabulary import (
    Burial,
    LevelDatum,
    NodeKind,
    Provenance,
    Shape,
    Status,
    StructureKind,
    Utility,
)
from baiyun_gis.rules.explain import Explanation, explain
from baiyun_gis.rules.labels import label, word
from baiyun_gis.rules.query import Asked
from baiyun_gis.rules.ruleset import RuleSet

_BASES = {
    SigmaBasis.DEFAULT: msg("not recorded, taken as of hidden points"),
    SigmaBasis.RECORDED: msg("as recorded with the line (sigma_xy_m, sigma_z_m)"),
    SigmaBasis.METHOD: msg("by the survey method (survey_method)"),
    SigmaBasis.QUALITY: msg("by the quality level (quality_level)"),
    SigmaBasis.DESIGN: msg("a planned line, where the drawing says"),
    SigmaBasis.NODE: msg("as recorded with its points"),
}
_ENDS = {
    "clear": msg("clear"),
    "violated": msg("violated"),
    "possible": msg("possibly violated"),
    "cannot_judge": msg("cannot be judged"),
    "not_run": msg("not run"),
    NOT_NEAR: msg("not near enough for this check to look at them"),
}
_RULE_COLUMNS = (
    "utility", "burial", "nominal_mm", "inner_width_m", "outer_width_m", "pressure_class",
    "pressure_mpa", "voltage_kv", "material",
)  # fmt: skip


def thing_sentences(explanation: PairExplanation, thing: Thing) -> list[Message]:
    """What is known of one of the two, every number with where it comes from."""
    if thing.table == "pipes":
        return _pipe(explanation, thing.row)
    table = explanation.snapshot.state.table(thing.table)
    row = table.row(thing.row)
    if thing.table == "nodes":
        return [_node(row)]
    if thing.table == "buildings":
        return [_building(row)]
    return [
        msg("{kind} {id}", kind=word(StructureKind(int(row["kind"]))), id=row["id"] or thing.row)
    ]


def _number(value: float, digits: int = 3) -> str:
    return "–" if np.isnan(value) else f"{value:.{digits}f}"


def _pipe(explanation: PairExplanation, row: int) -> list[Message]:
    snapshot = explanation.snapshot
    pipes, sigma = snapshot.state.pipes, snapshot.uncertainty
    first, last = int(pipes.offsets[row]), int(pipes.offsets[row + 1]) - 1
    width, height, is_box = (column[row] for column in outer_sections(pipes))
    return [
        msg(
            "{kind} line {id}: {status}, {burial}.",
            kind=word(Utility(int(pipes.utility[row]))),
            id=pipes.id[row],
            status=word(Status(int(pipes.status[row]))),
            burial=word(Burial(int(pipes.burial[row]))),
        ),
        msg(
            "Section: {shape}, measured as {form} of {width} × {height} m (outer_width_m,"
            " outer_height_m; {source}).",
            shape=word(Shape(int(pipes.shape[row]))),
            form=msg("an upright rectangle") if is_box else msg("a circle"),
            width=_number(float(width)),
            height=_number(float(height)),
            source=LEVELS[Provenance(int(pipes.section_source[row]))],
        ),
        msg(
            "Level: axis {start} m to {end} m ({source}); recorded {first} and {last} m of the"
            " {datum} (start_level_m, end_level_m), depths {d1} and {d2} m, ground {g1} and {g2}"
            " m.",
            start=_number(float(pipes.axis_level[first])),
            end=_number(float(pipes.axis_level[last])),
            source=LEVELS[Provenance(int(pipes.level_source[row]))],
            first=_number(float(pipes.start_level_m[row])),
            last=_number(float(pipes.end_level_m[row])),
            datum=word(LevelDatum(int(pipes.level_datum[row]))),
            d1=_number(float(pipes.start_depth_m[row])),
            d2=_number(float(pipes.end_depth_m[row])),
            g1=_number(float(pipes.start_ground_m[row])),
            g2=_number(float(pipes.end_ground_m[row])),
        ),
        msg(
            "Standard deviation: {xy} m in plan, {z} m in height; {basis}.",
            xy=_number(float(sigma.sigma_xy_m[first : last + 1].max())),
            z=_number(float(sigma.sigma_z_m[first : last + 1].max())),
            basis=_BASES[SigmaBasis(int(sigma.basis[row]))],
        ),
    ]


def _node(row: dict[str, Any]) -> Message:
    return msg(
        "{kind} {id}: chamber {width} × {length} m (chamber_width_m, chamber_length_m), ground"
        " {ground} m, bottom {bottom} m, depth {depth} m.",
        kind=word(NodeKind(int(row["kind"]))),
        id=row["id"],
        width=_number(row["chamber_width_m"]),
        length=_number(row["chamber_length_m"]),
        ground=_number(row["ground_m"]),
        bottom=_number(row["bottom_m"]),
        depth=_number(row["chamber_depth_m"]),
    )


def _building(row: dict[str, Any]) -> Message:
    base = msg("recorded") if row["foundation"] is not None else msg("none, the footprint counts")
    return msg(
        "building {id}: foundation outline {base}, foundation depth {depth} m, standard deviation"
        " {sigma} m in plan.",
        id=row["id"],
        base=base,
        depth=_number(row["foundation_depth_m"]),
        sigma=_number(row["sigma_xy_m"]),
    )


def answer_sentences(explanation: PairExplanation, answer: CheckAnswer) -> list[Message]:
    """What one check says, the verdict first, then its numbers and their arithmetic."""
    out = [msg("{check}: {end}", check=check_title(answer.check), end=end_of(answer))]
    report, state = explanation.report, explanation.snapshot.state
    for row in answer.rows:
        out += sentences_of(report, state, row)
    if not answer.rows and not np.isnan(answer.actual_m):
        out.append(
            msg(
                "Measured {actual} m at the worst place; required {required} m.",
                actual=_number(answer.actual_m),
                required=_number(answer.required_m),
            )
        )
    return out


def end_of(answer: CheckAnswer) -> Message:
    """How one check ended for the pair."""
    if answer.outcome == "not_run" and answer.ledger.reason is not None:
        return msg("not run: {reason}", reason=answer.ledger.reason)
    if answer.outcome in _ENDS:
        return _ENDS[answer.outcome]
    return msg("set aside: {reason}", reason=SET_ASIDE.get(answer.outcome, label(answer.outcome)))


def rules_of(explanation: PairExplanation, rules: RuleSet) -> tuple[Explanation, ...]:
    """Which rows of the set speak of the two, which won and why."""
    a = _asked(explanation, explanation.a)
    if explanation.b.table == "pipes":
        return explain(rules, a, _asked(explanation, explanation.b))
    if explanation.b.table == "buildings":
        return explain(rules, a, Asked(label("building", "建（构）筑物"), {}, is_building=True))
    return ()


def _asked(explanation: PairExplanation, thing: Thing) -> Asked:
    pipes = explanation.snapshot.state.pipes
    columns = {name: getattr(pipes, name)[thing.row : thing.row + 1] for name in _RULE_COLUMNS}
    return Asked(word(Utility(int(pipes.utility[thing.row]))), columns)


def facts(explanation: PairExplanation, rules: RuleSet, lang: Lang) -> dict[str, Any]:
    """The explanation as plain values for JSON."""

    def known(value: float) -> float | None:
        return None if np.isnan(value) else round(value, 6)

    found = explanation.report.conflicts
    return {
        "as_of": None if np.isnat(explanation.report.as_of) else str(explanation.report.as_of),
        "rules": rules.id,
        "things": [
            {
                "table": thing.table,
                "id": explanation.snapshot.state.table(thing.table).row(thing.row)["id"],
                "facts": [s.text(lang) for s in thing_sentences(explanation, thing)],
            }
            for thing in (explanation.a, explanation.b)
        ],
        "rows_considered": [
            {"check": e.check, "rule": row.rule_id, "won": row.won, "why": row.why.text(lang)}
            for e in rules_of(explanation, rules)
            for row in e.considered
        ],
        "checks": [
            {
                "check": answer.check,
                "outcome": answer.outcome,
                "actual_m": known(answer.actual_m),
                "required_m": known(answer.required_m),
                "conflicts": [
                    {
                        "verdict": int(found.verdict[row]),
                        "probability": known(float(found.probability[row])),
                        "sigma_m": known(float(found.sigma_m[row])),
                        "shortfall_m": known(float(found.shortfall_m[row])),
                    }
                    for row in answer.rows
                ],
                "why": [s.text(lang) for s in answer_sentences(explanation, answer)],
            }
            for answer in explanation.answers
        ],
    }
