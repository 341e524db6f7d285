"""Pairs that nothing can come of, told from the others and counted.

Most lines that cross a street cross others with far more room than anybody asks. Where two runs
come near each other only so, nothing is measured: that they cross, or do not, is all there is to
say.
"""

from __future__ import annotations

import numpy as np

from baiyun_gis.arrays import I64
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.first_look import (
    CELL_BIT,
    CELLS,
    CROSSES,
    LINKED,
    MEASURE,
    NEAR,
    PIECES,
    ROOMY,
    RUNS,
    RUNS_BIT,
    SETTLED,
    TOUCHES,
)

BESIDE, CROSSING_FAR, CROSSING_NEAR = range(3)
"""What quiet pairs are counted by: lines beside each other with room to spare; lines that cross
where that is not too near in plan, or where it is."""
KINDS = 3

_CLOSER_LOOK = SETTLED | LINKED | MEASURE


@compiled
def _is_loud(look: int) -> bool:
    """Could something come of this pair by itself."""
    if look & _CLOSER_LOOK:
        return True
    return (look & CROSSES) != 0 and ((look & TOUCHES) != 0 or (look & ROOMY) == 0)


@compiled
def sifted(pairs: I64, look: I64, cells: int) -> tuple[I64, I64, I64]:
    """The pairs that count, what a first look gave of them, and how many do not by cell and kind.

    A pair counts where something could come of it, or of another pair whose runs have the same
    number; and where one of its lines has more pieces, all of which speak for it together.
    """
    size = 64
    while size < 16 * len(look) and size <= RUNS:
        size *= 2
    seen, mask = np.zeros(size >> 3, np.uint8), size - 1
    for row in range(len(look)):
        if _is_loud(look[row]):
            runs = (look[row] >> RUNS_BIT) & mask
            seen[runs >> 3] |= np.uint8(1 << (runs & 7))
    quiet = np.zeros((cells, KINDS), np.int64)
    count = 0
    for row in range(len(look)):
        runs = (look[row] >> RUNS_BIT) & mask
        if (look[row] & PIECES) or (seen[runs >> 3] >> (runs & 7)) & 1:
            count += 1
            continue
        kind = BESIDE
        if look[row] & CROSSES:
            kind = CROSSING_NEAR if look[row] & NEAR else CROSSING_FAR
        quiet[(look[row] >> CELL_BIT) & CELLS, kind] += 1
    kept, of_kept, at = np.empty(count, np.int64), np.empty(count, np.int64), 0
    for row in range(len(look)):
        runs = (look[row] >> RUNS_BIT) & mask
        if (look[row] & PIECES) or (seen[runs >> 3] >> (runs & 7)) & 1:
            kept[at], of_kept[at] = pairs[row], look[row]
            at += 1
    return kept, of_kept, quiet


@compiled
def told(quiet: I64) -> tuple[I64, I64, I64]:
    """Cell, kind and number of the quiet pairs of each cell and kind that has any."""
    cell, kind, pairs = np.empty(quiet.size, np.int64), np.empty(quiet.size, np.int64), 0
    count = np.empty(quiet.size, np.int64)
    for at in range(quiet.shape[0]):
        for of in range(quiet.shape[1]):
            if quiet[at, of] > 0:
                cell[pairs], kind[pairs], count[pairs] = at, of, quiet[at, of]
                pairs += 1
    return cell[:pairs].copy(), kind[:pairs].copy(), count[:pairs].copy()
