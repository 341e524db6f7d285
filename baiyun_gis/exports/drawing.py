"""DXF: lines in 3D on a layer a utility, points, and outlines, in the field's colours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from baiyun_gis.exports.exporter import Exported
from baiyun_gis.jobs import Job
from baiyun_gis.language import msg
from baiyun_gis.model.colours import UTILITY_COLOURS, rgb_of
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.project import ProjectState

_OUTLINES = {"buildings": "建筑", "permits": "许可", "structures": "设施"}


class DxfExporter:
    """A drawing (R2010, metres) with lines in 3D; unknown levels are on layers of their own."""

    name = "dxf"
    title = msg("DXF drawing, one layer a utility")
    suffixes = (".dxf",)

    def write(
        self, state: ProjectState, path: Path, *, tables: Sequence[str], job: Job
    ) -> Exported:
        """Write the drawing; coordinates are those of the project."""
        from ezdxf.document import Drawing
        from ezdxf.units import M

        document = Drawing.new("R2010")
        document.units = M
        space = document.modelspace()
        for number, table in enumerate(tables):
            job.step(number / len(tables), msg("Writing {table}", table=table))
            if table == "pipes":
                _add_pipes(document, space, state.pipes)
            elif table == "nodes":
                _add_nodes(document, space, state)
            else:
                _add_outlines(document, space, state, table)
        document.saveas(path)
        flat = int((~state.pipes.has_level).sum()) if "pipes" in tables else 0
        note = msg(
            "{count} lines have no level and are drawn flat on layers ending in -2D", count=flat
        )
        return Exported((path,), (note,) if flat else ())


def _layer(document: Any, name: str, colour: str) -> str:
    if name not in document.layers:
        document.layers.add(name).rgb = rgb_of(colour)
    return name


def _add_pipes(document: Any, space: Any, pipes: PipeTable) -> None:
    if "BAIYUN_GIS" not in document.appids:
        document.appids.add("BAIYUN_GIS")
    known = pipes.has_level
    for utility in Utility:
        rows = np.flatnonzero(pipes.utility == utility)
        colour = UTILITY_COLOURS[utility]
        for row in rows.tolist():
            own = slice(pipes.offsets[row], pipes.offsets[row + 1])
            if own.stop - own.start < 2:
                continue
            if known[row]:
                layer = _layer(document, f"管线-{utility.zh}", colour)
                points = np.column_stack([pipes.xy[own], pipes.axis_level[own]])
                line = space.add_polyline3d(points.tolist(), dxfattribs={"layer": layer})
            else:
                layer = _layer(document, f"管线-{utility.zh}-2D", colour)
                line = space.add_lwpolyline(pipes.xy[own].tolist(), dxfattribs={"layer": layer})
            line.set_xdata("BAIYUN_GIS", [(1000, str(pipes.id[row])[:255])])


def _add_nodes(document: Any, space: Any, state: ProjectState) -> None:
    nodes = state.nodes
    levels = np.nan_to_num(nodes.ground_m)
    for utility in Utility:
        rows = np.flatnonzero((nodes.utility == utility) & ~np.isnan(nodes.xy).any(axis=1))
        for row in rows.tolist():
            flat = "-2D" if np.isnan(nodes.ground_m[row]) else ""
            name = f"管线点-{utility.zh}{flat}"
            layer = _layer(document, name, UTILITY_COLOURS[utility])
            place = (*nodes.xy[row].tolist(), float(levels[row]))
            space.add_point(place, dxfattribs={"layer": layer})


def _add_outlines(document: Any, space: Any, state: ProjectState, table: str) -> None:
    layer = _layer(document, _OUTLINES[table], "#8A7F72")
    for points, is_closed in _rings(getattr(state, table).geometry):
        space.add_lwpolyline(points, close=is_closed, dxfattribs={"layer": layer})


def _rings(shapes: Any) -> Iterable[tuple[list[Any], bool]]:
    import shapely

    parts = shapely.get_parts(shapes[~shapely.is_missing(shapes)])
    kinds = shapely.get_type_id(parts)
    rings, _ = shapely.get_rings(parts[kinds == 3], return_index=True)
    for ring in rings:
        yield shapely.get_coordinates(ring)[:-1].tolist(), True
    for line in parts[kinds == 1]:
        yield shapely.get_coordinates(line).tolist(), False


DXF = DxfExporter()
