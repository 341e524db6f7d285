"""Candidate pairs and wall-to-wall gaps, with nothing around them."""

from __future__ import annotations

from baiyun_gis.benchmarks.measurement import Measurement, clocked


def measured_pairs(segments: int, *, seed: int = 1) -> Measurement:
    """Candidate pairs and wall-to-wall 3D gaps of a district in memory; peer: STRtree on axes."""
    import numpy as np
    import shapely

    from baiyun_gis.checks.snapshot import segments_from_pipes
    from baiyun_gis.kernels.bodies import body_gap
    from baiyun_gis.kernels.candidates import candidate_pairs
    from baiyun_gis.synthetic.district import make_district

    pipes = make_district(segments, seed).state.pipes
    free = np.arange(2 * len(pipes), dtype=np.int32)
    origin = pipes.xy.mean(axis=0)
    segment = segments_from_pipes(pipes, origin, free, np.ones_like(free))
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
    pairs, seconds = clocked(ours)
    peer_pairs, peer_s = clocked(theirs)
    return Measurement(
        name="pairs",
        segments=len(segment.x0),
        seconds=seconds,
        peer="shapely.STRtree.query(dwithin 1 m) + distance, axes in plan only",
        peer_seconds=peer_s,
        facts={"pairs": pairs, "peer_pairs": peer_pairs},
    )
