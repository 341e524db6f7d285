"""Decisions through a second survey: 5 cm noise, 3 % real change, every id renamed.

    python -m bench.resurvey --segments 20000 --seeds 5

For each seed: a synthetic district in which 15 % of the runs lie wrong, every conflict accepted,
a made-up second survey, the decisions carried, and what the truth says of that.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter

import numpy as np

from baiyun_gis import DEFAULT_RULES
from baiyun_gis.checks.engine import run_checks
from baiyun_gis.findings.resurvey import Ending, carried
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.synthetic.carried_score import CarriedScore, accepted_all, score_of
from baiyun_gis.synthetic.district import make_district
from baiyun_gis.synthetic.resurvey import resurveyed
from baiyun_gis.synthetic.shifts import crowded

DAY = np.datetime64("2025-01-01")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--segments", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, default=5)
    args = parser.parse_args()
    scores = [_one(args.segments, seed) for seed in range(1, args.seeds + 1)]
    total = {name: sum(getattr(s, name) for s in scores) for name in CarriedScore.__slots__}
    carried_share = total["right"] / total["standing"]
    wrong_share = total["wrong"] / total["decisions"]
    print(f"all: carried {carried_share:.2%}, wrongly {wrong_share:.2%}, {total}")


def _one(segments: int, seed: int) -> CarriedScore:
    rules = load_rule_set(DEFAULT_RULES)
    old = crowded(make_district(segments, seed).state, seed)
    before = run_checks(old, rules, as_of=DAY)
    old = old.with_(decisions=accepted_all(before))
    truth = resurveyed(old, seed)
    after = run_checks(truth.state, rules, as_of=DAY)
    begun = time.perf_counter()
    moved = carried(old, before, truth.state, after)
    seconds = time.perf_counter() - begun
    score = score_of(truth, before, after, moved)
    endings = Counter(Ending(int(e)).key for e in moved.ending[moved.new_row < 0])
    print(f"seed {seed}: {score} in {seconds:.2f} s; gone {dict(endings)}", flush=True)
    return score


if __name__ == "__main__":
    main()
