"""CSV and XLSX with the same bytes for the same rows."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

from baiyun_gis.synthetic.raw_tables import RawTable

_ZIP_DATE = (2024, 12, 2, 9, 0, 0)
_STAMP = b"2024-12-02T09:00:00Z"
_MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")


def write_csv(table: RawTable, path: Path, *, encoding: str) -> None:
    """A comma-separated table with CRLF line ends, as Excel saves it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.header)
    writer.writerows(table.rows)
    path.write_bytes(text.getvalue().encode(encoding))


def write_workbook(sheets: dict[str, RawTable], path: Path) -> None:
    """A workbook with numbers as numbers; dates inside are fixed."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for title, table in sheets.items():
        sheet = book.create_sheet(title)
        sheet.append(table.header)
        for row in table.rows:
            sheet.append([_cell(text) for text in row])
    raw = io.BytesIO()
    book.save(raw)
    path.write_bytes(_with_fixed_dates(raw.getvalue()))


_NUMBER = re.compile(r"-?\d{1,9}(\.\d+)?")


def _cell(text: str) -> str | float | int | None:
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text


def _with_fixed_dates(raw: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w") as new:
        for name in sorted(old.namelist()):
            data = old.read(name)
            if name == "docProps/core.xml":
                data = _MODIFIED.sub(rb"\g<1>" + _STAMP + rb"\g<3>", data)
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            entry.create_system = 3
            new.writestr(entry, data, compresslevel=9)
    return out.getvalue()
