"""Whether two checkouts of this program say the same about the same districts, byte for byte.

    python bench/same_reports.py BEFORE AFTER --segments 20000 --seeds 3 4 5

BEFORE and AFTER are folders of checkouts. Each makes nothing but reports; the districts are made
by BEFORE. Timings are left out of the comparison. Exit 1 where any report differs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

_DAYS = ("2026-01-01", "2015-06-01", "all")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--segments", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[3, 4, 5])
    args = parser.parse_args()
    differing = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for seed in args.seeds:
            project = folder / f"district-{seed}.gpkg"
            size = ("--segments", str(args.segments), "--seed", str(seed), "--out", str(project))
            _run(args.before, "sample", *size)
            for day in _DAYS:
                lines = [_report(where, project, day) for where in (args.before, args.after)]
                changed = sum(a != b for a, b in zip(*lines, strict=False))
                changed += abs(len(lines[0]) - len(lines[1]))
                differing += changed
                sys.stdout.write(f"seed {seed}, {day}: {len(lines[0])} lines, {changed} differ\n")
    return 1 if differing else 0


def _report(checkout: Path, project: Path, day: str) -> list[str]:
    """The lines of the JSON report, one a conflict, without the timings."""
    out = project.with_suffix(".json")
    words = ("--as-of", day, "--created", "now", "--format", "json", "--out", str(out))
    _run(checkout, "check", str(project), *words)
    lines = out.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith('"timings"')]


def _run(checkout: Path, *words: str) -> None:
    command = [sys.executable, "-m", "baiyun_gis", *words]
    surroundings = os.environ | {"PYTHONPATH": str(checkout.resolve())}
    result = subprocess.run(
        command, cwd=checkout, env=surroundings, stdout=subprocess.DEVNULL, check=False
    )
    if result.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)}: exit {result.returncode}")


if __name__ == "__main__":
    sys.exit(main())
