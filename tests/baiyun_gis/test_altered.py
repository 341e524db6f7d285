"""Frozen records with some fields changed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from baiyun_gis.altered import altered
from baiyun_gis.project import ProjectState


@dataclass(frozen=True, slots=True)
class Place:
    """A record as the package has them."""

    x: float
    y: float = 2.0


def test_what_is_not_named_stays_and_the_record_is_the_one_replace_makes() -> None:
    place = Place(1.0, 3.0)
    assert altered(place, y=4.0) == replace(place, y=4.0) == Place(1.0, 4.0)
    assert place == Place(1.0, 3.0)
    assert altered(ProjectState(), revision=3) == replace(ProjectState(), revision=3)


def test_a_field_there_is_not_is_refused() -> None:
    with pytest.raises(TypeError, match="Place has no field z"):
        altered(Place(1.0), z=1.0)  # type: ignore[call-arg]


@dataclass(frozen=True, slots=True)
class Alone:
    """A record of one field."""

    values: list[int]


def test_a_record_of_one_field_is_altered_too() -> None:
    assert altered(Alone([9])) == Alone([9])
    assert altered(Alone([9]), values=[1, 2]) == Alone([1, 2])
