"""How the time of a check grows with the district: the exponent over a row of sizes."""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Sequence
from pathlib import Path

from baiyun_gis.benchmarks.measurement import (
    Command,
    Measurement,
    sample_project,
    timed_command,
    timed_module,
)

_STEPS = (0.1, 0.2, 0.5, 1.0)
"""Sizes measured, as shares of the one asked for."""


def measured_scale(segments: int, *, seed: int = 1) -> Measurement:
    """Growth of a check up to `segments`: n to the power `arrays_exponent`, `file_exponent`.

    `arrays` is from opened arrays to findings, `file` from project file to JSON report. Processor
    seconds are compared, so that what else the machine does counts for less.
    """
    sizes = [max(1000, round(segments * share)) for share in _STEPS]
    facts: dict[str, float] = {}
    arrays: list[float] = []
    whole: list[Command] = []
    for size in sizes:
        seconds, command = _of_size(size, seed)
        arrays.append(seconds)
        whole.append(command)
        facts[f"arrays_cpu_{size}_s"] = seconds
        facts[f"file_cpu_{size}_s"] = command.cpu_s or command.seconds
        facts[f"peak_{size}_mib"] = command.peak_mib or math.nan
    facts["arrays_exponent"] = exponent(sizes, arrays)
    facts["file_exponent"] = exponent(sizes, [run.cpu_s or run.seconds for run in whole])
    return Measurement(
        name="scale",
        segments=segments,
        seconds=whole[-1].seconds,
        peak_mib=whole[-1].peak_mib,
        facts=facts,
    )


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """The power k of the size by which time grows as n^k: least squares over logarithms."""
    x, y = [math.log(size) for size in sizes], [math.log(value) for value in seconds]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    above = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return above / sum((a - mean_x) ** 2 for a in x)


def _of_size(size: int, seed: int) -> tuple[float, Command]:
    """Processor seconds from arrays to findings, and the command from file to report."""
    with tempfile.TemporaryDirectory() as folder:
        project, _ = sample_project(folder, size, seed)
        figures = Path(folder) / "arrays.json"
        timed_module("baiyun_gis.benchmarks.arrays", project, figures)
        facts = json.loads(figures.read_text(encoding="utf-8"))["facts"]
        out = Path(folder) / "report.json"
        return facts["arrays_cpu_s"], timed_command(
            "check", project, "--format", "json", "--out", out
        )
