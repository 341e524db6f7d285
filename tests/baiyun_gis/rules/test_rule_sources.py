"""The shipped numbers are those of the collected sources, cell by cell."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from rule_cells import cells

STATES = {"HIGH": "confirmed", "MEDIUM": "single_source", "UNVERIFIED": "unconfirmed"}
SAME = {"curb": "kerb", "drainage": "sewage_rain", "power_conduit": "power"}
TABLES = {
    "clearance_horizontal.csv": ("horizontal.csv", "building.csv", "structure.csv"),
    "clearance_vertical.csv": ("vertical.csv", "structure_vertical.csv"),
    "cover_depth.csv": ("cover.csv", "watercourse.csv"),
}
NOT_IN_THE_TABLE = {"c.water-pe.carriageway"}
"""From the notes of a table, which the sources list apart."""


@pytest.mark.corpus
@pytest.mark.parametrize("source", TABLES)
def test_every_cell_of_the_source_is_shipped_with_value_and_state(
    corpus: Path, source: str
) -> None:
    path = corpus.parent / "standards" / source
    if not path.is_file():
        pytest.skip("the collected standards (shared/standards beside the checkout) are not here")
    with path.open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["rule_set"] == "GB 50289-2016"]
    expected = Counter(
        (_kinds(row), _pressure(row), float(row["value_m"]), STATES[row["confidence"]])
        for row in rows
    )
    shipped = Counter(
        (
            frozenset(k for k in (cell["a"], cell["b"], _building(file)) if k) - {"any_line"},
            _shipped_pressure(cell.values),
            cell.min_m,
            cell["state"],
        )
        for file in TABLES[source]
        for cell in cells("gb50289-2016", file)
        if cell["rule"] not in NOT_IN_THE_TABLE
    )
    assert len(rows) == {"clearance_horizontal.csv": 203, "clearance_vertical.csv": 75,
                         "cover_depth.csv": 22}[source]  # fmt: skip
    assert shipped == expected


def _building(file: str) -> str:
    return "building" if file == "building.csv" else ""


def _kinds(row: dict[str, str]) -> frozenset[str]:
    names = (row["a_kind"], row["b_kind"]) if "a_kind" in row else (row["kind"],)
    return frozenset(SAME.get(name, name) for name in names if name)


def _pressure(row: dict[str, str]) -> str:
    words = {row.get("a_qualifier", ""), row.get("b_qualifier", "")}
    known = {"low", "medium_B", "medium_A", "subhigh_B", "subhigh_A"}
    return "".join(sorted(words & known)).lower()


def _shipped_pressure(values: dict[str, str]) -> str:
    return values.get("a_pressure", "") + values.get("b_pressure", "")


def test_no_number_names_where_it_was_looked_up_inside() -> None:
    for file in (name for names in TABLES.values() for name in names):
        for cell in cells("gb50289-2016", file):
            text = cell["source"] + cell["note"]
            assert "file id" not in text
            assert cell["source"]
