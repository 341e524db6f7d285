"""Costly things that several checks share, made by whichever asks first."""

from __future__ import annotations

from functools import cached_property
from threading import RLock
from typing import Any, TypeVar

T = TypeVar("T")


class made_once(cached_property[T]):  # noqa: N801  a decorator, named as the one it extends
    """A `cached_property` that threads asking at the same time get from one making.

    Each has a lock of its own in its object, so that others are made meanwhile.
    """

    def __get__(self, instance: Any, owner: type[Any] | None = None) -> Any:
        """The value; waits where another thread is making it."""
        if instance is None:
            return self
        name = str(self.attrname)
        made: dict[str, Any] = instance.__dict__
        lock: RLock = made.setdefault(f"{name} is being made", RLock())
        with lock:
            if name not in made:
                made[name] = self.func(instance)
            return made[name]
