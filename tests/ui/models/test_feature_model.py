"""The attribute table's model."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from window_builders import many_pipes, small_street

from ui.models.features import CHUNK, FeatureModel
from ui.panels.table import rows_with

pytestmark = pytest.mark.usefixtures("qapp")


def titles(model: FeatureModel) -> list[str]:
    return [model.headerData(c, Qt.Orientation.Horizontal) for c in range(model.columnCount())]


def test_rows_are_taken_up_in_chunks_as_the_view_scrolls() -> None:
    model = FeatureModel()
    table = many_pipes(1200).pipes
    model.show_table(table, np.arange(1200), lang="en")
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert tester.model() is model
    assert model.total == 1200
    while model.canFetchMore(QModelIndex()):
        before = model.rowCount()
        model.fetchMore(QModelIndex())
        assert model.rowCount() - before <= CHUNK
    assert model.rowCount() == 1200


def test_a_far_row_is_taken_up_when_asked_for() -> None:
    model = FeatureModel()
    model.show_table(many_pipes(1200).pipes, np.arange(1200), lang="en")
    assert model.position_of(1150) == 1150
    assert model.rowCount() > 1150
    assert model.position_of(5000) == -1


def test_columns_that_say_nothing_are_left_out_and_titles_carry_units() -> None:
    model = FeatureModel()
    model.show_table(small_street().pipes, np.arange(3), lang="en")
    assert "Outer width (m)" in titles(model)
    assert "Voltage (kV)" not in titles(model)
    model.show_table(small_street().pipes, np.arange(3), lang="zh")
    assert "外宽 (m)" in titles(model)


def test_sorting_goes_by_value_and_keeps_the_rows() -> None:
    model = FeatureModel()
    model.show_table(small_street().pipes, np.arange(3), lang="en")
    column = titles(model).index("Outer width (m)")
    model.sort(column, Qt.SortOrder.DescendingOrder)
    assert model.row_at(model.index(0, 0)) == 2
    model.sort(-1)
    assert [model.row_at(model.index(r, 0)) for r in range(3)] == [0, 1, 2]


def test_searching_looks_at_texts_and_at_the_words_of_codes() -> None:
    pipes = small_street().pipes
    assert np.flatnonzero(rows_with(pipes, "north")).tolist() == [0]
    assert np.flatnonzero(rows_with(pipes, "燃气")).tolist() == [1]
    assert np.flatnonzero(rows_with(pipes, "sewage")).tolist() == [2]
