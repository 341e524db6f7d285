"""Rasters in: terrain, surface models and imagery (GeoTIFF and other common grid files).

What a raster holds is taken from its name, its bands and its tags, and stands in the report.
Pixels stay in their file; a project keeps where they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from baiyun_gis.errors import FormatError, UsageError
from baiyun_gis.io.imported import Imported, ImportOptions, Inference, Question, SourceReport
from baiyun_gis.io.raster_files import crs_text, extent_of, opened, path_of, read_window
from baiyun_gis.io.terrain import Terrain, metres_per_unit, open_terrain
from baiyun_gis.jobs import Job
from baiyun_gis.language import Message, msg
from baiyun_gis.model.vocabulary import RasterKind
from baiyun_gis.project import RasterSource

__all__ = [
    "READER",
    "RasterReader",
    "Terrain",
    "extent_of",
    "open_terrain",
    "path_of",
    "read_window",
]

_SURE = {".tif", ".tiff", ".img", ".asc", ".dem", ".hgt", ".jp2", ".dt0", ".dt1", ".dt2"}
_PERHAPS = {".png", ".jpg", ".jpeg", ".bil", ".bt", ".grd"}
_NAMES: tuple[tuple[RasterKind, str, str], ...] = (
    (
        RasterKind.UNKNOWN,
        "slope aspect hillshade curvature roughness tri tpi ndvi ndsm chm",
        "坡度 坡向 阴影 植被",
    ),
    (RasterKind.SURFACE, "dsm surface mns dom10", "数字表面 表面模型 地表模型"),
    (
        RasterKind.TERRAIN,
        "dtm dem dgm dhm mnt terrain elevation elev srtm ground bare",
        "地形 高程 地面",
    ),
    (
        RasterKind.IMAGERY,
        "dom tdom ortho orthophoto naip image imagery rgb photo satellite",
        "影像 正射 航拍 航片 卫星",
    ),
)
_DAY = re.compile(
    r"(?<!\d)(19\d{2}|20\d{2})[-_.年]?(0[1-9]|1[0-2])[-_.月]?(0[1-9]|[12]\d|3[01])(?!\d)"
)
_YEAR = re.compile(r"(?<!\d)(19[5-9]\d|20\d{2})(?!\d)")
_READ_WHOLE_CELLS = 16_000_000
_PROBED_BLOCKS = 24


@dataclass(frozen=True, slots=True)
class _Look:
    """What an opened raster says of itself."""

    crs: str
    bands: int
    dtype: str
    is_placed: bool
    has_ground_points: bool
    tagged: str
    lowest: float
    highest: float
    is_empty: bool
    metre: float


class RasterReader:
    """Reads rasters; see the module's docstring for what is taken."""

    name = "raster"
    title = msg("Raster: terrain, surface model or imagery")
    suffixes = tuple(sorted(_SURE | _PERHAPS))

    def claims(self, path: Path) -> float:
        """By suffix; pictures only with a world file beside them."""
        suffix = path.suffix.lower()
        if suffix in _SURE:
            return 0.9
        world = any(path.with_suffix(s).is_file() for s in (".pgw", ".jgw", ".wld", ".hdr"))
        return 0.8 if suffix in _PERHAPS and (world or suffix in {".bt", ".grd"}) else 0.0

    def read(self, paths: tuple[Path, ...], options: ImportOptions, job: Job) -> Imported:
        """One raster source for each file.

        Raises `FormatError` for a damaged raster or one without a place on the map.
        """
        reports: list[SourceReport] = []
        rasters: list[RasterSource] = []
        for done, path in enumerate(paths):
            job.step(done / len(paths), msg("Reading {name}", name=path.name))
            raster, report = _read_one(path, options)
            rasters.append(raster)
            reports.append(report)
        crs = next((raster.crs for raster in rasters if raster.crs), "")
        return Imported(reports=tuple(reports), crs=crs, rasters=tuple(rasters))


READER = RasterReader()


def _read_one(path: Path, options: ImportOptions) -> tuple[RasterSource, SourceReport]:
    with opened(path) as dataset:
        look = _look(dataset)
    _refuse_unplaced(path, look)
    kind, why_kind = _kind(path, look, options)
    epoch, why_epoch = _epoch(path, look, options)
    crs = look.crs or options.crs
    asked: list[Question] = []
    if not crs:
        text = msg(
            "Which coordinate reference system is {name} in? The file does not say.", name=path.name
        )
        asked.append(Question("crs", text, ()))
    notes: list[Message] = []
    is_elevation = kind in {RasterKind.TERRAIN, RasterKind.SURFACE}
    if look.is_empty and is_elevation:
        raise FormatError("{path}: no cell holds a level; the file is empty or cut off", path=path)
    if look.is_empty:
        notes.append(msg("{name} holds no data in any cell that was looked at", name=path.name))
    elif is_elevation:
        notes.append(
            msg(
                "Levels from {lowest} to {highest} m",
                lowest=round(look.lowest * look.metre, 2),
                highest=round(look.highest * look.metre, 2),
            )
        )
    if look.metre != 1.0:
        notes.append(msg("Levels are in feet and are turned into metres when read"))
    source = RasterSource(
        id=path.stem,
        kind=kind,
        path=str(path.resolve()),
        epoch=epoch,
        crs=crs,
        source=path.name,
        lineage=f"kind {kind.key}: {why_kind.why}",
    )
    report = SourceReport(
        path=str(path),
        format="raster",
        rows_read=1,
        rows_taken=1,
        inferred=(why_kind, *why_epoch),
        asked=tuple(asked),
        notes=tuple(notes),
    )
    return source, report


def _refuse_unplaced(path: Path, look: _Look) -> None:
    if look.is_placed:
        return
    if look.has_ground_points:
        raise FormatError(
            "{path}: the raster is placed by ground control points only; rectify it and import "
            "the rectified file",
            path=path,
        )
    raise FormatError(
        "{path}: the raster does not say where it lies; put its world file or .aux.xml beside it",
        path=path,
    )


def _look(dataset: Any) -> _Look:
    lowest, highest, is_empty = _value_range(dataset)
    return _Look(
        crs=crs_text(dataset.crs),
        bands=dataset.count,
        dtype=dataset.dtypes[0],
        is_placed=not dataset.transform.is_identity,
        has_ground_points=bool(dataset.gcps[0]),
        tagged=dataset.tags().get("TIFFTAG_DATETIME", ""),
        lowest=lowest,
        highest=highest,
        is_empty=is_empty,
        metre=metres_per_unit(dataset),
    )


def _value_range(dataset: Any) -> tuple[float, float, bool]:
    """Least and greatest value of band 1; small rasters are read whole, so damage shows."""
    windows = [window for _, window in dataset.block_windows(1)]
    if dataset.width * dataset.height > _READ_WHOLE_CELLS:
        picks = np.unique(np.linspace(0, len(windows) - 1, _PROBED_BLOCKS).astype(int))
        windows = [windows[i] for i in picks]
    lowest, highest = np.inf, -np.inf
    for window in windows:
        cells = dataset.read(1, window=window)
        good = (dataset.read_masks(1, window=window) > 0) & np.isfinite(cells)
        if good.any():
            lowest = min(lowest, float(cells[good].min()))
            highest = max(highest, float(cells[good].max()))
    return lowest, highest, not np.isfinite(lowest)


def _kind(path: Path, look: _Look, options: ImportOptions) -> tuple[RasterKind, Inference]:
    told = options.into
    if told and told != "rasters":
        try:
            return RasterKind.from_key(told), Inference("kind", told, 1.0, msg("as told"))
        except KeyError:
            raise UsageError(
                "{path}: a raster cannot go into {table}; say terrain, surface or imagery",
                path=path,
                table=told,
            ) from None
    kind, confidence, why = _guessed_kind(path, look)
    return kind, Inference("kind", kind.key, confidence, why)


def _guessed_kind(path: Path, look: _Look) -> tuple[RasterKind, float, Message]:
    if look.bands >= 3:
        return RasterKind.IMAGERY, 0.95, msg("it has {count} bands", count=look.bands)
    named = _named_kind(path.stem)
    if look.dtype == "uint8" and named in {None, RasterKind.IMAGERY, RasterKind.UNKNOWN}:
        return RasterKind.IMAGERY, 0.7, msg("its values are grey tones from 0 to 255")
    if named is not None:
        return named, 0.9, msg("its name says so")
    in_range = look.is_empty or (
        look.lowest * look.metre > -500 and look.highest * look.metre < 9000
    )
    if look.bands == 1 and in_range:
        return RasterKind.TERRAIN, 0.5, msg("one band whose values could be levels")
    return RasterKind.UNKNOWN, 0.5, msg("neither its name nor its values say what it holds")


def _named_kind(stem: str) -> RasterKind | None:
    """The kind a name tells by a whole word, so that "dem" within "academy" does not count."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", stem).lower()
    words = {w for w in re.split(r"[\W_\d]+", parted) if w}
    for kind, latin, chinese in _NAMES:
        if words & set(latin.split()) or any(name in parted for name in chinese.split()):
            return kind
    return None


def _epoch(
    path: Path, look: _Look, options: ImportOptions
) -> tuple[np.datetime64, tuple[Inference, ...]]:
    """The day the raster shows, from the user, its name or its tag; NaT when nothing says."""
    told = options.settings.get("epoch", "")
    named = _DAY.search(path.stem)
    tagged = re.match(r"(\d{4}):(\d{2}):(\d{2})", look.tagged)
    year = _YEAR.search(path.stem)
    try:
        if told:
            return np.datetime64(told, "D"), ()
    except ValueError:
        raise UsageError("epoch={value} is no day such as 2020-08-31", value=told) from None
    if named:
        text, confidence, why = "-".join(named.groups()), 0.9, msg("the name holds a day")
    elif tagged:
        text, confidence, why = "-".join(tagged.groups()), 0.5, msg("the file's date tag")
    elif year:
        text, confidence, why = f"{year[1]}-01-01", 0.5, msg("the name holds a year")
    else:
        return np.datetime64("NaT", "D"), ()
    try:
        day = np.datetime64(text, "D")
    except ValueError:
        return np.datetime64("NaT", "D"), ()
    return day, (Inference("epoch", str(day), confidence, why),)
