"""Random edits of a synthetic district: is the live re-check equal to a full run, and how fast?

    python bench/live_edits.py --segments 1e3 --edits 1000

Prints how many edits were followed by neighbourhood, the differences found (there should be
none) and the times. With `--every 10` only each tenth state is compared with a full run; what went
wrong before would still show there. With `--drags 100` so many lines are taken up and dragged in
small steps instead, other edits between, some of them long lines joined to nothing.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter

import numpy as np

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.live.changes import Touched
from baiyun_gis.live.edits import differences, dragged, random_edit
from baiyun_gis.live.measured import with_long_lines
from baiyun_gis.live.recheck import LiveCheck
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.synthetic.district import make_district

AS_OF = np.datetime64("2026-06-01")
LONG = 50


def drags(segments: int, seed: int, count: int) -> None:
    """Lines taken up and dragged, each compared with a full run at the end."""
    chance = np.random.default_rng(seed)
    rules = load_rule_set("gb50289-2016")
    start = with_long_lines(make_district(segments, seed).state, LONG, chance)
    live = LiveCheck(start, rules, as_of=AS_OF)
    steps: Counter[str] = Counter()
    wrong = 0
    for number in range(count):
        pipes = len(live.state.pipes)
        row = int(chance.integers(pipes - LONG if chance.random() < 0.6 else 0, pipes))
        if chance.random() < 0.8:
            live.prepare(Touched(pipes=np.array([row])))
        taken_up = live.state
        for _ in range(int(chance.integers(1, 6))):
            touched = Touched(pipes=np.array([row]))
            delta = live.update(dragged(live.state, row, chance), touched)
            steps["whole" if delta.why_whole is not None else "by neighbourhood"] += 1
            if chance.random() < 0.15:
                live.update(random_edit(live.state, chance)[1])
                break
        if chance.random() < 0.2:
            live.update(taken_up)  # undone
        full = run_checks(live.state, rules, as_of=AS_OF)
        found = differences(live.report(with_suspicions=False), full, with_suspicions=False)
        if found:
            wrong += 1
            print(number, row, str(found)[:300])
    print(f"{count} drags, {wrong} differ; steps: {dict(steps)}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--segments", type=float, default=1e3)
    parser.add_argument("--edits", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=1, help="compare after so many edits")
    parser.add_argument("--drags", type=int, default=0, help="lines dragged instead of edits")
    args = parser.parse_args()
    if args.drags:
        drags(int(args.segments), args.seed, args.drags)
        return
    state = make_district(int(args.segments), args.seed).state
    rules = load_rule_set("gb50289-2016")
    chance = np.random.default_rng(args.seed)
    live = LiveCheck(state, rules, as_of=AS_OF)
    seconds: list[float] = []
    whole: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    wrong = 0
    for number in range(args.edits):
        name, state = random_edit(live.state, chance)
        kinds[name] += 1
        start = time.perf_counter()
        delta = live.update(state)
        if delta.why_whole is None:
            seconds.append(time.perf_counter() - start)
        else:
            whole[f"{name}: {delta.why_whole}"] += 1
        if number % args.every < args.every - 1:
            continue
        found = differences(live.report(), run_checks(state, rules, as_of=AS_OF))
        if number % 100 == 99:
            print(f"{number + 1} edits, {wrong} differ", flush=True)
        if found:
            wrong += 1
            print(number, name, str(found)[:300])
            if wrong >= 4:
                break
    print(dict(kinds))
    print(
        f"{args.edits} edits, {wrong} differ; {len(seconds)} by neighbourhood; whole: {dict(whole)}"
    )
    if seconds:
        p50, p95 = np.percentile(seconds, [50, 95]) * 1000
        print(f"p50 {p50:.1f} ms, p95 {p95:.1f} ms (search for what changed included)")


if __name__ == "__main__":
    main()
