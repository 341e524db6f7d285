"""Texts as calendar days, as people write them: 2010-05-01, 2010年5月, 1998, Excel's 40000."""

from __future__ import annotations

import re
import unicodedata

import numpy as np

from baiyun_gis.io.distinct import Cells, distinct, spread
from baiyun_gis.io.values import text_of
from baiyun_gis.model.columns import NO_DAY, Day

_EXCEL_EPOCH = np.datetime64("1899-12-30", "D")


def days_from(values: Cells) -> Day:
    """Calendar days, NaT where unknown; a year alone is its first day, a month its first day."""
    if isinstance(values, np.ndarray) and values.dtype.kind == "M":
        return values.astype("datetime64[D]")
    of = distinct(values)
    texts = [text_of(cell) for cell in of.cells]
    day_first = _day_first(texts)
    return spread(of, [_day(t, day_first=day_first) for t in texts], "datetime64[D]")


def _day_first(texts: list[str]) -> bool:
    """Whether 03/04/2020 means the third of April: any first part above 12 says so."""
    parts = [re.match(r"^(\d{1,2})[/.\-](\d{1,2})[/.\-]\d{4}", t) for t in dict.fromkeys(texts)]
    second_above = any(int(p[2]) > 12 for p in parts if p)
    first_above = any(int(p[1]) > 12 for p in parts if p)
    return first_above or not second_above


def _day(text: str, *, day_first: bool) -> np.datetime64:
    plain = unicodedata.normalize("NFKC", text).strip()
    found = re.match(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2}))?\s*[日月]?", plain)
    if found:
        return _checked(int(found[1]), int(found[2]), int(found[3] or 1))
    found = re.match(r"^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})", plain)
    if found:
        first, second, year = (int(g) for g in found.groups())
        return _checked(year, *((second, first) if day_first else (first, second)))
    found = re.match(r"^(\d{4})(\d{2})(\d{2})(?:\d{6})?$", plain)
    if found:
        return _checked(*(int(g) for g in found.groups()))
    found = re.match(r"^(\d{4})(\d{2})$", plain)
    if found:
        return _checked(int(found[1]), int(found[2]), 1)
    found = re.match(r"^(\d{4})(?:\.0+)?\s*年?$", plain)
    if found:
        return _checked(int(found[1]), 1, 1)
    found = re.match(r"^(\d{5})(?:\.\d+)?$", plain)
    if found and 10000 <= int(found[1]) <= 60000:
        return _EXCEL_EPOCH + np.timedelta64(int(found[1]), "D")
    return NO_DAY


def _checked(year: int, month: int, day: int) -> np.datetime64:
    if not 1800 <= year <= 2200 or not 1 <= max(month, 1) <= 12:
        return NO_DAY
    try:
        return np.datetime64(f"{year:04d}-{max(month, 1):02d}-{max(day, 1):02d}", "D")
    except ValueError:
        return NO_DAY
