"""A drawing as plain rows: lines, symbols, texts and outlines with their layers, in metres."""

from __future__ import annotations

import logging
import math
import re
import struct
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from baiyun_gis.errors import FormatError, InputError
from baiyun_gis.io.imported import Quarantined
from baiyun_gis.io.shapefile import decoded, is_everyday
from baiyun_gis.language import msg

_FLATTEN_M = 0.005
_SPELLED = re.compile(r"\\U\+([0-9A-Fa-f]{4})")
_BLOCK_OF_LINES = 50
"""A block with more lines than this is a drawing inserted whole, not a symbol."""
_DEPTH = 4

Point = tuple[float, float, float]


def _failures() -> tuple[type[Exception], ...]:
    """A damaged drawing makes the library fail in many ways; each means the same to the user."""
    from ezdxf.lldxf.const import DXFError

    return (
        DXFError, OSError, ValueError, KeyError, IndexError, TypeError, AttributeError,
        ArithmeticError, RecursionError, AssertionError, EOFError, struct.error,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DxfLine:
    """A line or outline: its place among the entities (from 1), handle, layer and points."""

    row: int
    handle: str
    layer: str
    points: tuple[Point, ...]
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class DxfSymbol:
    """A block reference or point: name and attributes as written."""

    row: int
    handle: str
    layer: str
    at: Point
    name: str = ""
    angle_deg: float = float("nan")
    attributes: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class DxfText:
    """A text and where it stands."""

    layer: str
    at: Point
    text: str
    height: float


@dataclass(slots=True)
class Drawing:
    """Everything of a drawing that a map can use, in the drawing's own unit."""

    lines: list[DxfLine] = field(default_factory=list[DxfLine])
    symbols: list[DxfSymbol] = field(default_factory=list[DxfSymbol])
    texts: list[DxfText] = field(default_factory=list[DxfText])
    quarantined: list[Quarantined] = field(default_factory=list[Quarantined])
    left_out: Counter[str] = field(default_factory=Counter[str])
    """Entity types that are neither line, symbol nor text, with how many there are."""
    unit_code: int = 0
    """$INSUNITS."""
    crs: str = ""
    is_recovered: bool = False
    repaired_names: int = 0


def read_drawing(path: Path) -> Drawing:
    """The model space of a drawing.

    Raises `InputError` when the file cannot be opened and `FormatError` when it is no drawing
    or damaged beyond repair.
    """
    if not path.is_file():
        raise InputError("{path}: no such drawing", path=path)
    document, recovered = _document(path)
    drawing = Drawing(is_recovered=recovered)
    try:
        drawing.unit_code = int(document.header.get("$INSUNITS", 0) or 0)
        turn = _to_crs(document, drawing)
        _Walk(drawing, document, turn).walk()
    except _failures() as error:
        raise _damaged(path, error) from error
    return drawing


def _document(path: Path) -> tuple[Any, bool]:
    from ezdxf import filemanagement, recover

    quiet = logging.getLogger("ezdxf")
    quiet.handlers = quiet.handlers or [logging.NullHandler()]
    quiet.propagate = False  # its warnings are about repairs that the report tells of
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith((b"AC10", b"AC1.")):
        raise FormatError(
            "{path}: this is a DWG drawing; save it as DXF and import that", path=path
        )
    try:
        return filemanagement.readfile(path), False
    except _failures():
        pass
    try:
        document, _ = recover.readfile(path)
    except _failures() as error:
        raise _damaged(path, error) from error
    return document, True


def _damaged(path: Path, error: Exception) -> FormatError:
    reason = str(error).strip().splitlines()
    return FormatError(
        "{path}: no drawing can be read from this file ({reason})",
        path=path,
        reason=reason[0][:160] if reason else type(error).__name__,
    )


def _to_crs(document: Any, drawing: Drawing) -> Any:
    """The matrix from drawing to map coordinates where the drawing is geo-located, else None."""
    geodata = document.modelspace().get_geodata()
    if geodata is None:
        return None
    try:
        matrix, epsg = geodata.get_crs_transformation(no_checks=True)
    except _failures():  # a geo-location without a usable CRS places nothing
        return None
    drawing.crs = f"EPSG:{epsg}"
    return matrix


@dataclass(slots=True)
class _Walk:
    """One pass over the model space."""

    drawing: Drawing
    document: Any
    turn: Any
    row: int = 0

    def walk(self) -> None:
        for entity in self.document.modelspace():
            self.row += 1
            self._take(entity, 0)

    def _take(self, entity: Any, depth: int) -> None:
        kind = entity.dxftype()
        try:
            if kind in {"TEXT", "MTEXT", "ATTRIB"}:
                self._text(entity, kind)
            elif kind == "INSERT":
                self._insert(entity, depth)
            elif kind == "POINT":
                self._symbol(entity, entity.dxf.location, "")
            elif kind in {"LINE", "LWPOLYLINE", "POLYLINE", "ARC", "SPLINE", "ELLIPSE"}:
                self._line(entity, kind)
            else:
                self.drawing.left_out[kind] += 1
        except _failures() as error:
            self._refuse(entity, kind, str(error))

    def _refuse(self, entity: Any, kind: str, reason: str) -> None:
        text = msg("the {kind} is damaged ({reason})", kind=kind, reason=reason[:120])
        handle = str(getattr(entity.dxf, "handle", "") or "")
        self.drawing.quarantined.append(Quarantined(self.row, "handle", handle, text))

    def _layer(self, entity: Any) -> str:
        return self._plain(entity.dxf.get("layer", "0"))

    def _plain(self, text: str) -> str:
        """A name as meant: GBK that was read as something else is read again, and letters
        that old drawings spell as \\U+71C3 are put in."""
        text = _SPELLED.sub(lambda found: chr(int(found[1], 16)), text)
        repaired = repaired_text(text)
        self.drawing.repaired_names += repaired != text
        return repaired

    def _text(self, entity: Any, kind: str) -> None:
        text = entity.plain_text() if kind != "ATTRIB" else entity.dxf.text
        height = entity.dxf.get("char_height" if kind == "MTEXT" else "height", 1.0)
        at = self._points([entity.dxf.insert])[0]
        self.drawing.texts.append(DxfText(self._layer(entity), at, self._plain(text), height))

    def _symbol(self, entity: Any, at: Any, name: str, **more: Any) -> None:
        handle = str(entity.dxf.handle or "")
        place = self._points([at])[0]
        if not all(map(math.isfinite, place)):
            raise ValueError("coordinates are not finite")
        layer = self._layer(entity)
        self.drawing.symbols.append(DxfSymbol(self.row, handle, layer, place, name, **more))

    def _insert(self, entity: Any, depth: int) -> None:
        block = entity.block()
        if block is not None and depth < _DEPTH and _holds_drawing(block):
            for part in entity.virtual_entities():
                self._take(part, depth + 1)
            return
        said = {a.dxf.tag: self._plain(a.dxf.text) for a in entity.attribs}
        name = self._plain(entity.dxf.name)
        angle = float(entity.dxf.get("rotation", 0.0))
        self._symbol(entity, entity.dxf.insert, name, angle_deg=angle, attributes=said)

    def _line(self, entity: Any, kind: str) -> None:
        if kind == "POLYLINE" and not (entity.is_2d_polyline or entity.is_3d_polyline):
            self.drawing.left_out["MESH"] += 1
            return
        points = self._points(_vertices(entity, kind, _FLATTEN_M / _metres(self.drawing)))
        handle = str(entity.dxf.handle or "")
        if not all(math.isfinite(c) for p in points for c in p):
            raise ValueError("coordinates are not finite")
        if len({(x, y) for x, y, _ in points}) < 2:
            reason = msg("the line has no length")
            self.drawing.quarantined.append(Quarantined(self.row, "handle", handle, reason))
            return
        closed = kind in {"LWPOLYLINE", "POLYLINE"} and bool(entity.is_closed)
        self.drawing.lines.append(
            DxfLine(self.row, handle, self._layer(entity), tuple(points), closed)
        )

    def _points(self, points: Any) -> list[Point]:
        from ezdxf.math import Vec3

        whole = [Vec3(p) for p in points]
        if self.turn is not None:
            whole = list(self.turn.transform_vertices(whole))
        return [(p.x, p.y, p.z) for p in whole]


def _metres(drawing: Drawing) -> float:
    return {1: 0.0254, 2: 0.3048, 4: 0.001, 5: 0.01}.get(drawing.unit_code, 1.0)


def _holds_drawing(block: Any) -> bool:
    lines = sum(1 for e in block if e.dxftype() in {"LINE", "LWPOLYLINE", "POLYLINE", "INSERT"})
    return lines > _BLOCK_OF_LINES


def _vertices(entity: Any, kind: str, sagitta: float) -> list[Any]:
    """Points of a line in world coordinates; curves as chords that stay within `sagitta`."""
    if kind == "LINE":
        return [entity.dxf.start, entity.dxf.end]
    if kind == "LWPOLYLINE" and not entity.has_arc:
        points = list(entity.vertices_in_wcs())
        return [*points, points[0]] if entity.is_closed and len(points) > 2 else points
    if kind == "POLYLINE" and entity.is_3d_polyline:
        points = [v.dxf.location for v in entity.vertices]
        return [*points, points[0]] if entity.is_closed and len(points) > 2 else points
    if kind in {"LWPOLYLINE", "POLYLINE"}:
        return _chained(entity, sagitta)
    return list(entity.flattening(sagitta))


def _chained(polyline: Any, sagitta: float) -> list[Any]:
    """A polyline with bulges: its pieces end to end, each arc turned the way the line runs.

    The library's paths draw arcs as cubic curves, centimetres off at a large radius; its own arcs
    are exact.
    """
    points: list[Any] = []
    for part in polyline.virtual_entities():
        is_line = part.dxftype() == "LINE"
        piece = [part.dxf.start, part.dxf.end] if is_line else list(part.flattening(sagitta))
        if points and points[-1].distance(piece[-1]) < points[-1].distance(piece[0]):
            piece.reverse()
        elif not points and not is_line:
            piece = _from_start(polyline, piece)
        points.extend(piece[1:] if points else piece)
    return points


def _from_start(polyline: Any, piece: list[Any]) -> list[Any]:
    """The first arc in the direction of the polyline."""
    if polyline.dxftype() == "LWPOLYLINE":
        start = next(iter(polyline.vertices_in_wcs()))
    else:
        start = next(iter(polyline.points_in_wcs()))
    return piece if piece[0].distance(start) <= piece[-1].distance(start) else piece[::-1]


def repaired_text(text: str) -> str:
    """A text whose GBK bytes were read as Western or broken UTF-8, read again; else itself."""
    if text.isascii():
        return text
    for wrong, errors in (
        ("utf-8", "surrogateescape"),
        ("cp1252", "strict"),
        ("latin-1", "strict"),
    ):
        try:
            raw = text.encode(wrong, errors)
        except UnicodeEncodeError:
            continue
        if errors == "surrogateescape" and not any(0xDC80 <= ord(c) <= 0xDCFF for c in text):
            continue
        found, fits = decoded(raw.decode("latin-1"), "gb18030")
        if fits and _is_chinese(found):
            return found
    return text.encode("utf-8", "replace").decode("utf-8")


def _is_chinese(text: str) -> bool:
    """Every foreign character is an everyday Chinese one."""
    foreign = [c for c in text if ord(c) > 127]
    return bool(foreign) and all(is_everyday(c) for c in foreign)
