"""Names by digest: what conflicts and groups are called, hashed a city at a time.

A name is made of words joined by `|`; a side of a conflict is a table and an id joined by `:`.
The digest is SHA-1 (FIPS 180-4) over the UTF-8 of that text, as `hashlib` gives it; here it runs
without the interpreter lock and without a text object a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.arrays import I32, I64, Bool
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled

U8 = NDArray[np.uint8]

_MASK = 0xFFFFFFFF
_BAR, _COLON = 124, 58
_BLOCK = 64
_K = (0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6)
_START = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0)


class Words(NamedTuple):
    """Texts one behind the other as UTF-8: word k is `text[start[k]:start[k + 1]]`."""

    text: U8
    start: I64
    longest: int


class Sides(NamedTuple):
    """The words that name one side of every conflict: its table and its id, shape (n,)."""

    table: I32
    id: I32


def words_of(texts: Sequence[str]) -> Words:
    """The texts as words, in order."""
    joined = "".join(texts)
    whole = joined.encode()
    if len(whole) == len(joined):
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    else:
        lengths = np.fromiter((len(one.encode()) for one in texts), np.int64, len(texts))
    start = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum(lengths, out=start[1:])
    longest = int(lengths.max(initial=0))
    return Words(np.frombuffer(whole, dtype=np.uint8), start, longest)


def digests_of(
    words: Words, heads: tuple[I32, I32], sides: tuple[Sides, Sides], *, lone: Bool
) -> tuple[I64, I64]:
    """The first 64 bits of the digests of every conflict's family and of its unit, shape (n,).

    The family is named by both `heads` (words of check and rule) and both sides, the unit by both
    sides alone; where the second side is nothing (`lone`), by the first and the check. Of the two
    sides the one whose text comes first in the order of code points goes first.
    """
    count = len(lone)
    family, unit = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    run_in_chunks(_digest_rows, count, words, heads, sides, lone, family, unit)
    return family, unit


def digests_of_texts(texts: Sequence[str]) -> I64:
    """The first 64 bits of the digest of every text, shape (n,)."""
    digest = np.empty(len(texts), dtype=np.int64)
    run_in_chunks(_digest_words, len(texts), words_of(texts), digest)
    return digest


def written(digest: I64, *, digits: int, ordinal: I64 | None = None) -> list[str]:
    """Digests as their first hexadecimal `digits`, with `-` and the ordinal (0…) behind it."""
    if not len(digest):
        return []
    numbers = np.full(len(digest), -1, dtype=np.int64) if ordinal is None else ordinal
    width = digits + 2 + len(str(int(numbers.max(initial=0))))
    return _written(digest, numbers, digits, width).tobytes().decode("ascii").split("\n")[:-1]


@compiled
def _put(words: Words, word: int, out: Any, at: int) -> int:
    """Write a word behind `at`; where it ends."""
    for k in range(words.start[word], words.start[word + 1]):
        out[at] = words.text[k]
        at += 1
    return at


@compiled
def _comes_first(out: Any, a: int, mid: int, end: int) -> bool:
    """Whether the text a…mid is not behind the text mid…end in order of code points."""
    for k in range(min(mid - a, end - mid)):
        if out[a + k] != out[mid + k]:
            return bool(out[a + k] < out[mid + k])
    return mid - a <= end - mid


@compiled
def _turned_left(value: int, bits: int) -> int:
    return ((value << bits) | (value >> (32 - bits))) & _MASK


@compiled
def _digest(message: Any, length: int, w: Any) -> int:
    """The first 64 bits of the SHA-1 of `message[:length]`, which has room for the padding."""
    blocks = (length + 8) // _BLOCK + 1
    message[length : blocks * _BLOCK] = 0
    message[length] = 0x80
    for k in range(8):
        message[blocks * _BLOCK - 1 - k] = (8 * length >> (8 * k)) & 0xFF
    h0, h1, h2, h3, h4 = _START
    for block in range(blocks):
        for k in range(16):
            at = block * _BLOCK + 4 * k
            w[k] = (
                (np.int64(message[at]) << 24)
                | (np.int64(message[at + 1]) << 16)
                | (np.int64(message[at + 2]) << 8)
                | np.int64(message[at + 3])
            )
        for k in range(16, 80):
            w[k] = _turned_left(w[k - 3] ^ w[k - 8] ^ w[k - 14] ^ w[k - 16], 1)
        a, b, c, d, e = h0, h1, h2, h3, h4
        for k in range(80):
            if k < 20:
                mixed = ((b & c) | (~b & d)) + _K[0]
            elif k < 40:
                mixed = (b ^ c ^ d) + _K[1]
            elif k < 60:
                mixed = ((b & c) | (b & d) | (c & d)) + _K[2]
            else:
                mixed = (b ^ c ^ d) + _K[3]
            a, b, c, d, e = (
                (_turned_left(a, 5) + mixed + e + w[k]) & _MASK,
                a,
                _turned_left(b, 30),
                c,
                d,
            )
        h0, h1 = (h0 + a) & _MASK, (h1 + b) & _MASK
        h2, h3, h4 = (h2 + c) & _MASK, (h3 + d) & _MASK, (h4 + e) & _MASK
    return (h0 << 32) | h1


@compiled
def _put_sides(
    words: Words, sides: tuple[Sides, Sides], row: int, scratch: Any, out: Any, at: int
) -> int:
    """Write both sides with a bar between, the one that comes first in front; where they end."""
    one, two = sides
    mid = _put(words, one.table[row], scratch, 0)
    scratch[mid] = _COLON
    mid = _put(words, one.id[row], scratch, mid + 1)
    end = _put(words, two.table[row], scratch, mid)
    scratch[end] = _COLON
    end = _put(words, two.id[row], scratch, end + 1)
    keep = _comes_first(scratch, 0, mid, end)
    low, high = (0, mid) if keep else (mid, end)
    for k in range(low, high):
        out[at] = scratch[k]
        at += 1
    out[at] = _BAR
    low, high = (mid, end) if keep else (0, mid)
    for k in range(low, high):
        at += 1
        out[at] = scratch[k]
    return at + 1


@compiled
def _digest_rows(
    start: int,
    stop: int,
    words: Words,
    heads: tuple[I32, I32],
    sides: tuple[Sides, Sides],
    lone: Bool,
    family: I64,
    unit: I64,
) -> None:
    # Six words, what joins them, and a block and a half of padding.
    message = np.empty(6 * words.longest + 6 + 2 * _BLOCK, dtype=np.uint8)
    scratch = np.empty(4 * words.longest + 2, dtype=np.uint8)
    w = np.empty(80, dtype=np.int64)
    check, rule = heads
    for row in range(start, stop):
        at = _put(words, check[row], message, 0)
        message[at] = _BAR
        at = _put(words, rule[row], message, at + 1)
        message[at] = _BAR
        at = _put_sides(words, sides, row, scratch, message, at + 1)
        family[row] = _digest(message, at, w)
        if lone[row]:
            at = _put(words, sides[0].table[row], message, 0)
            message[at] = _COLON
            at = _put(words, sides[0].id[row], message, at + 1)
            message[at] = _BAR
            at = _put(words, check[row], message, at + 1)
        else:
            at = _put_sides(words, sides, row, scratch, message, 0)
        unit[row] = _digest(message, at, w)


@compiled
def _digest_words(start: int, stop: int, words: Words, digest: I64) -> None:
    message = np.empty(words.longest + 2 * _BLOCK, dtype=np.uint8)
    w = np.empty(80, dtype=np.int64)
    for row in range(start, stop):
        digest[row] = _digest(message, _put(words, row, message, 0), w)


@compiled
def _written(digest: I64, ordinal: I64, digits: int, width: int) -> U8:
    """All names with a line feed behind each."""
    out = np.empty(len(digest) * width, dtype=np.uint8)
    at = 0
    for row in range(len(digest)):
        for k in range(digits):
            nibble = (digest[row] >> (60 - 4 * k)) & 15
            out[at] = 48 + nibble if nibble < 10 else 87 + nibble
            at += 1
        number = ordinal[row]
        if number >= 0:
            out[at] = 45
            at += 1
            scale = 1
            while number // scale >= 10:
                scale *= 10
            while scale > 0:
                out[at] = 48 + number // scale % 10
                at += 1
                scale //= 10
        out[at] = 10
        at += 1
    return out[:at]
