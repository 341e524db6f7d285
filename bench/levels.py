"""How often the true cause of a wrong level is named, and how often a good point is accused.

    python bench/levels.py [SEGMENTS] [SEEDS] [SIGMA_M] [SHARE] [FIRST_SEED]

Synthetic districts with the seven kinds of mistake at SHARE (0.01) of the survey points
together, beside a plain outlier rule on the same data. Lines that the district itself has laid
at odd depths, to be in conflict, count neither as good nor as mistaken; the figure with them
among the good points stands beside it.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from baiyun_gis.diagnosis.suspects import suspect_levels
from baiyun_gis.model.columns import NO_DAY
from baiyun_gis.synthetic.district import District, make_district
from baiyun_gis.synthetic.level_mistakes import MISTAKES, with_mistakes, with_survey_noise
from baiyun_gis.synthetic.level_score import Tally, outlier_rule, tally_of


def laid_oddly(district: District) -> np.ndarray:
    """Pipes that something was planted at, shape (n,)."""
    sides = [side for item in district.truth.items for side in (item.a, item.b) if side]
    names = [name for table, name in sides if table == "pipes"]
    return np.isin(district.state.pipes.id.astype(str), names)


def line(counts: tuple[int, int, int, int, int]) -> str:
    """One row of the table."""
    planted, point, value, kind, either = counts
    whole = max(planted, 1)
    return (
        f"{planted:6}  point {point / whole:6.1%}  value {value / whole:6.1%}"
        f"  kind {kind / whole:6.1%}  point and kind or value {either / whole:6.1%}"
    )


def main(segments: int, seeds: int, sigma_m: float, share: float, first: int) -> None:
    """Print recall and accusations by kind over the seeds."""
    ours, strict, plain = Tally(), Tally(), Tally()
    seconds: list[float] = []
    for seed in range(first, first + seeds):
        district = make_district(segments, seed)
        clean = with_survey_noise(district.state, seed=seed, sigma_m=sigma_m)
        state, mistakes = with_mistakes(clean, seed=seed, share=share)
        began = time.perf_counter()
        found = suspect_levels(state, as_of=NO_DAY)
        seconds.append(time.perf_counter() - began)
        ours = ours + tally_of(found, mistakes, odd=laid_oddly(district))
        strict = strict + tally_of(found, mistakes)
        plain = plain + outlier_rule(found, mistakes)
    print(f"{seeds} seeds from {first} x {segments} segments")
    print(f"noise {sigma_m} m, mistakes at {share:.1%}")
    print(f"seconds a run: first {seconds[0]:.2f}, later {np.median(seconds[1:] or seconds):.2f}")
    for name, tally in (("suspect levels (first two causes)", ours), ("plain outlier rule", plain)):
        print(f"\n{name}")
        for kind in MISTAKES:
            print(f"  {kind:20}{line(tally.by_kind.get(kind, (0, 0, 0, 0, 0)))}")
        print(f"  {'all':20}{line(tally.whole)}")
        told = f"one in {1 / tally.share_accused:.0f}" if tally.accused else "none"
        print(f"  good points accused: {tally.accused} of {tally.good} ({told})")
    print(f"\nwith lines laid oddly on purpose: {strict.accused} of {strict.good} accused")


if __name__ == "__main__":
    words = sys.argv[1:]
    main(
        int(words[0]) if words else 20_000,
        int(words[1]) if len(words) > 1 else 5,
        float(words[2]) if len(words) > 2 else 0.02,
        float(words[3]) if len(words) > 3 else 0.01,
        int(words[4]) if len(words) > 4 else 1,
    )
