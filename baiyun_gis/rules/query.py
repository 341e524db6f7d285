"""A line or a thing as people write it on one line: `water:d=300`, `燃气:压力=中压A,埋设=直埋`,
`pole:35kV`, `铁路:电气化`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from baiyun_gis.errors import UsageError
from baiyun_gis.language import Message
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.vocabulary import (
    Burial,
    Material,
    PressureClass,
    StructureKind,
    Surface,
    Utility,
    Vocabulary,
)
from baiyun_gis.rules.labels import label, with_details, word
from baiyun_gis.rules.things import THING_OF, ThingClass, thing_class

BUILDING_WORDS = ("building", "建筑", "建筑物")
GROUND_WORDS = ("ground", "地面")
_NUMBERS = {
    "d": "nominal_mm", "dn": "nominal_mm", "size": "nominal_mm", "管径": "nominal_mm",
    "mpa": "pressure_mpa", "兆帕": "pressure_mpa",
    "kv": "voltage_kv", "voltage": "voltage_kv", "电压": "voltage_kv",
}  # fmt: skip
_WORDS: dict[str, tuple[str, type[Vocabulary]]] = {
    "burial": ("burial", Burial), "埋设": ("burial", Burial), "埋设方式": ("burial", Burial),
    "pressure": ("pressure_class", PressureClass), "压力": ("pressure_class", PressureClass),
    "压力级别": ("pressure_class", PressureClass),
    "material": ("material", Material), "材质": ("material", Material),
}  # fmt: skip
_STRUCTURES = tuple(
    kind for kind in StructureKind if any(kind in known for known in THING_OF.values())
)
_ATTRIBUTES = "d, burial, pressure, mpa, kv, material"


@dataclass(frozen=True, slots=True)
class Asked:
    """One side of a question: a line with what is known of it, a building, the ground, or a thing
    such as a tree, a pole or a railway."""

    label: Message
    columns: dict[str, Any]
    is_building: bool = False
    surface: Surface | None = None
    thing: ThingClass | None = None

    @property
    def is_line(self) -> bool:
        """Neither a building nor the ground nor another thing."""
        return not self.is_building and self.surface is None and self.thing is None

    def as_pipe(self) -> PipeTable:
        """The line as a table of one row with no axis."""
        return PipeTable.build(1, offsets=np.zeros(2, dtype=np.int64), **self.columns)


def parsed(text: str) -> Asked:
    """What was asked about. Raises `UsageError` that lists the words there are."""
    kind, _, rest = text.strip().replace("：", ":").partition(":")
    kind = kind.strip()
    if kind.lower() in BUILDING_WORDS:
        return Asked(label("building", "建（构）筑物"), {}, is_building=True)
    surface = _surface(kind)
    if surface is not None:
        return Asked(word(surface), {}, surface=surface)
    structure = _structure(kind)
    if structure is not None:
        detail = rest.strip()
        shown = [label(detail)] if detail else []
        thing = thing_class(structure, detail)
        return Asked(with_details(word(structure), shown), {}, thing=thing)
    things = [*BUILDING_WORDS[:1], *GROUND_WORDS[:1], *(s.key for s in list(Surface)[1:])]
    utility = _member(Utility, kind, extra=[*things, *(kind.key for kind in _STRUCTURES)])
    columns: dict[str, Any] = {"utility": utility}
    details: list[Message] = []
    for part in rest.replace("，", ",").split(","):
        if part.strip():
            name, value, shown = _attribute(part, text)
            columns[name] = value
            details.append(shown)
    return Asked(with_details(word(utility), details), columns)


def _surface(kind: str) -> Surface | None:
    if kind.lower() in GROUND_WORDS:
        return Surface.UNKNOWN
    for surface in (Surface.CARRIAGEWAY, Surface.NON_CARRIAGEWAY):
        if kind.lower() in {surface.key, surface.zh}:
            return surface
    return None


def _structure(kind: str) -> StructureKind | None:
    named = {name: one for one in _STRUCTURES for name in (one.key, one.zh)}
    return named.get(kind.lower())


def _attribute(part: str, whole: str) -> tuple[str, Any, Message]:
    name, equals, value = (piece.strip() for piece in part.partition("="))
    lower = name.lower()
    if equals and lower in _NUMBERS:
        return _NUMBERS[lower], _number(name, value), label(f"{name}={value}")
    if equals and lower in _WORDS:
        column, vocabulary = _WORDS[lower]
        member = _member(vocabulary, value)
        return column, member, word(member)
    raise UsageError(
        "'{part}' in '{whole}' is not understood; write name=value with {names}",
        part=part.strip(),
        whole=whole,
        names=_ATTRIBUTES,
    )


def _number(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 < value < float("inf"):
        raise UsageError("{name}={text} is not a number above 0", name=name, text=text)
    return value


def _member(vocabulary: type[Vocabulary], text: str, *, extra: Iterable[str] = ()) -> Vocabulary:
    for member in vocabulary:
        if text.lower() in {member.key, member.zh.lower()}:
            return member
    raise UsageError(
        "'{text}' is not known; there are {words}",
        text=text,
        words=", ".join([*(f"{m.key} ({m.zh})" for m in vocabulary), *extra]),
    )
