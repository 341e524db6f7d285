"""Texts of raw columns as numbers, days and codes of the model; what does not fit is unknown.

Every function takes a column (any sequence; cells may be str, numbers, dates or None) and gives
an array of the same length. Distinct texts are parsed once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from baiyun_gis.io.distinct import Cells, distinct, spread
from baiyun_gis.io.synonyms import Word, word_for
from baiyun_gis.model.columns import F64, I8, Bool, Str
from baiyun_gis.model.vocabulary import (
    Burial,
    LevelDatum,
    Material,
    NodeKind,
    PressureClass,
    Provenance,
    Shape,
    Status,
    StructureKind,
    Utility,
    Vocabulary,
)

MISSING: tuple[float, ...] = (-9999.0, -99999.0, -999.0, -999999.0, 99999.0, 999999.0)
"""Numbers that stand for "not known"."""
LEVEL_MISSING: tuple[float, ...] = (0.0, *MISSING, -99.0, -99.99, -999.99, -9999.99, 9999.0)
"""The same for levels and depths, of which 0 is none either."""

_YES = {"是", "有", "1", "true", "yes", "y", "t"}
_NOTHING = {"none", "nan", "nat", "<na>", "null"}
_BLANK = {
    "",
    "-",
    "--",
    "/",
    "\\",
    "none",
    "null",
    "nan",
    "nat",
    "<na>",
    "n/a",
    "无",
    "na",
    "#n/a",
    "—",
    "——",
    "空",
    "?",
    "？",
    "不详",
    "未知",
    "不明",
}
_NUMBER = re.compile(
    r"^[约≈~]?\s*([+\-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+\-]?\d+)?)\s*"
    r"(m|米|mm|毫米|cm|厘米|kv|mpa|kpa|°|度|层|条|根|孔|个|km)?$",
    re.IGNORECASE,
)
_GROUPED = re.compile(r"^[+\-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$")
_CJJ_CLASSES = {
    "51": "JS", "5101": "JY", "5102": "SS", "5103": "ZS", "5104": "JP", "5105": "JZ",
    "5106": "XS", "5107": "LS", "5108": "JH", "52": "PS", "5201": "YS", "5202": "WS",
    "5203": "HS", "53": "RQ", "5301": "MQ", "5302": "YH", "5303": "TR", "54": "RL",
    "5401": "RS", "5402": "ZQ", "55": "DL", "5501": "GD", "5502": "LD", "5503": "XH",
    "56": "TX", "57": "GY", "5801": "ZH", "5802": "BM",
}  # fmt: skip


def text_of(cell: object) -> str:
    """A cell as clean text; blank for what stands for nothing."""
    if isinstance(cell, str):
        text = cell.strip()
    elif cell is None or cell != cell:  # NaN
        return ""
    elif isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    else:
        text = str(cell).strip()
    if not text.isascii():
        text = text.strip("\ufeff\u3000\xa0").strip()
    return "" if len(text) <= 4 and text.lower() in _NOTHING else text


def texts_from(values: Cells) -> Str:
    """A text column; blanks are empty."""
    of = distinct(values)
    return spread(of, [text_of(cell) for cell in of.cells], object)


def number_in(text: str) -> float | None:
    """The number a text states (unit suffix, full-width digits, thousands commas), else None."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if _GROUPED.match(plain):
        plain = plain.replace(",", "")
    found = _NUMBER.match(plain)
    if found:
        return float(found[1])
    if re.match(r"^[+\-]?\d+,\d+$", plain):  # decimal comma
        return float(plain.replace(",", "."))
    return None


def is_blank(text: str) -> bool:
    """The text stands for nothing recorded."""
    return unicodedata.normalize("NFKC", text).strip().lower() in _BLANK


def reals_from(values: Cells, *, missing: Collection[float] = MISSING) -> F64:
    """Numbers, NaN where blank, unreadable or one of `missing`; shape (n,)."""
    numbers = _plain_numbers(values)
    if numbers is None:
        numbers = parsed(values, lambda t: _or_nan(number_in(t)), np.float64)
    numbers = np.where(np.isfinite(numbers), numbers, np.nan)
    if len(missing):
        numbers = np.where(np.isin(numbers, list(missing)), np.nan, numbers)
    return numbers


def unreadable(values: Cells, numbers: F64) -> Bool:
    """Cells that hold something, but no number; `numbers` is what `reals_from` made of them."""
    suspects = np.flatnonzero(np.isnan(numbers))
    wrong = np.zeros(len(numbers), dtype=bool)
    wrong[suspects] = parsed(
        [values[i] for i in suspects.tolist()],
        lambda t: not is_blank(t) and number_in(t) is None,
        np.bool_,
    )
    return wrong


def _plain_numbers(values: Cells) -> F64 | None:
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiub":
        return values.astype(np.float64)
    try:
        return np.array([np.nan if v is None or v == "" else v for v in values], dtype=np.float64)
    except (TypeError, ValueError):
        return None


def _or_nan(number: float | None) -> float:
    return np.nan if number is None else number


def parsed(values: Cells, parse: Callable[[str], Any], dtype: Any) -> Any:
    """One array from texts, each distinct cell parsed once."""
    of = distinct(values)
    return spread(of, [parse(text_of(cell)) for cell in of.cells], dtype)


def _coded(values: Cells, vocabulary: type[Vocabulary], name: str) -> I8:
    def parse(text: str) -> int:
        word = word_for(name, text)
        return 0 if word is None else int(vocabulary.from_key(word.key))

    return parsed(values, parse, np.int8)


def utility_word(text: str) -> Word | None:
    """Kind and code of a line from a name, a letter code or a CJJ 61 number code."""
    if re.fullmatch(r"5\d{1,7}", text):
        code = _CJJ_CLASSES.get(text[:4]) or _CJJ_CLASSES.get(text[:2])
        return word_for("utility", code) if code else None
    return word_for("utility", text)


def utilities_from(values: Cells) -> tuple[I8, Str]:
    """Utility codes and CJJ 61 subtype codes ("" where not said), both shape (n,)."""
    of = distinct(values)
    words = [utility_word(text_of(cell)) for cell in of.cells]
    kinds = [0 if word is None else int(Utility.from_key(word.key)) for word in words]
    return spread(of, kinds, np.int8), spread(of, [w.code if w else "" for w in words], object)


def materials_from(values: Cells) -> I8:
    """`Material` codes, 0 where unknown."""
    return _coded(values, Material, "material")


def burials_from(values: Cells) -> I8:
    """`Burial` codes, 0 where unknown."""
    return _coded(values, Burial, "burial")


def statuses_from(values: Cells) -> I8:
    """`Status` codes; blank is in use, an unknown word is other."""

    def parse(text: str) -> int:
        word = word_for("status", text)
        if word is not None:
            return int(Status.from_key(word.key))
        return int(Status.IN_USE if is_blank(text) else Status.OTHER)

    return parsed(values, parse, np.int8)


def node_kinds_from(values: Cells) -> I8:
    """`NodeKind` codes from features or fixtures, 0 where unknown."""
    return _coded(values, NodeKind, "node_kind")


def chambers_from(values: Cells) -> Bool:
    """Names of things with a body in the ground (检修井, 水表井, 人孔, manhole …)."""

    def parse(text: str) -> bool:
        word = word_for("node_kind", text)
        if word is not None and NodeKind.from_key(word.key).has_chamber:
            return True
        if word is not None and word.key in {"reservoir", "point", "pole", "gully"}:
            return False
        return bool(re.search(r"井(?!盖)|chamber|manhole", text.lower()))

    return parsed(values, parse, np.bool_)


def structure_kinds_from(values: Cells) -> I8:
    """`StructureKind` codes, 0 where unknown."""
    return _coded(values, StructureKind, "structure_kind")


def shapes_from(values: Cells) -> I8:
    """`Shape` codes, 0 where unknown."""
    return _coded(values, Shape, "shape")


def datums_from(values: Cells) -> I8:
    """`LevelDatum` codes, 0 where unknown."""
    return _coded(values, LevelDatum, "datum")


def provenances_from(values: Cells) -> I8:
    """`Provenance` codes, 0 where not said."""
    return _coded(values, Provenance, "provenance")


def flags_from(values: Cells) -> Bool:
    """Yes or no; what is not said is no."""
    return parsed(values, lambda t: t.lower() in _YES, np.bool_)


def flows_from(values: Cells) -> I8:
    """Flow: 1 from start to end, 2 from end to start, 0 not said.

    A column of only 0 and 1 says nothing certain: 0 is "start to end" in some standards and
    "unknown" in others, so only 1 and 2, + and −, and words count there.
    """
    forward = {
        "+",
        "1",
        "正",
        "正向",
        "顺",
        "顺向",
        "顺流",
        "起点到终点",
        "起点至终点",
        "forward",
        "start to end",
        "起点->终点",
        "起点→终点",
        "→",
        "true",
        "f",
        "ft",
    }
    backward = {
        "-",
        "2",
        "反",
        "反向",
        "逆",
        "逆向",
        "逆流",
        "终点到起点",
        "终点至起点",
        "backward",
        "reverse",
        "end to start",
        "终点->起点",
        "←",
        "-1",
        "tf",
    }
    texts = {text_of(cell).lower() for cell in distinct(values).cells}
    zero_one = "0" in texts and not texts - {"", "0", "1"}

    def parse(text: str) -> int:
        form = text.lower()
        if zero_one:
            return 0
        return 1 if form in forward else 2 if form in backward else 0

    return parsed(values, parse, np.int8)


def pressures_from(values: Cells, *, unit: str = "") -> tuple[F64, I8]:
    """Pressure in MPa and pressure class; a class without its grade is taken as the stricter A.

    `unit` is what the header says; bare numbers above 20 are kPa otherwise.
    """
    scales = {"MPa": 1.0, "kPa": 1e-3, "Pa": 1e-6, "bar": 0.1, "psi": 0.00689476}
    texts = texts_from(values)
    bare = [n for n in map(number_in, dict.fromkeys(texts)) if n is not None]
    default = scales.get(unit) or (1e-3 if bare and float(np.median(bare)) > 20 else 1.0)

    def number(text: str) -> float:
        plain = unicodedata.normalize("NFKC", text).strip().lower()
        found = re.search(r"(\d+\.?\d*|\.\d+)\s*(mpa|kpa|pa|bar|psi)\b", plain)
        if found:
            return float(found[1]) * {k.lower(): s for k, s in scales.items()}[found[2]]
        value = number_in(plain)
        return np.nan if value is None or value <= 0 else value * default

    return parsed(texts, number, np.float64), parsed(texts, _pressure_class, np.int8)


def _pressure_class(text: str) -> int:
    word = None if number_in(text) is not None else word_for("pressure", text)
    return 0 if word is None else int(PressureClass.from_key(word.key))


def ungraded_pressures(values: Cells) -> Bool:
    """Cells that name a class of two grades but not which (中压, not 中压A); shape (n,)."""

    def parse(text: str) -> bool:
        if not PressureClass(_pressure_class(text)).key.endswith("_a"):
            return False
        plain = unicodedata.normalize("NFKC", text).strip().lower()
        words = re.sub(r"[\d.]+\s*(mpa|kpa|pa|bar)", "", plain)
        return not re.search(r"(?<![a-z])a(?![a-z])|甲|zya|gya", words)

    return parsed(values, parse, np.bool_)


def voltages_from(values: Cells, *, unit: str = "") -> F64:
    """Voltage in kV; of several the highest. Bare 380, 400 and 660 are volts."""

    def parse(text: str) -> float:
        plain = unicodedata.normalize("NFKC", text).strip().lower()
        found = re.findall(r"(\d+\.?\d*|\.\d+)\s*(kv|千伏|v|伏)?", plain)
        volts = [_kilovolts(float(number), suffix, unit) for number, suffix in found]
        best = max(volts, default=np.nan)
        return best if best > 0 else np.nan

    return parsed(values, parse, np.float64)


def _kilovolts(number: float, suffix: str, unit: str) -> float:
    if suffix in {"kv", "千伏"} or (not suffix and unit == "kV"):
        return number
    if suffix or unit == "V" or number in {380.0, 400.0, 660.0} or number >= 1000:
        return number / 1000
    return number
