"""Where the header is: title rows above it, two-row headers with merged cells, a row of units,
repeated headers, totals and signature lines between or below the data."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from baiyun_gis.io.attributes import GeometryKind, map_fields
from baiyun_gis.io.synonyms import UNITS
from baiyun_gis.io.tabular import RawSheet, RawTable
from baiyun_gis.io.values import number_in
from baiyun_gis.language import Message, msg

_LOOK_AT = 25
_TOTALS = re.compile(
    r"^(合计|总计|小计|共计|total|sum|subtotal|grand total)\s*[::]?$", re.IGNORECASE
)
_FOOTER = re.compile(
    r"^(注|备注|说明|制表|测量|检查|审核|校核|填表|日期|第\s*\d+\s*页|共\s*\d+|合计|总计|小计|note|checked"
    r"|surveyed by|page)",
    re.IGNORECASE,
)


def with_header(sheet: RawSheet) -> RawTable | None:
    """The table in a sheet, or None when no row looks like a header."""
    found = _find_header(sheet.rows)
    if found is None:
        return None
    names, header, first_data = found
    width = len(names)
    units = _units_row(sheet.rows, first_data, width)
    if units:
        names = [n if not u or "(" in n else f"{n}({u})" for n, u in zip(names, units, strict=True)]
        first_data += 1
    rows, numbers, notes = _data_rows(sheet, header, first_data, width)
    return RawTable(
        sheet.path,
        sheet.sheet,
        tuple(_unique(names)),
        rows,
        numbers,
        tuple(notes),
        sheet.inferred,
        frozenset(i + 1 for i in range(first_data, len(sheet.rows)) if any(sheet.rows[i][width:])),
    )


def _find_header(rows: list[list[str]]) -> tuple[list[str], int, int] | None:
    best: tuple[float, int, list[str], int] | None = None
    for index, row in enumerate(rows[:_LOOK_AT]):
        if not _is_texts(row):
            continue
        single = _recognised(row)
        if single >= 2 and (best is None or single > best[0]):
            best = (single, index, list(row), index + 1)
        if index + 1 < len(rows) and _is_texts(rows[index + 1]):
            joined = _joined(row, rows[index + 1])
            both = _recognised(joined)
            if both >= 2 and (best is None or both > best[0]):
                best = (both, index, joined, index + 2)
    if best is None:
        return None
    names = _trimmed(best[2])
    usual = Counter(len(_trimmed(row)) for row in rows[best[3] : best[3] + 200]).most_common(1)
    width = max(len(names), usual[0][0] if usual else 0)
    names = [*names, *[""] * (width - len(names))]
    return [n or f"#{i + 1}" for i, n in enumerate(names)], best[1], best[3]


def _trimmed(row: Sequence[str]) -> list[str]:
    """The row without its empty cells at the end."""
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return list(row[:end])


def _is_texts(row: Sequence[str]) -> bool:
    """Mostly words: a header row, not data."""
    filled = [c for c in row if c]
    numbers = sum(number_in(c) is not None for c in filled)
    return len(filled) >= 2 and numbers / len(filled) <= 0.2


def _recognised(row: Sequence[str]) -> float:
    """Columns that some kind of table knows; repeated names count once."""
    return max(
        len(fields.fields) + 0.5 * len(fields.extra)
        for fields in (
            map_fields(row, [], geometry_kind="node"),
            map_fields(row, [], geometry_kind="line"),
        )
    )


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """A two-row header as one: merged cells reach to the right until the next filled one."""
    out: list[str] = []
    over = ""
    for index in range(max(len(upper), len(lower))):
        top = upper[index] if index < len(upper) else ""
        below = lower[index] if index < len(lower) else ""
        over = top or (over if below else "")
        out.append(_one_name(over, below) if below and over != below else over or below)
    return out


def _one_name(over: str, below: str) -> str:
    """Group and column as one name: the way round that is known (高程 over 地面 is 地面高程)."""
    if _is_known(over + below) or not _is_known(below + over):
        return over + below
    return below + over


def _is_known(name: str) -> bool:
    kinds: tuple[GeometryKind, ...] = ("node", "line")
    return any(map_fields([name], [], geometry_kind=kind).fields for kind in kinds)


def _units_row(rows: list[list[str]], index: int, width: int) -> list[str]:
    """The units below the header, one a column, when the row holds nothing else."""
    if index >= len(rows):
        return []
    cells = [_bare_unit(c) for c in rows[index]]
    filled = [(c, raw) for c, raw in zip(cells, rows[index], strict=True) if raw]
    if not filled or not all(c for c, _ in filled):
        return []
    return [*cells, *[""] * width][:width]


def _bare_unit(cell: str) -> str:
    text = unicodedata.normalize("NFKC", cell).strip().strip("()[]单位:").strip().lower()
    return UNITS.get(text, "")


def _data_rows(
    sheet: RawSheet, header: int, first: int, width: int
) -> tuple[list[list[str]], list[int], list[Message]]:
    rows: list[list[str]] = []
    numbers: list[int] = []
    left_out: list[int] = []
    head = [c for c in sheet.rows[header] if c]
    for index in range(first, len(sheet.rows)):
        row = sheet.rows[index]
        filled = [c for c in row if c]
        if not filled:
            continue
        if filled == head or _is_remark(filled, width):
            left_out.append(index + 1)
            continue
        rows.append([*row, *[""] * (width - len(row))][:width])
        numbers.append(index + 1)
    notes: list[Message] = []
    if header:
        notes.append(msg("The header is row {row}", row=header + 1))
    if left_out:
        shown = ", ".join(map(str, left_out[:10])) + (" …" if len(left_out) > 10 else "")
        notes.append(
            msg("Rows that are titles, totals or signatures were passed over: {rows}", rows=shown)
        )
    return rows, numbers, notes


def _is_remark(filled: list[str], width: int) -> bool:
    if _TOTALS.match(filled[0]):
        return True
    return len(filled) <= 2 < width and _FOOTER.match(filled[0]) is not None


def _unique(names: Sequence[str]) -> list[str]:
    seen: dict[str, int] = {}
    out: list[str] = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return out
