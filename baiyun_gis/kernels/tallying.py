"""How pairs end that were looked at piece by piece, counted in one pass."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import I8, I32, I64, Bool
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.ordering import numbered
from baiyun_gis.kernels.segments import owned

_SEEN, _FOUND, _UNSURE, _CLEAR = 1, 2, 4, 8


class Ends(NamedTuple):
    """How many subjects there are, and how many of them ended how.

    `aside` counts by code the subjects all of whose pieces are set aside: the first one's code.
    """

    examined: int
    found: int
    unsure: int
    clear: int
    aside: I64


@compiled
def _mark(subject: I32, code: I8, found: Bool, unsure: Bool, state: I8, first: I8) -> None:
    """What the pieces make of each subject, and the code of its first piece."""
    for row in range(len(subject)):
        at = subject[row]
        if state[at] == 0:
            first[at] = code[row]
        state[at] |= _SEEN
        if found[row]:
            state[at] |= _FOUND
        if unsure[row]:
            state[at] |= _UNSURE
        if code[row] <= 0 and not found[row] and not unsure[row]:
            state[at] |= _CLEAR


@compiled
def _count(state: I8, first: I8, settled: I8, out: I64, aside: I64) -> None:
    """Subjects by the gravest of their pieces; `settled` ones need no piece."""
    for at in range(len(state)):
        flags = state[at]
        if flags == 0:
            if len(settled) > 0 and settled[at] > 0:
                out[0] += 1
                aside[settled[at]] += 1
            continue
        out[0] += 1
        if flags & _FOUND:
            out[1] += 1
        elif flags & _UNSURE:
            out[2] += 1
        elif flags & _CLEAR:
            out[3] += 1
        else:
            aside[first[at]] += 1


@compiled
def _numbered_in_order(keys: I64, number: I32) -> int:
    """Number keys that come in order, equal ones alike; how many, −1 where they do not."""
    last = -1
    for row in range(len(keys)):
        if row and keys[row] < keys[row - 1]:
            return -1
        if row == 0 or keys[row] != keys[row - 1]:
            last += 1
        number[row] = last
    return last + 1


def _numbered(subject: I64 | I32) -> tuple[I32, int]:
    """Each row's subject as a number from 0 on, and how many there are."""
    keys = owned(subject, np.int64)
    number = np.empty(len(keys), dtype=np.int32)
    count = _numbered_in_order(keys, number)
    if count >= 0:
        return number, count
    number, heads = numbered(keys)
    return number, len(heads)


def ends_of_subjects(
    subject: I64 | I32, code: I8, found: Bool, unsure: Bool, *, codes: int, settled: I8 | None
) -> Ends:
    """Every subject once, by the gravest of its pieces: found, unsure, clear, else set aside.

    A piece with a `code` above 0 is set aside. `settled` (code by subject, 0 none) speaks for
    subjects without pieces; where it is given, subjects count from 0 to its length.
    """
    if settled is None:
        number, count = _numbered(subject)
        rest = np.zeros(0, dtype=np.int8)
    else:
        number, count, rest = subject, len(settled), owned(settled, np.int8)
    state, first = np.zeros(count, dtype=np.int8), np.zeros(count, dtype=np.int8)
    rows, codes_of = owned(number, np.int32), owned(code, np.int8)
    _mark(rows, codes_of, owned(found, np.bool_), owned(unsure, np.bool_), state, first)
    out, aside = np.zeros(4, dtype=np.int64), np.zeros(codes, dtype=np.int64)
    _count(state, first, rest, out, aside)
    return Ends(int(out[0]), int(out[1]), int(out[2]), int(out[3]), aside)


@compiled
def _first_codes(subject: I32, code: I8, out: I8) -> None:
    for row in range(len(subject)):
        if out[subject[row]] == 0:
            out[subject[row]] = code[row]


def first_codes(subject: I32, code: I8, count: int) -> I8:
    """The first code above 0 of each of `count` subjects; 0 where it has none."""
    out = np.zeros(count, dtype=np.int8)
    _first_codes(owned(subject, np.int32), owned(code, np.int8), out)
    return out
