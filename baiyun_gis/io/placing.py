"""Which reference system imported places are in, which one they go to, and the way there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from baiyun_gis.crs.local_grids import load_local_grid
from baiyun_gis.crs.systems import (
    LOCAL,
    code_of,
    horizontal,
    is_compound,
    is_geographic,
    is_same,
    measures_in_metres,
    metric_system_for,
    within_area,
)
from baiyun_gis.crs.transforms import route, transform
from baiyun_gis.errors import CrsError
from baiyun_gis.io.imported import Imported, ImportOptions, Inference
from baiyun_gis.io.reprojecting import reprojected, with_places
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import F64
from baiyun_gis.project import TABLES, ProjectState

_GEOMETRIES = {
    "buildings": ("geometry", "foundation"),
    "permits": ("geometry",),
    "structures": ("geometry",),
}


def with_system(
    state: ProjectState, parts: Sequence[Imported], options: ImportOptions
) -> tuple[ProjectState, tuple[Message, ...]]:
    """A project without a reference system takes that of the first part that has one."""
    if state.meta.crs:
        return state, ()
    part = next((p for p in parts if system_given(p, options)), None)
    if part is None:
        return state, ()
    crs = system_given(part, options)
    if any(len(state.table(t.table_name)) for t in TABLES):
        raise CrsError(
            "The project holds local coordinates without a reference system; {name} in {crs} "
            "cannot be placed among them",
            name=name_of(part),
            crs=crs,
        )
    note = msg(
        "The project takes its reference system {crs} from {name}", crs=crs, name=name_of(part)
    )
    return state.with_(meta=replace(state.meta, crs=crs)), (note,)


def system_given(part: Imported, options: ImportOptions) -> str:
    """The system that a part gives a project that has none, "" when it gives none."""
    if not any(len(getattr(part, t.table_name)) for t in TABLES):
        return _system_of_rasters(part)
    source = _source_system(part, options)
    return _target_for(source, part) if source else ""


def _source_system(part: Imported, options: ImportOptions) -> str:
    return part.crs or (options.crs if options.crs != LOCAL else "")


def is_waiting(part: Imported) -> bool:
    """Its coordinates could lie in several systems and nobody said which."""
    return not part.crs and any(
        q.what == "crs" and q.options and not q.taken for r in part.reports for q in r.asked
    )


def systems_of(
    state: ProjectState, part: Imported, options: ImportOptions
) -> tuple[str, str, tuple[list[Inference], list[Message]]]:
    """The system the part is in, the one it goes to ("" for local coordinates), and remarks."""
    source, target = _source_system(part, options), state.meta.crs
    has_places = any(len(getattr(part, t.table_name)) for t in TABLES)
    if not source and has_places and options.crs != LOCAL:
        source = _assumed_system(part, target)
        if source:
            why = msg("nobody names one, and all coordinates lie in the project's area of use")
            return source, target, ([Inference("crs", code_of(source), 0.6, why)], [])
    if not source or not has_places:
        return "", "", ([], [])
    notes: list[Message] = []
    if not source.lower().endswith(".toml") and not is_same(source, target):
        path = route(source, target)
        if path.note is not None:
            notes.append(path.note)
        notes.append(
            msg(
                "Transformed from {source} to {target}, accuracy {accuracy} m",
                source=code_of(source),
                target=code_of(target),
                accuracy=f"{path.accuracy_m:g}",
            )
        )
    return source, target, ([], notes)


def _system_of_rasters(part: Imported) -> str:
    """The first raster's system, for a project that has none; only one in metres will do."""
    crs = next((r.crs for r in part.rasters if r.crs), "")
    if not crs or not measures_in_metres(crs):
        return ""
    return code_of(crs)


def _target_for(source: str, part: Imported) -> str:
    """The system a new project takes from its first source: its own, if that measures in
    metres."""
    if source.lower().endswith(".toml"):
        return load_local_grid(Path(source)).target
    if measures_in_metres(source):
        return (
            code_of(str(horizontal(source).to_wkt())) if is_compound(source) else (code_of(source))
        )
    middle = np.median(_places(part), axis=0)[None, :]
    geodetic = horizontal(source).geodetic_crs.to_wkt()
    lon, lat = transform(middle, source, geodetic)[0]
    return metric_system_for(source, float(lon), float(lat))


def _assumed_system(part: Imported, project: str) -> str:
    asked = next((q for r in part.reports for q in r.asked if q.what == "crs" and q.options), None)
    xy = _places(part)
    if project and len(xy) and not project.lower().endswith(".toml"):
        if float(within_area(project, xy).mean()) >= 0.95 and not (
            is_geographic(project) and np.abs(xy).max() > 360
        ):
            return project
        raise CrsError(
            "{name}: nothing says which reference system the coordinates are in, and they do not "
            "lie in the project's ({crs}); name it with --crs, such as --crs EPSG:4547",
            name=name_of(part),
            crs=code_of(project),
        )
    if asked is not None:
        raise CrsError(
            "{name}: nothing says which reference system the coordinates are in; name it with "
            "--crs, such as --crs EPSG:4547, or --crs local to keep them as they are",
            name=name_of(part),
        )
    return ""


def name_of(part: Imported) -> str:
    return Path(part.reports[0].path).name if part.reports else "?"


def _places(part: Imported) -> F64:
    import shapely

    found = [part.pipes.xy, part.nodes.xy]
    for name, columns in _GEOMETRIES.items():
        geometry = getattr(getattr(part, name), columns[0])
        if len(geometry):
            found.append(shapely.get_coordinates(geometry))
    xy = np.concatenate(found)
    return xy[np.isfinite(xy).all(axis=1)]


def in_system(part: Imported, source: str, target: str) -> Imported:
    """The part with all places brought from `source` to `target`."""
    if not source or not target or source == target:
        return part
    if not source.lower().endswith(".toml"):
        return reprojected(replace(part, crs=source), target)
    grid = load_local_grid(Path(source))
    return with_places(part, lambda xy: transform(grid.applied(xy), grid.target, target), target)
