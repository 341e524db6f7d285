"""Which polygons surely hold others, so that only doubtful ones need an exact answer."""

from __future__ import annotations

from typing import Any

import numpy as np

from baiyun_gis.arrays import F64, I8, I64
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.outlines import Outlines, depth_inside

HOLDS, UNSURE, DOES_NOT = 1, 0, -1
_SURE_M = 1e-6
"""Nearer to an outline than this nothing is sure."""


@compiled
def _beside(xy: F64, k: Any, px: Any, py: Any, qx: Any, qy: Any) -> bool:
    """Do two points surely lie on one side of the line through an edge."""
    ax, ay = xy[k, 0], xy[k, 1]
    dx, dy = xy[k + 1, 0] - ax, xy[k + 1, 1] - ay
    sure = _SURE_M * (abs(dx) + abs(dy))
    one, two = dx * (py - ay) - dy * (px - ax), dx * (qy - ay) - dy * (qx - ax)
    return (one > sure and two > sure) or (one < -sure and two < -sure)


@compiled
def _are_apart(xy: F64, ring: tuple[Any, Any], others: F64, other: tuple[Any, Any]) -> bool:
    """Does surely no edge of a ring come to an edge of another."""
    for k in range(ring[0], ring[1] - 1):
        for n in range(other[0], other[1] - 1):
            ax, ay, bx, by = xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1]
            px, py, qx, qy = others[n, 0], others[n, 1], others[n + 1, 0], others[n + 1, 1]
            if _beside(xy, k, px, py, qx, qy) or _beside(others, n, ax, ay, bx, by):
                continue
            return False
    return True


@compiled
def _only_ring(outlines: Outlines, polygon: Any) -> tuple[Any, Any]:
    """First vertex and end of a polygon's ring, 0 and 0 where it has none or several."""
    ring = outlines.polygon_rings[polygon]
    if outlines.polygon_rings[polygon + 1] != ring + 1:
        return 0, 0
    return outlines.ring_offsets[ring], outlines.ring_offsets[ring + 1]


@compiled
def _held(
    first: int, last: int, holders: Outlines, holder: I64, bodies: Outlines, body: I64, out: I8
) -> None:
    at = np.empty(2)
    for row in range(first, last):
        out[row] = UNSURE
        ring, other = _only_ring(holders, holder[row]), _only_ring(bodies, body[row])
        if ring[1] - ring[0] < 4 or other[1] - other[0] < 4:
            continue
        apart = _are_apart(holders.xy, ring, bodies.xy, other)
        for n in range(other[0], other[1]):
            x, y = bodies.xy[n, 0], bodies.xy[n, 1]
            depth = depth_inside(holders, holder[row], x, y, at)
            if depth < -_SURE_M:
                out[row] = DOES_NOT
                break
            if apart and depth > _SURE_M:
                out[row] = HOLDS
                break


def surely_holds(holders: Outlines, holder: I64, bodies: Outlines, body: I64) -> I8:
    """Whether polygon `holder` holds all of polygon `body`, pair by pair, where it is plain.

    `HOLDS` or `DOES_NOT` where each is one ring and nothing hangs on a micrometre, else
    `UNSURE`. Inside is by the even-odd rule. Both have one origin.
    """
    out = np.empty(len(holder), dtype=np.int8)
    run_in_chunks(_held, len(holder), holders, holder, bodies, body, out)
    return out
