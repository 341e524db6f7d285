"""A whole check of a made-up district: from file to report, and from arrays to findings."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

from baiyun_gis.benchmarks.measurement import (
    Measurement,
    sample_project,
    timed_command,
    timed_module,
)


def measured_check(segments: int, *, seed: int = 1) -> Measurement:
    """A district from file to JSON report in a process of its own, warm; peer: STRtree on axes.

    The first run fills the kernel cache and is given as `cold_s`. `arrays_s` is from opened
    arrays to findings, the stages' seconds stand beside it.
    """
    with tempfile.TemporaryDirectory() as folder:
        project, made = sample_project(folder, segments, seed)
        report, figures = Path(folder) / "report.json", Path(folder) / "arrays.json"
        words = ("check", project, "--format", "json", "--out", report)
        cold = timed_command(*words)
        warm = min((timed_command(*words) for _ in range(2)), key=lambda run: run.seconds)
        timed_module("baiyun_gis.benchmarks.arrays", project, figures)
        arrays = json.loads(figures.read_text(encoding="utf-8"))
        peer_s, pairs = _strtree(project)
    facts: dict[str, float] = {"sample_s": made.seconds, "cold_s": cold.seconds}
    if warm.cpu_s is not None:
        facts["cpu_s"] = warm.cpu_s
    return Measurement(
        name="check",
        segments=segments,
        seconds=warm.seconds,
        peak_mib=warm.peak_mib,
        peer="shapely.STRtree.query(dwithin 1 m) + distance, axes in plan only, from file",
        peer_seconds=peer_s,
        facts=facts | arrays["facts"] | {"peer_pairs": pairs} | arrays["stages"],
    )


def _strtree(project: Path) -> tuple[float, int]:
    import numpy as np
    import shapely
    from pyogrio.raw import read

    start = time.perf_counter()
    _, _, wkb, _ = read(project, layer="pipes", columns=[])
    lines = shapely.force_2d(shapely.from_wkb(wkb))
    i, j = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=1.0)
    keep = np.flatnonzero(i < j)
    shapely.distance(lines[i[keep]], lines[j[keep]])
    return time.perf_counter() - start, len(keep)
