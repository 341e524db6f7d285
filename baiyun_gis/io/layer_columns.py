"""The columns of a map layer in the model's terms: by role, in metres, one value a row."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from baiyun_gis.io.attributes import FieldMap, GeometryKind, map_fields, with_one_depth
from baiyun_gis.io.days import days_from
from baiyun_gis.io.values import MISSING, reals_from, texts_from
from baiyun_gis.io.vector_source import VectorLayer
from baiyun_gis.model.columns import F64, Day, Str

_SAMPLE_ROWS = 300
_LEVELS = ("level_m", "depth_m", "ground_m", "bottom_m", "height_m")
_METRES = {"m": 1.0, "cm": 0.01, "dm": 0.1, "mm": 0.001, "km": 1000.0, "ft": 0.3048, "in": 0.0254}


@dataclass(frozen=True, slots=True)
class LayerColumns:
    """A layer's columns under the roles they play for one kind of feature.

    `overrides` holds whole columns that stand in for the source's own (from settings, or from a
    data model whose codes mean something else).
    """

    layer: VectorLayer
    fields: FieldMap
    overrides: dict[str, Any] = field(default_factory=dict[str, Any])
    level_unit: str = ""
    """The unit of levels and depths whose column does not name one; empty: metres."""

    def __len__(self) -> int:
        return len(self.layer)

    def has(self, role: str) -> bool:
        """Whether a column plays this role."""
        return role in self.overrides or self.fields.of(role) is not None

    def cells(self, role: str) -> Any:
        """The raw cells of a role; blanks where no column plays it."""
        if role in self.overrides:
            return self.overrides[role]
        mapped = self.fields.of(role)
        if mapped is None:
            return [""] * len(self.layer)
        return self.layer.columns[mapped.column]

    def unit(self, role: str) -> str:
        """The unit a column's name states, empty for none."""
        mapped = self.fields.of(role)
        return "" if mapped is None or role in self.overrides else mapped.unit

    def parsed(self, role: str, parse: Callable[[Any], Any]) -> Any:
        """The cells of a role through `parse`; a role nobody plays is parsed once, not n times."""
        if not self.has(role):
            return np.repeat(parse([""]), len(self.layer))
        return parse(self.cells(role))

    def texts(self, role: str) -> Str:
        """Clean texts of a role, empty where blank."""
        return self.parsed(role, texts_from)

    def metres(self, role: str, *, missing: Collection[float] = MISSING) -> F64:
        """Numbers of a role in metres by the unit in the column's name, NaN where unknown."""
        unit = self.unit(role) or (self.level_unit if role.endswith(_LEVELS) else "")
        return self.numbers(role, missing=missing) * _METRES.get(unit, 1.0)

    def unsaid_levels(self) -> tuple[str, ...]:
        """Source columns of levels and depths that name no unit."""
        return tuple(
            f.column for f in self.fields.fields if f.role.endswith(_LEVELS) and not f.unit
        )

    def numbers(self, role: str, *, missing: Collection[float] = MISSING) -> F64:
        """Numbers of a role as written, NaN where unknown."""
        if not self.has(role):
            return np.full(len(self.layer), np.nan)
        return reals_from(self.cells(role), missing=missing)

    def days(self, role: str) -> Day:
        """Calendar days of a role, NaT where unknown."""
        return self.parsed(role, days_from)


def layer_columns(
    layer: VectorLayer,
    kind: GeometryKind,
    *,
    fixed: dict[str, str] | None = None,
    overrides: dict[str, Any] | None = None,
    level_unit: str = "",
) -> LayerColumns:
    """The columns of `layer` mapped for features of `kind`; `fixed` maps some by name."""
    names = list(layer.columns)
    rows = min(len(layer), _SAMPLE_ROWS)
    step = max(len(layer) // max(rows, 1), 1)
    picked = [layer.columns[name][::step][:rows] for name in names]
    samples = [tuple(column[i] for column in picked) for i in range(rows)]
    fields = map_fields(names, samples, geometry_kind=kind, fixed=fixed)
    if kind == "line":
        fields = with_one_depth(fields, names)
    return LayerColumns(layer, fields, dict(overrides or {}), level_unit)


def unique_ids(ids: Str, *, stem: str) -> tuple[Str, int]:
    """Ids with blanks filled from the row number and repeats numbered; how many were repeats."""
    out = ids.copy()
    for index in np.flatnonzero(ids == ""):
        out[index] = f"{stem}-{int(index) + 1}"
    seen: dict[str, int] = {}
    repeats = 0
    for index, name in enumerate(out):
        count = seen.get(name, 0) + 1
        seen[name] = count
        if count > 1:
            repeats += 1
            out[index] = f"{name}#{count}"
    return out, repeats
