"""`baiyun-gis rules` as people and programs use it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from baiyun_gis.cli import rules
from baiyun_gis.errors import RuleError, UsageError


def run(*words: str, lang: str = "en") -> int:
    parser = argparse.ArgumentParser()
    rules.register(parser.add_subparsers())
    args = parser.parse_args(["rules", *words], argparse.Namespace(lang=lang))
    return int(args.run(args))


def answered(capsys: pytest.CaptureFixture[str], *words: str, lang: str = "en") -> Any:
    assert run(*words, "--json", lang=lang) == 0
    return json.loads(capsys.readouterr().out)


def test_list_names_every_set_with_its_states(capsys: pytest.CaptureFixture[str]) -> None:
    sets = {s["id"]: s for s in answered(capsys, "list")["rule_sets"]}
    assert sets["gb50289-2016"]["states"]["confirmed"] > 40
    assert sets["ten-states"]["rows"] == 4
    assert run("list", lang="zh") == 0
    assert "城市工程管线综合规划规范" in capsys.readouterr().out


def test_show_gives_every_row_with_clause_and_state(capsys: pytest.CaptureFixture[str]) -> None:
    shown = answered(capsys, "show", "gb50289-2016", "--check", "cover", lang="zh")
    assert len(shown["rows"]) == 20
    assert {row["clause"] for row in shown["rows"]} == {"4.1.1"}
    assert "覆土不小于" in shown["rows"][0]["sentence"]
    assert run("show", "gb50289-2016") == 0
    assert "r.river-bed.other-river" in capsys.readouterr().out


def test_show_of_a_check_without_rows_says_which_there_are() -> None:
    with pytest.raises(UsageError, match="it has horizontal_clearance"):
        run("show", "us-cga", "--check", "cover")


def test_explain_answers_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    answer = answered(capsys, "explain", "gb50289-2016", "water:d=300", "sewage")
    beside = answer["checks"][0]
    assert beside["requirement"]["min_m"] == 1.5
    assert [row["rule"] for row in beside["considered"] if row["won"]] == [
        "h.water-gt200.sewage-rain"
    ]
    assert run("explain", "gb50289-2016", "给水:管径=300", "污水", lang="zh") == 0
    assert "水平净距不小于 1.5 m" in capsys.readouterr().out


def test_validate_tells_file_and_row_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rule_set.toml").write_text(
        'id = "mine"\nedition = "1"\n[settings]\ncrossing_angle_deg = 15.0\n'
        'tolerance_m = 0.001\n[tables]\n"h.csv" = "horizontal_clearance"\n'
        '[burials.laid]\nburials = ["direct"]\n[kinds.water]\nutilities = ["water"]\n',
        encoding="utf-8",
    )
    table = tmp_path / "h.csv"
    table.write_text(
        "rule,a,b,min_m,clause,state,mandatory\nh1,water,wine,1,1.1,user,no\n", encoding="utf-8"
    )
    assert run("validate", str(tmp_path)) == 1
    assert "h.csv, row 2: kind 'wine' is not known" in capsys.readouterr().out
    table.write_text(
        "rule,a,b,min_m,clause,state,mandatory\nh1,water,water,1,1.1,single_source,no\n",
        encoding="utf-8",
    )
    assert run("validate", str(tmp_path), lang="zh") == 0
    assert capsys.readouterr().out == "无问题：1 条\n"


def test_validate_of_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="no such file or folder"):
        run("validate", str(tmp_path / "none"))
