"""Tables are made of what is given; the rest is unknown, and nothing of them can be changed."""

from __future__ import annotations

import numpy as np
import pytest

from baiyun_gis.errors import ModelError
from baiyun_gis.findings.conflicts import ConflictTable, Severity
from baiyun_gis.model.columns import specs_of


@pytest.mark.parametrize("count", [0, 3, 200])
def test_what_is_not_given_is_unknown_however_many_rows(count: int):
    table = ConflictTable.build(count, check="cover", severity=Severity.MAJOR, a_row=7)
    assert table.check.tolist() == ["cover"] * count
    assert (table.severity.tolist(), table.a_row.tolist()) == ([2] * count, [7] * count)
    for spec in specs_of(ConflictTable):
        column = getattr(table, spec.name)
        assert (column.dtype, len(column)) == (spec.dtype, count)
        if spec.name not in {"check", "severity", "a_row"}:
            np.testing.assert_array_equal(column, spec.filled(count))


@pytest.mark.parametrize("count", [3, 200])
def test_no_column_can_be_written_to_but_what_was_given_can(count: int):
    given = np.zeros(count)
    table = ConflictTable.build(count, actual_m=given)
    assert not any(getattr(table, s.name).flags.writeable for s in specs_of(ConflictTable))
    given[0] = 1.0
    joined = ConflictTable.concat([table, table.take(np.array([0]))])
    assert len(joined) == count + 1
    assert not any(getattr(joined, s.name).flags.writeable for s in specs_of(ConflictTable))


def test_none_stands_for_unknown():
    assert np.isnan(ConflictTable.build(2, actual_m=None).actual_m).all()


def test_columns_of_another_type_are_turned():
    assert ConflictTable.build(2, a_row=np.array([1.0, 2.0])).a_row.tolist() == [1, 2]


def test_a_column_of_another_length_is_refused():
    with pytest.raises(ModelError, match="column actual_m has 2 values, not 3"):
        ConflictTable.build(3, actual_m=np.zeros(2))


def test_a_name_the_table_does_not_have_is_refused():
    with pytest.raises(ModelError, match="no such columns: depth, width"):
        ConflictTable.build(1, width=1.0, depth=2.0)
