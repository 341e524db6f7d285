"""Areas as people give them on a command line: a file, WKT, or xmin,ymin,xmax,ymax."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from baiyun_gis.errors import UsageError

_KINDS = {"Polygon", "MultiPolygon"}


def area_of(text: str, crs: str) -> tuple[str, str]:
    """WKT in the project's system `crs`, and what the area is called.

    A box and WKT are in the project's system; a file says its own. Raises `UsageError`.
    """
    import shapely

    box = _box(text)
    if box is not None:
        west, south, east, north = box
        if west >= east or south >= north:
            raise UsageError("'{text}' is no box: write xmin,ymin,xmax,ymax", text=text)
        return shapely.to_wkt(shapely.box(*box), rounding_precision=-1), text
    if text.lstrip().upper().startswith(("POLYGON", "MULTIPOLYGON")):
        return _wkt(text), "WKT"
    path = Path(text)
    if not path.is_file():
        raise UsageError("'{text}' is neither a file, nor WKT, nor xmin,ymin,xmax,ymax", text=text)
    return _from_file(path, crs), path.name


def _box(text: str) -> list[float] | None:
    parts = text.replace(";", ",").split(",")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return None
    return numbers if len(numbers) == 4 else None


def _wkt(text: str) -> str:
    import shapely

    try:
        shape = shapely.from_wkt(text)
    except shapely.errors.GEOSException as error:
        raise UsageError("the area is no WKT polygon: {reason}", reason=str(error)) from error
    return shapely.to_wkt(_sound(shape, text), rounding_precision=-1)


def _sound(shape: Any, name: str) -> Any:
    import shapely

    whole = shapely.make_valid(shape)
    if shapely.is_empty(whole) or shapely.area(whole) == 0:
        raise UsageError("the area '{name}' holds no polygon", name=name)
    return whole


def _from_file(path: Path, crs: str) -> str:
    import numpy as np
    import shapely

    from baiyun_gis.crs.transforms import transform
    from baiyun_gis.io.vector_source import layer_names, read_layer

    shapes: list[Any] = []
    for name in layer_names(path):
        layer = read_layer(path, name)
        kept = [g for g in layer.geometry if g is not None and g.geom_type in _KINDS]
        flat = shapely.force_2d(np.array(kept, dtype=object))
        if layer.crs and crs and len(flat):
            xy = transform(shapely.get_coordinates(flat), layer.crs, crs)
            flat = shapely.set_coordinates(flat, xy)
        shapes.extend(shapely.make_valid(flat))
    return shapely.to_wkt(
        _sound(shapely.union_all(np.array(shapes, dtype=object)), path.name), rounding_precision=-1
    )
