"""Rule sets by name and folder, and what is wrong with those somebody edited."""

from __future__ import annotations

import shutil
from importlib import resources
from pathlib import Path

import pytest

from baiyun_gis.errors import RuleError
from baiyun_gis.plugins import RULE_SETS
from baiyun_gis.rules.loader import available, load_rule_set
from baiyun_gis.rules.requirement import RuleState
from baiyun_gis.rules.validate import validated


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A user's copy of the shipped Chinese set."""
    source = resources.files("baiyun_gis.rules.builtin") / "gb50289-2016"
    folder = tmp_path / "mine"
    folder.mkdir()
    for entry in source.iterdir():
        (folder / entry.name).write_bytes(entry.read_bytes())
    return folder


def edited(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")


def problems(path: Path) -> list[tuple[str, int, str]]:
    return [(p.file, p.row, p.what.text("en")) for p in validated(path).problems]


def test_all_shipped_sets_are_sound() -> None:
    assert available()[:2] == ("gb50289-2016", "gb50014-2021")
    for name in available():
        assert load_rule_set(name).rows


def test_every_shipped_number_has_clause_state_and_source() -> None:
    for name in available():
        for row in load_rule_set(name).rows:
            assert row.clause
            assert row.source
            assert row.state is not RuleState.USER


def test_only_the_clause_on_river_beds_is_mandatory() -> None:
    mandatory = {r.clause for r in load_rule_set("gb50289-2016").rows if r.is_mandatory}
    assert mandatory == {"4.1.8"}


def test_an_unknown_name_lists_the_sets_there_are() -> None:
    with pytest.raises(RuleError, match=r"no rule set 'gb99999'.*gb50289-2016.*ten-states"):
        load_rule_set("gb99999")


def test_a_folder_is_a_rule_set_with_the_same_hash(copy: Path) -> None:
    mine, shipped = load_rule_set(copy), load_rule_set("gb50289-2016")
    assert mine.sha256 == shipped.sha256
    assert [r.id for r in mine.rows] == [r.id for r in shipped.rows]


def test_the_hash_ignores_how_lines_end_and_sees_every_number(copy: Path) -> None:
    before = load_rule_set(copy).sha256
    path = copy / "cover.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_rule_set(copy).sha256 == before
    path.write_bytes(path.read_bytes().replace(b"0.6", b"0.61", 1))
    assert load_rule_set(copy).sha256 != before


def test_a_table_saved_by_a_chinese_spreadsheet_is_read(copy: Path) -> None:
    path = copy / "order.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    notes = {r.note for r in load_rule_set(copy).of_check("vertical_order")}
    assert notes == {"worded as should (宜)"}
    path.write_bytes("﻿".encode() + path.read_bytes().decode("gb18030").encode())
    assert len(load_rule_set(copy).of_check("vertical_order")) == 10


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("water,,<=200", "watr,,<=200", "kind 'watr' is not known; there are water"),
        ("1.0,4.1.9,4.1.9,confirmed", "-1.0,4.1.9,4.1.9,confirmed",
         "'min_m' must be above 0 and at most 1000 m, not -1.0"),
        ("1.0,4.1.9,4.1.9,confirmed", "one,4.1.9,4.1.9,confirmed",
         "'min_m' is not a number: 'one'"),
        ("1.0,4.1.9,4.1.9,confirmed", "1.0,,4.1.9,confirmed",
         "rule h.water-le200.sewage-rain: the clause is missing"),
        ("1.0,4.1.9,4.1.9,confirmed", "1.0,4.1.9,4.1.9,sure", "'sure' is not known"),
        ("water,,<=200", "water,,up to 200", "'up to 200' is not a range"),
        ("water,,<=200", "water,deep,<=200", "laying 'deep' is not known"),
        ("4.1.9,confirmed,no", "4.1.9,confirmed,maybe", "'mandatory' is 'maybe'"),
        ("4.1.9,confirmed,no", "4.1.9,user,no", "who changed it, when and why"),
        ("h.water-le200.sewage-rain,", ",", "the rule has no name"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_told_with_file_row_and_what(
    copy: Path, old: str, new: str, said: str
) -> None:
    edited(copy, "horizontal.csv", old, new)
    (file, row, what), *rest = problems(copy)
    assert (file, row, rest) == ("horizontal.csv", 2, [])
    assert said in what
    with pytest.raises(RuleError, match=r"horizontal\.csv, row 2"):
        load_rule_set(copy)


def test_a_cell_given_twice_is_found_in_either_direction(copy: Path) -> None:
    path = copy / "vertical.csv"
    heading = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    cells = {
        "rule": "v.mine", "a": "water", "b": "gas", "min_m": "0.3", "clause": "x",
        "state": "single_source", "mandatory": "no",
    }  # fmt: skip
    line = ",".join(cells.get(name, "") for name in heading)
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    ((file, _, what),) = problems(copy)
    assert file == "vertical.csv"
    assert "rule v.mine speaks of the same cell as v.gas.water" in what


def test_a_rule_name_used_twice_is_found(copy: Path) -> None:
    edited(copy, "cover.csv", "c.water.carriageway", "c.water.non-carriageway")
    ((_, row, what),) = problems(copy)
    assert row == 3
    assert "is there twice, first at cover.csv:2" in what


def test_one_table_is_checked_beside_its_manifest(copy: Path, tmp_path: Path) -> None:
    edited(copy, "cover.csv", "0.6", "nothing")
    edited(copy, "vertical.csv", "0.15", "nothing")
    assert [p[0] for p in problems(copy / "cover.csv")] == ["cover.csv"]
    alone = tmp_path / "cover.csv"
    shutil.copy(copy / "cover.csv", alone)
    with pytest.raises(RuleError, match=r"can be checked only beside its rule_set\.toml"):
        validated(alone)


def test_a_table_nobody_reads_is_told(copy: Path) -> None:
    (copy / "extra.csv").write_text("rule\n", encoding="utf-8")
    assert problems(copy) == [
        ("extra.csv", 0, "no check reads this table; name it in [tables] of the manifest")
    ]


def test_broken_manifests_are_one_clear_sentence(copy: Path) -> None:
    path = copy / "rule_set.toml"
    whole = path.read_text(encoding="utf-8")
    for old, new, said in (
        ("[settings]", "[settings", "not valid TOML"),
        ("crossing_angle_deg = 15.0", "crossing_angle_deg = 120", "'crossing_angle_deg' must be"),
        ('utilities = ["water"]', 'utilities = ["wine"]', "'wine' is not known"),
        ('"cover.csv" = "cover"', '"cover.csv" = "roof"', "'roof' is not a check"),
        ('"cover.csv" = "cover"', '"../cover.csv" = "cover"', "CSV files beside the manifest"),
        ("\n[burials.laid]", "\n[burials.other]", "[burials.laid] is missing"),
        ("below_mpa = 0.01", "below_mpa = 0.5", "must go from low to high"),
    ):
        path.write_text(whole.replace(old, new, 1), encoding="utf-8")
        ((file, row, what),) = problems(copy)
        assert (file, row) == ("rule_set.toml", 0)
        assert said in what


def test_a_missing_table_is_told(copy: Path) -> None:
    (copy / "cover.csv").unlink()
    assert problems(copy) == [("cover.csv", 0, "the file is missing or unreadable")]


def test_a_changed_number_keeps_who_when_and_why(copy: Path) -> None:
    lines = (copy / "cover.csv").read_text(encoding="utf-8").splitlines()
    lines[1] = lines[1].replace("0.6", "0.8").replace("single_source", "user")
    lines[1] = lines[1].removesuffix(",,,") + ",Li Hua,2026-03-01,local regulation"
    (copy / "cover.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    row = load_rule_set(copy).of_check("cover")[0]
    assert (row.min_m, row.state) == (0.8, RuleState.USER)
    assert row.changed is not None
    assert (row.changed.by, row.changed.at, row.changed.why) == (
        "Li Hua", "2026-03-01", "local regulation"
    )  # fmt: skip


def test_a_set_from_outside_is_found_by_name(copy: Path) -> None:
    RULE_SETS.add("outside", copy)
    try:
        assert "outside" in available()
        assert load_rule_set("outside").sha256 == load_rule_set("gb50289-2016").sha256
    finally:
        RULE_SETS.remove("outside")
