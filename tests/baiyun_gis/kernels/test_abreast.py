"""How near two straight pieces come in plan, and where they are near, in one pass."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_builders import every_sort

from baiyun_gis.kernels.abreast import AT_M, FROM_M, TO_M, abreast
from baiyun_gis.kernels.plan import near_in_plan, plan_stretch
from baiyun_gis.kernels.stations import runs_of, stations_along_runs


@pytest.mark.parametrize("seed", range(3))
def test_one_pass_says_bit_for_bit_what_the_single_questions_say(seed: int):
    chance = np.random.default_rng(seed)
    seg = every_sort(chance, 1500)
    i, j = np.arange(1500, dtype=np.int32), np.arange(1500, 3000, dtype=np.int32)
    within = np.where(chance.random(1500) < 0.2, np.nan, chance.choice([0.0, 0.3, 2.0], 1500))
    lines = int(seg.pipe.max()) + 1
    offset, sign = chance.uniform(0, 100, lines), chance.choice([-1.0, 1.0], lines)
    runs = runs_of(seg, offset, sign)
    found = abreast(seg, i, j, within, runs=runs, crossing_angle_deg=15.0)
    plan = near_in_plan(seg, i, j, crossing_angle_deg=15.0)[0]
    span = plan_stretch(seg, i, j, within)
    along = stations_along_runs(seg, i, (offset, sign), span, plan.ta)
    place = stations_along_runs(seg, i, (offset, sign), (plan.ta, plan.ta), plan.ta)[0]
    assert np.isfinite(span.from_t).sum() > 50
    for one, other in (
        (found.nearest, plan),
        (found.stations[:2], plan[5:]),
        (found.stations[2:], span),
        ((found.table[FROM_M], found.table[TO_M]), along),
        ((found.table[AT_M],), (place,)),
    ):
        np.testing.assert_array_equal(np.array(one), np.array(other))
