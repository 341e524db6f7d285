"""The project's own measurements, each beside a peer in the same run; figures are ratios to read.

Nothing here passes or fails: `baiyun-gis bench` prints, people judge.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from baiyun_gis.errors import CheckError
from baiyun_gis.live.measured import measured_edit


@dataclass(frozen=True, slots=True)
class Measurement:
    """One figure: seconds, peak memory, and the peer's seconds beside it."""

    name: str
    segments: int
    seconds: float
    peak_mib: float | None = None
    peer: str = ""
    peer_seconds: float | None = None
    facts: dict[str, float] = field(default_factory=dict[str, float])

    @property
    def ratio(self) -> float | None:
        """How many times longer the peer took."""
        return None if self.peer_seconds is None else self.peer_seconds / self.seconds

    def to_json(self) -> dict[str, Any]:
        """The figures as plain values, the ratio among them."""
        return asdict(self) | {"ratio": self.ratio}


def measured_check(segments: int, *, seed: int = 1) -> Measurement:
    """A district from file to JSON report in a process of its own, warm; peer: STRtree on axes.

    The first run fills the kernel cache and is given as `cold_s`.
    """
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "district.gpkg"
        report = Path(folder) / "report.json"
        made = _timed("sample", "--segments", str(segments), "--seed", str(seed), "--out", project)
        words = ("check", project, "--format", "json", "--out", report)
        cold = _timed(*words)
        warm = min((_timed(*words) for _ in range(2)), key=lambda run: run[0])
        found = len(json.loads(report.read_text(encoding="utf-8"))["conflicts"])
        peer_s, pairs = _strtree(project)
    return Measurement(
        name="check",
        segments=segments,
        seconds=warm[0],
        peak_mib=warm[1],
        peer="shapely.STRtree.query(dwithin 1 m) + distance, axes in plan only, from file",
        peer_seconds=peer_s,
        facts={"sample_s": made[0], "cold_s": cold[0], "conflicts": found, "peer_pairs": pairs},
    )


def measured_pairs(segments: int, *, seed: int = 1) -> Measurement:
    """Candidate pairs and wall-to-wall 3D gaps of a district in memory; peer: STRtree on axes."""
    import numpy as np
    import shapely

    from baiyun_gis.checks.snapshot import segments_from_pipes
    from baiyun_gis.kernels.bodies import body_gap
    from baiyun_gis.kernels.candidates import candidate_pairs
    from baiyun_gis.synthetic.district import make_district

    pipes = make_district(segments, seed).state.pipes
    ends = np.zeros(len(pipes), dtype=np.bool_)
    origin = pipes.xy.mean(axis=0)
    segment = segments_from_pipes(pipes, origin, ends, ends)
    reach = np.full(len(segment.x0), 0.5)

    def ours() -> int:
        i, j = candidate_pairs(segment, reach)
        body_gap(segment, i, j)
        return len(i)

    def theirs() -> int:
        ends_xy = np.stack([segment.x0, segment.y0, segment.x1, segment.y1], axis=1)
        lines = np.asarray(shapely.linestrings(ends_xy.reshape(-1, 2, 2)), dtype=object)
        i, j = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=1.0)
        keep = i < j
        shapely.distance(lines[i[keep]], lines[j[keep]])
        return int(keep.sum())

    ours()
    pairs, seconds = _clocked(ours)
    peer_pairs, peer_s = _clocked(theirs)
    return Measurement(
        name="pairs",
        segments=len(segment.x0),
        seconds=seconds,
        peer="shapely.STRtree.query(dwithin 1 m) + distance, axes in plan only",
        peer_seconds=peer_s,
        facts={"pairs": pairs, "peer_pairs": peer_pairs},
    )


BENCHMARKS: dict[str, Callable[[int], Measurement]] = {
    "check": measured_check,
    "pairs": measured_pairs,
    "edit": measured_edit,
}


def _clocked(work: Callable[[], int]) -> tuple[int, float]:
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def _timed(*words: object) -> tuple[float, float | None]:
    """Seconds and peak MiB of one command of ours."""
    command = [sys.executable, "-m", "baiyun_gis", *(str(word) for word in words)]
    start = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603  our own command
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    peak: float | None = None
    if hasattr(os, "wait4"):
        message = process.stderr.read() if process.stderr is not None else b""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        peak = usage.ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
    else:
        _, message = process.communicate()
    seconds = time.perf_counter() - start
    if process.stderr is not None:
        process.stderr.close()
    if process.returncode not in (0, 1):
        raise CheckError(
            "The measured command failed: {message}",
            message=message.decode(errors="replace").strip(),
        )
    return seconds, peak


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
