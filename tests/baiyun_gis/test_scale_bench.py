"""The growth exponent that `bench scale` prints."""

from __future__ import annotations

import pytest

from baiyun_gis.benchmarks import BENCHMARKS
from baiyun_gis.benchmarks.scale import exponent


def test_time_that_doubles_with_the_size_grows_with_the_first_power():
    assert exponent([1000, 2000, 4000], [0.5, 1.0, 2.0]) == pytest.approx(1.0)


def test_time_that_quadruples_with_the_size_grows_with_the_second_power():
    assert exponent([1000, 2000, 4000], [0.1, 0.4, 1.6]) == pytest.approx(2.0)


def test_every_measurement_is_registered_under_its_name():
    assert {"check", "pairs", "scale"} <= set(BENCHMARKS)
