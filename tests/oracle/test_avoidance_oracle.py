"""Proposed moves against trying every centimetre with code that shares nothing with them.

A few places here; `bench/avoidance.py` runs five hundred.
"""

from __future__ import annotations

import numpy as np
import pytest
from check_cases import checked, gb
from oracle.random_crossings import random_crossing
from oracle.slow_moves import Family, Place, Trying, smallest

from baiyun_gis.remedies.limits import Limits
from baiyun_gis.remedies.moves import Axis
from baiyun_gis.remedies.propose import remedies_for
from baiyun_gis.remedies.remedy import Proposal
from baiyun_gis.remedies.rows import Grade

LIMITS = Limits(max_move_m=0.3)


@pytest.mark.parametrize("seed", [2, 3])
def test_the_move_is_within_a_centimetre_of_the_smallest(seed: int) -> None:
    state = random_crossing(seed)
    report = checked(state)
    c = report.conflicts
    mine = ((c.a_row == 0) | (c.b_row == 0)) & (c.b_table == "pipes") & c.violated
    row = int(np.flatnonzero(mine)[0])
    other = int(c.b_row[row]) if c.a_row[row] == 0 else int(c.a_row[row])
    remedy = remedies_for(report, state, gb(), [row], limits=LIMITS)[0]
    families = [
        Family(s.axis is Axis.VERTICAL, s.from_m, s.to_m, s.before_m, s.after_m)
        for s, _ in remedy.tried
    ]
    place = Place(str(c.check[row]), (float(c.at[row, 0]), float(c.at[row, 1])))
    trying = Trying(state, 0, other, place, least_fall=LIMITS.min_fall)
    brute = smallest(trying, families, most_m=LIMITS.max_move_m)
    if isinstance(remedy, Proposal) and remedy.grade is Grade.CLEARS:
        size = abs(remedy.amount_m)
        assert brute.perhaps_m - 0.01 - 1e-9 <= size <= brute.sure_m + 1e-9
    else:
        assert np.isinf(brute.sure_m)
