"""Frozen records with some fields changed, where that is done again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

Record = TypeVar("Record")


@cache
def _fields_of(kind: type[Any]) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """The names of a record's fields, and what gives all their values."""
    names = tuple(field.name for field in fields(kind))
    return names, attrgetter(*names)


def altered(record: Record, /, **values: Any) -> Record:
    """A record of the same kind with some fields changed; what a kind does when it is made
    (`__post_init__`) is not done again. `dataclasses.replace` takes twice as long.

    Raises `TypeError` for a field there is not.
    """
    names, all_of = _fields_of(type(record))
    new, put, left = object.__new__(type(record)), object.__setattr__, len(values)
    for name, value in zip(names, all_of(record), strict=True):
        if name in values:
            value, left = values[name], left - 1
        put(new, name, value)
    if left:
        raise TypeError(f"{type(record).__name__} has not all of the fields {sorted(values)}")
    return new
