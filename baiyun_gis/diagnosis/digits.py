"""What a number may have been before it was written down wrongly: digits swapped or left out.

Values are taken as written with a fixed number of decimals. All functions give (n, k) candidates
for n values, NaN where there is none.
"""

from __future__ import annotations

import numpy as np

from baiyun_gis.arrays import F64, I64

MOST_DIGITS = 7
UNIT_FACTORS = (0.01, 0.001, 100.0, 1000.0)
"""Centimetres or millimetres taken for metres, and metres for them."""


def decimals_of(values: F64) -> int:
    """Decimals a column is written with: 3 when more than a tenth have millimetres, else 2."""
    known = np.abs(values[np.isfinite(values)])
    if not len(known):
        return 2
    mm = np.round(known * 1000).astype(np.int64)
    return 3 if float(np.mean(mm % 10 != 0)) > 0.1 else 2


def untransposed(values: F64, decimals: int) -> F64:
    """Values with two neighbouring digits swapped back."""
    whole, sign = _scaled(values, decimals)
    out: list[F64] = []
    for place in range(MOST_DIGITS - 1):
        low, high = 10**place, 10 ** (place + 1)
        # a zero before the point is written, further ones are not
        written = np.maximum(whole, 10**decimals) >= high
        right, left = (whole // low) % 10, (whole // high) % 10
        swapped = whole + (right - left) * (high - low)
        out.append(np.where(written & (right != left), swapped, np.nan))
    return _values(np.column_stack(out), sign, decimals)


def undropped(values: F64, decimals: int) -> F64:
    """Values with one digit put back: before the point anywhere, behind it only where the last
    decimal is 0, as a number that lost a decimal is one shorter."""
    whole, sign = _scaled(values, decimals)
    short = whole % 10 == 0
    out: list[F64] = []
    for place in range(MOST_DIGITS - 1):
        unit = 10**place
        if place >= decimals:
            base, fits = whole, np.maximum(whole, 10**decimals) * 10 >= unit
        else:
            base, fits = whole // 10, short
        head, tail = base // unit, base % unit
        for digit in range(10):
            made = (head * 10 + digit) * unit + tail
            out.append(np.where(fits & (made != whole), made, np.nan))
    return _values(np.column_stack(out), sign, decimals)


def in_other_units(values: F64) -> F64:
    """Values in metres that were written in centimetres or millimetres, or the reverse."""
    return values[:, None] * np.array(UNIT_FACTORS)


def _scaled(values: F64, decimals: int) -> tuple[I64, F64]:
    known = np.isfinite(values) & (np.abs(values) < 10 ** (MOST_DIGITS - decimals))
    whole = np.round(np.abs(np.where(known, values, 0.0)) * 10**decimals).astype(np.int64)
    return whole, np.where(known, np.sign(np.where(known, values, 1.0)), np.nan)


def _values(whole: F64, sign: F64, decimals: int) -> F64:
    return np.where(sign == 0, 1.0, sign)[:, None] * whole / 10**decimals
