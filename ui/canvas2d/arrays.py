"""Arrays straight into Qt: many lines or long paths without a Python object each."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyqtgraph import functions
from pyqtgraph.Qt import internals
from PySide6.QtCore import QLineF
from PySide6.QtGui import QColor, QPainter, QPainterPath

I64 = NDArray[np.int64]


def draw_segments(painter: QPainter, ends: NDArray[np.float64]) -> None:
    """Draw separate segments, x0, y0, x1, y1 in pixels, shape (n, 4), with the painter's pen."""
    if not len(ends):
        return
    block = internals.PrimitiveArray(QLineF, 4)
    block.resize(len(ends))
    block.ndarray()[:] = ends
    painter.drawLines(*block.drawargs())


def path_of(xy: NDArray[np.float64], offsets: I64) -> QPainterPath:
    """One path of many polylines (pixels); line `i` owns `offsets[i]:offsets[i + 1]`."""
    if not len(xy):
        return QPainterPath()
    connect = np.ones(len(xy), dtype=np.int32)
    connect[offsets[1:] - 1] = 0
    return functions.arrayToQPath(
        np.ascontiguousarray(xy[:, 0]),
        np.ascontiguousarray(xy[:, 1]),
        connect=connect,
        finiteCheck=False,
    )


def style_groups(*columns: NDArray[Any]) -> list[tuple[int, I64]]:
    """Rows that look alike: a first row and all rows of each look, in order of first row."""
    codes = style_codes(*columns)
    if not len(codes):
        return []
    count = int(codes.max()) + 1
    order = np.argsort(codes, kind="stable")
    bounds = np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=count))])
    return [(int(order[bounds[k]]), order[bounds[k] : bounds[k + 1]]) for k in range(count)]


def style_codes(*columns: NDArray[Any]) -> I64:
    """A small number a row, the same for rows that look alike, in order of first row."""
    if not len(columns[0]):
        return np.zeros(0, dtype=np.int64)
    codes = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        flat = packed(column)
        if (flat == flat[0]).all():
            continue
        values, inverse = np.unique(flat, return_inverse=True)
        codes = codes * len(values) + inverse.reshape(-1)
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse.reshape(-1)]


def packed(column: NDArray[Any]) -> NDArray[Any]:
    """A column as one number a row; RGBA bytes (n, 4) become one integer."""
    if column.ndim == 1:
        return column
    return np.ascontiguousarray(column, dtype=np.uint8).view(np.uint32).reshape(-1)


def color_of(rgba: NDArray[np.uint8]) -> QColor:
    return QColor(int(rgba[0]), int(rgba[1]), int(rgba[2]), int(rgba[3]))
