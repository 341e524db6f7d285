"""How often the true cause of a wrong level is named, and how often a good point is accused.

    python bench/levels.py [SEGMENTS] [SEEDS] [SIGMA_M]

Synthetic districts with the seven kinds of mistake at 1 % of the survey points, beside a plain
outlier rule: a level that differs from what its neighbours along the line give by more than
three times the usual spread.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from baiyun_gis.diagnosis.measuring import Tally, outlier_rule, scored
from baiyun_gis.diagnosis.suspects import suspect_levels
from baiyun_gis.model.columns import NO_DAY
from baiyun_gis.synthetic.district import make_district
from baiyun_gis.synthetic.level_mistakes import MISTAKES, with_mistakes, with_survey_noise


def main(segments: int, seeds: int, sigma_m: float) -> None:
    """Print recall and accusations by kind over the seeds."""
    total, plain, seconds = Tally(), Tally(), []
    for seed in range(1, seeds + 1):
        clean = with_survey_noise(make_district(segments, seed).state, seed=seed, sigma_m=sigma_m)
        state, mistakes = with_mistakes(clean, seed=seed)
        began = time.perf_counter()
        found = suspect_levels(state, as_of=NO_DAY)
        seconds.append(time.perf_counter() - began)
        total = total + scored(found, state, mistakes)
        plain = plain + outlier_rule(state, mistakes)
    print(f"{seeds} seeds x {segments} segments, survey noise {sigma_m} m, mistakes at 1 %")
    print(f"seconds a run: first {seconds[0]:.2f}, later {np.median(seconds[1:] or seconds):.2f}")
    for name, tally in (("suspect levels", total), ("plain outlier rule", plain)):
        print(f"\n{name}")
        for kind in MISTAKES:
            print(f"  {kind:20} {tally.line(kind)}")
        print(f"  {'all':20} {tally.line('')}")
        print(
            f"  good points accused: {tally.accused_good} of {tally.good}"
            f" (one in {tally.good / max(tally.accused_good, 1):.0f})"
        )


if __name__ == "__main__":
    words = sys.argv[1:]
    main(
        int(words[0]) if words else 20_000,
        int(words[1]) if len(words) > 1 else 5,
        float(words[2]) if len(words) > 2 else 0.02,
    )
