"""The conflict list's model."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from window_builders import report_on, small_street

from baiyun_gis.model.vocabulary import Verdict
from ui.models.conflicts import (
    ACTUAL,
    CERTAINTY,
    KINDS,
    SHORT_BY,
    WHERE,
    ConflictFilter,
    ConflictModel,
)

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def model() -> ConflictModel:
    made = ConflictModel()
    state = small_street()
    made.show_report(state, report_on(state), lang="en")
    return made


def text(model: ConflictModel, row: int, column: int, parent: QModelIndex | None = None) -> str:
    return model.index(row, column, parent or QModelIndex()).data()


def test_it_is_a_sound_item_model(model: ConflictModel) -> None:
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.sort(SHORT_BY, Qt.SortOrder.DescendingOrder)
    model.set_filter(ConflictFilter(text="gas"))
    assert tester.model() is model


def test_groups_stand_first_level_with_their_members_below(model: ConflictModel) -> None:
    assert model.rowCount() == 3
    group = model.index(1, 0)
    assert model.rowCount(group) == 2
    assert text(model, 1, KINDS).endswith("×2")
    assert model.rowCount(model.index(0, 0)) == 0


def test_the_surest_open_ones_come_first(model: ConflictModel) -> None:
    assert model.visible_rows.tolist() == [0, 1, 2, 3]


def test_numbers_and_words_are_shown_and_unknown_ones_are_a_dash(model: ConflictModel) -> None:
    assert text(model, 0, CERTAINTY) == "Certain"
    assert text(model, 0, KINDS) == "Water × Sewage"
    assert text(model, 0, ACTUAL) == "0.10"
    assert text(model, 0, WHERE) == "North Road"
    assert text(model, 2, ACTUAL) == "—"


def test_words_follow_the_language(model: ConflictModel) -> None:
    state = small_street()
    model.show_report(state, report_on(state), lang="zh")
    assert text(model, 0, KINDS) == "给水 × 污水"


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [
        (ConflictFilter(text="gas"), [1, 2]),
        (ConflictFilter(text="NORTH vertical"), [0]),
        (ConflictFilter(text="4.1.14 s1"), [0, 2]),
        (ConflictFilter(verdicts=frozenset({Verdict.CERTAIN})), [0]),
        (ConflictFilter(check="cover"), [3]),
        (ConflictFilter(hides_settled=True), [0, 1, 3]),
        (ConflictFilter(rows=frozenset({3})), [3]),
    ],
)
def test_a_filter_leaves_what_fits(
    model: ConflictModel, wanted: ConflictFilter, rows: list[int]
) -> None:
    model.set_filter(wanted)
    assert sorted(model.visible_rows.tolist()) == rows


def test_sorting_puts_unknown_numbers_last(model: ConflictModel) -> None:
    model.sort(ACTUAL)
    assert model.visible_rows.tolist() == [0, 1, 2, 3]


def test_a_row_is_found_again_by_its_number(model: ConflictModel) -> None:
    for row in range(4):
        assert model.row_of(model.index_of(row)) == row
    assert model.rows_of(model.index(1, 0)) == [1, 2]
    model.set_filter(ConflictFilter(check="cover"))
    assert not model.index_of(0).isValid()
