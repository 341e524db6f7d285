"""XLSX workbooks as rows of text cells, read in streaming mode; values, never formulas."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from baiyun_gis.errors import FormatError
from baiyun_gis.io.tabular import RawSheet, unescaped

MAX_UNPACKED_BYTES = 2_000_000_000
MAX_RATIO = 500


def read_workbook(path: Path) -> list[RawSheet]:
    """All sheets with anything in them, in order; dates as ISO text.

    Raises `FormatError` when the file is no sound workbook.
    """
    _refuse_unsafe(path)
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except (KeyError, ValueError, TypeError, ParseError, zipfile.BadZipFile, OSError) as error:
        raise FormatError(
            "{path} is not a sound XLSX workbook ({error})", path=path.name, error=str(error)[:80]
        ) from None
    try:
        return [sheet for ws in book.worksheets if (sheet := _sheet(path, ws)).rows]
    except (KeyError, ValueError, ParseError, zipfile.BadZipFile) as error:
        raise FormatError(
            "{path} is not a sound XLSX workbook ({error})", path=path.name, error=str(error)[:80]
        ) from None
    finally:
        book.close()


def _sheet(path: Path, worksheet: Any) -> RawSheet:
    worksheet.reset_dimensions()
    rows = [[cell_text(v) for v in row] for row in worksheet.iter_rows(values_only=True)]
    while rows and not any(rows[-1]):
        rows.pop()
    return RawSheet(path, worksheet.title, rows)


def cell_text(value: object) -> str:
    """A spreadsheet value as text: 300.0 is "300", a date is ISO, an error is as shown."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    return unescaped(str(value).replace("\u3000", " ").strip())


def _refuse_unsafe(path: Path) -> None:
    """No bombs and no document types (entity expansion) inside."""
    try:
        with zipfile.ZipFile(path) as archive:
            total = sum(info.file_size for info in archive.infolist())
            packed = max(sum(info.compress_size for info in archive.infolist()), 1)
            too_big = total > MAX_UNPACKED_BYTES or (
                total > 50_000_000 and total / packed > MAX_RATIO
            )
            if too_big:
                raise FormatError(
                    "{path} unpacks to an unreasonable size and was not opened", path=path.name
                )
            for info in archive.infolist():
                if info.filename.lower().endswith((".xml", ".rels")):
                    with archive.open(info) as part:
                        if re.search(rb"<!DOCTYPE|<!ENTITY", part.read(2048)):
                            raise FormatError(
                                "{path} is not a sound XLSX workbook ({error})",
                                path=path.name,
                                error="DOCTYPE",
                            )
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise FormatError(
            "{path} is not a sound XLSX workbook ({error})", path=path.name, error=str(error)[:80]
        ) from None
