"""Columns by their distinct cells: what is costly to read is read once a value, not once a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.model.columns import I64

Cells = Sequence[object] | np.ndarray[Any, Any]


class Distinct(NamedTuple):
    """The distinct cells of a column in order of first sight (numbers: of size), and for each
    row which of them it holds, shape (n,)."""

    cells: list[Any]
    row: I64


def distinct(values: Cells) -> Distinct:
    """The distinct cells of a column; cells are str, numbers, dates or None."""
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiubM":
        # NaN objects differ from each other in a dictionary, in `unique` they are one
        numbers, row = np.unique(values, return_inverse=True)
        days = numbers.astype("datetime64[D]").astype(str) if numbers.dtype.kind == "M" else numbers
        return Distinct(days.tolist(), row.reshape(-1))
    cells = values.tolist() if isinstance(values, np.ndarray) else values
    found = list(dict.fromkeys(cells))
    if len(found) == len(cells):
        return Distinct(found, np.arange(len(cells)))
    place = {cell: index for index, cell in enumerate(found)}
    row = np.fromiter(map(place.__getitem__, cells), dtype=np.int64, count=len(cells))
    return Distinct(found, row)


def spread(of: Distinct, values: Sequence[Any], dtype: Any) -> Any:
    """One value a row from one value a distinct cell."""
    out = np.empty(len(values), dtype=dtype)
    out[:] = values
    return out[of.row]
