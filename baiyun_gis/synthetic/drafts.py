"""Nodes and pipes while the district is being drawn: plain columns, no text yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any, Self

import numpy as np

from baiyun_gis.model.columns import F64, I8, I32, I64


class Role(IntEnum):
    """What a node or pipe is for."""

    JOINT = 0
    KNOT = 1
    LOT = 2
    PROPERTY = 3
    CONNECTION = 4
    GULLY = 5
    MAIN = 6
    SERVICE = 7
    YARD = 8
    TUNNEL = 9
    EXTRA = 10
    REPLACED = 11


@dataclass(frozen=True, slots=True)
class Draft:
    """Columns of one length that can be joined and picked from."""

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        return cls(**{
            f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(cls)
        })  # fmt: skip

    def take(self, rows: Any) -> Self:
        return type(self)(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


@dataclass(frozen=True, slots=True)
class NodeDraft(Draft):
    """Nodes in district coordinates.

    `richness` runs from 0 to 1 where a street goes down under a rich valley street; together
    with the utility it gives the design depth. `place` counts crossings and edges along the
    line: 2 c at crossing c, 2 e + 1 on edge e.
    """

    uv: F64
    utility: I8
    role: I8
    richness: F64
    direction: I8
    street: I32
    place: I32
    lot: I32


@dataclass(frozen=True, slots=True)
class PipeDraft(Draft):
    """Pipes between nodes; `top_from` and `top_to` are depths of the outer top below ground."""

    start: I32
    end: I32
    section: I32
    role: I8
    top_from: F64
    top_to: F64
    direction: I8
    street: I32
    site: I32
    """Lot and side of a service: 2 lot + (1 on the left); -1 for mains."""


def filled(count: int, value: float, dtype: Any) -> Any:
    return np.full(count, value, dtype=dtype)


def pipes_between(
    start: I64 | I32,
    end: I64 | I32,
    *,
    section: Any,
    role: Role,
    top_from: F64,
    top_to: F64,
    direction: Any,
    street: Any,
    site: Any = -1,
) -> PipeDraft:
    """Pipes of one role from node rows."""
    count = len(start)
    return PipeDraft(
        start=np.asarray(start, np.int32),
        end=np.asarray(end, np.int32),
        section=np.broadcast_to(np.asarray(section, np.int32), (count,)),
        role=filled(count, role, np.int8),
        top_from=np.asarray(top_from, float),
        top_to=np.asarray(top_to, float),
        direction=np.broadcast_to(np.asarray(direction, np.int8), (count,)),
        street=np.broadcast_to(np.asarray(street, np.int32), (count,)),
        site=np.broadcast_to(np.asarray(site, np.int32), (count,)),
    )
