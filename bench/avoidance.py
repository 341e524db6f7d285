"""Ways out of random conflicts against trying every centimetre with an oracle that shares no code.

    python bench/avoidance.py [CASES] [FIRST_SEED]

Prints how many conflicts have a way out, how many of the moves are within a centimetre of the
smallest, how many hold a full run anew, and what each took. Synthetic places, seeded.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from oracle.random_crossings import random_crossing
from oracle.slow_moves import Answer, Family, Trying, smallest

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.project import ProjectState
from baiyun_gis.remedies.limits import Limits
from baiyun_gis.remedies.moves import Axis
from baiyun_gis.remedies.propose import remedies_for
from baiyun_gis.remedies.remedy import Proposal, with_remedy
from baiyun_gis.remedies.rows import Grade
from baiyun_gis.rules.loader import load_rule_set

NO_DAY = np.datetime64("NaT", "D")
LIMITS = Limits(max_move_m=1.0)
WITHIN_M = 0.01


@dataclass
class Tally:
    """What came out, by kind of answer."""

    cases: int = 0
    solved: int = 0
    clears: int = 0
    best: int = 0
    none_confirmed: int = 0
    clean: int = 0
    worst_m: float = 0.0
    wrong: list[str] = field(default_factory=list[str])
    seconds: list[float] = field(default_factory=list[float])


def main() -> None:
    """Run the cases and print the figures."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    rules, tally, first = load_rule_set("gb50289-2016"), Tally(), seed
    while tally.cases < wanted:
        state = random_crossing(seed)
        report = run_checks(state, rules, as_of=NO_DAY)
        row = chosen(report)
        if row >= 0:
            one_case(tally, state, report, row, seed)
            if tally.cases % 25 == 0:
                print_figures(tally, first, seed)
        seed += 1
    print_figures(tally, first, seed)


def chosen(report: CheckReport) -> int:
    """The gravest conflict of the planned line with another, −1 without any."""
    c = report.conflicts
    mine = ((c.a_row == 0) | (c.b_row == 0)) & (c.b_table == "pipes") & c.violated
    rows = np.flatnonzero(mine)
    return int(rows[0]) if len(rows) else -1


def one_case(tally: Tally, state: ProjectState, report: CheckReport, row: int, seed: int) -> None:
    """One conflict: the proposal, a full run on it, and the brute answer."""
    rules = load_rule_set("gb50289-2016")
    began = time.perf_counter()
    remedy = remedies_for(report, state, rules, [row], limits=LIMITS)[0]
    tally.seconds.append(time.perf_counter() - began)
    tally.cases += 1
    c = report.conflicts
    other = int(c.b_row[row]) if c.a_row[row] == 0 else int(c.a_row[row])
    if isinstance(remedy, Proposal):
        after = run_checks(with_remedy(state, remedy), rules, as_of=NO_DAY)
        tally.solved += 1
        tally.clean += is_clean(report, after, other)
        if remedy.grade is not Grade.CLEARS:
            return
        tally.clears += 1
    shapes = remedy.tried
    families = [
        Family(s.axis is Axis.VERTICAL, s.from_m, s.to_m, s.before_m, s.after_m) for s, _ in shapes
    ]
    trying = Trying(state, 0, other, least_fall=LIMITS.min_fall)
    answer = smallest(trying, families, most_m=LIMITS.max_move_m)
    compare(tally, remedy, answer, seed)


def compare(tally: Tally, remedy: object, answer: Answer, seed: int) -> None:
    """A proposal against the brute answer; rounding may leave a span of answers."""
    if not isinstance(remedy, Proposal):
        if np.isinf(answer.sure_m):
            tally.none_confirmed += 1
        else:
            tally.wrong.append(f"seed {seed}: none proposed, brute {answer.sure_m:.2f} m")
        return
    size = abs(remedy.amount_m)
    beyond = max(size - answer.sure_m, answer.perhaps_m - size, 0.0)
    if beyond <= WITHIN_M + 1e-9:
        tally.best += 1
        tally.worst_m = max(tally.worst_m, beyond)
    else:
        tally.wrong.append(f"seed {seed}: {remedy.amount_m:+.3f} m, brute {answer}")


def is_clean(before: CheckReport, after: CheckReport, other: int) -> bool:
    """Nothing of the pair is left where it was, and no pair has more or graver findings."""
    was, now = gravest(before), gravest(after)
    return all(key in was and short <= was[key] + 0.001 for key, short in now.items()) and not any(
        other in key[1:] and 0 in key[1:] and key not in was for key in now
    )


def gravest(report: CheckReport) -> dict[tuple[str, int, int], float]:
    """The largest shortfall by check and sides."""
    out: dict[tuple[str, int, int], float] = {}
    c = report.conflicts
    for k in range(len(c)):
        key = (str(c.check[k]), int(c.a_row[k]), int(c.b_row[k]))
        short = float(np.nan_to_num(c.shortfall_m[k], nan=-np.inf))
        out[key] = max(out.get(key, -np.inf), short)
    return out


def print_figures(tally: Tally, first: int, seed: int) -> None:
    """The figures so far."""
    took = np.array(tally.seconds)
    print(
        f"seeds {first}-{seed}: {tally.cases} conflicts, {tally.solved} with a way out"
        f" ({tally.solved / tally.cases:.0%}), {tally.clears} of them clear;"
        f" full run clean after {tally.clean} of {tally.solved};"
        f" within 1 cm of brute force {tally.best} of {tally.clears}"
        f" (worst {tally.worst_m * 1000:.1f} mm), no way confirmed {tally.none_confirmed} of"
        f" {tally.cases - tally.solved};"
        f" median {np.median(took):.2f} s, 95 % {np.percentile(took, 95):.2f} s a conflict",
        flush=True,
    )
    for line in tally.wrong:
        print("  ", line, flush=True)


if __name__ == "__main__":
    main()
