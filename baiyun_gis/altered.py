"""Frozen records with some fields changed, where that is done again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import cache, partial
from inspect import getattr_static
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

Record = TypeVar("Record")


class _Fields(NamedTuple):
    """Of a kind of records: the places of its fields by name, what gives all their values, and what
    puts each."""

    place: dict[str, int]
    all_of: Callable[[Any], tuple[Any, ...]]
    puts: tuple[Callable[[Any, Any], None], ...]


@cache
def _fields_of(kind: type[Any]) -> _Fields:
    names = tuple(field.name for field in fields(kind))
    return _Fields(
        {name: place for place, name in enumerate(names)},
        attrgetter(*names)
        if len(names) > 1
        else lambda record: tuple(getattr(record, name) for name in names),
        tuple(_putting(kind, name) for name in names),
    )


def _putting(kind: type[Any], name: str) -> Callable[[Any, Any], None]:
    """What puts a value into a field, frozen or not: the field's own slot where it has one."""
    slot = getattr(getattr_static(kind, name, None), "__set__", None)
    return slot or partial(_put, name)


def _put(name: str, record: object, value: object) -> None:
    object.__setattr__(record, name, value)


def altered(record: Record, /, **values: Any) -> Record:
    """A record of the same kind with some fields changed; what a kind does when it is made
    (`__post_init__`) is not done again. `dataclasses.replace` takes four times as long.

    Raises `TypeError` for a field there is not.
    """
    kind = type(record)
    place, all_of, puts = _fields_of(kind)
    new, all_values = object.__new__(kind), list(all_of(record))
    for name, value in values.items():
        if name not in place:
            raise TypeError(f"{kind.__name__} has no field {name}")
        all_values[place[name]] = value
    for put, value in zip(puts, all_values, strict=True):
        put(new, value)
    return new
