"""Suspect levels as records, and these as JSON, CSV, GeoJSON or text."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from baiyun_gis.diagnosis.causes import Cause
from baiyun_gis.diagnosis.evidence import evidence_of, sentence_of
from baiyun_gis.diagnosis.suspects import LevelDiagnosis
from baiyun_gis.diagnosis.units import UnitSort
from baiyun_gis.language import Lang, msg

SCHEMA = "baiyun-gis/suspect-levels/1"
ACCUSED = 0.5
"""From this posterior on the best cause of a case is called a suspect."""


def cases_shown(diagnosis: LevelDiagnosis, top: int) -> list[list[int]]:
    """Rows of the first `top` cases (0: all), best cause first."""
    case = diagnosis.suspects.case
    count = int(case.max(initial=-1)) + 1
    bounds = np.searchsorted(case, np.arange(count + 1))
    shown = count if top <= 0 else min(top, count)
    return [list(range(bounds[k], bounds[k + 1])) for k in range(shown)]


def records_of(diagnosis: LevelDiagnosis, lang: Lang, *, top: int = 0) -> list[dict[str, Any]]:
    """One record a case with its causes in order, numbers as numbers, unknown as None."""
    return [
        {"case": number + 1, "causes": [_record(diagnosis, row, lang) for row in rows]}
        for number, rows in enumerate(cases_shown(diagnosis, top))
    ]


def _record(diagnosis: LevelDiagnosis, row: int, lang: Lang) -> dict[str, Any]:
    found = diagnosis.suspects
    return {
        "rank": int(found.rank[row]) + 1,
        "what": UnitSort(int(found.sort[row])).key,
        "cause": Cause(int(found.cause[row])).key,
        "pipe": str(found.pipe_id[row]),
        "node": str(found.node_id[row]) or None,
        "end": "end" if found.end[row] % 2 else "start",
        "ends": int(found.end_count[row]),
        "recorded_m": _number(found.recorded_m[row]),
        "likely_m": _number(found.likely_m[row]),
        "sigma_m": _number(found.sigma_m[row]),
        "posterior": _number(found.posterior[row]),
        "score": _number(found.score[row]),
        "depth_follows": bool(found.depth_follows[row]),
        "x": _number(found.at[row, 0]),
        "y": _number(found.at[row, 1]),
        "conflicts_gone": list(diagnosis.conflicts_gone(row)),
        "sentence": sentence_of(diagnosis, row).text(lang),
        "evidence": [reason.text(lang) for reason in evidence_of(diagnosis, row)],
    }


def as_json(diagnosis: LevelDiagnosis, lang: Lang, *, as_of: str, top: int = 0) -> str:
    """The suspects as JSON text."""
    body = {
        "schema": SCHEMA,
        "as_of": as_of or None,
        "revision": diagnosis.revision,
        "ends_judged": diagnosis.ends_judged,
        "ends_without_level": diagnosis.ends_without_level,
        "cases": records_of(diagnosis, lang, top=top),
    }
    return json.dumps(body, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def as_geojson(diagnosis: LevelDiagnosis, lang: Lang, *, top: int = 0) -> str:
    """The best cause of every case as points in the project's CRS."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [best["x"], best["y"]]},
            "properties": {
                "case": case["case"],
                **{k: v for k, v in best.items() if not isinstance(v, list)},
                "conflicts_gone": len(best["conflicts_gone"]),
            },
        }
        for case in records_of(diagnosis, lang, top=top)
        for best in case["causes"][:1]
        if best["x"] is not None
    ]
    body = {"type": "FeatureCollection", "features": features}
    return json.dumps(body, ensure_ascii=False, allow_nan=False) + "\n"


def as_text(diagnosis: LevelDiagnosis, lang: Lang, *, top: int = 20) -> str:
    """The suspects as lines for a person."""
    if not diagnosis.ends_judged:
        return msg("No existing line has a level: nothing was looked at").text(lang) + "\n"
    case_count = int(diagnosis.suspects.case.max(initial=-1)) + 1
    lines = [
        msg(
            "{cases} suspected levels; {judged} line ends looked at, {without} without a level",
            cases=case_count,
            judged=diagnosis.ends_judged,
            without=diagnosis.ends_without_level,
        ).text(lang)
    ]
    for number, rows in enumerate(cases_shown(diagnosis, top)):
        for place, row in enumerate(rows[:2]):
            mark = f"{number + 1:>4}." if place == 0 else "     "
            share = f"{float(diagnosis.suspects.posterior[row]):.0%}"
            lines.append(f"{mark} [{share}] {sentence_of(diagnosis, row).text(lang)}")
            if place:
                continue
            lines += [f"       · {why.text(lang)}" for why in evidence_of(diagnosis, row)]
            gone = diagnosis.conflicts_gone(row)
            if gone:
                told = msg("Corrected, {count} conflicts would be gone", count=len(gone))
                lines.append(f"       · {told.text(lang)}")
    return "\n".join(lines) + "\n"


def _number(value: Any) -> float | None:
    number = float(value)
    return round(number, 4) if math.isfinite(number) else None
