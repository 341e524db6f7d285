"""`--set FIELD=VALUE`: values that the user gives for every row of an import."""

from __future__ import annotations

from typing import Any

import numpy as np

from baiyun_gis.errors import UsageError
from baiyun_gis.io.days import days_from
from baiyun_gis.io.synonyms import word_for
from baiyun_gis.io.values import number_in
from baiyun_gis.model.columns import Columns, ColumnSpec, specs_of
from baiyun_gis.model.vocabulary import (
    Burial,
    LevelDatum,
    Material,
    NodeKind,
    PressureClass,
    Shape,
    Status,
    StructureKind,
    Utility,
    Vocabulary,
)
from baiyun_gis.project import TABLES

NOT_COLUMNS = ("vertical_datum", "elevation", "zero_levels", "epoch", "default_utility")
"""Settings that hold for the whole import."""

_WORDS: dict[type[Vocabulary], str] = {
    Utility: "utility",
    Material: "material",
    Burial: "burial",
    Status: "status",
    LevelDatum: "datum",
    Shape: "shape",
    NodeKind: "node_kind",
    StructureKind: "structure_kind",
    PressureClass: "pressure",
}


def checked_settings(settings: dict[str, str]) -> dict[str, str]:
    """The settings, each sure to name a column and to hold a value that fits.

    A name is a model column, or `table.column`. Raises `UsageError`.
    """
    for name, value in settings.items():
        if name == "default_utility":
            _member(Utility, value, name)
        if name in NOT_COLUMNS:
            continue
        table, _, column = name.rpartition(".")
        specs = [
            spec
            for t in TABLES
            if table in {"", t.table_name}
            for spec in specs_of(t)
            if spec.name == column and spec.kind not in {"index", "polygon", "point", "vertex"}
        ]
        if not specs:
            raise UsageError("--set {name}: no table has such a column", name=name)
        value_for(specs[0], value, name=name)
    return settings


def with_settings(table: Columns, settings: dict[str, str]) -> Columns:
    """The table with the set values in every row."""
    specs = {spec.name: spec for spec in specs_of(type(table))}
    columns: dict[str, Any] = {}
    for name, text in settings.items():
        where, _, column = name.rpartition(".")
        if name in NOT_COLUMNS or where not in {"", table.table_name} or column not in specs:
            continue
        spec = specs[column]
        whole = spec.filled(len(table))
        whole[...] = value_for(spec, text, name=name)
        columns[column] = whole
    return table.with_columns(**columns) if columns and len(table) else table


def value_for(spec: ColumnSpec, text: str, *, name: str) -> Any:
    """A value of a column from text: a vocabulary key or word, a number, a day; `UsageError`."""
    if spec.vocabulary is not None:
        return _member(spec.vocabulary, text, name)
    if spec.kind == "real":
        number = number_in(text)
        if number is None:
            raise UsageError("--set {name}: {value} is not a number", name=name, value=text)
        return number
    if spec.kind == "day":
        day = days_from([text])[0]
        if np.isnat(day):
            raise UsageError("--set {name}: {value} is not a date", name=name, value=text)
        return day
    if spec.kind == "flag":
        return text.strip().lower() in {"1", "true", "yes", "是", "y"}
    if spec.kind == "code":
        return int(number_in(text) or 0)
    return text


def _member(vocabulary: type[Vocabulary], text: str, name: str) -> int:
    try:
        return int(vocabulary.from_key(text.strip().lower()))
    except KeyError:
        word = word_for(_WORDS[vocabulary], text) if vocabulary in _WORDS else None
    if word is None:
        raise UsageError(
            "--set {name}: {value} is none of {known}",
            name=name,
            value=text,
            known=", ".join(m.key for m in vocabulary),
        )
    return int(vocabulary.from_key(word.key))
