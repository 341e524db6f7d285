"""Several imports as one: tables end to end, node references shifted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from baiyun_gis.io.imported import Imported
from baiyun_gis.model.columns import I32, I64
from baiyun_gis.model.sections import SectionColumns
from baiyun_gis.model.tables import (
    BuildingTable,
    NodeTable,
    PermitTable,
    PipeTable,
    StructureTable,
)


def merged(parts: Sequence[Imported]) -> Imported:
    """All parts as one import; they must share one CRS, which the first says.

    The vertical datum is the first one that any part names.
    """
    if len(parts) == 1:
        return parts[0]
    shifts = np.cumsum([0, *[len(part.nodes) for part in parts]])
    pipes = [
        part.pipes.with_columns(
            start_node=_shifted(part.pipes.start_node, int(shift)),
            end_node=_shifted(part.pipes.end_node, int(shift)),
        )
        for part, shift in zip(parts, shifts, strict=False)
    ]
    return Imported(
        reports=tuple(report for part in parts for report in part.reports),
        crs=next((part.crs for part in parts if part.crs), ""),
        vertical_datum=next((part.vertical_datum for part in parts if part.vertical_datum), ""),
        pipes=PipeTable.concat(pipes),
        nodes=NodeTable.concat([part.nodes for part in parts]),
        buildings=BuildingTable.concat([part.buildings for part in parts]),
        permits=PermitTable.concat([part.permits for part in parts]),
        structures=StructureTable.concat([part.structures for part in parts]),
        rasters=tuple(raster for part in parts for raster in part.rasters),
        lent=np.concatenate([_lent(part) for part in parts])
        if any(len(part.lent) for part in parts)
        else np.zeros(0, dtype=np.int64),
    )


def _lent(part: Imported) -> I64:
    return part.lent if len(part.lent) else np.full(len(part.nodes), -1, dtype=np.int64)


def section_columns(sections: SectionColumns) -> dict[str, Any]:
    """The columns of a pipe table that a section settles."""
    return {
        "shape": sections.shape,
        "outer_width_m": sections.outer_width_m,
        "outer_height_m": sections.outer_height_m,
        "inner_width_m": sections.inner_width_m,
        "inner_height_m": sections.inner_height_m,
        "nominal_mm": sections.nominal_mm,
        "section_source": sections.section_source,
    }


def _shifted(nodes: I32, shift: int) -> I32:
    return np.where(nodes >= 0, nodes + shift, -1).astype(np.int32)
