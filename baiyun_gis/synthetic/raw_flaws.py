"""Rows that nobody can take: what crews get wrong in tables, planted on purpose."""

from __future__ import annotations

from dataclasses import dataclass

from baiyun_gis.synthetic.raw_tables import RawTable
from baiyun_gis.synthetic.truth import Planted

NOWHERE = (float("nan"), float("nan"), float("nan"))


@dataclass(frozen=True, slots=True)
class Flaw:
    """A bad row at the end of a table: cells that differ from those of its first good row."""

    cells: dict[str, str]
    why: str


POINT_FLAWS = (
    Flaw({"Exp_No": "JS90001", "X": ""}, "the coordinate is missing"),
    Flaw({"Exp_No": "JS90002", "X": "25690I2.345"}, "the coordinate is not a number"),
    Flaw({"Exp_No": "JS90003", "X": "256901.234"}, "a digit is missing, the point lies far away"),
)
LINE_FLAWS = (
    Flaw({"Lno": "JSL90001", "E_Exp": "JS99999"}, "the end point is in no point table"),
    Flaw({"Lno": "JSL90002", "E_Exp": "="}, "the line starts and ends at one point"),
)
SEWER_FLAWS = (Flaw({"管线段编号": "WSL90001", "终止点号": ""}, "the end point is missing"),)


def with_flaws(table: RawTable, flaws: tuple[Flaw, ...]) -> RawTable:
    """The table with bad rows added; "=" in E_Exp repeats the start."""
    rows = list(table.rows)
    for flaw in flaws:
        row = dict(zip(table.header, table.rows[0], strict=True))
        row.update(flaw.cells)
        if row.get("E_Exp") == "=":
            row["E_Exp"] = row["S_Exp"]
        rows.append(tuple(row[name] for name in table.header))
    return RawTable(table.header, tuple(rows))


def planted_flaws(
    file: str, table: RawTable, flaws: tuple[Flaw, ...], *, kind: str, sheet: str = ""
) -> list[Planted]:
    """The bad rows as planted facts; rows count from 1, the header is row 1."""
    first = len(table.rows) + 2
    return [
        Planted(
            "quarantined",
            "",
            (kind, next(iter(flaw.cells.values()))),
            None,
            NOWHERE,
            {"file": file, "row": first + n, "why": flaw.why} | ({"sheet": sheet} if sheet else {}),
        )
        for n, flaw in enumerate(flaws)
    ]
