"""The `--where` expression: which pipes a run asks about.

`utility=gas`, `id~G*`, `road=人民路`, `status!=planned`, joined by `and`. `=` compares whole
values, `~` matches a pattern with `*` and `?`. Columns with a vocabulary take its keys or its
Chinese words.
"""

from __future__ import annotations

import fnmatch
import re
from typing import Any

import numpy as np

from baiyun_gis.errors import UsageError
from baiyun_gis.model.columns import Bool, ColumnSpec, specs_of
from baiyun_gis.model.tables import PipeTable

_TERM = re.compile(r"^\s*(\w+)\s*(!=|==?|~|<=|>=|<|>)\s*(.*?)\s*$", re.DOTALL)
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)


def selected_pipes(pipes: PipeTable, where: str) -> Bool:
    """The pipes that satisfy the expression, all of them when it is empty; shape (n,).

    Raises `UsageError` with the term that cannot be understood.
    """
    out = np.ones(len(pipes), dtype=np.bool_)
    if not where.strip():
        return out
    for term in _AND.split(where.strip()):
        out &= _satisfying(pipes, term)
    return out


def _satisfying(pipes: PipeTable, term: str) -> Bool:
    match = _TERM.match(term)
    if match is None:
        raise UsageError(
            "'{term}' is not a condition; write for example utility=gas and id~G*", term=term
        )
    name, operator, value = match.groups()
    operator = "=" if operator == "==" else operator
    specs = {spec.name: spec for spec in specs_of(PipeTable)}
    if name not in specs:
        raise UsageError(
            "pipes have no column '{name}'; there are: {names}", name=name, names=", ".join(specs)
        )
    spec, value = specs[name], value.strip("'\"")
    if operator == "!=":
        return ~_satisfying(pipes, f"{name}={value}")
    values = getattr(pipes, name)
    if spec.vocabulary is not None:
        return _of_codes(values, spec, operator, value)
    if spec.kind == "text":
        return _of_text(values, operator, value, term)
    if spec.kind == "day":
        return _compared(values, operator, _day(value, term), term)
    if spec.kind == "flag":
        return values == (value.lower() in {"1", "true", "yes"})
    return _compared(values, operator, _number(value, term), term)


def _of_codes(values: np.ndarray, spec: ColumnSpec, operator: str, value: str) -> Bool:
    assert spec.vocabulary is not None
    hits = [
        int(member)
        for member in spec.vocabulary
        if fnmatch.fnmatchcase(member.key, value) or fnmatch.fnmatchcase(member.zh, value)
    ]
    if not hits or operator not in {"=", "~"}:
        raise UsageError(
            "'{value}' is not a {name}; there are: {names}",
            value=value,
            name=spec.name,
            names=", ".join(member.key for member in spec.vocabulary),
        )
    return np.isin(values, hits)


def _of_text(values: np.ndarray, operator: str, value: str, term: str) -> Bool:
    if operator == "=":
        return (values == value).astype(np.bool_)
    if operator == "~":
        pattern = re.compile(fnmatch.translate(value))
        return np.fromiter((pattern.match(str(v)) is not None for v in values), np.bool_)
    raise UsageError("text can be compared with = and ~ only, not in '{term}'", term=term)


def _compared(values: np.ndarray, operator: str, value: Any, term: str) -> Bool:
    compare = {
        "=": np.equal,
        "<": np.less,
        ">": np.greater,
        "<=": np.less_equal,
        ">=": np.greater_equal,
    }
    if operator not in compare:
        raise UsageError("numbers and days have no patterns: '{term}'", term=term)
    return np.asarray(compare[operator](values, value), dtype=np.bool_)


def _number(value: str, term: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise UsageError("'{value}' is not a number in '{term}'", value=value, term=term) from None


def _day(value: str, term: str) -> np.datetime64:
    try:
        return np.datetime64(value, "D")
    except ValueError:
        raise UsageError(
            "'{value}' is not a day such as 2020-01-31 in '{term}'", value=value, term=term
        ) from None
