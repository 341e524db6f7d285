"""What was planted in a synthetic district: the answers its checks must find."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

SCHEMA = "baiyun-gis/truth/1"
TITLE = "合成示例区 / synthetic district"
"""What every synthetic project is called."""


@dataclass(frozen=True, slots=True)
class Planted:
    """One planted fact.

    `check` is the check that must find it, empty where no conflict check does. `a` and `b` are
    (table, id); `at` is the place in project coordinates (z NaN where it means nothing);
    `also` names checks that may find the same pair too.
    """

    kind: str
    check: str
    a: tuple[str, str]
    b: tuple[str, str] | None
    at: tuple[float, float, float]
    expected: dict[str, Any] = field(default_factory=dict[str, Any])
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything planted in one district."""

    seed: int
    segments: int
    items: tuple[Planted, ...] = ()
    counts: dict[str, int] = field(default_factory=dict[str, int])
    """Rows of each table and of each utility, as generated."""

    def of_kind(self, kind: str) -> tuple[Planted, ...]:
        return tuple(item for item in self.items if item.kind == kind)

    def to_json(self) -> str:
        """The truth as JSON text; the same district gives the same text."""
        body = {
            "schema": SCHEMA,
            "synthetic": True,
            "seed": self.seed,
            "segments": self.segments,
            "counts": self.counts,
            "items": [_item(item) for item in self.items],
        }
        return json.dumps(body, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _item(item: Planted) -> dict[str, Any]:
    place = [round(float(value), 3) for value in item.at]
    return {
        "kind": item.kind,
        "check": item.check,
        "a": {"table": item.a[0], "id": item.a[1]},
        "b": None if item.b is None else {"table": item.b[0], "id": item.b[1]},
        "at": [None if value != value else value for value in place],
        "expected": item.expected,
        "also": list(item.also),
    }
