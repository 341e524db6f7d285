"""Which segments come near each other at all."""

from __future__ import annotations

from typing import Any

import numpy as np

from baiyun_gis.arrays import F64, I32, I64, Bool
from baiyun_gis.kernels.axes import nearest_stations
from baiyun_gis.kernels.boxes import FANOUT, BoxTree, box_tree
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import PIPE, X0, X1, Y0, Y1, Segments, owned, table_of

# Added to every reach, so that rounding never drops a pair that lies exactly at it.
_SLACK_M = 1e-6


@compiled
def _come_near(table: F64, p: int, q: int, limit: Any) -> bool:
    """Are two axes within `limit` (m) in plan."""
    ux, uy = table[p, X1] - table[p, X0], table[p, Y1] - table[p, Y0]
    vx, vy = table[q, X1] - table[q, X0], table[q, Y1] - table[q, Y0]
    wx, wy = table[p, X0] - table[q, X0], table[p, Y0] - table[q, Y0]
    s, t = nearest_stations(ux, uy, 0.0, vx, vy, 0.0, wx, wy, 0.0)
    x, y = wx + s * ux - t * vx, wy + s * uy - t * vy
    return x * x + y * y <= limit * limit


@compiled
def _overlap(box: F64, a: Any, b: Any) -> bool:
    return (
        box[a, 0] <= box[b, 2]
        and box[b, 0] <= box[a, 2]
        and box[a, 1] <= box[b, 3]
        and box[b, 1] <= box[a, 3]
    )


@compiled
def with_room(found: I64) -> I64:
    """The same numbers at the head of an array twice as long."""
    more = np.empty(2 * len(found), np.int64)
    for row in range(len(found)):
        more[row] = found[row]
    return more


@compiled
def _group_pairs(
    first: int, last: int, tree: BoxTree, table: F64, grown: F64, mask_a: Bool, mask_b: Bool
) -> I64:  # fmt: skip
    """Pairs, as i·2³² + j, of the pieces in a range of leaf groups with all later pieces."""
    box, offset, owner = tree.box, tree.offset, tree.owner
    found, count = np.empty(1024, np.int64), 0
    top = len(offset) - 2
    stack = np.empty((FANOUT * (top + 2), 2), np.int64)
    for group in range(first, last):
        whole = offset[1] + group if top > 0 else 0
        stack[0, 0], stack[0, 1] = top, 0
        depth = 1
        while depth > 0:
            depth -= 1
            level, k = stack[depth, 0], stack[depth, 1]
            if level > 1:
                low = k * FANOUT
                high = min(low + FANOUT, offset[level] - offset[level - 1])
                # Boxes that end before this group hold pairs already met from the other side.
                span = FANOUT ** (level - 2)
                for child in range(max(low, group // span), high):
                    if _overlap(box, offset[level - 1] + child, whole):
                        stack[depth, 0], stack[depth, 1] = level - 1, child
                        depth += 1
                continue
            start, stop = group * FANOUT, min((group + 1) * FANOUT, offset[1])
            low, high = k * FANOUT, min((k + 1) * FANOUT, offset[1])
            other = offset[1] + k if top > 0 else 0
            for a in range(start, stop):
                if not _overlap(box, a, other):
                    continue
                p = owner[a]
                for b in range(max(low, a + 1), high):
                    q = owner[b]
                    if not _overlap(box, a, b) or table[p, PIPE] == table[q, PIPE]:
                        continue
                    if not ((mask_a[p] and mask_b[q]) or (mask_a[q] and mask_b[p])):
                        continue
                    if not _come_near(table, p, q, grown[p] + grown[q]):
                        continue
                    if count == len(found):
                        found = with_room(found)
                    found[count] = (np.int64(min(p, q)) << 32) | np.int64(max(p, q))
                    count += 1
    return found[:count]


def grown_by(seg: Segments, reach_m: F64 | float) -> F64:
    """Half width plus reach of each segment (m); NaN for those unknown in plan.

    An unknown width counts as none.
    """
    known = np.where(np.isnan(seg.half_width), 0.0, seg.half_width) + reach_m + 0.5 * _SLACK_M
    return np.where(np.isfinite(seg.x0 + seg.y0 + seg.x1 + seg.y1), known, np.nan)


def sorted_pairs(parts: list[I64]) -> tuple[I32, I32]:
    """Pairs packed as i·2³² + j, each once, in order."""
    keys = np.sort(np.concatenate([*parts, np.empty(0, np.int64)]))
    if len(keys):
        keys = keys[np.concatenate(([True], keys[1:] != keys[:-1]))]
    return (keys >> 32).astype(np.int32), (keys & 0xFFFFFFFF).astype(np.int32)


def candidate_pairs(
    seg: Segments, reach_m: F64, *, mask_a: Bool | None = None, mask_b: Bool | None = None
) -> tuple[I32, I32]:
    """Pairs i < j of different pipes that can be within `reach_m[i] + reach_m[j]` in plan.

    Every pair whose strips come that near is there; a pair is there only when its axes come
    within both half widths (unknown ones count as none) plus both reaches. With masks, only
    pairs of which one is in `mask_a` and the other in `mask_b` (all are, where a mask is not
    given). Sorted by i, then j, each pair once. Segments unknown in plan pair with nothing.
    """
    everyone = np.ones(len(seg.x0), dtype=np.bool_)
    in_a = everyone if mask_a is None else owned(mask_a, np.bool_)
    in_b = everyone if mask_b is None else owned(mask_b, np.bool_)
    grown = grown_by(seg, reach_m)
    live = np.flatnonzero(np.isfinite(grown) & (in_a | in_b))
    if len(live) < 2:
        return np.empty(0, np.int32), np.empty(0, np.int32)
    table = table_of(seg)
    tree = box_tree(table, live, grown)
    groups = -(-int(tree.offset[1]) // FANOUT)
    return sorted_pairs(run_in_chunks(_group_pairs, groups, tree, table, grown, in_a, in_b))
