"""Subjects set aside beside the rows of a tally are counted with the others."""

from __future__ import annotations

import numpy as np

from baiyun_gis.checks.ledger import Tally


def _tally(subject: list[int], reason: list[int], besides: dict[str, int]) -> Tally:
    none = np.zeros(len(subject), dtype=np.bool_)
    codes = np.array(reason, dtype=np.int8)
    return Tally(np.array(subject), codes, none, none, ("", "b", "a"), besides=besides)


def test_subjects_beside_the_rows_are_set_aside_by_name():
    line = _tally([4, 4, 7, 9], [2, 2, 1, 0], {"b": 3, "c": 5, "d": 0}).counted("x", subjects=20)
    assert line.set_aside == {"a": 1, "b": 4, "c": 5}
    assert list(line.set_aside) == ["a", "b", "c"]
    assert (line.pairs_examined, line.clear, line.subjects) == (11, 1, 20)


def test_a_tally_of_no_rows_still_counts_what_is_beside_them():
    line = _tally([], [], {"c": 5}).counted("x", subjects=5)
    assert (line.pairs_examined, line.set_aside) == (5, {"c": 5})
    assert _tally([], [], {"c": 0}).counted("x", subjects=5).pairs_examined == 0
