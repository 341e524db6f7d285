"""Ways out of random conflicts against trying every centimetre with an oracle that shares no code.

    python bench/avoidance.py [CASES] [FIRST_SEED] [RECORD]

Prints how many conflicts have a way out, how many of the moves are within a centimetre of the
smallest, how many hold a full run anew and the oracle, and what each took. Synthetic places,
seeded. `RECORD` is a file to which every case is written as a line of JSON: what it holds is not
done again, so a long run can be stopped and taken up, or cut into runs from several seeds whose
files are put together.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from oracle.random_crossings import random_crossing
from oracle.slow_moves import Family, Place, Trying, smallest

from baiyun_gis.checks.engine import run_checks
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.remedies.limits import Limits
from baiyun_gis.remedies.moves import Axis, Shape
from baiyun_gis.remedies.propose import remedies_for
from baiyun_gis.remedies.remedy import Proposal, with_remedy
from baiyun_gis.remedies.rows import Grade
from baiyun_gis.rules.loader import load_rule_set

NO_DAY = np.datetime64("NaT", "D")
LIMITS = Limits()
WITHIN_M = 0.01

Case = dict[str, Any]


def main() -> None:
    """Run the cases and print the figures."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    record = Path(sys.argv[3]) if len(sys.argv) > 3 else None
    cases: list[Case] = []
    for case in all_cases(seed, recorded(record)):
        if record is not None and case.pop("is_new", False):
            with record.open("a", encoding="utf-8") as out:
                out.write(json.dumps(case) + "\n")
        cases.append(case)
        real = [one for one in cases if one["check"]]
        if len(real) % 25 == 0 or len(real) >= wanted:
            print_figures(real)
        if len(real) >= wanted:
            return


def recorded(path: Path | None) -> dict[int, Case]:
    """The cases of earlier runs by seed."""
    if path is None or not path.exists():
        return {}
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {int(case["seed"]): case for case in lines}


def all_cases(seed: int, known: dict[int, Case]) -> Iterator[Case]:
    """Case after case; `check` is empty where a place has no conflict of the planned line."""
    while True:
        yield known[seed] if seed in known else one_case(seed) | {"is_new": True}
        seed += 1


def chosen(report: CheckReport) -> int:
    """The gravest conflict of the planned line with another, −1 without any."""
    c = report.conflicts
    mine = ((c.a_row == 0) | (c.b_row == 0)) & (c.b_table == "pipes") & c.violated
    rows = np.flatnonzero(mine)
    return int(rows[0]) if len(rows) else -1


def one_case(seed: int) -> Case:
    """One conflict: the proposal, a full run on it, and the brute answer."""
    rules = load_rule_set("gb50289-2016")
    state = random_crossing(seed)
    report = run_checks(state, rules, as_of=NO_DAY)
    row = chosen(report)
    if row < 0:
        return {"seed": seed, "check": ""}
    began = time.process_time()
    remedy = remedies_for(report, state, rules, [row], limits=LIMITS)[0]
    took = time.process_time() - began
    c = report.conflicts
    case: Case = {"seed": seed, "check": str(c.check[row]), "seconds": round(took, 3)}
    sides = [int(c.a_row[row]), int(c.b_row[row])]
    # Where the planned line has no way the existing one may: a diversion.
    mover = int(remedy.pipes[0]) if isinstance(remedy, Proposal) else 0
    other = sides[1 - sides.index(mover)]
    place = Place(case["check"], (float(c.at[row, 0]), float(c.at[row, 1])))
    trying = Trying(state, mover, other, place, least_fall=LIMITS.min_fall)
    if isinstance(remedy, Proposal):
        after = run_checks(with_remedy(state, remedy), rules, as_of=NO_DAY)
        shape = remedy.layout.shape
        case |= {
            "mover": mover,
            "amount_m": remedy.amount_m,
            "axis": shape.axis.key,
            "grade": remedy.grade.name,
            "is_clean": is_clean(report, after, mover, other),
        }
        if remedy.grade is Grade.CLEARS:
            case["holds"] = holds(trying, family_of(shape), remedy.amount_m)
    if case.get("grade", "CLEARS") == "CLEARS":
        families = [family_of(shape) for shape, _ in remedy.tried]
        answer = smallest(trying, families, most_m=LIMITS.max_move_m)
        case |= {"sure_m": answer.sure_m, "perhaps_m": answer.perhaps_m}
    return case


def holds(trying: Trying, family: Family, amount_m: float) -> bool | None:
    """Does the oracle agree. A smallest move ends where rounding decides: then 3 mm further,
    unless its ramp is too short for that."""
    answer = trying.settles(family, amount_m)
    if answer is not None:
        return answer
    return trying.settles(family, float(np.copysign(abs(amount_m) + 0.003, amount_m))) or None


def family_of(shape: Shape) -> Family:
    """A shape of move as the oracle names it."""
    upright = shape.axis is Axis.VERTICAL
    return Family(upright, shape.from_m, shape.to_m, shape.before_m, shape.after_m)


def beyond_m(case: Case) -> float:
    """How far a proposal is from the brute answer; rounding may leave a span of answers."""
    size = abs(case["amount_m"])
    return max(size - case["sure_m"], case["perhaps_m"] - size, 0.0)


def is_clean(before: CheckReport, after: CheckReport, mover: int, other: int) -> bool:
    """Nothing of the pair is left where it was, and no pair has more or graver findings."""
    was, now = gravest(before), gravest(after)
    return all(key in was and short <= was[key] + 0.001 for key, short in now.items()) and not any(
        other in key[1:] and mover in key[1:] and key not in was for key in now
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


def print_figures(cases: list[Case]) -> None:
    """The figures so far, and every case that is not as it should be."""
    solved = [case for case in cases if "grade" in case]
    clears = [case for case in solved if case["grade"] == "CLEARS"]
    near = [case for case in clears if beyond_m(case) <= WITHIN_M + 1e-9]
    none = [case for case in cases if "grade" not in case]
    confirmed = [case for case in none if np.isinf(case["sure_m"])]
    took = [case["seconds"] for case in cases]
    diverted = [case for case in solved if case["mover"]]
    print(
        f"{len(cases)} conflicts, {len(solved)} with a way out ({len(solved) / len(cases):.0%};"
        f" {len(diverted)} by moving the existing line), {len(clears)} of them clear;"
        f" full run clean after {sum(case['is_clean'] for case in solved)} of {len(solved)};"
        f" oracle: holds"
        f" {sum(case['holds'] is True for case in clears)}, fails"
        f" {sum(case['holds'] is False for case in clears)} of {len(clears)}; within 1 cm of brute"
        f" force {len(near)} of {len(clears)} (worst"
        f" {1000 * max((beyond_m(case) for case in near), default=0.0):.1f} mm), no way confirmed"
        f" {len(confirmed)} of {len(none)}; median {np.median(took):.2f} s, 95 %"
        f" {np.percentile(took, 95):.2f} s of processor a conflict",
        flush=True,
    )
    for case in solved:
        if not case["is_clean"] or case.get("holds") is False:
            print("   not clean", case, flush=True)
    for case in [one for one in clears if one not in near] + [
        one for one in none if one not in confirmed
    ]:
        print("   not the smallest", case, flush=True)


if __name__ == "__main__":
    main()
