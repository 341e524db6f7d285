"""Sections from what surveys write: DN300, Φ325×8, 800X600, 4Φ110, 3x4孔Φ100, De110, 1.2×1.0.

A nominal diameter is the inner diameter for concrete, clay, masonry and asbestos pipes and for
drains of unknown material; their wall is taken as a tenth of it (the usual thickness in
GB/T 11836). For everything else it is taken as the outer diameter. Both are marked as derived;
only a stated outer size counts as surveyed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from baiyun_gis.model.columns import F64, I8, Bool, Str
from baiyun_gis.model.vocabulary import Burial, Material, Provenance, Shape, Utility

INNER_MATERIALS = (
    Material.CONCRETE,
    Material.CLAY,
    Material.ASBESTOS,
    Material.MASONRY,
    Material.STONE,
    Material.BRICK,
)
WALL_SHARE = 0.1
"""Wall of a concrete pipe over its inner diameter (GB/T 11836, usual classes)."""
MASONRY_WALL_M = 0.24
"""One brick: the usual wall of a masonry drain or cable trench."""
DUCT_SPACING_MM = 20.0
"""Least spacing between ducts laid side by side."""
_MATERIALS_OF_MASONRY = (Material.MASONRY, Material.BRICK, Material.STONE)

_TO_MM = {"": 1.0, "mm": 1.0, "cm": 10.0, "dm": 100.0, "m": 1000.0, "in": 25.4, "ft": 304.8}
_N = r"(\d+(?:\.\d+)?|\.\d+)"
_X = r"\s*[x×*✕╳]\s*"
_ROUND = r"(?:dn|de|od|id|nb|dia|d|φ|ф|ϕ|ø|∅|⌀)"
_HOLES = re.compile(
    rf"^{_N}(?:{_X}{_N})?\s*(?:(?:孔|ways?|ducts?|根)\s*[-/x×*\s]?\s*{_ROUND}?|[-/x×*\s]?\s*{_ROUND})"
    rf"\s*{_N}(?:{_X}{_N})?(?:mm)?$"
)
_ONLY_HOLES = re.compile(rf"^{_N}(?:{_X}{_N})?\s*(?:孔|ways?|ducts?)$")
_CIRCLE = re.compile(rf"^(?P<mark>{_ROUND}?)\s*[=:]?\s*{_N}\s*(?P<unit>mm|cm|m|in|inch|\"|”)?$")
_PAIR = re.compile(rf"^(?P<mark>{_ROUND}?)\s*{_N}\s*(?:mm|cm|m)?{_X}{_N}\s*(?P<unit>mm|cm|m)?$")


class Size(NamedTuple):
    """One size text in millimetres as written; NaN where the text does not say."""

    shape: Shape
    width_mm: float
    height_mm: float
    wall_mm: float = float("nan")
    states_outer: bool = False
    states_inner: bool = False
    holes: float = float("nan")
    has_unit: bool = False


class SectionColumns(NamedTuple):
    """Sections as columns, metres; shape (n,) each. `unreadable` marks texts that say something
    this parser does not understand; `unit` is the unit bare numbers were taken in."""

    shape: I8
    outer_width_m: F64
    outer_height_m: F64
    inner_width_m: F64
    inner_height_m: F64
    nominal_mm: F64
    section_source: I8
    hole_count: F64
    unreadable: Bool
    unit: str


_NAN = float("nan")
_NOTHING = Size(Shape.UNKNOWN, _NAN, _NAN)


def parse_size(text: str) -> Size | None:
    """A size text as written, bare numbers unscaled; None when it cannot be read.

    Blank and zero sizes are read as unknown.
    """
    raw = unicodedata.normalize("NFKC", text).strip().replace("ｘ", "x")
    is_external = bool(re.match(r"^(De|OD|DE|外径)", raw))
    plain = re.sub(r"^(管径|直径|外径|内径|规格|[a-z]x[a-z]\s*=)", "", raw.lower())
    plain = re.sub(r"\([^()]*\)$|[(\[]|[)\]]", "", plain).strip()
    plain = plain.replace("－", "-").strip(" ,;")
    if plain in {"", "-", "/", "none", "nan", "无", "不详", "不明", "未知"}:
        return _NOTHING
    for read in (_circle, _pair, _ducts, _holes_alone):
        size = read(plain)
        if size is not None:
            if is_external:
                size = size._replace(states_outer=True)
            return size if not size.width_mm <= 0 else _NOTHING
    return None


def _circle(plain: str) -> Size | None:
    found = _CIRCLE.match(plain)
    if found is None:
        return None
    unit = found["unit"] or ""
    scale = _TO_MM["in" if unit in {"in", "inch", '"', "”"} else unit]
    mm = float(found[2]) * scale
    mark = found["mark"]
    return Size(
        Shape.CIRCLE,
        mm,
        mm,
        states_outer=mark in {"de", "od"},
        states_inner=mark == "id",
        has_unit=bool(unit) or mark in {"dn", "de"},
    )


def _pair(plain: str) -> Size | None:
    found = _PAIR.match(plain)
    if found is None:
        return None
    first, second = float(found[2]), float(found[3])
    scale = _TO_MM[found["unit"] or ""]
    if found["mark"] or (second <= first / 8 and second < 40 and first >= 20):
        if second * 2 < first:  # outer diameter × wall
            outer = first * scale
            return Size(
                Shape.CIRCLE, outer, outer, second * scale, states_outer=True, has_unit=True
            )
        return None
    if first <= 24 and second >= 40 and first.is_integer():  # number of pipes × diameter
        return _bundle(first, 1.0, second)
    return Size(Shape.RECTANGLE, first * scale, second * scale, has_unit=bool(found["unit"]))


def _ducts(plain: str) -> Size | None:
    found = _HOLES.match(plain)
    if found is None:
        return None
    columns, rows, duct = float(found[1]), float(found[2] or 1), float(found[3])
    if columns > 200 or duct <= 0:
        return None
    return _bundle(columns, rows, duct)


def _holes_alone(plain: str) -> Size | None:
    found = _ONLY_HOLES.match(plain)
    if found is None:
        return None
    return _NOTHING._replace(holes=float(found[1]) * float(found[2] or 1))


def _bundle(columns: float, rows: float, duct_mm: float) -> Size:
    """The envelope of ducts side by side; a plain count is arranged as near a square as it goes."""
    holes = columns * rows
    if rows == 1 and columns > 1:
        columns = float(np.ceil(np.sqrt(holes)))
        rows = float(np.ceil(holes / columns))
    if holes <= 1:
        return Size(Shape.CIRCLE, duct_mm, duct_mm, holes=holes, has_unit=True)
    width = columns * duct_mm + (columns - 1) * DUCT_SPACING_MM
    height = rows * duct_mm + (rows - 1) * DUCT_SPACING_MM
    return Size(Shape.RECTANGLE, width, height, holes=holes, has_unit=True)


def unit_of_sizes(sizes: Sequence[Size]) -> str:
    """The unit bare numbers of a column are in: metres when all are small, with decimals."""
    bare = [
        n
        for s in sizes
        if not s.has_unit
        for n in ({s.width_mm, s.height_mm})
        if not np.isnan(n) and n > 0
    ]
    if bare and max(bare) <= 20 and any(not float(n).is_integer() for n in bare):
        return "m"
    return "mm"


def sections_from(
    size_texts: Sequence[object] | Str,
    utility: I8,
    material: I8,
    *,
    burial: I8 | None = None,
    unit: str = "",
) -> SectionColumns:
    """Sections of pipes from their size texts, utility and material codes; shape (n,) each.

    `unit` is the header's unit ("mm", "m" …); empty lets the column decide between mm and m.
    """
    values, unreadable, taken_unit = _read(size_texts, unit)
    laid = np.zeros(len(values), dtype=np.int8) if burial is None else burial
    sections = _columns(values, utility, material, laid)
    return sections._replace(unreadable=unreadable, unit=taken_unit)


class StatedSizes(NamedTuple):
    """Sizes of a column that says what they are of; metres, NaN where blank, shape (n,) each."""

    shape: I8
    width_m: F64
    height_m: F64
    wall_m: F64
    unreadable: Bool


def stated_sizes(size_texts: Sequence[object] | Str, *, unit: str = "") -> StatedSizes:
    """The sizes of a column of outer, inner or nominal ones, as they stand there."""
    values, unreadable, _ = _read(size_texts, unit)
    metres = values[:, 1:4] / 1000
    return StatedSizes(values[:, 0].astype(np.int8), *metres.T, unreadable=unreadable)


def _read(size_texts: Sequence[object] | Str, unit: str) -> tuple[F64, Bool, str]:
    """`Size` as columns (n, 7), lengths in mm; which texts cannot be read; the unit taken."""
    cells = size_texts.tolist() if isinstance(size_texts, np.ndarray) else size_texts
    place = {cell: index for index, cell in enumerate(dict.fromkeys(cells))}
    row = np.fromiter(map(place.__getitem__, cells), dtype=np.int64, count=len(cells))
    found = [parse_size(_plain(cell)) for cell in place]
    sizes = [size or _NOTHING for size in found]
    taken_unit = unit if unit in _TO_MM and unit else unit_of_sizes(sizes)
    scale = _TO_MM[taken_unit]
    values = np.array(
        [(*_scaled(size, scale)[:4], *size[4:7]) for size in sizes], dtype=np.float64
    ).reshape(len(sizes), 7)
    return values[row], np.array([size is None for size in found], dtype=np.bool_)[row], taken_unit


def _plain(cell: object) -> str:
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _scaled(size: Size, scale: float) -> Size:
    if size.has_unit:
        return size
    return size._replace(width_mm=size.width_mm * scale, height_mm=size.height_mm * scale)


def _columns(rows: F64, utility: I8, material: I8, burial: I8) -> SectionColumns:
    shape, width, height, wall = rows[:, 0].astype(np.int8), *(rows[:, 1:4] / 1000).T
    states_outer, states_inner, holes = rows[:, 4] > 0, rows[:, 5] > 0, rows[:, 6]
    round_ = shape == Shape.CIRCLE
    of_ducts = ~round_ & ((burial == Burial.DUCT_BLOCK) | (holes > 1))
    inner = _is_inner(utility, material, burial, round_, holes) | states_inner
    inner &= ~states_outer
    wall = np.where(np.isnan(wall) & inner, usual_wall_m(width, material, round_), wall)
    outer_width = np.where(inner, width + 2 * wall, width)
    outer_height = np.where(inner, height + 2 * wall, height)
    inner_width = np.where(inner, width, np.where(np.isnan(wall), np.nan, width - 2 * wall))
    inner_height = np.where(inner, height, np.where(np.isnan(wall), np.nan, height - 2 * wall))
    known = ~np.isnan(width)
    source = np.where(states_outer, Provenance.SURVEYED, Provenance.DERIVED)
    nominal = np.round(np.where(round_, width, np.maximum(width, height)) * 1000, 3)
    return SectionColumns(
        shape=shape,
        outer_width_m=outer_width,
        outer_height_m=outer_height,
        inner_width_m=inner_width,
        inner_height_m=inner_height,
        nominal_mm=np.where(of_ducts, np.nan, nominal),
        section_source=np.where(known, source, Provenance.UNKNOWN).astype(np.int8),
        hole_count=holes,
        unreadable=np.zeros(len(rows), dtype=bool),
        unit="mm",
    )


def _is_inner(utility: I8, material: I8, burial: I8, round_: Bool, holes: F64) -> Bool:
    """Whether a size is the clear inner one: rigid pipes, drains, trenches and galleries."""
    gravity = np.isin(utility, [u for u in Utility if u.is_gravity])
    rigid = np.isin(material, INNER_MATERIALS)
    drained = gravity & (material == Material.UNKNOWN)
    trench = np.isin(burial, [Burial.TRENCH, Burial.TUNNEL, Burial.PASSAGE])
    culvert = ~round_ & (gravity | trench | (utility == Utility.TUNNEL))
    several = holes > 1
    cables = np.isin(utility, [Utility.POWER, Utility.TELECOM])
    return ((round_ & (rigid | drained) & ~cables) | culvert) & ~several


def usual_wall_m(width: F64, material: I8, round_: Bool) -> F64:
    """The wall of a pipe or drain of this inner width, metres, where none is recorded."""
    masonry = np.isin(material, _MATERIALS_OF_MASONRY)
    return np.where(masonry & ~round_, MASONRY_WALL_M, width * WALL_SHARE)


def sections_from_numbers(
    shape: I8,
    width_m: F64,
    height_m: F64,
    utility: I8,
    material: I8,
    *,
    burial: I8 | None = None,
) -> SectionColumns:
    """Sections of pipes whose nominal width and height are numbers, metres; shape (n,) each."""
    count = len(shape)
    unknown, no = np.full(count, np.nan), np.zeros(count)
    mm = 1000.0
    rows = np.column_stack([shape, width_m * mm, height_m * mm, unknown, no, no, unknown]).reshape(
        count, 7
    )
    laid = np.zeros(count, dtype=np.int8) if burial is None else burial
    return _columns(rows.astype(np.float64), utility, material, laid)
