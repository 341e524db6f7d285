"""The layers of a project as a value: order, visibility, opacity, and what they draw together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.language import Message, msg
from baiyun_gis.plugins import LAYERS
from baiyun_gis.project import ProjectState
from layers.primitives import (
    LabelBatch,
    LegendItem,
    LineBatch,
    MeshBatch,
    PointBatch,
    PolygonBatch,
    Primitive,
    RasterBatch,
    TubeBatch,
)
from layers.request import DrawRequest, Layer

GROUPS: tuple[tuple[str, Message], ...] = (
    ("results", msg("Results")),
    ("lines", msg("Underground lines")),
    ("buildings", msg("Buildings and permits")),
    ("observations", msg("Observations")),
    ("base", msg("Base map")),
)


@dataclass(frozen=True, slots=True)
class LayerSetting:
    """How one layer of the stack is shown."""

    layer: Layer
    is_visible: bool = True
    opacity: float = 1.0
    hidden: frozenset[str] = field(default_factory=frozenset[str])


@dataclass(frozen=True, slots=True)
class LayerStack:
    """Layers from the lowest to the topmost."""

    settings: tuple[LayerSetting, ...]

    def __iter__(self) -> Iterator[LayerSetting]:
        return iter(self.settings)

    def setting(self, layer_id: str) -> LayerSetting:
        """How a layer is shown; raises `KeyError` when there is no such layer."""
        for setting in self.settings:
            if setting.layer.id == layer_id:
                return setting
        raise KeyError(layer_id)

    def with_visible(self, layer_id: str, *, visible: bool) -> LayerStack:
        return self._changed(layer_id, is_visible=visible)

    def with_opacity(self, layer_id: str, opacity: float) -> LayerStack:
        return self._changed(layer_id, opacity=min(max(opacity, 0.0), 1.0))

    def with_part(self, layer_id: str, key: str, *, visible: bool) -> LayerStack:
        """One part of a layer, such as `gas` of the pipes, switched on or off."""
        hidden = self.setting(layer_id).hidden
        return self._changed(layer_id, hidden=hidden - {key} if visible else hidden | {key})

    def with_hidden(self, layer_id: str, hidden: frozenset[str]) -> LayerStack:
        return self._changed(layer_id, hidden=hidden)

    def draw(
        self, state: ProjectState, report: CheckReport | None, request: DrawRequest
    ) -> tuple[Primitive, ...]:
        """What all visible layers draw, lowest first."""
        drawn: list[Primitive] = []
        for setting in self.settings:
            if setting.is_visible and setting.opacity > 0:
                wish = self.request_for(setting, request)
                parts = setting.layer.draw(state, report, wish)
                drawn.extend(faded(part, setting.opacity) for part in parts)
        return tuple(drawn)

    def legend(
        self, state: ProjectState, report: CheckReport | None, request: DrawRequest
    ) -> tuple[LegendItem, ...]:
        """Legend of all visible layers, topmost first."""
        items: list[LegendItem] = []
        for setting in reversed(self.settings):
            if setting.is_visible:
                wish = self.request_for(setting, request)
                items.extend(setting.layer.legend(state, report, wish))
        return tuple(items)

    def request_for(self, setting: LayerSetting, request: DrawRequest) -> DrawRequest:
        """The request with the parts that are switched off in this layer or the one it follows."""
        followed: str = getattr(setting.layer, "follows", "")
        hidden = setting.hidden | (self.setting(followed).hidden if followed else frozenset())
        return replace(request, hidden=hidden)

    def _changed(self, layer_id: str, **changes: Any) -> LayerStack:
        self.setting(layer_id)
        return LayerStack(
            tuple(replace(s, **changes) if s.layer.id == layer_id else s for s in self.settings)
        )


def default_stack() -> LayerStack:
    """All registered layers, built-in ones first and lowest."""
    return LayerStack(
        tuple(
            LayerSetting(layer, opacity=getattr(layer, "default_opacity", 1.0))
            for _, layer in LAYERS
        )
    )


def faded(part: Primitive, opacity: float) -> Primitive:
    """The primitive with its colours' alpha scaled by `opacity`, 0 to 1."""
    if opacity >= 1.0:
        return part
    match part:
        case RasterBatch():
            return replace(part, opacity=part.opacity * opacity)
        case PolygonBatch():
            return replace(part, fill=_thin(part.fill, opacity), stroke=_thin(part.stroke, opacity))
        case LineBatch() | PointBatch() | TubeBatch() | MeshBatch() | LabelBatch():
            return replace(part, color=_thin(part.color, opacity))


def _thin(color: np.ndarray[Any, Any], opacity: float) -> np.ndarray[Any, Any]:
    thinner = color.copy()
    thinner[:, 3] = np.round(color[:, 3] * opacity).astype(np.uint8)
    return thinner
