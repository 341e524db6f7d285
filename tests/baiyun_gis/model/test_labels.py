"""Words for codes, as a person reads them."""

from __future__ import annotations

import pytest

from baiyun_gis.model.vocabulary import Material, PressureClass, Vocabulary


@pytest.mark.parametrize(
    ("member", "english", "chinese"),
    [
        (PressureClass.MEDIUM_A, "medium A", "中压A"),
        (PressureClass.LOW, "low", "低压"),
        (PressureClass.SUBHIGH_B, "subhigh B", "次高压B"),
        (Material.PE, "PE", "聚乙烯塑料"),
        (Material.DUCTILE_IRON, "ductile iron", "球墨铸铁"),
    ],
)
def test_grades_and_plastics_are_capitals(member: Vocabulary, english: str, chinese: str) -> None:
    assert (member.label("en"), member.label("zh")) == (english, chinese)
