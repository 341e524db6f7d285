"""The bare clearance query: all pairs of pipe bodies nearer than a distance in space.

Ours and every peer that is installed answer it for the same bodies in the same run. Peers know
lines with round ends only. Ours ends flat where a pipe ends freely, so a peer finds some pairs
more: those that only a half ball beyond a free end brings near. They are counted apart, by asking
our own kernel again with all ends round; whatever else differs is a disagreement.
"""

from __future__ import annotations

import numpy as np

from baiyun_gis.arrays import F64, I64
from baiyun_gis.benchmarks.measurement import Measurement, clocked
from baiyun_gis.benchmarks.peer_fcl import fcl_pairs
from baiyun_gis.benchmarks.peer_postgis import postgis_pairs
from baiyun_gis.benchmarks.peer_strtree import strtree_pairs
from baiyun_gis.benchmarks.peers import Peer, PeerAnswer, sorted_keys
from baiyun_gis.kernels.bodies import body_gap
from baiyun_gis.kernels.candidates import candidate_pairs
from baiyun_gis.kernels.nearness import within_distance
from baiyun_gis.kernels.segments import Segments, take

WITHIN_M = 1.0
AT_LIMIT_M = 1e-6
"""Pairs this near the distance asked may fall on either side of it by rounding."""

_ROUNDS = 5
PEERS: dict[str, Peer] = {
    "postgis": postgis_pairs,
    "fcl": fcl_pairs,
    "strtree": strtree_pairs,
}


def measured_clearance(segments: int, *, seed: int = 1) -> Measurement:
    """A district's round pipes and all pairs nearer than 1 m; peers as far as installed.

    For each peer the facts hold `<peer>_s` (index and query), `<peer>_ratio`, its pairs, those by
    round ends only (`_by_round_ends`), pairs of ours it gives no distance for
    (`_without_answer`) and `_disagree`: pairs only one of both found for no such reason.
    """
    bodies = district_bodies(segments, seed)
    near_pairs(bodies, WITHIN_M)
    runs = [clocked(lambda: len(near_pairs(bodies, WITHIN_M))) for _ in range(_ROUNDS)]
    seconds = min(taken for _, taken in runs)
    facts: dict[str, float] = {"pairs": runs[0][0], "within_m": WITHIN_M}
    first: PeerAnswer | None = None
    for name, peer in PEERS.items():
        answer = peer(bodies, WITHIN_M)
        if answer is None:
            continue
        first = first or answer
        facts |= {f"{name}_{key}": value for key, value in compared(bodies, answer).items()}
        facts |= {f"{name}_s": answer.seconds, f"{name}_made_s": answer.made_s}
        facts[f"{name}_ratio"] = answer.seconds / seconds
    return Measurement(
        name="clearance",
        segments=len(bodies.x0),
        seconds=seconds,
        peer=f"{first.name} {first.version}" if first else "none is installed",
        peer_seconds=first.seconds if first else None,
        facts=facts,
    )


def district_bodies(segments: int, seed: int) -> Segments:
    """All pipes of a synthetic district with known level and size, as round bodies.

    Rectangles are taken as circles of their width, because peers have no upright rectangles.
    """
    from baiyun_gis.checks.snapshot import segments_from_pipes
    from baiyun_gis.model.topology import topology_of
    from baiyun_gis.synthetic.district import make_district

    pipes = make_district(segments, seed).state.pipes
    topology = topology_of(pipes)
    origin = np.round(pipes.xy.mean(axis=0))
    seg = segments_from_pipes(pipes, origin, topology.joint, topology.joint_degree)
    known = np.isfinite(seg.z0 + seg.z1) & (seg.half_width > 0)
    seg = take(seg, np.flatnonzero(known))
    return seg._replace(
        half_height=seg.half_width.copy(),
        is_rectangle=np.zeros(len(seg.x0), dtype=np.bool_),
        pipe=np.arange(len(seg.x0), dtype=np.int32),
    )


def near_pairs(seg: Segments, within_m: float) -> I64:
    """Keys of all pairs nearer than `within_m`, in order; index, search and distance."""
    i, j = candidate_pairs(seg, np.full(len(seg.x0), within_m / 2))
    near = within_distance(seg, i, j, within_m)
    return (i[near].astype(np.int64) << 32) + j[near]


def compared(seg: Segments, answer: PeerAnswer) -> dict[str, float]:
    """A peer's pairs beside ours: how many, how many by round ends only, how many otherwise."""
    ours, theirs = near_pairs(seg, WITHIN_M), sorted_keys(answer.i, answer.j)
    more, fewer = np.setdiff1d(theirs, ours), np.setdiff1d(ours, theirs)
    silent = np.isin(fewer, answer.silent)
    facts = {
        "pairs": float(len(theirs)),
        "without_answer": float(silent.sum()),
        "missed": float(_clearly(seg, fewer[~silent], nearer=True)),
    }
    if answer.in_plan:
        return facts
    apart = _clearly(seg, more, nearer=False)
    return facts | {
        "by_round_ends": float(len(more) - apart),
        "disagree": float(apart + facts["missed"]),
    }


def _clearly(seg: Segments, keys: I64, *, nearer: bool) -> int:
    """How many pairs are nearer (or further) than asked beyond rounding, all ends being round."""
    gap = _round_gap(seg, keys)
    out = gap < WITHIN_M - AT_LIMIT_M if nearer else gap > WITHIN_M + AT_LIMIT_M
    return int(out.sum())


def _round_gap(seg: Segments, keys: I64) -> F64:
    flat = np.zeros(len(seg.x0), dtype=np.bool_)
    i, j = (keys >> 32).astype(np.int32), (keys & 0xFFFFFFFF).astype(np.int32)
    return body_gap(seg._replace(flat0=flat, flat1=flat), i, j).gap
