"""Which decision speaks of which conflict."""

from __future__ import annotations

import numpy as np

from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.findings.decisions import DecisionState, DecisionTable
from baiyun_gis.findings.identity import identities
from baiyun_gis.findings.standing_decisions import decision_rows
from baiyun_gis.model.columns import text_array


def places(*x: float, pair: tuple[str, str] = ("w", "g")) -> ConflictTable:
    at = np.array([[each, 0.0, 0.0] for each in x])
    conflicts = ConflictTable.build(
        len(x),
        check="collision",
        a_table="pipes",
        b_table="pipes",
        a_id=text_array([pair[0]] * len(x)),
        b_id=text_array([pair[1]] * len(x)),
        stretch_from_m=np.array(x),
        stretch_to_m=np.array(x),
        at=at,
    )
    return conflicts.with_columns(id=identities(conflicts, ()))


def decided(conflicts: ConflictTable, row: int, name: str = "") -> DecisionTable:
    return DecisionTable.build(
        1,
        conflict=text_array([name or conflicts.id[row]]),
        state=DecisionState.ACCEPTED,
        check=conflicts.check[[row]],
        a_id=conflicts.a_id[[row]],
        b_id=conflicts.b_id[[row]],
        x=conflicts.at[[row], 0],
        y=conflicts.at[[row], 1],
    )


def test_a_decision_follows_its_place_when_an_earlier_conflict_of_the_pair_goes():
    decisions = decided(places(3.0, 70.0), 1)
    assert list(decision_rows(places(70.0), decisions)) == [0]
    assert list(decision_rows(places(70.0, 140.0), decisions)) == [0, -1]


def test_a_decision_follows_its_place_when_another_conflict_comes_before_it():
    decisions = decided(places(70.0), 0)
    assert list(decision_rows(places(3.0, 70.0), decisions)) == [-1, 0]


def test_a_single_conflict_keeps_its_decision_wherever_the_lines_move():
    assert list(decision_rows(places(800.0), decided(places(3.0), 0))) == [0]


def test_the_last_decision_on_a_conflict_counts():
    conflicts = places(3.0)
    both = DecisionTable.concat([decided(conflicts, 0), decided(conflicts, 0)])
    assert list(decision_rows(conflicts, both)) == [1]


def test_a_decision_with_an_id_of_before_families_is_found_by_check_pair_and_place():
    conflicts = places(3.0, 70.0)
    decisions = decided(conflicts, 1, name="0123456789ab")
    assert list(decision_rows(conflicts, decisions)) == [-1, 0]
    elsewhere = places(70.0, pair=("w", "other"))
    assert list(decision_rows(elsewhere, decisions)) == [0]  # the worst piece passed on
    assert list(decision_rows(places(90.0, pair=("w", "other")), decisions)) == [-1]
    assert list(decision_rows(places(70.0, pair=("p", "q")), decisions)) == [-1]
