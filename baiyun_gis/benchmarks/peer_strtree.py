"""shapely's STRtree as a peer: pairs of axes near each other in plan, heights left out."""

from __future__ import annotations

import time

import numpy as np

from baiyun_gis.benchmarks.peers import PeerAnswer, radii
from baiyun_gis.kernels.segments import Segments


def strtree_pairs(seg: Segments, within_m: float) -> PeerAnswer | None:
    """Pairs within the distance in plan; the tree is made and asked in the time given."""
    import shapely

    start = time.perf_counter()
    ends = np.stack([seg.x0, seg.y0, seg.x1, seg.y1], axis=1).reshape(-1, 2, 2)
    lines = np.asarray(shapely.linestrings(ends), dtype=object)
    made = time.perf_counter()
    radius = radii(seg)
    reach = radius + float(radius.max()) + within_m
    i, j = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=reach)
    i, j = i[i < j], j[i < j]
    near = shapely.distance(lines[i], lines[j]) <= radius[i] + radius[j] + within_m
    done = time.perf_counter()
    version = f"{shapely.__version__}, GEOS {shapely.geos_version_string}"
    return PeerAnswer(
        "shapely STRtree (plan only)",
        version,
        done - made,
        made - start,
        i[near],
        j[near],
        in_plan=True,
    )
