"""What is settled of pairs without measuring, and how far their distance may be off."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

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


SAME_ENDS, NEW_AND_OLD = 1, 2
"""How two lines can be one: they run between the same joints, or one is planned for the other."""


@compiled
def _likeness(ends: Ends, p: Any, q: Any, kind: I8, planned: Bool) -> int:
    """How two lines can be one, 0 where they cannot."""
    joint = ends.joint
    if planned[p] != planned[q]:
        return NEW_AND_OLD if ends.family[p] == ends.family[q] else 0
    one, two, three, four = joint[2 * p], joint[2 * p + 1], joint[2 * q], joint[2 * q + 1]
    same = (one == three and two == four) or (one == four and two == three)
    return SAME_ENDS if same and one != two and kind[p] == kind[q] else 0


@compiled
def _settled(
    first: int, last: int, ends: Ends, i: I32, j: I32, begin: I64, end: I64, kind: I8,
    planned: Bool, codes: tuple[int, int], out: I8, alike: I8,
) -> None:  # fmt: skip
    """Straight pieces that end at one joint, and pipes never there together; and which may be one.

    Days are whole: of two lines whose spans touch on one day nothing says that the old one was
    out of the ground before the new one came, unless the new one replaces it in its own family.
    """
    unknown = np.iinfo(np.int64).min
    for row in range(first, last):
        out[row] = 0
        p, q = ends.pipe[i[row]], ends.pipe[j[row]]
        alike[row] = _likeness(ends, p, q, kind, planned)
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


class Settling(NamedTuple):
    """By pipe: first and last day (the least number where unknown), kind, whether it is planned."""

    begin: I64
    end: I64
    kind: I8
    planned: Bool


def settled_pairs(
    ends: Ends, i: I32, j: I32, by_pipe: Settling, *, joined: int, never: int
) -> tuple[I8, I8]:
    """The code `joined` or `never` where a pair needs no measuring, else 0; and how the two pipes
    may be one: `SAME_ENDS` and one kind, or `NEW_AND_OLD`, else 0."""
    out, alike = np.empty((2, len(i)), dtype=np.int8)
    columns = (
        owned(by_pipe.begin, np.int64),
        owned(by_pipe.end, np.int64),
        owned(by_pipe.kind, np.int8),
        owned(by_pipe.planned, np.bool_),
    )
    run_in_chunks(_settled, len(i), ends, i, j, *columns, (joined, never), out, alike)
    return out, alike


@compiled
def deviation_of_both(sigma0: F64, sigma1: F64, i: Any, j: Any) -> float:
    """Deviation of the distance of two segments, each erring as the worse of its ends (m)."""
    total = 0.0
    for k in (i, j):
        worse = sigma0[k]
        # As written, so that an unknown deviation stays unknown.
        if not worse >= sigma1[k] and not math.isnan(worse):
            worse = sigma1[k]
        total += worse * worse
    return math.sqrt(total)


@compiled
def _worse(
    first: int, last: int, sigma0: F64, sigma1: F64, i: I32, j: I32, out: F64
) -> None:  # fmt: skip
    for row in range(first, last):
        out[row] = deviation_of_both(sigma0, sigma1, i[row], j[row])


def worse_of_both(sigma0: F64, sigma1: F64, i: I32, j: I32) -> F64:
    """Deviation of the distance of pairs, each segment erring as the worse of its ends (m)."""
    out = np.empty(len(i))
    columns = owned(sigma0, np.float64), owned(sigma1, np.float64)
    run_in_chunks(_worse, len(i), *columns, i, j, out)
    return out
