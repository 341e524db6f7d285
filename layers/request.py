"""What a view asks a layer for, and what a layer is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np

from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.language import Lang, Message
from baiyun_gis.project import ProjectState
from layers.primitives import LegendItem, Primitive

Theme = Literal["light", "dark"]
ColourScheme = Literal["cjj61", "safe"]


@dataclass(frozen=True, slots=True)
class DrawRequest:
    """One view's wish: where, how large, when, in 2D or 3D, in which language and theme."""

    extent: tuple[float, float, float, float] | None
    """x0, y0, x1, y1 in project coordinates; None for everything."""
    metres_per_px: float
    as_of: np.datetime64
    """NaT shows everything regardless of time."""
    dimension: Literal[2, 3] = 2
    origin: tuple[float, float, float] = (0.0, 0.0, 0.0)
    theme: Theme = "light"
    scheme: ColourScheme = "cjj61"
    lang: Lang = "zh"
    hidden: frozenset[str] = field(default_factory=frozenset[str])
    """Keys of sub-layers switched off, such as `gas` within pipes."""


class Layer(Protocol):
    """One kind of thing on the map and in the scene.

    `draw` is called off the main thread with an immutable state and must not touch anything else.
    """

    id: str
    theme_group: str
    """Where it stands in the layer tree: base, lines, buildings, observations, results."""

    @property
    def title(self) -> Message: ...

    def count(self, state: ProjectState, report: CheckReport | None) -> int: ...

    def sublayers(self, state: ProjectState) -> tuple[tuple[str, Message, int], ...]:
        """Key, title and count of each part that can be switched on its own."""
        ...

    def draw(
        self, state: ProjectState, report: CheckReport | None, request: DrawRequest
    ) -> tuple[Primitive, ...]: ...

    def legend(
        self, state: ProjectState, report: CheckReport | None, request: DrawRequest
    ) -> tuple[LegendItem, ...]: ...
