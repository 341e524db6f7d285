"""Bytes to text: byte-order mark, strict UTF-8, GB18030, then by likeness, line by line if mixed.

Chinese survey files come in GBK without saying so, and files edited by several programs have
some rows in GBK and some in UTF-8.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from baiyun_gis.errors import EncodingError
from baiyun_gis.io.imported import Inference
from baiyun_gis.language import msg

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_SAMPLE_BYTES = 500_000
_FIRST_CJK = "\u2e80"


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text of a file and how it was read; `other_lines` were in a second encoding."""

    text: str
    encoding: str
    confidence: float
    other_lines: int = 0
    replaced: int = 0

    def inference(self) -> Inference | None:
        """What a report says of it; nothing for plain ASCII and files with a mark."""
        if self.confidence >= 1.0:
            return None
        if self.replaced:
            why = msg(
                "{count} bytes fit no encoding and were replaced by a mark", count=self.replaced
            )
        elif self.other_lines:
            why = msg("{lines} lines are in another encoding than the rest", lines=self.other_lines)
        else:
            why = msg("no encoding is named; the bytes fit this one")
        return Inference("encoding", self.encoding, self.confidence, why)


def decode(data: bytes, *, encoding: str = "") -> Decoded:
    """The text of `data`; a given `encoding` is taken as it is.

    Raises `EncodingError` when the named encoding is unknown or does not fit.
    """
    if encoding:
        return _as_named(data, encoding)
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _as_named(data, name)
    if data.isascii():
        return Decoded(data.decode("ascii"), "ascii", 1.0)
    try:
        return Decoded(data.decode("utf-8"), "utf-8", 0.99)
    except UnicodeDecodeError:
        return _by_lines(data)


def _as_named(data: bytes, encoding: str) -> Decoded:
    name = {"gbk": "gb18030", "gb2312": "gb18030"}.get(encoding.lower(), encoding)
    try:
        text = data.decode(name)
    except LookupError:
        raise EncodingError(
            "There is no encoding called {encoding}; try utf-8 or gb18030", encoding=encoding
        ) from None
    except UnicodeDecodeError as error:
        raise EncodingError(
            "The text is not {encoding}: byte {position} does not fit; leave --encoding out to "
            "let it be found",
            encoding=encoding,
            position=error.start + 1,
        ) from None
    return Decoded(text.removeprefix("\ufeff"), encoding, 1.0)


def _by_lines(data: bytes) -> Decoded:
    lines = data.splitlines(keepends=True)
    high = [i for i, line in enumerate(lines) if not line.isascii()]
    as_utf8 = {i: text for i in high if (text := _cjk_utf8(lines[i])) is not None}
    rest = b"".join(lines[i] for i in high if i not in as_utf8)
    main = _likeliest(rest)
    out: list[str] = []
    replaced = 0
    for i, line in enumerate(lines):
        text = as_utf8.get(i)
        if text is None:
            text = line.decode(main, errors="replace")
            replaced += text.count("\ufffd")
        out.append(text)
    other = min(len(as_utf8), len(high) - len(as_utf8)) if as_utf8 else 0
    majority = "utf-8" if len(as_utf8) * 2 > len(high) else main
    confidence = 0.5 if replaced else 0.8 if other else 0.95 if main == "gb18030" else 0.7
    return Decoded("".join(out), majority, confidence, other, replaced)


def _cjk_utf8(line: bytes) -> str | None:
    """The line as UTF-8 where that gives Chinese; short GBK words can pass for Greek or Arabic."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return None
    high = [c for c in text if ord(c) > 127]
    return text if sum(c >= _FIRST_CJK for c in high) * 2 >= len(high) else None


def _likeliest(data: bytes) -> str:
    """GB18030, Big5 or Windows-1252, by how the high bytes come."""
    runs = _HIGH_RUN.findall(data, 0, _SAMPLE_BYTES)
    total = sum(map(len, runs))
    even = sum(len(r) for r in runs if len(r) % 2 == 0)
    if _is_strict(data, "gb18030"):
        if total and even / total >= 0.9 and _usual_share(data, "gb18030", 0xB0, 0xD7) >= 0.4:
            return "gb18030"
        if _is_strict(data, "big5") and _usual_share(data, "big5", 0xA4, 0xC6) >= 0.8:
            return "big5"
        lonely = sum(1 for r in runs if len(r) == 1)
        return "cp1252" if runs and lonely / len(runs) > 0.7 else "gb18030"
    lonely = sum(1 for r in runs if len(r) == 1)
    return "cp1252" if runs and lonely / len(runs) > 0.5 else "gb18030"


def _is_strict(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _usual_share(data: bytes, encoding: str, first: int, last: int) -> float:
    """Share of characters whose lead byte is that of the everyday part of the set."""
    chars = [c for c in data[:200_000].decode(encoding, errors="ignore") if ord(c) > 127]
    ideographs = [c for c in chars if "\u4e00" <= c <= "\u9fff"]
    if not ideographs:
        return 0.0
    leads = (c.encode(encoding)[0] for c in ideographs)
    return sum(first <= lead <= last for lead in leads) / len(ideographs)
