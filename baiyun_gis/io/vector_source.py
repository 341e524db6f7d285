"""Vector layers as raw columns and shapely geometry, whatever file they come from."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.errors import FormatError, InputError
from baiyun_gis.io.gdal_safety import isolate_vector_gdal, names_another_place
from baiyun_gis.io.imported import Inference
from baiyun_gis.io.shapefile import RAW, decoded, text_encoding
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import Geom, text_array

_CLONES = (".dbf", ".prj", ".cpg", ".DBF", ".PRJ", ".CPG")
_SPOKEN = {"cpg": msg(".cpg file"), "content": msg("content"), "header": msg("header")}
_QUIET = ("have been found. Altering it to be unique",)


@dataclass(frozen=True, slots=True)
class VectorLayer:
    """One layer as read: a row each in `geometry` (None where there is none) and every column."""

    path: Path
    name: str
    driver: str
    crs: str
    columns: dict[str, NDArray[Any]]
    geometry: Geom
    inferred: tuple[Inference, ...] = ()
    notes: tuple[Message, ...] = ()

    def __len__(self) -> int:
        return len(self.geometry)


def layer_names(path: Path) -> tuple[str, ...]:
    """The layers of a source that have geometry, in file order.

    Raises `FormatError` when no driver reads the file.
    """
    import pyogrio

    with _opened(path) as local, _gdal_errors(path, []):
        found = pyogrio.list_layers(local)
    return tuple(str(name) for name, kind in found if kind is not None)


def read_layer(path: Path, name: str, *, encoding: str = "") -> VectorLayer:
    """One layer, whole. Raises `FormatError` when it is damaged beyond reading."""
    import shapely
    from pyogrio import raw

    is_shape = path.suffix.lower() in {".shp", ".dbf"}
    said: list[str] = []
    with _opened(path) as local, _gdal_errors(path, said):
        meta, _, wkb, data = raw.read(
            local,
            layer=name,
            encoding=RAW if is_shape else (encoding or None),
            datetime_as_string=True,
        )
    fields = [str(field) for field in meta["fields"]]
    geometry = shapely.from_wkb(wkb, on_invalid="ignore")
    columns = dict(zip(fields, map(_plain_cells, data), strict=True))
    inferred: tuple[Inference, ...] = ()
    notes = _notes(said)
    if is_shape:
        columns, inferred, more = _decoded(path, columns, encoding)
        notes.extend(more)
    return VectorLayer(
        path=path,
        name=name,
        driver=path.suffix.lower().lstrip("."),
        crs=_crs(meta["crs"]),
        columns=columns,
        geometry=np.asarray(geometry, dtype=object),
        inferred=inferred,
        notes=tuple(notes),
    )


def _plain_cells(values: NDArray[Any]) -> NDArray[Any]:
    """A column of single values: lists as one text, binary cells blank."""
    if values.dtype != object:
        return values
    plain = set(map(type, values.tolist()))
    if not plain & {np.ndarray, list, tuple, bytes, dict}:
        return values
    return text_array(_plain_cell(v) for v in values)


def _plain_cell(value: Any) -> str:
    match value:
        case None | bytes() | dict():
            return ""
        case np.ndarray() | list() | tuple():
            return ", ".join(str(item) for item in value)
        case _:
            return str(value)


def _notes(said: list[str]) -> list[Message]:
    """What the reading library warned of, in our words where they are known."""
    others = [text for text in dict.fromkeys(said) if not text.startswith("Measured (M)")]
    notes = [msg("The reading library says: {text}", text=text) for text in others]
    if len(others) < len(set(said)):
        notes.append(msg("M values (measures along the line) were dropped"))
    return notes


def _crs(text: Any) -> str:
    """EPSG code where the file's CRS is one, else its WKT; empty for none or a made-up one."""
    if not text or str(text).startswith(("LOCAL_CS", "ENGCRS")):
        return ""
    return str(text)


def _decoded(
    path: Path, columns: dict[str, NDArray[Any]], told: str
) -> tuple[dict[str, NDArray[Any]], tuple[Inference, ...], list[Message]]:
    """Columns of a shapefile with names and texts decoded."""
    texts = {name: values for name, values in columns.items() if values.dtype == object}
    every = [v for values in texts.values() for v in values if isinstance(v, str)]
    found = text_encoding(path.with_suffix(".dbf"), [*columns, *every], told)
    strange = 0
    out: dict[str, NDArray[Any]] = {}
    for name, values in columns.items():
        key = decoded(name, found.name)[0]
        if name not in texts:
            out[key] = values
            continue
        known = {v: decoded(v, found.name) for v in dict.fromkeys(values) if isinstance(v, str)}
        strange += sum(1 for v in values if isinstance(v, str) and not known[v][1])
        out[key] = text_array(known[v][0] if isinstance(v, str) else v for v in values)
    notes: list[Message] = []
    if strange:
        notes.append(
            msg(
                "{count} texts do not fit the encoding {encoding} and were decoded one by one",
                count=strange,
                encoding=found.name,
            )
        )
    why = msg("from the file's {how}", how=_SPOKEN.get(found.how, found.how))
    inferred = (Inference("encoding", found.name, found.confidence, why),)
    return out, inferred if found.how not in {"ascii", "told"} else (), notes


@contextmanager
def _opened(path: Path) -> Generator[Path]:
    """The path to hand to GDAL; a shapefile without `.shx` as a copy, so one can be made for it."""
    isolate_vector_gdal()
    if not path.exists():
        raise InputError("{path}: no such file or folder", path=path)
    if path.is_file() and names_another_place(path):
        raise FormatError(
            "{path}: this only describes data that lie elsewhere; import the data themselves",
            path=path,
        )
    if path.suffix.lower() != ".shp" or _has_index(path):
        yield path
        return
    import pyogrio

    with TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        shutil.copyfile(path, copy)
        for suffix in _CLONES:
            if path.with_suffix(suffix).is_file():
                shutil.copyfile(path.with_suffix(suffix), copy.with_suffix(suffix))
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": True})
        try:
            yield copy
        finally:
            pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": None})


def _has_index(path: Path) -> bool:
    return any(path.with_suffix(suffix).is_file() for suffix in (".shx", ".SHX"))


def _reason(path: Path, text: str) -> Message | str:
    """Why a source cannot be opened, in our words where the library's are usual ones."""
    if path.is_file() and not path.stat().st_size:
        return msg("the file is empty")
    if "not recognized as being in a supported file format" in text:
        return msg("it is damaged, or no map format that is known here")
    return text.split(". ")[0].split("; It might help")[0][:200]


@contextmanager
def _gdal_errors(path: Path, said: list[str]) -> Generator[None]:
    """GDAL's errors as ours, its warnings collected in `said`."""
    from pyogrio.errors import DataSourceError, FeatureError, FieldError, GeometryError

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yield
        except (DataSourceError, FeatureError, FieldError, GeometryError) as error:
            raise FormatError(
                "{path}: cannot be read as a map layer ({reason})",
                path=path,
                reason=_reason(path, str(error)),
            ) from error
        except (UnicodeDecodeError, ValueError, RuntimeError) as error:
            raise FormatError(
                "{path}: the layer is damaged ({reason})", path=path, reason=str(error)[:200]
            ) from error
    for warning in caught:
        text = str(warning.message)
        if not any(quiet in text for quiet in _QUIET) and len(said) < 20:
            said.append(text[:300])
