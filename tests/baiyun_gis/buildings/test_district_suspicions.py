"""The seeded district: every planted building is found, and no other is suspected."""

from __future__ import annotations

import numpy as np
import pytest

from baiyun_gis.buildings.suspicions import BuildingReview, review_buildings
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.synthetic.district import District, make_district

KINDS = ("no_permit", "beyond_outline", "too_high", "permit_expired", "temporary_overdue")


@pytest.fixture(scope="module")
def district() -> District:
    return make_district(5000, 11)


@pytest.fixture(scope="module")
def review(district: District) -> BuildingReview:
    day = np.datetime64("2026-01-01", "D")
    return review_buildings(district.state, load_rule_set("gb50289-2016"), as_of=day)


def found(review: BuildingReview, kind: str) -> set[str]:
    table = review.suspicions
    return {str(b) for k, b in zip(table.kind, table.building_id, strict=True) if k == kind}


@pytest.mark.parametrize("kind", KINDS)
def test_planted_buildings_are_found_and_no_others(
    district: District, review: BuildingReview, kind: str
) -> None:
    planted = {item.a[1] for item in district.truth.of_kind(kind)}
    assert planted
    assert found(review, kind) == planted


def test_planted_occupations_are_found(district: District, review: BuildingReview) -> None:
    planted = {
        next(id_ for table, id_ in (item.a, item.b or item.a) if table == "buildings")
        for item in district.truth.items
        if item.check == "occupation"
    }
    assert planted
    on_top = review.suspicions.grade == "on_top"
    assert planted == {str(b) for b in review.suspicions.building_id[on_top]}


def test_every_kind_accounts_for_every_building(review: BuildingReview) -> None:
    assert all(line.closes for line in review.ledger)
