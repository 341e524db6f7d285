"""The conflicts of a JSON report read back, as far as two runs are compared by them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import numpy as np

from baiyun_gis.errors import FormatError
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.model.columns import F64, Str, text_array
from baiyun_gis.model.vocabulary import Verdict
from baiyun_gis.reports.facts import SCHEMA, Facts


def read_conflicts(path: Path) -> ConflictTable:
    """The conflicts of a report file: what they are between, where, and by how much.

    Rows of features and requirements are −1: only the project knows them. Raises `FormatError`
    for a file that is no report of ours.
    """
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FormatError(
            "{path}: cannot be read ({why})", path=path, why=error.strerror
        ) from error
    except ValueError as error:
        raise FormatError("{path}: is no JSON file ({why})", path=path, why=error) from error
    if not isinstance(body, dict) or cast(Facts, body).get("schema") != SCHEMA:
        raise FormatError(
            "{path}: is no conflict report of this program (schema {schema})",
            path=path,
            schema=SCHEMA,
        )
    try:
        return _table(cast(Facts, body)["conflicts"])
    except (KeyError, TypeError, ValueError) as error:
        raise FormatError(
            "{path}: a conflict is not whole ({why})", path=path, why=error
        ) from error


def _table(rows: list[Facts]) -> ConflictTable:
    stretch = [row["stretch"] or {"from_m": None, "to_m": None} for row in rows]
    return ConflictTable.build(
        len(rows),
        id=_texts(row["id"] for row in rows),
        check=_texts(row["check"] for row in rows),
        verdict=np.array([Verdict.from_key(row["verdict"]) for row in rows], dtype=np.int8),
        a_table=_texts(row["a"]["table"] for row in rows),
        a_id=_texts(row["a"]["id"] for row in rows),
        a_kind=_texts(row["a"]["kind"] for row in rows),
        b_table=_texts(row["b"]["table"] for row in rows),
        b_id=_texts(row["b"]["id"] for row in rows),
        b_kind=_texts(row["b"]["kind"] for row in rows),
        actual_m=_numbers(row["actual_m"] for row in rows),
        shortfall_m=_numbers(row["shortfall_m"] for row in rows),
        at=np.array([list(_numbers(row["at"])) for row in rows]).reshape(-1, 3),
        stretch_from_m=_numbers(each["from_m"] for each in stretch),
        stretch_to_m=_numbers(each["to_m"] for each in stretch),
    )


def _texts(values: Any) -> Str:
    return text_array(str(value) for value in values)


def _numbers(values: Any) -> F64:
    return np.array([np.nan if value is None else float(value) for value in values])
