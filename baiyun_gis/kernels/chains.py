"""Lines as a whole: pipes joined on through tees, cut where the level jumps.

A chain goes on through a joint to the one other end there of the same kind and size, or to the
only other end of the same kind. A **section** is the part of a chain with no jump of level in it.
Ends are numbered `2 i` (start of pipe i) and `2 i + 1` (its end).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I8, I32, I64
from baiyun_gis.kernels.compiled import compiled

JUMP_M = 0.10
"""Levels of two joined ends further apart than this are a jump: above what a survey leaves."""


SAME_SIZE_M = 0.01


class Lines(NamedTuple):
    """Pipes as the sections see them: `kind`, outer `height` (m) and axes per pipe, pipe `i` owns
    vertices `offsets[i]:offsets[i + 1]`; `joint` labels the ends."""

    kind: I8
    height: F64
    offsets: I64
    xy: F64
    axis_level: F64
    joint: I32


class Sections(NamedTuple):
    """The sections of some pipes.

    Per pipe asked for, shape (n,): `label` is the smallest pipe row of its section, `start_m`
    its chainage along it, `sign` its direction. Per end, shape (2 n,): `kink_m` is how far the
    level at its joint lies above the straight line through the neighbouring joints (NaN
    unknown), `lead` is the smallest end of the joint. Per label, shape (pipes,): `step_m` is how
    far the section lies above what it is joined to at its ends, `tee_m` at its tees; 0 where that
    is not one number. Rows that are no label of the pipes asked for mean nothing.
    """

    label: I64
    start_m: F64
    sign: F64
    kink_m: F64
    lead: I64
    step_m: F64
    tee_m: F64


def sections_of(pipes: I64, lines: Lines) -> Sections:
    """Sections of the pipes with rows `pipes`."""
    first, ends = _ends_by_joint(lines.joint, int(lines.joint.max(initial=-1)) + 1)
    level = _end_levels(lines.offsets, lines.axis_level)
    return Sections(*_sections(pipes, ends, first, level, lines))


@compiled
def _end_levels(offsets: I64, axis_level: F64) -> F64:
    """Axis level of every end."""
    level = np.full(2 * len(offsets) - 2, np.nan)
    for pipe in range(len(offsets) - 1):
        if offsets[pipe + 1] > offsets[pipe]:
            level[2 * pipe] = axis_level[offsets[pipe]]
            level[2 * pipe + 1] = axis_level[offsets[pipe + 1] - 1]
    return level


@compiled
def _length(pipe: int, offsets: I64, xy: F64) -> float:
    """Plan length of a pipe."""
    total = 0.0
    for at in range(offsets[pipe] + 1, offsets[pipe + 1]):
        total += math.hypot(xy[at, 0] - xy[at - 1, 0], xy[at, 1] - xy[at - 1, 1])
    return total


@compiled
def _ends_by_joint(joint: I32, joints: int) -> tuple[I32, I32]:
    """All ends in order of their joint: those of joint k are `first[k]:first[k + 1]`."""
    first = np.zeros(joints + 2, dtype=np.int32)
    for end in range(len(joint)):
        first[joint[end] + 2] += 1
    for k in range(joints):
        first[k + 2] += first[k + 1]
    ends = np.empty(len(joint), dtype=np.int32)
    for end in range(len(joint)):
        at = joint[end] + 1
        ends[first[at]] = end
        first[at] += 1
    return first, ends


@compiled
def _onward(end: int, ends: I32, low: int, high: int, kind: I8, height: F64) -> int:
    """The end the line goes on by, −1 where that is not one."""
    alike, same_kind, with_my_size, with_my_kind = 0, 0, -1, -1
    for at in range(low, high):
        other = ends[at]
        if other == end or kind[other >> 1] != kind[end >> 1]:
            continue
        same_kind += 1
        with_my_kind = other
        if not abs(height[other >> 1] - height[end >> 1]) > SAME_SIZE_M:
            alike += 1
            with_my_size = other
    if same_kind == 1:
        return with_my_kind
    return with_my_size if alike == 1 else -1


@compiled
def _above_others(
    end: int, skip: int, ends: I32, low: int, high: int, kind: I8, level: F64
) -> float:
    """Level of an end above the mean of the other ends of its kind there; NaN with none."""
    total, count = 0.0, 0
    for at in range(low, high):
        other = ends[at]
        if other in (end, skip) or kind[other >> 1] != kind[end >> 1]:
            continue
        if level[other] == level[other]:
            total += level[other]
            count += 1
    return level[end] - total / count if count else np.nan


@compiled
def _jump(end: int, ends: I32, low: int, high: int, kind: I8, height: F64, level: F64) -> float:
    """Level of the last end of a section above what the line goes on by, else above the rest."""
    onward = _onward(end, ends, low, high, kind, height)
    if onward >= 0:
        return level[end] - level[onward]
    return _above_others(end, -1, ends, low, high, kind, level)


@compiled
def _kink(end: int, ends: I32, low: int, high: int, kind: I8, level: F64, lines: Lines) -> float:
    """Level at a joint above the mean of the far ends there, nearer ones counting more."""
    here, far, weight, count = 0.0, 0.0, 0.0, 0
    for at in range(low, high):
        other = ends[at]
        if kind[other >> 1] != kind[end >> 1]:
            continue
        rise = level[other] + level[other ^ 1]
        if rise != rise:
            continue
        w = 1.0 / max(_length(other >> 1, lines.offsets, lines.xy), 0.1)
        here += w * level[other]
        far += w * level[other ^ 1]
        weight += w
        count += 1
    return float((here - far) / weight) if count > 1 else np.nan


@compiled
def _agreed(one: float, two: float) -> float:
    """What both ends of a section say of its step; 0 where they do not agree."""
    if one != one:
        one = two
    if two != two:
        two = one
    if one != one or abs(one) < JUMP_M or abs(two) < JUMP_M or one * two < 0.0:
        return 0.0
    if abs(one - two) > JUMP_M + 0.25 * max(abs(one), abs(two)):
        return 0.0
    return (one + two) / 2.0


@compiled
def _sections(
    pipes: I64, ends: I32, first: I32, level: F64, lines: Lines
) -> tuple[I64, F64, F64, F64, I64, F64, F64]:
    joint, kind, height = lines.joint, lines.kind, lines.height
    total = len(kind)
    label = np.full(total, -1, dtype=np.int64)
    # Few pipes of a city are in conflicts: the rest of these is never touched.
    start, sign = np.empty(total), np.empty(total)
    step, tee = np.empty(total), np.empty(total)
    kink = np.full(2 * len(pipes), np.nan)
    lead = np.empty(2 * len(pipes), dtype=np.int64)
    line = np.empty(total, dtype=np.int64)
    for at in range(len(pipes)):
        for side in range(2):
            end = 2 * pipes[at] + side
            low, high = int(first[joint[end]]), int(first[joint[end] + 1])
            kink[2 * at + side] = _kink(end, ends, low, high, kind, level, lines)
            lead[2 * at + side] = ends[low]
        if label[pipes[at]] >= 0:
            continue
        # To one end of the section, then back through all of it.
        back = 2 * pipes[at]
        while True:
            low, high = int(first[joint[back]]), int(first[joint[back] + 1])
            onward = _onward(back, ends, low, high, kind, height)
            if onward < 0 or abs(level[back] - level[onward]) > JUMP_M:
                break
            if _onward(onward, ends, low, high, kind, height) != back:
                break
            back = onward ^ 1
            if back >> 1 == pipes[at]:
                break
        low, high = int(first[joint[back]]), int(first[joint[back] + 1])
        head = _jump(back, ends, low, high, kind, height, level)
        out, count, smallest, along = back ^ 1, 0, total, 0.0
        tees, ups, downs, tee_sum = 0, 0, 0, 0.0
        while True:
            pipe = out >> 1
            line[count] = pipe
            count += 1
            smallest = min(smallest, pipe)
            forward = out & 1
            sign[pipe] = 1.0 if forward else -1.0
            length = _length(pipe, lines.offsets, lines.xy)
            start[pipe] = along if forward else along + length
            along += length
            low, high = int(first[joint[out]]), int(first[joint[out] + 1])
            onward = _onward(out, ends, low, high, kind, height)
            if onward < 0 or abs(level[out] - level[onward]) > JUMP_M:
                break
            if _onward(onward, ends, low, high, kind, height) != out or onward == back:
                break
            above = _above_others(out, onward, ends, low, high, kind, level)
            if above == above:
                tees += 1
                tee_sum += above
                ups += above >= JUMP_M
                downs += above <= -JUMP_M
            out = onward ^ 1
        tail = _jump(out, ends, low, high, kind, height, level)
        for k in range(count):
            label[line[k]] = smallest
        step[smallest] = _agreed(head, tail)
        is_off = tees > 1 and max(ups, downs) >= 0.8 * tees
        tee[smallest] = tee_sum / tees if is_off else 0.0
    return label[pipes], start[pipes], sign[pipes], kink, lead, step, tee
