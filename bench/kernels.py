"""Candidate pairs and gaps of many segments, beside shapely's tree, in one run.

    python bench/kernels.py [SEGMENTS]

Streets of short pipes: most level, a fifth rectangular, a tenth of the ends free. The peer
measures axes only, in plan only.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
import shapely

from baiyun_gis.kernels.bodies import body_gap
from baiyun_gis.kernels.candidates import candidate_pairs
from baiyun_gis.kernels.plan import plan_clearance, plan_stretch
from baiyun_gis.kernels.segments import Segments
from baiyun_gis.kernels.vertical import vertical_clearance

REACH_M = 0.5


def district(count: int, seed: int = 1) -> Segments:
    """Segments of about 10 m, at a density of one a 256 m²."""
    rng = np.random.default_rng(seed)
    side = 16.0 * np.sqrt(count)
    x, y, z = (
        rng.uniform(0.0, side, count),
        rng.uniform(0.0, side, count),
        rng.uniform(-5, -1, count),
    )
    bearing = rng.choice([0.0, np.pi / 2.0], count) + rng.normal(0.0, 0.02, count)
    length = rng.lognormal(np.log(10.0), 0.5, count)
    rectangle = rng.random(count) < 0.2
    width = rng.uniform(0.05, 0.5, count)
    return Segments(
        x0=x,
        y0=y,
        z0=z,
        x1=x + length * np.cos(bearing),
        y1=y + length * np.sin(bearing),
        z1=z + rng.normal(0.0, 0.1, count),
        half_width=width,
        half_height=np.where(rectangle, rng.uniform(0.05, 0.5, count), width),
        is_rectangle=rectangle,
        flat0=rng.random(count) < 0.1,
        flat1=rng.random(count) < 0.1,
        pipe=np.arange(count, dtype=np.int32),
        chain0=np.zeros(count),
    )


def clocked(work: Callable[[], object]) -> tuple[object, float]:
    """The answer and the best of three times, in seconds."""
    best, answer = np.inf, None
    for _ in range(3):
        start = time.perf_counter()
        answer = work()
        best = min(best, time.perf_counter() - start)
    return answer, best


def peer(seg: Segments) -> int:
    """Axis pairs within one metre in plan and their distances, with shapely's tree."""
    ends = np.stack([seg.x0, seg.y0, seg.x1, seg.y1], axis=1).reshape(-1, 2, 2)
    lines = shapely.linestrings(ends)
    i, j = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=2.0 * REACH_M)
    keep = i < j
    shapely.distance(lines[i[keep]], lines[j[keep]])
    return int(keep.sum())


def main(count: int) -> None:
    seg = district(count)
    reach = np.full(count, REACH_M)
    start = time.perf_counter()
    few = district(200)
    body_gap(few, *candidate_pairs(few, np.full(200, 9.0)))
    print(f"{'first use (compiled or from disk)':40s} {time.perf_counter() - start:8.3f} s")

    (i, j), found_s = clocked(lambda: candidate_pairs(seg, reach))
    print(f"{f'candidate_pairs, {count} segments':40s} {found_s:8.3f} s   {len(i)} pairs")
    gaps, gap_s = clocked(lambda: body_gap(seg, i, j))
    within = int((gaps.gap < 2.0 * REACH_M).sum())
    print(f"{'body_gap of those':40s} {gap_s:8.3f} s   {within} within {2 * REACH_M} m")
    start = time.perf_counter()
    peer_pairs = peer(seg)
    peer_s = time.perf_counter() - start
    print(f"{'shapely.STRtree dwithin + distance':40s} {peer_s:8.3f} s   {peer_pairs} axis pairs")
    print(f"{'ratio, peer to candidates + body_gap':40s} {peer_s / (found_s + gap_s):8.1f}")
    for name, work in (
        ("plan_clearance", lambda: plan_clearance(seg, i, j)),
        ("plan_stretch", lambda: plan_stretch(seg, i, j, np.ones(len(i)))),
        ("vertical_clearance", lambda: vertical_clearance(seg, i, j)),
    ):
        _, seconds = clocked(work)
        print(f"{name:40s} {seconds:8.3f} s   {seconds / max(1, len(i)) * 1e6:.2f} µs a pair")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
