"""What people call a column or a value, as data: `io/data/*.csv`.

Names compare in a normal form (full width to half width, lower case, no blanks or separators),
with whatever stood in brackets taken off and kept as a hint: a unit, or which way an axis runs.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

UNITS: dict[str, str] = {
    "m": "m",
    "米": "m",
    "公尺": "m",
    "metre": "m",
    "metres": "m",
    "meter": "m",
    "meters": "m",
    "cm": "cm",
    "厘米": "cm",
    "公分": "cm",
    "dm": "dm",
    "分米": "dm",
    "mm": "mm",
    "毫米": "mm",
    "km": "km",
    "in": "in",
    "inch": "in",
    "inches": "in",
    "英寸": "in",
    "ft": "ft",
    "feet": "ft",
    "foot": "ft",
    "英尺": "ft",
    "kv": "kV",
    "千伏": "kV",
    "v": "V",
    "伏": "V",
    "mpa": "MPa",
    "兆帕": "MPa",
    "kpa": "kPa",
    "千帕": "kPa",
    "pa": "Pa",
    "bar": "bar",
    "psi": "psi",
    "°": "deg",
    "度": "deg",
    "deg": "deg",
    "rad": "rad",
    "弧度": "rad",
}
_BRACKETS = re.compile(r"[\(\[\{【〔<]([^\)\]\}】〕>]*)[\)\]\}】〕>]")
_SEPARATORS = re.compile(r"[\s_\-./\\、,:;'\"*#%&|°]+")


@dataclass(frozen=True, slots=True)
class Header:
    """A column name taken apart: its normal form and what stood in brackets."""

    text: str
    normal: str
    hints: tuple[str, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Synonym:
    """One known name: the role it means, for which kinds of table, with unit and datum."""

    role: str
    kinds: frozenset[str]
    unit: str
    datum: str
    rank: int


@dataclass(frozen=True, slots=True)
class Word:
    """One known value: the vocabulary key it means and, where there is one, its code."""

    key: str
    code: str


def normal(text: str) -> str:
    """The form in which names compare: half width, lower case, no blanks or separators."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text).strip().lower())


@cache
def header_of(name: str) -> Header:
    """A column name with bracketed hints and unit recognised."""
    plain = unicodedata.normalize("NFKC", name).strip()
    hints = tuple(h.strip().lower() for h in _BRACKETS.findall(plain) if h.strip())
    bare = _BRACKETS.sub("", plain) or plain
    unit = next((UNITS[h] for h in hints if h in UNITS), "")
    if not unit:
        bare, unit = _trailing_unit(bare)
    return Header(name, normal(bare), hints, unit)


def _trailing_unit(bare: str) -> tuple[str, str]:
    found = re.match(r"^(.*[^\W\d_]{2,}.*?)[\s_/\-,:,]+([A-Za-z]{1,4}|米|毫米|厘米)$", bare)
    if found and found[2].lower() in UNITS:
        return found[1], UNITS[found[2].lower()]
    chinese = re.match(r"^(.*[一-鿿])(mm|cm|m|kv|mpa|kpa|毫米|厘米)$", bare, re.IGNORECASE)
    if chinese:
        return chinese[1], UNITS[chinese[2].lower()]
    return bare, ""


@cache
def field_synonyms() -> dict[str, tuple[Synonym, ...]]:
    """Known column names in normal form; the first of several is the most usual meaning."""
    table: dict[str, list[Synonym]] = {}
    for rank, row in enumerate(_rows("field_synonyms.csv")):
        kinds = frozenset(row["kinds"].split())
        for place, name in enumerate(row["names"].split("|")):
            synonym = Synonym(row["role"], kinds, row["unit"], row["datum"], rank * 1000 + place)
            table.setdefault(normal(_BRACKETS.sub("", name) or name), []).append(synonym)
    return {name: tuple(found) for name, found in table.items()}


@cache
def words_of(vocabulary: str) -> dict[str, Word]:
    """Known values of one vocabulary in normal form; codes count as words."""
    table: dict[str, Word] = {}
    for row in _rows("words.csv"):
        if row["vocabulary"] != vocabulary:
            continue
        word = Word(row["key"], row["code"])
        codes = [row["code"]] if row["code"] else []
        for name in [*row["words"].split("|"), *codes, row["key"]]:
            table.setdefault(normal(name), word)
    return table


@cache
def long_words_of(vocabulary: str) -> tuple[tuple[str, Word], ...]:
    """Words that may be looked for inside a longer text, longest first."""
    words = [
        (name, word)
        for name, word in words_of(vocabulary).items()
        if (len(name) >= 2 and not name.isascii()) or len(name) >= 5
    ]
    return tuple(sorted(words, key=lambda item: (-len(item[0]), item[0])))


def word_for(vocabulary: str, text: str) -> Word | None:
    """What a value means: the whole of it, else the longest known word within it."""
    known = words_of(vocabulary)
    form = normal(text)
    if not form:
        return None
    exact = known.get(form)
    if exact is not None:
        return exact
    bare = normal(_BRACKETS.sub("", unicodedata.normalize("NFKC", text)))
    if bare in known:
        return known[bare]
    for part in re.split(r"[\s_\-/()\[\].,:;]+", unicodedata.normalize("NFKC", text)):
        if normal(part) in known and len(normal(part)) >= 2:
            return known[normal(part)]
    return next((word for name, word in long_words_of(vocabulary) if name in form), None)


def _rows(name: str) -> Iterator[dict[str, str]]:
    source = resources.files("baiyun_gis") / "io" / "data" / name
    yield from csv.DictReader(source.read_text(encoding="utf-8").splitlines())
