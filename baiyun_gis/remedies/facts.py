"""Ways out as plain values for JSON."""

from __future__ import annotations

from typing import Any

import numpy as np

from baiyun_gis.language import Lang
from baiyun_gis.model.columns import F64
from baiyun_gis.remedies.remedy import NoWay, Proposal, Remedy
from baiyun_gis.remedies.rows import Row
from baiyun_gis.remedies.sentences import in_words

SCHEMA = "baiyun-gis/remedies/1"


def facts_of(remedy: Remedy, lang: Lang) -> dict[str, Any]:
    """One remedy; lengths in metres, points as [x, y, z] in project coordinates."""
    words = in_words(remedy, lang)
    if isinstance(remedy, NoWay):
        line = remedy.subject.mover_id if remedy.subject else None
        return {
            "conflict": remedy.conflict,
            "outcome": "none",
            "line": line,
            "max_move_m": remedy.limits.max_move_m,
            "why": [why.text(lang) for why in remedy.why],
            "words": words,
        }
    return _proposal(remedy) | {"words": words}


def _proposal(proposal: Proposal) -> dict[str, Any]:
    subject, shape = proposal.subject, proposal.layout.shape
    rule = subject.mover.rule
    return {
        "conflict": subject.id,
        "check": subject.check,
        "outcome": proposal.grade.name.lower(),
        "line": subject.mover_id,
        "is_diversion": subject.mover.is_diversion,
        "rule": rule.key,
        "clause": rule.clause,
        "other": {"table": subject.other_table, "id": subject.other_id},
        "axis": proposal.axis.key,
        "move_m": round(proposal.amount_m, 4),
        "heading_deg": _number(proposal.heading),
        "from_m": _number(proposal.from_m),
        "to_m": _number(proposal.to_m),
        "ramps_m": [_number(shape.before_m), _number(shape.after_m)],
        "cover_m": _number(proposal.cover_m),
        "binds": [_row(row) for row in proposal.binds],
        "left": [_row(row) for row in proposal.left],
        "present": _points(proposal.present),
        "proposed": _points(proposal.preview),
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "check": row.check,
        "clause": row.rule.clause if row.rule else "",
        "a": row.a_name[1],
        "b": row.b_name[1],
        "verdict": row.verdict.key,
        "violated": row.violated,
        "required_m": _number(row.required_m),
        "actual_m": _number(row.actual_m),
    }


def _number(value: float) -> float | None:
    """A number for JSON; None where it is unknown or endless."""
    return round(float(value), 4) if np.isfinite(value) else None


def _points(points: F64) -> list[list[float | None]]:
    return [[_number(v) for v in point] for point in points]
