"""What one column of a table holds: its kind, type and unknown value."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.model.vocabulary import Vocabulary

Kind = Literal["text", "real", "code", "flag", "index", "day", "polygon", "point", "vertex"]

NO_DAY = np.datetime64("NaT", "D")
_DTYPES: dict[str, np.dtype[Any]] = {
    "text": np.dtype(object),
    "real": np.dtype(np.float64),
    "code": np.dtype(np.int8),
    "flag": np.dtype(np.bool_),
    "index": np.dtype(np.int32),
    "day": np.dtype("datetime64[D]"),
    "polygon": np.dtype(object),
    "point": np.dtype(np.float64),
    "vertex": np.dtype(np.float64),
}
_FILLS: dict[str, Any] = {
    "text": "",
    "real": np.nan,
    "code": 0,
    "flag": False,
    "index": -1,
    "day": NO_DAY,
    "polygon": None,
    "point": np.nan,
    "vertex": np.nan,
}


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """What one column holds: kind, unit, vocabulary, Chinese title, the standard's field name."""

    name: str
    kind: Kind
    fill: Any
    unit: str = ""
    vocabulary: type[Vocabulary] | None = None
    zh: str = ""
    standard: str = ""
    doc: str = ""
    width: int = 1

    @property
    def dtype(self) -> np.dtype[Any]:
        return _DTYPES[self.kind]

    def filled(self, count: int) -> NDArray[Any]:
        """A new array of `count` unknown values."""
        return _filled(self.kind, self.width, self.fill, count)


def _filled(kind: Kind, width: int, value: Any, count: int) -> NDArray[Any]:
    out = np.empty((count, width) if width > 1 else count, dtype=_DTYPES[kind])
    out.fill(value)
    return out


FEW = 64
"""Columns of one value are the same arrays in all tables of no more rows than this."""


def _alike(kind: Kind, width: int, value: Any, count: int) -> NDArray[Any]:
    out = _filled(kind, width, value, count)
    out.setflags(write=False)
    return out


_few_alike = lru_cache(maxsize=2048)(_alike)


def repeated(kind: Kind, width: int, value: Any, count: int) -> NDArray[Any]:
    """A column of one value, read-only."""
    return (_few_alike if count <= FEW else _alike)(kind, width, value, count)


def is_one(value: Any) -> bool:
    """Is it one value for all rows, not one for each."""
    known = type(value) is str or type(value) is float or value is None
    return known or isinstance(value, Vocabulary) or np.isscalar(value)


def column(
    kind: Kind,
    zh: str,
    *,
    unit: str = "",
    vocabulary: type[Vocabulary] | None = None,
    standard: str = "",
    doc: str = "",
    fill: Any = None,
    width: int = 1,
) -> Any:
    """A dataclass field that is a column."""
    return dataclasses.field(
        metadata={
            "kind": kind,
            "zh": zh,
            "unit": unit,
            "vocabulary": vocabulary,
            "standard": standard,
            "doc": doc,
            "fill": _FILLS[kind] if fill is None else fill,
            "width": width,
        }
    )
