"""From pairs of segments to pairs of pipes: who is first, what is settled without measuring."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I8, I32, I64, Bool
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import owned


class Ends(NamedTuple):
    """What pipes and segments are joined by; `joint` is by end (2 n,), `family` by pipe.

    `is_first` and `is_last` say by segment whether it ends its pipe; `cluster` is by joint.
    """

    pipe: I32
    joint: I32
    family: I32
    cluster: I32
    is_first: Bool
    is_last: Bool


@compiled
def _turned(
    first: int, last: int, pipe: I32, run: I32, i: I32, j: I32, left: I32, right: I32
) -> None:  # fmt: skip
    for row in range(first, last):
        p, q = pipe[i[row]], pipe[j[row]]
        turn = run[p] > run[q] or (run[p] == run[q] and p > q)
        left[row] = j[row] if turn else i[row]
        right[row] = i[row] if turn else j[row]


@compiled
def _numbered(
    pipe: I32, i: I32, j: I32, left: I32, right: I32, pipes: int, pair: I32, a: I32, b: I32
) -> int:  # fmt: skip
    """Number pairs of pipes as they come; pairs of segments are in order of `i`, pipes in order."""
    seen, number = np.full(pipes, -1, np.int32), np.empty(pipes, np.int32)
    count = 0
    for row in range(len(i)):
        p, q = pipe[i[row]], pipe[j[row]]
        if seen[q] != p:
            seen[q], number[q] = p, count
            a[count], b[count] = pipe[left[row]], pipe[right[row]]
            count += 1
        pair[row] = number[q]
    return count


@compiled
def _settled(
    first: int, last: int, ends: Ends, i: I32, j: I32, begin: I64, end: I64,
    codes: tuple[int, int], out: I8,
) -> None:  # fmt: skip
    """Straight pieces that end at one joint, and pipes never there together.

    Days are whole: of two lines whose spans touch on one day nothing says that the old one was
    out of the ground before the new one came, unless the new one replaces it in its own family.
    """
    unknown = np.iinfo(np.int64).min
    for row in range(first, last):
        out[row] = 0
        p, q = ends.pipe[i[row]], ends.pipe[j[row]]
        for of_a in range(2):
            if not (ends.is_last[i[row]] if of_a else ends.is_first[i[row]]):
                continue
            for of_b in range(2):
                if not (ends.is_last[j[row]] if of_b else ends.is_first[j[row]]):
                    continue
                if ends.joint[2 * p + of_a] == ends.joint[2 * q + of_b]:
                    out[row] = codes[0]
        near = 0 if ends.family[p] == ends.family[q] else 1
        if end[p] != unknown and begin[q] != unknown and begin[q] - end[p] >= near:
            out[row] = codes[1]
        if end[q] != unknown and begin[p] != unknown and begin[p] - end[q] >= near:
            out[row] = codes[1]


SAME_ENDS, NEW_AND_OLD = 1, 2
"""How two lines can be one: they run between the same joints, or one is planned for the other."""


@compiled
def _alike(
    first: int, last: int, ends: Ends, a: I32, b: I32, kind: I8, planned: Bool, out: I8
) -> None:  # fmt: skip
    joint = ends.joint
    for row in range(first, last):
        p, q = a[row], b[row]
        out[row] = 0
        if planned[p] != planned[q]:
            if ends.family[p] == ends.family[q]:
                out[row] = NEW_AND_OLD
            continue
        one, two, three, four = joint[2 * p], joint[2 * p + 1], joint[2 * q], joint[2 * q + 1]
        same = (one == three and two == four) or (one == four and two == three)
        if same and one != two and kind[p] == kind[q]:
            out[row] = SAME_ENDS


@compiled
def _clustered(one: I32, two: I32, parent: I32) -> None:
    for k in range(len(one)):
        a, b = one[k], two[k]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        parent[max(a, b)] = min(a, b)
    for k in range(len(parent)):
        parent[k] = parent[parent[k]]


def clusters_of(one: I32, two: I32, count: int) -> I32:
    """Which of `count` things are linked by links `one`–`two`, as labels."""
    parent = np.arange(count, dtype=np.int32)
    if len(one):
        _clustered(owned(one, np.int32), owned(two, np.int32), parent)
    return parent


def oriented(pipe: I32, run: I32, i: I32, j: I32) -> tuple[I32, I32]:
    """Pairs of segments with the pipe of the smaller run first, of the smaller row in one run."""
    left, right = np.empty_like(i), np.empty_like(j)
    run_in_chunks(_turned, len(i), pipe, owned(run, np.int32), i, j, left, right)
    return left, right


def pipe_pairs(
    pipe: I32, i: I32, j: I32, turned: tuple[I32, I32], pipes: int
) -> tuple[I32, I32, I32]:
    """Pairs of pipes `a`, `b`, and which of them each pair of segments belongs to.

    `i`, `j` are sorted with i < j, and segments in order of their pipes; `turned` are the same
    pairs as they are to be.
    """
    pair, a, b = np.empty((3, len(i)), dtype=np.int32)
    count = _numbered(pipe, i, j, *turned, pipes, pair, a, b)
    return a[:count].copy(), b[:count].copy(), pair


def settled_pairs(
    ends: Ends, i: I32, j: I32, begin: I64, end: I64, *, joined: int, never: int
) -> I8:
    """The code `joined` or `never` where a pair needs no measuring, else 0.

    `begin` and `end` are days by pipe, the least number where unknown.
    """
    out = np.empty(len(i), dtype=np.int8)
    days = owned(begin, np.int64), owned(end, np.int64)
    run_in_chunks(_settled, len(i), ends, i, j, *days, (joined, never), out)
    return out


def alike_pairs(ends: Ends, a: I32, b: I32, kind: I8, planned: Bool) -> I8:
    """Pairs of pipes that may be one: `SAME_ENDS` and one kind, or `NEW_AND_OLD`; else 0."""
    out = np.empty(len(a), dtype=np.int8)
    by_pipe = owned(kind, np.int8), owned(planned, np.bool_)
    run_in_chunks(_alike, len(a), ends, a, b, *by_pipe, out)
    return out


@compiled
def _worse(
    first: int, last: int, sigma0: F64, sigma1: F64, i: I32, j: I32, out: F64
) -> None:  # fmt: skip
    for row in range(first, last):
        total = 0.0
        for k in (i[row], j[row]):
            worse = sigma0[k]
            # As written, so that an unknown deviation stays unknown.
            if not worse >= sigma1[k] and not math.isnan(worse):
                worse = sigma1[k]
            total += worse * worse
        out[row] = math.sqrt(total)


def worse_of_both(sigma0: F64, sigma1: F64, i: I32, j: I32) -> F64:
    """Deviation of the distance of pairs, each segment erring as the worse of its ends (m)."""
    out = np.empty(len(i))
    columns = owned(sigma0, np.float64), owned(sigma1, np.float64)
    run_in_chunks(_worse, len(i), *columns, i, j, out)
    return out
