"""What is recorded of either of two lines, pair by pair, in one pass."""

from __future__ import annotations

import numpy as np

from baiyun_gis.arrays import I8, I32, Bool
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import owned


def flags_of(*codes: int) -> Bool:
    """Which of 256 codes are these."""
    out = np.zeros(256, dtype=np.bool_)
    out[[int(code) for code in codes]] = True
    return out


@compiled
def _of_either(a: I32, b: I32, codes: tuple[I8, ...], counts: Bool, out: Bool) -> None:
    for column in range(len(codes)):
        code = codes[column]
        for row in range(len(a)):
            out[column, row] = counts[column, code[a[row]]] or counts[column, code[b[row]]]


def of_either(a: I32, b: I32, codes: tuple[I8, ...], counts: Bool) -> Bool:
    """Which pairs of lines have a code that counts on either side, column by column; (m, n).

    `counts` (m, 256) says of each code column which codes do.
    """
    out = np.empty((len(codes), len(a)), dtype=np.bool_)
    columns = tuple([owned(code, np.int8) for code in codes])
    _of_either(owned(a, np.int32), owned(b, np.int32), columns, counts, out)
    return out
