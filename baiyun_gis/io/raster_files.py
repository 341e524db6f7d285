"""Raster files opened safely: local files only, no network, damage told in a sentence."""

from __future__ import annotations

import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from baiyun_gis.errors import FormatError, InputError
from baiyun_gis.io.gdal_safety import NO_NETWORK, names_another_place
from baiyun_gis.model.columns import F32

if TYPE_CHECKING:
    from baiyun_gis.project import RasterSource

DRIVERS = [
    "GTiff", "HFA", "AAIGrid", "USGSDEM", "SRTMHGT", "ENVI", "EHdr", "JP2OpenJPEG", "PNG", "JPEG",
    "GSAG", "GSBG", "GS7BG", "DTED", "BIL", "BT",
]  # fmt: skip
_CONFIG: dict[str, Any] = dict(NO_NETWORK)
Extent = tuple[float, float, float, float]
"""West, south, east, north."""


@contextmanager
def opened(path: Path) -> Generator[Any]:
    """The file as a rasterio dataset.

    Raises `InputError` when there is no such local file and `FormatError` when it is no raster
    or is damaged, also for damage that shows only while it is read inside the block.
    """
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    if not path.is_file():
        raise InputError("{path}: no such raster file", path=path)
    if names_another_place(path):
        raise FormatError(
            "{path}: this is a description of a raster that lies elsewhere; import the raster "
            "file itself",
            path=path,
        )
    with rasterio.Env(session=None, **_CONFIG), warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        warnings.simplefilter("ignore", PendingDeprecationWarning)  # rasterio's own, of affine 3
        try:
            with rasterio.open(path) as dataset:
                if dataset.driver not in DRIVERS:
                    raise FormatError(
                        "{path}: {driver} rasters are not read; convert it to GeoTIFF",
                        path=path,
                        driver=dataset.driver,
                    )
                yield dataset
        except RasterioError as error:
            raise FormatError(
                "{path}: the raster is damaged or of a kind that cannot be read ({reason})",
                path=path,
                reason=_first_sentence(error),
            ) from error


def _first_sentence(error: Exception) -> str:
    text = str(error.__cause__ or error).strip().splitlines()
    return text[0][:200] if text else type(error).__name__


def crs_text(crs: Any) -> str:
    """A rasterio CRS as EPSG code where it has one, else WKT; empty for none."""
    if not crs:
        return ""
    code = crs.to_epsg(confidence_threshold=70)
    return f"EPSG:{code}" if code else crs.to_wkt()


def path_of(source: RasterSource, project: Path | None) -> Path:
    """Where the pixels are: relative paths start at the project file's folder."""
    path = Path(source.path)
    return path if path.is_absolute() or project is None else project.parent / path


def read_window(
    source: RasterSource,
    *,
    extent: Extent,
    shape: tuple[int, int],
    crs: str,
    project: Path | None = None,
) -> F32:
    """Pixels of `extent` in `crs` resampled to `shape` (rows, columns): (bands, rows, columns).

    Row 0 is north. NaN where the raster has no data. Only the blocks that are needed are read.
    Raises `InputError` for a file that is gone and `FormatError` for one that is damaged.
    """
    import numpy as np
    from rasterio import Affine
    from rasterio.enums import Resampling
    from rasterio.vrt import WarpedVRT

    rows, columns = shape
    west, south, east, north = extent
    with opened(path_of(source, project)) as dataset:
        own = dataset.crs or source.crs or crs
        warp = {
            "src_crs": own or _LOCAL,
            "crs": crs or own or _LOCAL,
            "transform": Affine((east - west) / columns, 0, west, 0, (south - north) / rows, north),
            "width": columns,
            "height": rows,
            "resampling": Resampling.bilinear,
        }
        with WarpedVRT(dataset, **warp) as view:
            pixels = view.read(out_dtype="float32")
            inside = view.dataset_mask() > 0
    pixels[:, ~inside] = np.nan
    return pixels


_LOCAL = 'LOCAL_CS["local",UNIT["metre",1]]'


def extent_of(source: RasterSource, crs: str, project: Path | None = None) -> Extent:
    """The raster's extent in `crs`, rotation included."""
    from rasterio.warp import transform_bounds

    with opened(path_of(source, project)) as dataset:
        own = dataset.crs or source.crs or crs
        west, south, east, north = _bounds(dataset)
        if not own or not crs or crs_text(dataset.crs) == crs:
            return west, south, east, north
        return transform_bounds(own, crs, west, south, east, north)


def _bounds(dataset: Any) -> Extent:
    """Bounds of all four corners, so a rotated raster is whole."""
    t, w, h = dataset.transform, dataset.width, dataset.height
    corners = ((0, 0), (w, 0), (0, h), (w, h))
    xs = [t.a * c + t.b * r + t.c for c, r in corners]
    ys = [t.d * c + t.e * r + t.f for c, r in corners]
    return min(xs), min(ys), max(xs), max(ys)
