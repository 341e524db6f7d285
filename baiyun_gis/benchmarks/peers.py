"""What the bare clearance query is measured beside: other programs asked for the same pairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from baiyun_gis.arrays import F64, I64
from baiyun_gis.kernels.segments import Segments


@dataclass(frozen=True, slots=True)
class PeerAnswer:
    """Pairs i < j that a peer found and what it took; `made_s` is for its own objects or rows.

    `seconds` holds index and query. A peer `in_plan` knows no heights: its pairs are more.
    `silent` are keys of near pairs for which it gives no distance at all.
    """

    name: str
    version: str
    seconds: float
    made_s: float
    i: I64
    j: I64
    in_plan: bool = False
    silent: I64 = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


Peer = Callable[[Segments, float], PeerAnswer | None]
"""All pairs of round bodies nearer than a distance in metres; None where it is not installed."""


def radii(seg: Segments) -> F64:
    """The radius of every body, metres."""
    return seg.half_width


def sorted_keys(i: I64, j: I64) -> I64:
    """One number for each pair, smaller row first, sorted."""
    low, high = np.minimum(i, j).astype(np.int64), np.maximum(i, j).astype(np.int64)
    return np.unique((low << 32) + high)
