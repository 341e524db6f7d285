"""Cells that state their own unit, whatever the header says: "1.2米" in a column of centimetres."""

from __future__ import annotations

import re
import unicodedata

import numpy as np

from baiyun_gis.io.attributes import LEVEL_MISSING
from baiyun_gis.io.synonyms import UNITS
from baiyun_gis.io.values import Cells, text_of
from baiyun_gis.model.columns import F64
from baiyun_gis.units import METRES

_STATED = re.compile(
    r"^[约≈~]?\s*([+\-]?(?:\d+\.?\d*|\.\d+))\s*(m|米|公尺|cm|厘米|公分|mm|毫米|ft|in)$",
    re.IGNORECASE,
)


def stated_metres(cells: Cells) -> F64:
    """Metres in the cells that state a unit of length themselves, NaN in all others; shape (n,)."""
    texts = [text_of(cell) for cell in cells]
    known = {text: _metres(text) for text in set(texts)}
    return np.array([known[text] for text in texts], dtype=np.float64)


def _metres(text: str) -> float:
    found = _STATED.match(unicodedata.normalize("NFKC", text).strip())
    if found is None or float(found[1]) in LEVEL_MISSING:
        return float("nan")
    return float(found[1]) * METRES[UNITS[found[2].lower()]]


def in_metres(cells: Cells, numbers: F64, unit_m: float) -> F64:
    """`numbers` read from `cells` in metres: by the cell's own unit, else `unit_m` metres each."""
    stated = stated_metres(cells)
    return np.where(np.isnan(stated), numbers * unit_m, stated)
