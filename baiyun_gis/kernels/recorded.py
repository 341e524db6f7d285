"""What is recorded of either of two lines, pair by pair, in one pass."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import I8, I32, Bool
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import owned


class Recorded(NamedTuple):
    """A code column of lines and which codes count (256 flags)."""

    code: I8
    counts: Bool


def flags_of(*codes: int) -> Bool:
    """Which of 256 codes are these."""
    out = np.zeros(256, dtype=np.bool_)
    out[[int(code) for code in codes]] = True
    return out


@compiled
def _of_either(a: I32, b: I32, code: I8, counts: Bool, out: Bool) -> None:
    for row in range(len(a)):
        out[row] = counts[code[a[row]]] or counts[code[b[row]]]


def of_either(a: I32, b: I32, columns: tuple[Recorded, ...]) -> Bool:
    """Which pairs of lines have a code that counts on either side, column by column; (m, n)."""
    out = np.empty((len(columns), len(a)), dtype=np.bool_)
    one, two = owned(a, np.int32), owned(b, np.int32)
    for column, flags in zip(columns, out, strict=True):
        _of_either(one, two, owned(column.code, np.int8), column.counts, flags)
    return out
