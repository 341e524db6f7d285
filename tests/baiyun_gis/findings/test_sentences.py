"""Findings in words, in both languages."""

from __future__ import annotations

import re

import pytest
from builders import network, pipe
from check_cases import EXACT, buildings, chambers, checked
from shapely import box

from baiyun_gis.findings.headlines import check_title
from baiyun_gis.findings.sentences import remark_texts, why
from baiyun_gis.findings.words import MISSING, REMARKS
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.project import ProjectState

W, G, S = Utility.WATER, Utility.GAS, Utility.SEWAGE
NAN = float("nan")


def everything() -> ProjectState:
    """A network with a finding of every check, judged and not."""
    return network(
        pipe("W1", W, [(0, 0, -1), (100, 0, -1)], start_ground_m=-0.5, end_ground_m=0.2),
        pipe("G1", G, [(50, -20, -1.1), (50, 20, -1.1)], **EXACT),
        pipe("G2", G, [(0, 0.8, -1), (40, 0.8, -1)], **EXACT),
        pipe("G3", G, [(70, -9, NAN), (70, 9, NAN)]),
        pipe("S1", S, [(20, -9, -0.2), (20, 9, -0.2)]),
        pipe("G4", G, [(40.03, 0.8, -1), (45, 8, -1)]),
        buildings=buildings(B1=box(45, 5, 60, 15)),
        nodes=chambers(["M1"], [(90, 0)]),
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_finding_can_be_said(lang):
    state = everything()
    report = checked(state)
    assert set(report.conflicts.check) >= {
        "collision",
        "horizontal_clearance",
        "vertical_clearance",
        "vertical_order",
        "cover",
        "building_clearance",
        "occupation",
        "chamber",
        "unjoined_ends",
    }
    for row in range(len(report.conflicts)):
        text = why(report, state, row, lang)
        assert "nan" not in text
        assert "{" not in text
        if lang == "zh":
            foreign = re.sub(r"GB|W1|G\d|S1|B1|M1|\bm\b|PE|DN|mm|MPa|kV", "", text)
            assert not re.search(r"[A-Za-z]{3,}", foreign), text


def test_a_shortfall_gives_clause_numbers_and_arithmetic():
    state = network(
        pipe("W1", W, [(0, 0, -1), (100, 0, -1)], **EXACT),
        pipe("G1", G, [(0, 0.8, -1), (100, 0.8, -1)], d=0.2, **EXACT),
    )
    report = checked(state, "horizontal_clearance")
    text = why(report, state, 0, "zh")
    assert "给水管线 W1 与 燃气管线 G1" in text
    assert "水平净距 0.550 m" in text
    assert "0.550 = 轴线距 0.800 − 0.150 − 0.100" in text
    assert "GB 50289-2016" in text
    assert "未记录：压力级别" in text


def test_what_cannot_be_judged_says_what_would_settle_it():
    state = network(
        pipe("W1", W, [(0, 0, NAN), (100, 0, NAN)]), pipe("G1", G, [(50, -9, -1), (50, 9, -1)])
    )
    report = checked(state, "vertical_clearance")
    assert "a surveyed level at the place would settle it" in why(report, state, 0, "en")


def test_a_finding_can_be_said_after_its_pipe_is_gone():
    state = everything()
    report = checked(state)
    for row in range(len(report.conflicts)):
        assert why(report, ProjectState(), row, "zh")


def test_remarks_are_words_in_both_languages():
    for key in (*REMARKS, *MISSING):
        (message,) = remark_texts(key)
        assert message.text("zh") != message.text("en")


def test_every_check_has_a_name():
    assert check_title("cover").text("zh") == "覆土深度"
    assert check_title("made_up").text("en") == "made_up"
