"""Ways out in words: who moves, how far and where, what it settles, what binds, why none."""

from __future__ import annotations

import numpy as np

from baiyun_gis.findings.words import feature_name
from baiyun_gis.language import Lang, Message, msg
from baiyun_gis.model.vocabulary import Verdict
from baiyun_gis.remedies.moves import Axis
from baiyun_gis.remedies.remedy import NoWay, Proposal, Remedy, Subject
from baiyun_gis.remedies.rows import Row
from baiyun_gis.remedies.search import Obstacles
from baiyun_gis.remedies.yielding import CLAUSE_STATE, WORDS, YieldRule
from baiyun_gis.rules.labels import label, listed
from baiyun_gis.rules.requirement import RuleState

HOLDS = {
    "bend": msg("the bends would be too sharp beside what is fixed"),
    "depth": msg("it would lie deeper than allowed"),
    "grade": msg("the ramps would be too steep"),
    "fall": msg("the drain would lose its fall"),
}
"""What of the line itself stands against a move."""

_WINDS = (
    msg("north"),
    msg("north-east"),
    msg("east"),
    msg("south-east"),
    msg("south"),
    msg("south-west"),
    msg("west"),
    msg("north-west"),
)
_MOST = 4


def in_words(remedy: Remedy, lang: Lang) -> str:
    """A remedy in a few sentences."""
    parts = sentences_of(remedy)
    texts = [part.text(lang) for part in parts]
    if lang == "zh":
        return "".join(texts)
    return " ".join(text[:1].upper() + text[1:] for text in texts)


def sentences_of(remedy: Remedy) -> list[Message]:
    """The sentences of a remedy, what to do first."""
    return _no_way(remedy) if isinstance(remedy, NoWay) else _proposal(remedy)


def headline_of(proposal: Proposal) -> Message:
    """What to do, in one sentence."""
    return _vertical(proposal) if proposal.axis is Axis.VERTICAL else _lateral(proposal)


def _proposal(proposal: Proposal) -> list[Message]:
    out = [headline_of(proposal), *_ramps(proposal), _settles(proposal)]
    out.append(_why_it_yields(proposal.subject))
    if not np.isnan(proposal.cover_m):
        out.append(msg("Least cover there is then {cover} m.", cover=f"{proposal.cover_m:.2f}"))
    if proposal.binds:
        out.append(
            msg(
                "A millimetre less would not do: {what}.",
                what=_listed(proposal.binds, proposal.subject),
            )
        )
    failing = tuple(r for r in proposal.left if r.violated or r.verdict >= Verdict.LIKELY)
    possible = tuple(r for r in proposal.left if r not in failing)
    if failing:
        out.append(
            msg(
                "Not met between the two all the same: {what}.",
                what=_listed(failing, proposal.subject),
            )
        )
    if possible:
        out.append(
            msg(
                "What is met as measured but stays possible within survey accuracy: {what}.",
                what=_listed(possible, proposal.subject),
            )
        )
    out.append(msg("Checked again as it would lie: nothing new, nothing worse."))
    return out


def _values(proposal: Proposal) -> dict[str, object]:
    subject = proposal.subject
    return {
        "line": mover_name(subject),
        "size": f"{abs(proposal.amount_m):.3f}",
        "start": f"{proposal.from_m:.2f}",
        "stop": f"{proposal.to_m:.2f}",
        "way": _wind(proposal.heading),
    }


def mover_name(subject: Subject) -> Message:
    """The line that gives way, planned or existing."""
    name = feature_name("pipes", subject.mover_kind, subject.mover_id)
    if subject.mover.is_diversion:
        return msg("the existing {line}", line=name)
    return msg("the planned {line}", line=name)


def _vertical(proposal: Proposal) -> Message:
    values = _values(proposal)
    if proposal.amount_m < 0:
        return msg("lower {line} by {size} m from chainage {start} to {stop} m.", **values)
    return msg("raise {line} by {size} m from chainage {start} to {stop} m.", **values)


def _lateral(proposal: Proposal) -> Message:
    return msg(
        "shift {line} by {size} m to the {way} from chainage {start} to {stop} m.",
        **_values(proposal),
    )


def _wind(heading: float) -> Message:
    return label("") if np.isnan(heading) else _WINDS[round(heading / 45.0) % 8]


def _ramps(proposal: Proposal) -> list[Message]:
    before, after = proposal.layout.shape.before_m, proposal.layout.shape.after_m
    if np.isinf(before) and np.isinf(after):
        return [msg("It moves as a whole.")]
    if np.isinf(before) or np.isinf(after):
        length = f"{min(before, after):.2f}"
        return [
            msg("It moves to its free end, with a ramp of {length} m on the other.", length=length),
        ]
    return [
        msg(
            "Ramps of {before} and {after} m lead back to where it lies now.",
            before=f"{before:.2f}",
            after=f"{after:.2f}",
        )
    ]


def _settles(proposal: Proposal) -> Message:
    from baiyun_gis.findings.headlines import check_title

    subject = proposal.subject
    values = {"check": check_title(subject.check), "other": other_name(subject)}
    if not subject.other_id:
        return msg("That settles: {check}.", **values)
    return msg("That settles: {check}, {other}.", **values)


def other_name(subject: Subject) -> Message:
    """The side that stays."""
    return feature_name(subject.other_table, subject.other_kind, subject.other_id)


def _why_it_yields(subject: Subject) -> Message:
    rule = subject.mover.rule
    if rule is YieldRule.NONE:
        return msg("Neither line has to give way before the other; this one needs no other move.")
    if not rule.clause:
        return msg("It gives way because {rule}.", rule=WORDS[rule])
    if CLAUSE_STATE is RuleState.UNCONFIRMED:
        return msg(
            "It gives way because {rule} ({clause}, clause number unconfirmed).",
            rule=WORDS[rule],
            clause=rule.clause,
        )
    return msg("It gives way because {rule} ({clause}).", rule=WORDS[rule], clause=rule.clause)


def _listed(rows: tuple[Row, ...], subject: Subject | None = None) -> Message:
    return listed([row_in_words(row, subject) for row in rows[:_MOST]])


def row_in_words(row: Row, subject: Subject | None = None) -> Message:
    """A finding in a few words: check, clause, number; the sides unless they are the subject's."""
    what = _check_in_words(row)
    own = set() if subject is None else {subject.mover_id, subject.other_id}
    if {row.a_name[1], row.b_name[1]} == own:
        return what
    sides = [
        feature_name(side[0], *name)
        for side, name in ((row.a, row.a_name), (row.b, row.b_name))
        if name[1]
    ]
    return msg("{check} ({sides})", check=what, sides=listed(sides))


def _check_in_words(row: Row) -> Message:
    from baiyun_gis.findings.headlines import check_title

    check = check_title(row.check)
    if row.rule is None:
        return check
    required = f"{row.required_m:.3f}".rstrip("0").rstrip(".")
    return msg(
        "{check} {clause}, {required} m required",
        check=check,
        clause=row.rule.clause,
        required=required,
    )


def _no_way(remedy: NoWay) -> list[Message]:
    head = msg(
        "no way within these limits (at most {most} m).", most=f"{remedy.limits.max_move_m:g}"
    )
    if remedy.subject is None:
        head = msg("no way out is proposed.")
    else:
        head = msg("{line}: {rest}", line=mover_name(remedy.subject), rest=head)
    return [head, *(msg("{reason}.", reason=why) for why in remedy.why)]


def reasons_of(obstacles: Obstacles) -> tuple[Message, ...]:
    """What stood against all moves that were tried."""
    if obstacles.is_pinned:
        why = msg(
            "the place lies at a joint or an end that has to stay, so there is no room to move"
        )
        return (why,)
    out: list[Message] = []
    for way, to in ((-1, msg("down or right")), (1, msg("up or left"))):
        worse = obstacles.worse.get(way, {})
        if worse:
            found = tuple(worse.values())
            out.append(msg("{way}, moves that would do cause: {what}", way=to, what=_listed(found)))
        for name, from_m in obstacles.held.get(way, {}).items():
            out.append(
                msg(
                    "{way}, from {size} m on {what}", way=to, size=f"{from_m:.2f}", what=HOLDS[name]
                )
            )
        left = tuple(obstacles.left.get(way, {}).values())
        if left and not worse:
            out.append(msg("{way}, still there: {what}", way=to, what=_listed(left)))
    return tuple(out)


def lineage_of(proposal: Proposal) -> str:
    """What the record of a moved line says afterwards, in English as all lineage."""
    subject = proposal.subject
    rule = subject.mover.rule.key
    what = "vertically" if proposal.axis is Axis.VERTICAL else "sideways"
    return (
        f"moved {proposal.amount_m:+.3f} m {what} at chainage {proposal.from_m:.2f}-"
        f"{proposal.to_m:.2f} m of {subject.mover_id} to settle conflict {subject.id} ({rule})"
    )
