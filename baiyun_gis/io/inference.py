"""What the data do not say but show: units of depths, utilities from point numbers, bad rows."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from baiyun_gis.io.imported import Inference, Quarantined, Question
from baiyun_gis.io.synonyms import Word, words_of
from baiyun_gis.io.tabular import RawTable
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import F64
from baiyun_gis.units import metres_in

IDENTITY_LIMIT_M = 0.05
"""Ground, depth and level that disagree by more are flagged (地面高程 = 埋深 + 管线高程)."""
_INCHES = frozenset({0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12, 14, 15, 16, 18, 20,
                     21, 24, 27, 30, 33, 36, 42, 48, 54, 60, 66, 72, 84, 96, 108, 120})  # fmt: skip
_PREFIX = re.compile(r"^[0-9]{0,3}([A-Za-z]{2,4})[\-_]?[0-9]")


@dataclass(slots=True)
class Findings:
    """What becomes of one table while it is read: bad rows, inferences, remarks."""

    raw: RawTable
    quarantined: list[Quarantined] = field(default_factory=list[Quarantined])
    inferred: list[Inference] = field(default_factory=list[Inference])
    asked: list[Question] = field(default_factory=list[Question])
    notes: list[Message] = field(default_factory=list[Message])
    _seen: set[int] = field(default_factory=set[int])

    def refuse(self, row: int, column: str, value: str, reason: Message) -> None:
        """Set row `row` (index into the table) aside; the raw cells are kept with the first
        reason."""
        number = self.raw.row_numbers[row]
        first = number not in self._seen
        self._seen.add(number)
        self.quarantined.append(
            Quarantined(
                number,
                column,
                value,
                reason,
                self.raw.sheet,
                self.raw.record(row) if first else {},
            )
        )

    def infer(self, what: str, value: str, confidence: float, why: Message) -> None:
        self.inferred.append(Inference(what, value, confidence, why))

    @property
    def refused_rows(self) -> int:
        """How many rows were set aside, each counted once."""
        return len(self._seen)

    def refused_at(self, row: int) -> bool:
        """Whether this row was set aside already."""
        return self.raw.row_numbers[row] in self._seen


def metres_of_depths(values: Sequence[F64], unit: str) -> tuple[float, Inference | None]:
    """Metres in one unit of depth columns: the header's unit, else by their usual size.

    Lines lie 0.3 to 10 m deep: medians above 20 are centimetres or millimetres.
    """
    if unit in {"m", "cm", "mm", "dm", "ft", "in"}:
        return metres_in(unit), None
    pooled = np.concatenate([np.abs(v) for v in values]) if values else np.zeros(0)
    pooled = pooled[np.isfinite(pooled) & (pooled > 0)]
    if not len(pooled) or float(np.median(pooled)) <= 20:
        return 1.0, None
    median, high = float(np.median(pooled)), float(np.percentile(pooled, 95))
    is_mm = median >= 1000 or (median >= 300 and high >= 1300)
    found = "mm" if is_mm else "cm"
    why = msg(
        "half of the depths are above {median}; lines do not lie that many metres deep",
        median=f"{median:g}",
    )
    return metres_in(found), Inference("unit of depth", found, 0.9 if median >= 40 else 0.7, why)


def word_of_id(text: str) -> Word | None:
    """The utility whose letter code a point number begins with (JS12, 3WS34, RQ-5)."""
    found = _PREFIX.match(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return None
    codes = _codes()
    return codes.get(found[1].upper()) or codes.get(found[1][:2].upper())


def _codes() -> dict[str, Word]:
    return {w.code: w for w in words_of("utility").values() if w.code and w.key != "unknown"}


def words_of_ids(ids: Sequence[str]) -> tuple[list[Word | None], float]:
    """Utilities from point numbers, and the share of numbers that carry a known code."""
    words = [word_of_id(i) for i in ids]
    return words, sum(w is not None for w in words) / max(len(words), 1)


def unknown_words(values: Sequence[str], codes: np.ndarray[tuple[int], np.dtype[np.int8]]) -> str:
    """The usual texts that no vocabulary word fits, for the report; "" when there are none."""
    from baiyun_gis.io.values import is_blank

    lost = Counter(
        v for v, c in zip(values, codes.tolist(), strict=True) if c == 0 and not is_blank(v)
    )
    return ", ".join(f"{text} ({count})" for text, count in lost.most_common(5))


def looks_like_inches(sizes: F64, *, in_feet: bool) -> bool:
    """Numbers that are inch sizes and would be absurd as millimetres or metres.

    On a map `in_feet` few numbers will do.
    """
    known = sizes[sizes > 0]
    if in_feet and len(known) and float(np.median(known)) >= 2 and float(known.max()) <= 144:
        return True
    if len(known) < 5 or float(known.max()) > 120 or float(np.median(known)) < 2:
        return False
    return float(np.mean(np.isin(known, list(_INCHES)))) >= 0.9 and float(np.median(known)) <= 24
