"""How pairs end that were looked at piece by piece, counted in one pass."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import I8, I32, I64, Bool
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.ordering import numbered
from baiyun_gis.kernels.segments import owned

_SEEN, _FOUND, _UNSURE, _CLEAR = 1, 2, 4, 8
_NONE = np.zeros(0, dtype=np.int8)
_NO_MORE = np.zeros(0, dtype=np.int64)


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
def _ends(
    subject: I32, code: I8, found: Bool, unsure: Bool, settled: I8, more: I64, state: I8,
    first: I8, out: I64,
) -> None:  # fmt: skip
    """What the pieces make of each subject, and the code of its first piece; then subjects by the
    gravest of their pieces. `settled` ones need no piece, `more` are counted already."""
    state[:] = 0
    out[:] = 0
    for at in range(len(more)):
        out[0] += more[at]
        out[4 + at if at else 3] += more[at]
    for row in range(len(subject)):
        at = subject[row]
        if code[row] < 0:
            continue
        if state[at] == 0:
            first[at] = code[row]
        state[at] |= _SEEN
        if found[row]:
            state[at] |= _FOUND
        if unsure[row]:
            state[at] |= _UNSURE
        if code[row] == 0 and not found[row] and not unsure[row]:
            state[at] |= _CLEAR
    for at in range(len(state)):
        flags = state[at]
        if flags == 0:
            if len(settled) > 0 and settled[at] > 0:
                out[0] += 1
                out[4 + settled[at]] += 1
            continue
        out[0] += 1
        if flags & _FOUND:
            out[1] += 1
        elif flags & _UNSURE:
            out[2] += 1
        elif flags & _CLEAR:
            out[3] += 1
        else:
            out[4 + first[at]] += 1


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
    subject: I64 | I32,
    code: I8,
    found: Bool,
    unsure: Bool,
    *,
    codes: int,
    settled: I8 | None,
) -> Ends:
    """Every subject once, by the gravest of its pieces: found, unsure, clear, else set aside.

    A piece with a `code` above 0 is set aside, one below 0 does not count. `settled` (code by
    subject, 0 none) speaks for subjects without pieces; where it is given, subjects count from 0 to
    its length.
    """
    if settled is None:
        number, count = _numbered(subject)
        rest = _NONE
    else:
        number, count, rest = subject, len(settled), owned(settled, np.int8)
    of_subjects, out = np.empty((2, count), dtype=np.int8), np.empty(4 + codes, dtype=np.int64)
    _ends(
        owned(number, np.int32), owned(code, np.int8), owned(found, np.bool_),
        owned(unsure, np.bool_), rest, _NO_MORE, of_subjects[0], of_subjects[1], out,
    )  # fmt: skip
    return _told(out)


def _told(out: I64) -> Ends:
    examined, were_found, were_unsure, clear = out[:4].tolist()
    return Ends(examined, were_found, were_unsure, clear, out[4:])


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


ByKind = tuple[I64, I64, I64]
"""Pairs that stand nowhere else, by cell and kind: cell, kind, how many."""


@compiled
def _ends_of_pairs(
    pieces: tuple[I32, I8, Bool, Bool], settled: I8, quiet: ByKind, why_not: I8,
    kinds: tuple[int, int, int], joined: tuple[int, int], out: I64,
) -> None:  # fmt: skip
    (subject, code, found, unsure), (cell, kind, count) = pieces, quiet
    more = np.zeros(len(out) - 4, np.int64)
    for row in range(len(cell)):
        end = kinds[kind[row]]
        if end >= 0 and len(why_not) and why_not[cell[row]] > 0:
            end = why_not[cell[row]]
        if end >= 0:
            more[end] += count[row]
    more[joined[0]] += joined[1]
    state, first = np.empty(len(settled), np.int8), np.empty(len(settled), np.int8)
    _ends(subject, code, found, unsure, settled, more, state, first, out)


def ends_of_pairs(
    pieces: tuple[I32, I8, Bool, Bool],
    settled: I8,
    quiet: ByKind,
    why_not: I8 | None,
    kinds: tuple[int, int, int],
    joined: tuple[int, int],
    *,
    codes: int,
) -> Ends:
    """`ends_of_subjects` of pairs of lines, with those that no piece speaks for.

    `pieces` are the pair, code, found and unsure of each. Of the `quiet` ones those of each kind
    end by its code in `kinds`, −1 where they are not counted; `why_not` of their cell goes before
    that where it is above 0. `joined` is a code and how many more end by it.
    """
    out = np.empty(4 + codes, dtype=np.int64)
    pair, code, found, unsure = pieces
    given = owned(pair, np.int32), owned(code, np.int8), found, unsure
    reason = _NONE if why_not is None else why_not
    _ends_of_pairs(given, settled, quiet, reason, kinds, joined, out)
    return _told(out)
