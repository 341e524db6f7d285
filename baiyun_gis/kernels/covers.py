"""Ground above lines: where it is known from, and where it may be too little."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I8, I32, I64, Bool
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled, put_in_place
from baiyun_gis.kernels.cuts import NO_PIECE, Cuts
from baiyun_gis.kernels.segments import (
    HEIGHT,
    PIPE,
    RECTANGLE,
    X0,
    X1,
    Y0,
    Y1,
    Z0,
    Z1,
    Segments,
    owned,
    table_of,
)

UNKNOWN, SURVEYED, TERRAIN, DEPTH = range(4)
"""Where the ground above a pipe is known from."""


class _Recorded(NamedTuple):
    """What is recorded of each pipe and node; nodes −1 for none."""

    start_m: F64
    end_m: F64
    start_node: I32
    end_node: I32
    node_m: F64
    start_depth_m: F64
    end_depth_m: F64
    offsets: I64
    axis_level: F64


class Above(NamedTuple):
    """What lies above and in each pipe: at both ends (n, 2) the level of the ground, or the depth
    of pipes whose `source` is DEPTH, which is of a point `offset` over the axis (empty where no
    pipe is such); how long it is. Metres."""

    ends: F64
    offset: F64
    source: I8
    length: F64


class Asked(NamedTuple):
    """What is asked of pieces: by class of line and what they lie on, `required` (m, NaN nothing)
    and why nothing is; deviations by segment and of a terrain; how many of them are clear."""

    class_of: I32
    required: F64
    reason: I8
    sigma_z0: F64
    sigma_z1: F64
    height_known: Bool
    terrain_sigma: float
    clear_sigmas: float
    tolerance_m: float


class _Bodies(NamedTuple):
    """The table of segments, and where along its pipe each starts."""

    table: F64
    chain0: F64


@compiled
def _sources(
    first: int, last: int, recorded: _Recorded, by_terrain: bool, out: Above
) -> bool:  # fmt: skip
    """Whether any goes by its depth."""
    any_by_depth = False
    for pipe in range(first, last):
        start, end = recorded.start_m[pipe], recorded.end_m[pipe]
        if math.isnan(start) and recorded.start_node[pipe] >= 0:
            start = recorded.node_m[recorded.start_node[pipe]]
        if math.isnan(end) and recorded.end_node[pipe] >= 0:
            end = recorded.node_m[recorded.end_node[pipe]]
        low, high = recorded.offsets[pipe], recorded.offsets[pipe + 1]
        has_level = high - low > 1
        for vertex in range(low, high):
            has_level = has_level and not math.isnan(recorded.axis_level[vertex])
        source = TERRAIN if by_terrain else UNKNOWN
        one, two = recorded.start_depth_m[pipe], recorded.end_depth_m[pipe]
        if not math.isnan(one + two) and not (has_level and by_terrain):
            source = DEPTH
        if has_level and not math.isnan(start + end):
            source = SURVEYED
        by_its_depth, out.source[pipe] = source == DEPTH, source
        out.ends[pipe, 0] = one if by_its_depth else start
        out.ends[pipe, 1] = two if by_its_depth else end
        any_by_depth = any_by_depth or by_its_depth
    return any_by_depth


def grounds_of(
    own: tuple[F64, F64], nodes: tuple[I32, I32], node_m: F64, depths: tuple[F64, F64],
    axes: tuple[I64, F64, F64], *, by_terrain: bool, offset_m: Callable[[], F64],
) -> Above:  # fmt: skip
    """The ground above all pipes: their `own` levels at both ends, else their nodes'.

    Where that is missing, or the level of an axis (offsets, level of vertices, length by pipe), it
    is known from a terrain if there is one, else from recorded `depths`; these come first where the
    axis has no level. They are of a point `offset_m` over the axis, asked where any counts.
    """
    recorded = _Recorded(
        owned(own[0], np.float64), owned(own[1], np.float64), owned(nodes[0], np.int32),
        owned(nodes[1], np.int32), owned(node_m, np.float64), owned(depths[0], np.float64),
        owned(depths[1], np.float64), owned(axes[0], np.int64), owned(axes[1], np.float64),
    )  # fmt: skip
    count = len(own[0])
    source, length = np.empty(count, dtype=np.int8), owned(axes[2], np.float64)
    out = Above(np.empty((count, 2)), np.empty(0), source, length)
    if any(run_in_chunks(_sources, count, recorded, by_terrain, out)):
        out = out._replace(offset=owned(offset_m(), np.float64))
    return out


class _Line(NamedTuple):
    """One segment, and the ground or the recorded depth along its pipe; all numbers."""

    chain0: Any
    length: Any
    whole: Any
    start: Any
    end: Any
    z0: Any
    rise: Any


@put_in_place
def _line_of(bodies: _Bodies, above: Above, k: int, pipe: int, length: float) -> _Line:
    """Segment k with what lies above it."""
    table, chain0, whole = bodies.table, bodies.chain0[k], above.length[pipe]
    start, end = above.ends[pipe, 0], above.ends[pipe, 1]
    if above.source[pipe] == DEPTH:
        return _Line(chain0, length, whole, start, end, above.offset[pipe], 0.0)
    rise = table[k, Z1] - table[k, Z0]
    return _Line(chain0, length, whole, start, end, table[k, Z0], rise)


@compiled
def _plumb_half(half: float, is_rectangle: bool, dx: float, dy: float, rise: float) -> float:
    """Half height measured plumb: a sloping circle stands radius ÷ cos slope above its axis."""
    plan = math.hypot(dx, dy)
    if is_rectangle or not plan > 1e-6:
        return half
    return half * (math.hypot(plan, 0.0 if math.isnan(rise) else rise) / plan)


@compiled
def _cover_at(line: _Line, half: float, t: float, terrain: float) -> float:
    """Cover at a station above a plumb half height; `terrain` is infinite where not asked."""
    along = line.chain0 + t * line.length
    share = along / line.whole if line.whole > 0.0 else 0.0
    ground = line.start + (line.end - line.start) * share
    ground = ground if math.isinf(terrain) else terrain
    return ground - (line.z0 + line.rise * t) - half


@compiled
def _is_clear(one: float, two: float, required: Any, room_m: float) -> bool:
    """Whether the cover at both ends of a piece is surely enough; not where it is unknown."""
    return one - required >= room_m and two - required >= room_m


@compiled
def _with_room(rows: F64) -> F64:
    more = np.empty((2 * len(rows), rows.shape[1]))
    more[: len(rows)] = rows
    return more


@compiled
def _about(half: float, is_exact: bool, square: float, length: float, rise: float) -> float:
    """Plumb half height not to the last digit, but enough to tell what is surely clear."""
    if is_exact or not length > 1e-6 or math.isnan(rise):
        return half
    return half * math.sqrt(square + rise * rise) / length


@compiled
def _room_m(worst: float, asked: tuple[float, float, float]) -> float:
    """How much more than required is surely enough."""
    return asked[1] * worst + asked[2]


@compiled
def _in_steps(table: F64, k: int, source: int, step_m: float) -> int:
    """In how many equal steps a segment is looked at: where the ground is known from a terrain, as
    fine as that."""
    if source != TERRAIN:
        return 1
    long = math.hypot(table[k, X1] - table[k, X0], table[k, Y1] - table[k, Y0])
    return max(math.ceil(long / step_m), 1)


@compiled
def _surely_enough(
    first: int, last: int, bodies: _Bodies, above: Above, asked: Asked, selected: Bool,
    step_m: float, steps: I32, reason: I8,
) -> None:  # fmt: skip
    """Settle segments of which all pieces are clear, or nothing is asked wherever they lie."""
    table, source = bodies.table, above.source
    class_of, required_of, reason_of, sigma0, sigma1, height_known = asked[:6]
    numbers = asked[6:]
    for k in range(first, last):
        reason[k], pipe = -1, int(table[k, PIPE])
        steps[k] = _in_steps(table, k, source[pipe], step_m) if selected[pipe] else 0
        if steps[k] == 0 or source[pipe] == TERRAIN:
            continue
        of_class = class_of[pipe]
        out, inside = required_of[of_class, 0], required_of[of_class, 1]
        if math.isnan(out) and math.isnan(inside):
            if reason_of[of_class, 0] == reason_of[of_class, 1]:
                reason[k], steps[k] = reason_of[of_class, 0], 0
            continue
        if not height_known[k] or math.isnan(out + inside):
            continue
        dx, dy = table[k, X1] - table[k, X0], table[k, Y1] - table[k, Y0]
        rise, square = table[k, Z1] - table[k, Z0], dx * dx + dy * dy
        length = math.sqrt(square)
        line = _line_of(bodies, above, k, pipe, length)
        is_exact = source[pipe] == DEPTH or table[k, RECTANGLE] > 0.0
        half = _about(table[k, HEIGHT], is_exact, square, length, rise)
        one, two = _cover_at(line, half, 0.0, np.inf), _cover_at(line, half, 1.0, np.inf)
        room_m = _room_m(max(sigma0[k], sigma1[k]), numbers)
        # Ground and axis are straight: between the ends the cover is no less than at one of them.
        if _is_clear(one, two, max(out, inside), room_m):
            reason[k], steps[k] = 0, 0


def settled(
    seg: Segments, above: Above, asked: Asked, selected: Bool, *, step_m: float
) -> tuple[I32, I8]:
    """In how many steps segments of `selected` pipes need to be looked at yet, 0 for those that
    need not be; of `step_m` at most where the ground is known from a terrain.

    Of these the second tells why nothing is asked of them, 0 where something is: that they surely
    have. It is −1 for the others, and for what was not to be looked at.
    """
    count = len(seg.x0)
    steps, reason = np.empty(count, dtype=np.int32), np.empty(count, dtype=np.int8)
    given = _bodies(seg), above, _asked(asked), owned(selected, np.bool_), step_m
    run_in_chunks(_surely_enough, count, *given, steps, reason)
    return steps, reason


@compiled
def _doubtful(
    first: int, last: int, bodies: _Bodies, above: Above, asked: Asked, cuts: Cuts, terrain: F64,
    reason: I8,
) -> F64:  # fmt: skip
    """Rows of place in the cuts, cover there and at the next."""
    found, count = np.empty((1024, 3)), 0
    table, source = bodies.table, above.source
    class_of, required_of, reason_of, sigma0, sigma1, height_known = asked[:6]
    numbers = asked[6:]
    start, station, on_of = cuts
    for k in range(first, last):
        if start[k] == start[k + 1]:
            continue
        why, is_asked, pipe = -1, False, int(table[k, PIPE])
        of_class, is_depth = class_of[pipe], source[pipe] == DEPTH
        dx, dy = table[k, X1] - table[k, X0], table[k, Y1] - table[k, Y0]
        rise, square, half = table[k, Z1] - table[k, Z0], dx * dx + dy * dy, table[k, HEIGHT]
        length, is_rectangle = math.sqrt(square), table[k, RECTANGLE] > 0.0
        line = _line_of(bodies, above, k, pipe, length)
        about = _about(half, is_depth or is_rectangle, square, length, rise)
        worst = max(sigma0[k], sigma1[k])
        if source[pipe] == TERRAIN:
            worst = math.hypot(worst, asked.terrain_sigma)
        # Of unknown size, no cover is surely enough.
        room_m = _room_m(worst, numbers) if height_known[k] else np.inf
        before, on = 0.0, NO_PIECE
        for at in range(start[k], start[k + 1]):
            level = terrain[at] if len(terrain) else np.inf
            cover = _cover_at(line, about, station[at], level)
            if on >= 0:
                required = required_of[of_class, on]
                why = reason_of[of_class, on] if why < 0 else why
                is_asked = is_asked or not math.isnan(required)
                if not math.isnan(required) and not _is_clear(before, cover, required, room_m):
                    if count == len(found):
                        found = _with_room(found)
                    if not is_depth:
                        half = _plumb_half(table[k, HEIGHT], is_rectangle, dx, dy, rise)
                    for end in range(2):
                        level = terrain[at - 1 + end] if len(terrain) else np.inf
                        t = station[at - 1 + end]
                        found[count, 1 + end] = _cover_at(line, half, t, level)
                    found[count, 0] = at - 1
                    count += 1
            before, on = cover, on_of[at]
        reason[k] = 0 if is_asked else why
    return found[:count]


class Doubtful(NamedTuple):
    """Pieces that begin `at` these places in the cuts, and the cover at both their ends (m)."""

    at: I64
    from_m: F64
    to_m: F64


def doubtful(
    seg: Segments, above: Above, asked: Asked, cuts: Cuts, terrain: F64, reason: I8
) -> Doubtful:
    """Pieces that may have too little cover or cannot be judged; the others surely have enough, or
    nothing is asked. `terrain` is its level at all cuts, infinite where not asked, or empty.

    Into `reason` goes, for every segment with pieces, why nothing is asked of any of them: what
    holds for the first, 0 where something is asked.
    """
    found = run_in_chunks(
        _doubtful, len(reason), _bodies(seg), above, _asked(asked), cuts,
        owned(terrain, np.float64), reason,
    )  # fmt: skip
    at, one, two = np.concatenate([np.empty((0, 3)), *found]).T
    return Doubtful(at.astype(np.int64), one, two)


def _asked(asked: Asked) -> Asked:
    return Asked(
        owned(asked.class_of, np.int32), owned(asked.required, np.float64),
        owned(asked.reason, np.int8), owned(asked.sigma_z0, np.float64),
        owned(asked.sigma_z1, np.float64), owned(asked.height_known, np.bool_),
        *(float(number) for number in asked[6:]),
    )  # fmt: skip


def _bodies(seg: Segments) -> _Bodies:
    return _Bodies(table_of(seg), owned(seg.chain0, np.float64))
