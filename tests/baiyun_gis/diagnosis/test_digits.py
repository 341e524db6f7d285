"""Numbers as they may have been before they were written down wrongly."""

from __future__ import annotations

import numpy as np
import pytest

from baiyun_gis.diagnosis.digits import decimals_of, in_other_units, undropped, untransposed


@pytest.mark.parametrize(
    ("written", "true"), [(1.23, 2.13), (2.31, 2.13), (9.03, 0.93), (21.34, 12.34), (-1.23, -2.13)]
)
def test_swapped_digits_are_swapped_back(written: float, true: float) -> None:
    assert np.nanmin(np.abs(untransposed(np.array([written]), 2) - true)) < 1e-9


def test_a_swap_of_equal_digits_is_no_candidate() -> None:
    made = untransposed(np.array([1.11]), 2)
    assert not np.any(np.abs(made - 1.11) < 1e-9)


@pytest.mark.parametrize(("written", "true"), [(2.34, 12.34), (1.34, 12.34), (2.30, 2.13)])
def test_a_dropped_digit_is_put_back(written: float, true: float) -> None:
    made = undropped(np.array([written]), 2)
    assert np.nanmin(np.abs(made - true)) < 1e-9


def test_a_full_number_lost_no_decimal() -> None:
    made = undropped(np.array([2.34]), 2)
    assert np.nanmin(np.abs(made - 2.134)) > 0.5


def test_units_go_both_ways() -> None:
    made = in_other_units(np.array([213.0, 0.00213]))
    assert 2.13 in np.round(made[0], 6)
    assert 2.13 in np.round(made[1], 6)


def test_unknown_numbers_have_no_candidates() -> None:
    for made in (untransposed(np.array([np.nan]), 2), undropped(np.array([np.nan]), 2)):
        assert np.isnan(made).all()


def test_decimals_are_those_most_numbers_are_written_with() -> None:
    assert decimals_of(np.array([1.23, 4.5, np.nan])) == 2
    assert decimals_of(np.array([1.234, 4.567])) == 3
    assert decimals_of(np.array([np.nan])) == 2
