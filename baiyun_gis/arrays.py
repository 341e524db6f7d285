"""Names for the kinds of arrays that columns and kernels pass around."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
F32 = NDArray[np.float32]
I64 = NDArray[np.int64]
I32 = NDArray[np.int32]
I8 = NDArray[np.int8]
Bool = NDArray[np.bool_]
Str = NDArray[np.object_]
Geom = NDArray[np.object_]
Day = NDArray[np.datetime64]


def beside(*columns: F64 | I32 | I64) -> F64:
    """Columns of as many numbers each side by side, shape (n, columns)."""
    out = np.empty((len(columns[0]), len(columns)))
    for place, values in enumerate(columns):
        out[:, place] = values
    return out
