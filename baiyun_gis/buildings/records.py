"""Suspicions as flat records, and these as JSON, CSV, XLSX, GeoJSON or text."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import Any

import numpy as np

from baiyun_gis.buildings.sentences import kind_title, remarks_of, sentence_of
from baiyun_gis.buildings.suspicions import BuildingReview
from baiyun_gis.findings.conflicts import Outcome, RuleSetStamp
from baiyun_gis.language import Lang, Message, msg
from baiyun_gis.model.vocabulary import Utility, Verdict
from baiyun_gis.project import ProjectState

SCHEMA = "baiyun-gis/building-review/1"
TABLE_COLUMNS = (
    "id", "kind", "building", "other_table", "other", "grade", "measured", "permitted", "excess",
    "sigma", "unit", "probability", "verdict", "first", "x", "y", "building_date",
    "building_epoch", "other_from", "other_to", "sentence", "remarks",
)  # fmt: skip
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def records_of(review: BuildingReview, state: ProjectState, lang: Lang) -> list[dict[str, Any]]:
    """One flat record a suspicion, numbers as numbers, unknown as None, words in `lang`."""
    return [_record(review, state, row, lang) for row in range(len(review.suspicions))]


def _record(review: BuildingReview, state: ProjectState, row: int, lang: Lang) -> dict[str, Any]:
    found = review.suspicions
    building = int(found.building_row[row])
    table, other = str(found.other_table[row]), int(found.other_row[row])
    there: Any = state.table(table) if table and other >= 0 else None
    requirement = int(found.requirement[row])
    return {
        "id": str(found.id[row]),
        "kind": str(found.kind[row]),
        "title": kind_title(str(found.kind[row])).text(lang),
        "building": str(found.building_id[row]),
        "other_table": table,
        "other": str(found.other_id[row]),
        "utility": Utility(int(found.utility[row])).key if table == "pipes" else None,
        "grade": str(found.grade[row]) or None,
        "measured": _number(found.measured[row]),
        "permitted": _number(found.permitted[row]),
        "excess": _number(found.excess[row]),
        "sigma": _number(found.sigma[row]),
        "unit": str(found.unit[row]),
        "probability": _number(found.probability[row]),
        "verdict": Verdict(int(found.verdict[row])).key,
        "first": str(found.first[row]) or None,
        "x": _number(found.at[row, 0]),
        "y": _number(found.at[row, 1]),
        "building_date": _day(state.buildings.valid_from[building]),
        "building_epoch": _day(
            _earliest(state.buildings.recorded_at[building], state.buildings.first_seen[building])
        ),
        "other_from": _day(there.valid_from[other]) if there is not None else None,
        "other_to": _day(there.valid_to[other]) if there is not None else None,
        "rule": None if requirement < 0 else _rule(review, requirement, lang),
        "sentence": sentence_of(found, row).text(lang),
        "remarks": [remark.text(lang) for remark in remarks_of(found, row)],
    }


def _rule(review: BuildingReview, index: int, lang: Lang) -> dict[str, Any]:
    rule = review.requirements[index]
    return {
        "set": rule.rule_set,
        "rule": rule.rule_id,
        "clause": rule.clause,
        "state": rule.state.key,
        "mandatory": rule.is_mandatory,
        "assumed": list(rule.assumed),
        "sentence": rule.sentence.text(lang),
    }


def _earliest(recorded: np.datetime64, first_seen: np.datetime64) -> np.datetime64:
    return first_seen if np.isnat(recorded) else recorded


def _number(value: Any) -> float | None:
    number = float(value)
    return round(number, 4) if math.isfinite(number) else None


def _day(value: np.datetime64) -> str | None:
    return None if np.isnat(value) else str(value)


def looked_at(review: BuildingReview, lang: Lang) -> list[dict[str, Any]]:
    """For each kind of suspicion how it went and what was looked at."""
    return [
        {
            "kind": line.check,
            "outcome": line.outcome.key,
            "reason": line.reason.text(lang) if line.reason else None,
            "subjects": line.subjects,
            "suspected": line.violated,
            "clear": line.clear,
            "cannot_judge": line.cannot_judge,
        }
        for line in review.ledger
    ]


def as_json(
    review: BuildingReview,
    state: ProjectState,
    rules: RuleSetStamp,
    *,
    as_of: np.datetime64,
    lang: Lang,
) -> str:
    """The whole review as JSON text."""
    content = {
        "schema": SCHEMA,
        "project": {"path": str(state.meta.path or ""), "crs": state.meta.crs,
                    "revision": state.revision},
        "rules": {"id": rules.id, "edition": rules.edition, "sha256": rules.sha256},
        "as_of": _day(as_of),
        "ledger": looked_at(review, lang),
        "suspicions": records_of(review, state, lang),
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def as_csv(review: BuildingReview, state: ProjectState, lang: Lang) -> str:
    """One line a suspicion; cells cannot be taken for formulas."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(TABLE_COLUMNS)
    for record in records_of(review, state, lang):
        writer.writerow([_cell(record[name]) for name in TABLE_COLUMNS])
    return text.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        value = "; ".join(str(part) for part in value)  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, str) and value.startswith(_DANGEROUS):
        return f"'{value}"
    return "" if value is None else value


def as_xlsx(review: BuildingReview, state: ProjectState, lang: Lang) -> bytes:
    """A workbook of two sheets: suspicions, and what was looked at."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(msg("Suspicions").text(lang))
    sheet.append(list(TABLE_COLUMNS))
    for record in records_of(review, state, lang):
        sheet.append([_cell(record[name]) for name in TABLE_COLUMNS])
    ledger = book.create_sheet(msg("Looked at").text(lang))
    lines = looked_at(review, lang)
    ledger.append(list(lines[0]) if lines else [])
    for line in lines:
        ledger.append([_cell(value) for value in line.values()])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_geojson(review: BuildingReview, state: ProjectState, lang: Lang) -> str:
    """Footprints with their suspicions, in project coordinates; `crs` names the system."""
    import shapely

    features: list[dict[str, Any]] = []
    for row, record in enumerate(records_of(review, state, lang)):
        shape = state.buildings.geometry[int(review.suspicions.building_row[row])]
        geometry = None if shape is None else json.loads(shapely.to_geojson(shape))
        properties = {**record, "remarks": "; ".join(record["remarks"]), "rule": None}
        if record["rule"] is not None:
            properties["rule"] = record["rule"]["rule"]
        features.append({"type": "Feature", "geometry": geometry, "properties": properties})
    content: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    code = state.meta.crs.upper().removeprefix("EPSG:")
    if code.isdecimal():
        name = f"urn:ogc:def:crs:EPSG::{code}"
        content["crs"] = {"type": "name", "properties": {"name": name}}
    return json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n"


def as_text(review: BuildingReview, lang: Lang) -> str:
    """One sentence a suspicion, then what was looked at."""
    lines = [sentence_of(review.suspicions, row) for row in range(len(review.suspicions))]
    lines += [_looked_at_line(review, index) for index in range(len(review.ledger))]
    return "".join(line.text(lang) + "\n" for line in lines)


def _looked_at_line(review: BuildingReview, index: int) -> Message:
    line = review.ledger[index]
    if line.outcome is not Outcome.RAN and line.reason is not None:
        return msg("{kind}: not run: {reason}", kind=kind_title(line.check), reason=line.reason)
    return msg(
        "{kind}: {subjects} looked at, {suspected} suspected, {cannot} cannot be judged",
        kind=kind_title(line.check),
        subjects=line.subjects,
        suspected=line.violated,
        cannot=line.cannot_judge,
    )
