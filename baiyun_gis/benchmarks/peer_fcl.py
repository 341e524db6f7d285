"""FCL as a peer: capsules grown by half the distance, and which of them collide."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from baiyun_gis.arrays import F64
from baiyun_gis.benchmarks.peers import PeerAnswer, radii
from baiyun_gis.kernels.segments import Segments

_EVERY = 1 << 30


def fcl_pairs(seg: Segments, within_m: float) -> PeerAnswer | None:
    """Pairs of capsules by FCL's dynamic tree; None where python-fcl is not installed."""
    try:
        import fcl
    except ModuleNotFoundError:
        return None
    start = time.perf_counter()
    capsules, bodies = _capsules(fcl, seg, within_m)
    row_of = {id(capsule): row for row, capsule in enumerate(capsules)}
    made = time.perf_counter()
    manager = fcl.DynamicAABBTreeCollisionManager()
    manager.registerObjects(bodies)
    manager.setup()
    asked = fcl.CollisionRequest(num_max_contacts=_EVERY, enable_contact=True)
    found = fcl.CollisionData(request=asked)
    manager.collide(found, fcl.defaultCollisionCallback)
    done = time.perf_counter()
    contacts = found.result.contacts
    rows = [(row_of[id(contact.o1)], row_of[id(contact.o2)]) for contact in contacts]
    pairs = np.array(rows, dtype=np.int64).reshape(-1, 2)
    version = str(getattr(fcl, "__version__", ""))
    return PeerAnswer(
        "FCL capsules", version, done - made, made - start, pairs.min(axis=1), pairs.max(axis=1)
    )


def _capsules(fcl: Any, seg: Segments, within_m: float) -> tuple[list[Any], list[Any]]:
    """Capsules by row, and the objects that place them."""
    ends = np.stack([seg.x0, seg.y0, seg.z0, seg.x1, seg.y1, seg.z1], axis=1)
    middle, along = (ends[:, :3] + ends[:, 3:]) / 2, ends[:, 3:] - ends[:, :3]
    length = np.linalg.norm(along, axis=1)
    turns = _turns(along / np.maximum(length, 1e-12)[:, None])
    grown = radii(seg) + within_m / 2
    capsules = [fcl.Capsule(*size) for size in zip(grown.tolist(), length.tolist(), strict=True)]
    places = zip(capsules, turns, middle, strict=True)
    return capsules, [
        fcl.CollisionObject(capsule, fcl.Transform(turn, centre))
        for capsule, turn, centre in places
    ]


def _turns(along: F64) -> F64:
    """Rotations that turn the z axis into unit vectors, shape (n, 3, 3)."""
    is_plumb = np.abs(along[:, 2]) > 0.9
    aside = np.where(is_plumb[:, None], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0])
    first = np.cross(aside, along)
    first /= np.linalg.norm(first, axis=1)[:, None]
    return np.stack([first, np.cross(along, first), along], axis=2).astype(np.float64)
