"""Suspected illegal buildings: evidence from footprints, heights and dates against permits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from builders import network

from baiyun_gis.buildings.sentences import remarks_of, sentence_of
from baiyun_gis.buildings.suspicions import BuildingReview, find_suspicions, review_buildings
from baiyun_gis.errors import Cancelled
from baiyun_gis.findings.conflicts import Outcome
from baiyun_gis.jobs import Job
from baiyun_gis.model.tables import BuildingTable, PermitTable
from baiyun_gis.model.vocabulary import Verdict
from baiyun_gis.rules.loader import load_rule_set

NO_DAY = np.datetime64("NaT", "D")
TODAY = np.datetime64("2020-06-01", "D")
LOT = shapely.box(0, 0, 20, 10)


def building(name: str, outline: Any = LOT, **columns: Any) -> BuildingTable:
    days = {k: np.array([v], "M8[D]") for k, v in columns.items() if k in _BUILDING_DAYS}
    texts = {k: np.array([v], object) for k, v in columns.items() if k == "permit"}
    return BuildingTable.build(
        1,
        id=np.array([name], object),
        geometry=np.array([outline], object),
        **(columns | days | texts),
    )


_BUILDING_DAYS = {"valid_from", "valid_to", "first_seen", "recorded_at"}


def permit(name: str, outline: Any = LOT, **columns: Any) -> PermitTable:
    days = {k: np.array([v], "M8[D]") for k, v in columns.items() if k in _BUILDING_DAYS}
    return PermitTable.build(
        1,
        id=np.array([name], object),
        geometry=np.array([outline], object),
        **(columns | days),
    )


def review(*tables: BuildingTable | PermitTable, as_of: np.datetime64 = NO_DAY) -> BuildingReview:
    state = network(
        buildings=BuildingTable.concat([t for t in tables if isinstance(t, BuildingTable)]),
        permits=PermitTable.concat([t for t in tables if isinstance(t, PermitTable)]),
    )
    return review_buildings(state, load_rule_set("gb50289-2016"), as_of=as_of)


def kinds(found: BuildingReview) -> list[tuple[str, str]]:
    table = found.suspicions
    return [(str(k), str(b)) for k, b in zip(table.kind, table.building_id, strict=True)]


def outcome(found: BuildingReview, kind: str) -> Any:
    return next(line for line in found.ledger if line.check == kind)


def test_a_building_as_permitted_is_not_suspected() -> None:
    found = review(
        building("a", height_m=12.0, storeys=4.0),
        permit("P", max_height_m=12.0, max_storeys=4.0),
    )
    assert kinds(found) == []
    assert outcome(found, "no_permit").clear == 1
    assert all(line.closes for line in found.ledger)


def test_a_building_on_no_permitted_ground_is_suspected() -> None:
    found = review(building("a", shapely.box(100, 0, 110, 10)), permit("P"))
    assert kinds(found) == [("no_permit", "a")]
    assert found.suspicions.measured[0] == pytest.approx(100.0)
    assert "疑似无许可" in sentence_of(found.suspicions, 0).text("zh")


def test_with_no_permits_at_all_nothing_is_suspected_and_nothing_called_clear() -> None:
    found = review(building("a"))
    assert kinds(found) == []
    line = outcome(found, "no_permit")
    assert line.outcome is Outcome.NOT_RUN
    assert (line.clear, line.subjects) == (0, 0)
    assert line.reason is not None
    assert "no permits" in str(line.reason)


def test_a_recorded_number_finds_its_permit_wherever_it_lies() -> None:
    far = permit("P-7", shapely.box(500, 0, 510, 10), max_height_m=5.0)
    found = review(building("a", permit=" P-7 ", height_m=9.0), far)
    assert ("too_high", "a") in kinds(found)
    assert ("beyond_outline", "a") in kinds(found)
    assert not any("permit_by_overlap" in r for r in found.suspicions.remark)


def test_a_number_the_project_does_not_hold_is_said() -> None:
    found = review(building("a", shapely.box(100, 0, 110, 10), permit="X-1"), permit("P"))
    assert kinds(found) == [("no_permit", "a")]
    assert [str(r) for r in remarks_of(found.suspicions, 0)] == [
        "the permit number recorded for it is not in this project"
    ]


def test_a_sliver_of_a_neighbours_permit_is_not_a_permit() -> None:
    found = review(building("a", shapely.box(18, 0, 38, 10)), permit("P"))
    assert kinds(found) == [("no_permit", "a")]


@pytest.mark.parametrize(
    ("reach_m", "sigma_m", "verdict"),
    [
        (0.0, 0.1, None),
        (0.09, 0.1, None),
        (0.15, 0.1, Verdict.LIKELY),
        (0.17, 0.1, Verdict.CERTAIN),
        (0.3, 0.5, None),
    ],
)
def test_reaching_out_counts_beyond_the_accuracy(
    reach_m: float, sigma_m: float, verdict: Verdict | None
) -> None:
    found = review(building("a", shapely.box(0, 0, 20 + reach_m, 10), sigma_xy_m=sigma_m),
                   permit("P"))  # fmt: skip
    if verdict is None:
        assert kinds(found) == []
        return
    assert kinds(found) == [("beyond_outline", "a")]
    assert found.suspicions.measured[0] == pytest.approx(reach_m)
    assert found.suspicions.verdict[0] == verdict
    assert "sigma_assumed" not in found.suspicions.remark[0]


def test_reach_is_the_farthest_point_not_the_area() -> None:
    spike = shapely.Polygon([(0, 0), (20, 0), (20, 4.9), (26, 5), (20, 5.1), (20, 10), (0, 10)])
    found = review(building("a", spike), permit("P"))
    assert found.suspicions.measured[0] == pytest.approx(6.0)
    assert "accuracy not recorded" in str(remarks_of(found.suspicions, 0)[0])
    assert "outside_m2=0.6" in found.suspicions.remark[0]


def test_reach_into_a_bay_of_the_permit_is_found_between_its_corners() -> None:
    bay = LOT.difference(shapely.box(5, 0, 15, 8))
    found = review(building("a"), permit("P", bay))
    assert found.suspicions.measured[0] == pytest.approx(5.0, abs=0.01)


@pytest.mark.parametrize(("height_m", "suspected"), [(12.3, False), (12.31, True), (15.0, True)])
def test_height_counts_beyond_its_accuracy(height_m: float, suspected: bool) -> None:
    found = review(building("a", height_m=height_m, sigma_height_m=0.3),
                   permit("P", max_height_m=12.0))  # fmt: skip
    assert (("too_high", "a") in kinds(found)) is suspected
    if height_m == 15.0:
        assert found.suspicions.excess[0] == pytest.approx(3.0)
        assert "12.00" in str(sentence_of(found.suspicions, 0))


def test_an_unknown_height_cannot_be_judged() -> None:
    found = review(building("a"), permit("P", max_height_m=12.0))
    line = outcome(found, "too_high")
    assert (line.subjects, line.cannot_judge, line.clear) == (1, 1, 0)


def test_one_storey_too_many_is_suspected() -> None:
    found = review(building("a", storeys=5.0), permit("P", max_storeys=4.0))
    assert kinds(found) == [("too_many_storeys", "a")]


@pytest.mark.parametrize(
    ("begun", "suspected"), [("2011-12-31", False), ("2012-01-01", True), ("2015-01-01", True)]
)
def test_building_after_the_permit_had_ended_is_suspected(begun: str, suspected: bool) -> None:
    found = review(building("a", valid_from=begun), permit("P", valid_to="2012-01-01"))
    assert (("permit_expired", "a") in kinds(found)) is suspected


def test_only_seen_after_the_permit_had_ended_is_less_sure() -> None:
    found = review(building("a", first_seen="2015-01-01"), permit("P", valid_to="2012-01-01"))
    assert kinds(found) == [("permit_expired", "a")]
    assert found.suspicions.verdict[0] == Verdict.LIKELY
    assert found.suspicions.probability[0] == 0.5


def test_a_later_permit_that_is_in_force_wins_over_an_ended_one() -> None:
    found = review(
        building("a", valid_from="2015-01-01"),
        permit("old", valid_to="2012-01-01"),
        permit("new", shapely.box(0, 0, 20, 9.9), valid_from="2014-01-01"),
    )
    assert kinds(found) == []


@pytest.mark.parametrize(
    ("ended", "suspected"), [("2020-06-01", True), ("2020-06-02", False), ("2019-01-01", True)]
)
def test_a_temporary_building_still_there_is_overdue(ended: str, suspected: bool) -> None:
    found = review(
        building("a", valid_from="2018-01-01"),
        permit("T", is_temporary=True, valid_to=ended),
        as_of=TODAY,
    )
    assert (("temporary_overdue", "a") in kinds(found)) is suspected


def test_without_a_day_what_is_overdue_is_not_run() -> None:
    found = review(
        building("a", valid_from="2018-01-01"),
        permit("T", is_temporary=True, valid_to="2019-01-01"),
    )
    assert outcome(found, "temporary_overdue").outcome is Outcome.NOT_RUN


def test_buildings_gone_by_the_day_are_not_looked_at() -> None:
    found = review(
        building("gone", shapely.box(100, 0, 110, 10), valid_to="2019-01-01"),
        building("here", shapely.box(200, 0, 210, 10)),
        permit("P"),
        as_of=TODAY,
    )
    assert kinds(found) == [("no_permit", "here")]
    assert found.suspicions.building_row.tolist() == [1]


def test_permits_issued_after_the_day_do_not_count() -> None:
    found = review(building("a"), permit("P", valid_from="2021-01-01"), as_of=TODAY)
    assert kinds(found) == [("no_permit", "a")]


def test_a_building_without_an_outline_cannot_be_judged() -> None:
    found = review(building("a", None), building("b", shapely.Point(0, 0)), permit("P"))
    line = outcome(found, "no_permit")
    assert (line.subjects, line.cannot_judge, line.violated) == (2, 2, 0)
    assert all(line.closes for line in found.ledger)


def test_a_self_crossing_outline_is_still_compared() -> None:
    bow = shapely.Polygon([(0, 0), (20, 10), (20, 0), (0, 10)])
    found = review(building("a", bow), permit("P"))
    assert kinds(found) == []


def test_the_same_input_gives_the_same_names_whatever_the_order() -> None:
    houses = [building(n, shapely.box(100 + k, 0, 110 + k, 10)) for k, n in enumerate("abc")]
    one, other = review(*houses, permit("P")), review(*reversed(houses), permit("P"))
    assert sorted(one.suspicions.id) == sorted(other.suspicions.id)
    assert list(one.suspicions.id) == ["no_permit:a", "no_permit:b", "no_permit:c"]


def test_a_cancelled_job_stops() -> None:
    job = Job()
    job.cancel()
    state = network(buildings=building("a"), permits=permit("P"))
    with pytest.raises(Cancelled):
        find_suspicions(state, load_rule_set("gb50289-2016"), as_of=NO_DAY, job=job)
