"""Delimited text and spreadsheets as rows of text cells, before anybody knows what they mean.

Row numbers are those a spreadsheet shows: the first row of the file is 1, the header counts.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from baiyun_gis.errors import FormatError
from baiyun_gis.io.encodings import UTF16_MARKS, Decoded, decode
from baiyun_gis.io.imported import Inference
from baiyun_gis.language import Message

__all__ = ["Decoded", "RawSheet", "RawTable", "decode", "read_delimited"]

_DELIMITERS = ("\t", ",", ";", "|", "，", "；")
MAX_CELL = 1_000_000


@dataclass(frozen=True, slots=True)
class RawSheet:
    """All rows of one sheet or text file as written."""

    path: Path
    sheet: str
    rows: list[list[str]]
    inferred: tuple[Inference, ...] = ()

    @property
    def title(self) -> str:
        """What it is called: the sheet, else the file."""
        return self.sheet or self.path.stem


@dataclass(frozen=True, slots=True)
class RawTable:
    """A sheet with its header found: column names, data rows and their row numbers."""

    path: Path
    sheet: str
    names: tuple[str, ...]
    rows: list[list[str]]
    row_numbers: list[int]
    notes: tuple[Message, ...] = ()
    inferred: tuple[Inference, ...] = ()
    overlong: frozenset[int] = frozenset()
    """Numbers of rows with more cells than there are columns."""

    @property
    def title(self) -> str:
        return self.sheet or self.path.stem

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, index: int) -> list[str]:
        """One column as texts; index −1 gives blanks."""
        if index < 0:
            return [""] * len(self.rows)
        return [row[index] for row in self.rows]

    def record(self, row: int) -> dict[str, str]:
        """One row as column name → text."""
        return dict(zip(self.names, self.rows[row], strict=False))


def read_delimited(path: Path, *, encoding: str = "") -> RawSheet:
    """A CSV or text file as rows; delimiter and encoding are found.

    Raises `FormatError` for empty and binary files, `EncodingError` for a wrong encoding.
    """
    data = path.read_bytes()
    if not data.strip():
        raise FormatError("{path} is empty", path=path.name)
    if b"\x00" in data[:4096] and not data.startswith(UTF16_MARKS):
        raise FormatError("{path} is not a text table", path=path.name)
    decoded = decode(data, encoding=encoding)
    inference = decoded.inference()
    rows = split_rows(decoded.text)
    return RawSheet(path, "", rows, (inference,) if inference else ())


def split_rows(text: str) -> list[list[str]]:
    """Cells of each row; a first line `sep=;` names the delimiter and stays as an empty row."""
    named = re.match(r"^sep=(.)\r?\n", text, re.IGNORECASE)
    if named:
        return [[], *_records(text[named.end() :], named[1])]
    delimiter = delimiter_of(text)
    if delimiter == " ":
        return [line.split() for line in text.splitlines()]
    return _records(text, delimiter)


def _records(text: str, delimiter: str) -> list[list[str]]:
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    try:
        return [[unescaped(cell.strip()) for cell in row] for row in reader]
    except csv.Error as error:
        raise FormatError(
            "The table cannot be read as delimited text near row {row}: {error}",
            row=reader.line_num,
            error=str(error),
        ) from None


def unescaped(text: str) -> str:
    """The text without the apostrophe that keeps spreadsheets from running it as a formula."""
    return text[1:] if text.startswith(("'=", "'+", "'-", "'@")) else text


def delimiter_of(text: str) -> str:
    """The delimiter that cuts most of the first lines into the same number (≥ 2) of cells."""
    lines = [line for line in text[:200_000].splitlines()[:200] if line.strip()][:60]
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        score = _regularity([_cells(line, delimiter) for line in lines])
        if score > best_score:
            best, best_score = delimiter, score
    if best_score == 0.0 and _regularity([len(line.split()) for line in lines]) > 0:
        return " "
    return best


def looks_tabular(head: bytes) -> bool:
    """Most lines of the beginning of a text file fall into the same number (≥ 3) of cells."""
    lines = [line for line in decode(head).text.splitlines() if line.strip()]
    for delimiter in (*_DELIMITERS, " "):
        counts = [len(x.split()) if delimiter == " " else _cells(x, delimiter) for x in lines]
        if counts:
            usual, times = Counter(counts).most_common(1)[0]
            if usual >= 3 and times / len(lines) >= (0.9 if delimiter == " " else 0.6):
                return True
    return False


def _cells(line: str, delimiter: str) -> int:
    return len(next(csv.reader([line], delimiter=delimiter), []))


def _regularity(counts: list[int]) -> float:
    if not counts:
        return 0.0
    usual, times = max(Counter(counts).items(), key=lambda item: (item[1], item[0]))
    if usual < 2:
        return 0.0
    return times / len(counts) * min(usual, 8)
