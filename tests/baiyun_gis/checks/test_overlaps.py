"""How overlaps lie to each other is looked at once for checks that ask about the same."""

from __future__ import annotations

import numpy as np

from baiyun_gis.checks.overlaps import Lain
from baiyun_gis.kernels.abreast import AT_M, Abreast


def test_what_was_looked_at_is_kept_and_anything_else_is_looked_at_anew() -> None:
    looked: list[list[int]] = []

    def asked(lain: Lain, *part: int) -> list[float]:
        def look() -> Abreast:
            looked.append(list(part))
            return Abreast(np.tile(np.array(part, dtype=np.float64), (13, 1)))

        return lain.of(np.array(part), look).table[AT_M].tolist()

    lain = Lain()
    assert asked(lain, 2, 5, 9) == [2, 5, 9]
    assert asked(lain, 5) == [5]
    assert asked(lain, 2, 9) == [2, 9]
    assert asked(lain, 5, 10) == [5, 10]
    assert asked(lain, 4) == [4]
    assert looked == [[2, 5, 9], [5, 10], [4]]
