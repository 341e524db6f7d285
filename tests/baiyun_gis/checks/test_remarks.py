"""Remarks are the keys that hold for a row, in order."""

from __future__ import annotations

import numpy as np
import pytest

from baiyun_gis.checks.remarks import remarks


@pytest.mark.parametrize("count", [0, 5, 300])
def test_keys_that_hold_are_joined_in_order_however_many_rows(count: int):
    flags = np.random.default_rng(count).random((4, count)) < 0.3
    keys = ("level_unknown", "size_unknown", "planned", "spans_run")
    got = remarks(count, *zip(flags, keys, strict=True))
    expected = [";".join(k for k, f in zip(keys, row, strict=True) if f) for row in flags.T]
    assert got.tolist() == expected


def test_without_keys_nothing_is_remarked():
    assert remarks(2).tolist() == ["", ""]
