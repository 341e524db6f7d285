"""Short builders of small networks for tests."""

from __future__ import annotations

from typing import Any

import numpy as np

from baiyun_gis.model.columns import text_array
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.vocabulary import Burial, Provenance, Shape, Utility
from baiyun_gis.project import ProjectMeta, ProjectState


def pipe(
    name: str,
    utility: Utility,
    points: list[tuple[float, float, float]],
    *,
    d: float = 0.3,
    **columns: Any,
) -> PipeTable:
    """One pipe along 3D axis points (z is the axis level), a circle of outer diameter `d` m."""
    axis = np.asarray(points, dtype=float)
    given: dict[str, Any] = {
        "shape": Shape.CIRCLE,
        "outer_width_m": d,
        "outer_height_m": d,
        "nominal_mm": d * 1000,
        "section_source": Provenance.SURVEYED,
        "level_source": Provenance.SURVEYED,
        "burial": Burial.DIRECT,
    } | columns
    return PipeTable.build(
        1,
        id=text_array([name]),
        utility=utility,
        offsets=np.array([0, len(axis)]),
        xy=axis[:, :2],
        axis_level=axis[:, 2],
        **given,
    )


def network(*pipes: PipeTable, **parts: Any) -> ProjectState:
    """A project that holds these pipes, in a metric CRS."""
    meta = ProjectMeta(crs="EPSG:4547", vertical_datum="1985")
    return ProjectState(meta=meta, pipes=PipeTable.concat(pipes), **parts)
