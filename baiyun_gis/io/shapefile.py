"""Shapefiles as they come: Chinese text without `.cpg`, a lost `.shx`, names cut at ten bytes.

Text is read as raw bytes and decoded here: as the `.cpg` says where that fits, else strict UTF-8,
then GB18030, then what the header's language byte says, then Windows-1252. A value that does not
fit the table's encoding is decoded on its own and counted.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from baiyun_gis.errors import EncodingError

RAW = "ISO-8859-1"
"""Reading in this encoding keeps every byte."""

_BY_LANGUAGE_BYTE = {
    0x4D: "gb18030",
    0x7A: "gb18030",
    0x7B: "cp932",
    0x13: "cp932",
    0x4E: "cp949",
    0x79: "cp949",
    0x4F: "big5",
    0x78: "big5",
    0x57: "cp1252",
    0x58: "cp1252",
    0x03: "cp1252",
    0x01: "cp437",
    0x02: "cp850",
    0xC8: "cp1250",
    0xC9: "cp1251",
}


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """The encoding of a table, how sure, and what says so: told, cpg, content or header."""

    name: str
    confidence: float
    how: str


def text_encoding(dbf: Path, values: Iterable[str], told: str = "") -> TextEncoding:
    """The encoding of a table's texts, given as raw bytes in Latin-1 characters.

    Raises `EncodingError` when the user names one that Python does not know.
    """
    foreign = [v.encode(RAW, "replace") for v in dict.fromkeys(values) if v and not v.isascii()]
    if told:
        try:
            return TextEncoding(codecs.lookup(told).name, 1.0, "told")
        except LookupError as error:
            raise EncodingError("{name} is no text encoding", name=told) from error
    if not foreign:
        return TextEncoding("utf-8", 1.0, "ascii")
    stated = stated_encoding(dbf)
    if stated and _fit(foreign, stated) >= 0.98:
        return TextEncoding(stated, 0.95, "cpg")
    for name in ("utf-8", "gb18030"):
        if _fit(foreign, name) >= 0.98 and (name == "utf-8" or _reads_as_chinese(foreign)):
            return TextEncoding(name, 0.9, "content")
    header = _BY_LANGUAGE_BYTE.get(_language_byte(dbf), "")
    if header and _fit(foreign, header) >= 0.98:
        return TextEncoding(header, 0.7, "header")
    best = max(("utf-8", "gb18030", "cp1252"), key=lambda name: _fit(foreign, name))
    return TextEncoding(best, 0.4, "content")


def stated_encoding(dbf: Path) -> str:
    """What the `.cpg` beside a table says, as a Python codec; empty when nothing useful."""
    for suffix in (".cpg", ".CPG", ".cst"):
        cpg = dbf.with_suffix(suffix)
        if cpg.is_file():
            return _codec(cpg.read_bytes()[:64].decode("ascii", "ignore"))
    return ""


def _codec(text: str) -> str:
    word = text.strip().lower().replace("oem ", "").replace("ansi ", "")
    digits = re.fullmatch(r"(?:cp|windows|ibm|)[\s_\-]*(\d{3,5})", word)
    if digits and digits[1] in {"936", "54936"}:
        return "gb18030"
    if word in {"gbk", "gb2312", "gb18030"}:
        return "gb18030"
    if digits and digits[1] == "65001":
        return "utf-8"
    if word.startswith("88591") or word == "iso88591":
        return "iso8859-1"
    for candidate in (word, f"cp{digits[1]}" if digits else ""):
        try:
            return codecs.lookup(candidate).name if candidate else ""
        except LookupError:
            continue
    return ""


def _language_byte(dbf: Path) -> int:
    if not dbf.is_file():
        return 0
    with dbf.open("rb") as file:
        head = file.read(32)
    return head[29] if len(head) > 29 else 0


def _fit(values: list[bytes], encoding: str) -> float:
    """Share of values that the encoding reads."""
    return sum(1 for value in values if _reads(value, encoding)) / len(values)


def _reads(value: bytes, encoding: str) -> bool:
    try:
        _trimmed(value, encoding).decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _trimmed(value: bytes, encoding: str) -> bytes:
    """A value without half a character at its end: DBF fields cut text at a byte count."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        decoder.decode(value)
    except UnicodeDecodeError:
        return value
    left = decoder.getstate()[0]
    return value[: len(value) - len(left)] if left else value


def _reads_as_chinese(values: list[bytes]) -> bool:
    """Most of what is not ASCII lies in GB2312, the everyday part of GB18030."""
    text = "".join(_trimmed(v, "gb18030").decode("gb18030", "replace") for v in values[:2000])
    foreign = [ch for ch in text if ord(ch) > 127]
    return sum(1 for ch in foreign if is_everyday(ch)) >= 0.85 * max(len(foreign), 1)


def is_everyday(ch: str) -> bool:
    """Whether a character belongs to GB2312, the everyday part of GB18030."""
    try:
        ch.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def decoded(value: str, encoding: str) -> tuple[str, bool]:
    """A raw value as text, and whether it fitted the table's encoding."""
    if value.isascii():
        return value, True
    raw = value.encode(RAW, "replace")
    if encoding != "utf-8" and _is_utf8_chinese(raw):
        return _trimmed(raw, "utf-8").decode("utf-8"), False
    for name in dict.fromkeys((encoding, "utf-8", "gb18030")):
        if _reads(raw, name):
            return _trimmed(raw, name).decode(name), name == encoding
    return raw.decode(encoding, "replace"), False


def _is_utf8_chinese(raw: bytes) -> bool:
    """Whole East Asian characters in UTF-8: bytes that other encodings hardly ever give."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return all(ch.isascii() or ch >= "\u2e80" for ch in text)
