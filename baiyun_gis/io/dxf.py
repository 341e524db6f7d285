"""Drawings in (DXF): lines by layer become pipes, block references nodes, outlines buildings.

The layer's name says what a line is; layers that say nothing of a utility are counted and left
out, unless the user names the utility or the file's name does. Sizes come from the layer's name,
else from the nearest size text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from baiyun_gis.errors import FormatError
from baiyun_gis.io.axes import Axes, axes_from_points
from baiyun_gis.io.dxf_entities import Drawing, DxfLine, DxfSymbol, read_drawing
from baiyun_gis.io.dxf_layers import DxfLayer, dxf_layer
from baiyun_gis.io.dxf_texts import sizes_by_text
from baiyun_gis.io.imported import Imported, ImportOptions, Inference, Question, SourceReport
from baiyun_gis.io.layer_kinds import told_utility, utility_in
from baiyun_gis.io.line_tables import LineContext, Said, with_z
from baiyun_gis.io.merging import merged, section_columns
from baiyun_gis.io.node_linking import linked
from baiyun_gis.io.values import chambers_from, node_kinds_from
from baiyun_gis.jobs import Job
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, text_array
from baiyun_gis.model.sections import sections_from
from baiyun_gis.model.tables import BuildingTable, NodeTable, PermitTable, PipeTable
from baiyun_gis.model.vocabulary import NodeKind, Utility

_UNIT_M = {1: 0.0254, 2: 0.3048, 4: 0.001, 5: 0.01, 6: 1.0, 7: 1000.0, 14: 0.1}
_UNIT_NAMES = {1: "in", 2: "ft", 4: "mm", 5: "cm", 6: "m", 7: "km", 14: "dm"}
_SHORTEST_USUAL_M = 0.5
_LONGEST_USUAL_M = 3000.0
_LABELS = ("编号", "点号", "井号", "id", "no", "number", "name", "code")


class DxfReader:
    """Reads DXF drawings; see the module's docstring for what is taken."""

    name = "dxf"
    title = msg("Drawing (DXF)")
    suffixes = (".dxf",)

    def claims(self, path: Path) -> float:
        """By suffix; a DWG is claimed too, to say what to do with it."""
        return {".dxf": 0.97, ".dwg": 0.6}.get(path.suffix.lower(), 0.0)

    def read(self, paths: tuple[Path, ...], options: ImportOptions, job: Job) -> Imported:
        """The drawings, one after another.

        Raises `FormatError` for a damaged drawing and one with nothing that can be imported.
        """
        parts: list[Imported] = []
        for done, path in enumerate(paths):
            job.step(done / len(paths), msg("Reading {name}", name=path.name))
            parts.append(_read_one(path, options))
        return merged(parts)


READER = DxfReader()


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What the lines of each layer are, after the user and the file's name had their say."""

    layers: dict[str, DxfLayer]

    def is_utility(self, name: str) -> bool:
        return self.layers[name].utility is not Utility.UNKNOWN


def _read_one(path: Path, options: ImportOptions) -> Imported:
    drawing = read_drawing(path)
    said = Said()
    meaning = _meaning(drawing, path, options, said)
    lines = [line for line in drawing.lines if meaning.is_utility(line.layer)]
    symbols = [s for s in drawing.symbols if meaning.is_utility(s.layer)]
    outlines = [
        line
        for line in drawing.lines
        if line.is_closed and meaning.layers[line.layer].holds in {"buildings", "permits"}
    ]
    if not lines and not symbols and not outlines:
        raise _nothing_found(path, drawing)
    unit = _unit(drawing, lines or outlines, said)
    crs = drawing.crs or options.crs
    asked: list[Question] = []
    if not crs:
        text = msg(
            "Which coordinate reference system is {name} in? The file does not say.", name=path.name
        )
        asked.append(Question("crs", text, ()))
    _note_rest(drawing, meaning, (len(lines), len(symbols), len(outlines)), said, asked)
    pipes = _pipes(lines, drawing, meaning, unit, said, path.name)
    nodes = _nodes(symbols, meaning, unit, path.name)
    none = np.full(len(pipes), "", dtype=object)
    report = SourceReport(
        path=str(path),
        format="dxf",
        rows_read=len(lines) + len(symbols) + len(outlines) + len(drawing.quarantined),
        rows_taken=len(lines) + len(symbols) + len(outlines),
        quarantined=tuple(drawing.quarantined),
        inferred=tuple(said.inferred),
        asked=tuple(asked),
        fields={name: _reading(layer) for name, layer in sorted(meaning.layers.items())},
        samples=tuple({"layer": li.layer, "handle": li.handle} for li in lines[:10]),
        notes=tuple(said.notes),
    )
    return Imported(
        reports=(report,),
        crs=crs,
        pipes=linked(pipes, nodes, none, none, in_degrees=False),
        nodes=nodes,
        buildings=_buildings(outlines, meaning, unit, path.name),
        permits=_permits(outlines, meaning, unit, path.name),
    )


def _reading(layer: DxfLayer) -> str:
    words = [layer.utility.key if layer.utility else layer.holds, layer.size]
    return " ".join(w for w in words if w)


def _meaning(drawing: Drawing, path: Path, options: ImportOptions, said: Said) -> _Meaning:
    names = {item.layer for item in (*drawing.lines, *drawing.symbols)}
    layers = {name: dxf_layer(name) for name in sorted(names)}
    told = told_utility(options.settings)
    if told is not None:
        return _Meaning(_given(layers, told))
    if any(layer.utility is not Utility.UNKNOWN for layer in layers.values()):
        for name, layer in layers.items():
            if layer.utility is not Utility.UNKNOWN:
                why = msg("the layer {name} says so", name=name)
                said.inferred.append(Inference("utility", layer.utility.key, 0.9, why))
        return _Meaning(layers)
    utility, _, word = utility_in([path.stem])
    if utility is not Utility.UNKNOWN:
        why = msg("no layer says so, but the file's name does: {word}", word=word)
        said.inferred.append(Inference("utility", utility.key, 0.6, why))
        return _Meaning(_given(layers, utility))
    return _Meaning(layers)


def _given(layers: dict[str, DxfLayer], utility: Utility) -> dict[str, DxfLayer]:
    """Layers with the utility given where they say none and hold no text or outlines."""
    return {
        name: layer
        if layer.utility is not Utility.UNKNOWN or layer.holds
        else replace(layer, utility=utility)
        for name, layer in layers.items()
    }


def _nothing_found(path: Path, drawing: Drawing) -> FormatError:
    counts = Counter(line.layer for line in drawing.lines)
    if not counts:
        return FormatError("{path}: there are no lines in the drawing to import", path=path)
    shown = ", ".join(f"{name} ({count})" for name, count in counts.most_common(8))
    return FormatError(
        "{path}: no layer name says which utility its lines are; name it with --set "
        "utility=…; layers with lines: {layers}",
        path=path,
        layers=shown,
    )


def _unit(drawing: Drawing, lines: Sequence[DxfLine], said: Said) -> float:
    """Metres in a drawing unit: $INSUNITS where line lengths allow it, else metres."""
    stated = _UNIT_M.get(drawing.unit_code)
    lengths = [_length(line) for line in lines[:5000]]
    middle = float(np.median(lengths)) if lengths else 0.0
    if drawing.crs:
        return 1.0
    if stated is None:
        return _unit_unsaid(middle, said)
    name = _UNIT_NAMES[drawing.unit_code]
    if stated < 0.1 and middle * stated < _SHORTEST_USUAL_M:
        why = msg(
            "the drawing states {unit}, but its lines would be {length} m long at the median",
            unit=name,
            length=round(middle * stated, 3),
        )
        said.inferred.append(Inference("drawing unit", "m", 0.75, why))
        return 1.0
    said.inferred.append(Inference("drawing unit", name, 0.95, msg("the drawing states it")))
    return stated


def _unit_unsaid(middle: float, said: Said) -> float:
    """Metres, unless half the lines would then be kilometres long: plans are drawn in millimetres
    too."""
    if middle > _LONGEST_USUAL_M:
        why = msg(
            "the drawing states no unit, and in metres its lines would be {length} m long at the "
            "median",
            length=round(middle),
        )
        said.inferred.append(Inference("drawing unit", "mm", 0.7, why))
        return 0.001
    why = msg("the drawing states no unit")
    said.inferred.append(Inference("drawing unit", "m", 0.7, why))
    return 1.0


def _length(line: DxfLine) -> float:
    xy = np.array(line.points)[:, :2]
    return float(np.hypot(*np.diff(xy, axis=0).T).sum())


def _note_rest(
    drawing: Drawing,
    meaning: _Meaning,
    taken: tuple[int, int, int],
    said: Said,
    asked: list[Question],
) -> None:
    said.notes.append(
        msg("{lines} lines, {symbols} symbols and {outlines} outlines were taken",
            lines=taken[0], symbols=taken[1], outlines=taken[2])
    )  # fmt: skip
    counts = Counter(
        line.layer
        for line in drawing.lines
        if not meaning.is_utility(line.layer)
        and not (line.is_closed and meaning.layers[line.layer].holds in {"buildings", "permits"})
    )
    if counts:
        shown = ", ".join(f"{name} ({count})" for name, count in counts.most_common(20))
        said.notes.append(
            msg("Lines of layers that name no utility were left out: {layers}", layers=shown)
        )
        unsaid = [name for name in counts if not meaning.layers[name].holds]
        if unsaid:
            text = msg(
                "Are there utilities on these layers: {layers}?", layers=", ".join(unsaid[:8])
            )
            asked.append(Question("layers", text, tuple(unsaid[:8]), "left out"))
    if drawing.left_out:
        shown = ", ".join(f"{kind} ({n})" for kind, n in sorted(drawing.left_out.items()))
        said.notes.append(msg("Kinds of objects that are not read: {kinds}", kinds=shown))
    if drawing.is_recovered:
        said.notes.append(msg("The drawing is damaged; what could be recovered was read"))
    if drawing.repaired_names:
        said.notes.append(msg("Chinese names stored in a wrong encoding were repaired"))
    if drawing.crs:
        why = msg("the drawing is geo-located")
        said.inferred.append(Inference("crs", drawing.crs, 0.9, why))


def _axes(lines: Sequence[DxfLine], unit: float) -> Axes:
    axes = axes_from_points([line.points for line in lines])
    return Axes(axes.offsets, axes.xy * unit, axes.z * unit)


def _pipes(
    lines: Sequence[DxfLine],
    drawing: Drawing,
    meaning: _Meaning,
    unit: float,
    said: Said,
    source: str,
) -> PipeTable:
    if not lines:
        return PipeTable.empty()
    layers = [meaning.layers[line.layer] for line in lines]
    axes = _axes(lines, unit)
    utility = np.array([layer.utility for layer in layers], dtype=np.int8)
    material = np.array([layer.material for layer in layers], dtype=np.int8)
    sizes = sizes_by_text(axes, layers, drawing.texts, unit, said)
    sections = sections_from(sizes, utility, material)
    pipes = PipeTable.build(
        len(lines),
        id=text_array(line.handle or f"{line.layer}-{line.row}" for line in lines),
        utility=utility,
        subtype=text_array(layer.code for layer in layers),
        **section_columns(sections),
        size_text=text_array(sizes),
        material=material,
        pressure_class=np.array([layer.pressure for layer in layers], dtype=np.int8),
        voltage_kv=np.array([layer.voltage_kv for layer in layers], dtype=np.float64),
        status=np.array([layer.status for layer in layers], dtype=np.int8),
        source=text_array(f"{source}:{line.layer}" for line in lines),
        offsets=axes.offsets,
        xy=axes.xy,
        axis_level=np.full(len(axes.xy), np.nan),
    )
    return with_z(pipes, axes, LineContext(), said)


def _nodes(symbols: Sequence[DxfSymbol], meaning: _Meaning, unit: float, source: str) -> NodeTable:
    if not symbols:
        return NodeTable.empty()
    place = np.array([s.at for s in symbols], dtype=np.float64) * unit
    names = text_array(s.name for s in symbols)
    kind = node_kinds_from(names)
    return NodeTable.build(
        len(symbols),
        id=text_array(_label(s) for s in symbols),
        xy=place[:, :2],
        ground_m=np.where(place[:, 2] == 0, np.nan, place[:, 2]),
        kind=np.where(kind == NodeKind.UNKNOWN, NodeKind.POINT, kind).astype(np.int8),
        is_chamber=chambers_from(names),
        utility=np.array([meaning.layers[s.layer].utility for s in symbols], dtype=np.int8),
        subtype=text_array(meaning.layers[s.layer].code for s in symbols),
        fixture=names,
        status=np.array([meaning.layers[s.layer].status for s in symbols], dtype=np.int8),
        chamber_angle_deg=np.array([s.angle_deg for s in symbols], dtype=np.float64),
        source=text_array(f"{source}:{s.layer}" for s in symbols),
        note=text_array("; ".join(f"{k}={v}" for k, v in s.attributes.items()) for s in symbols),
    )


def _label(symbol: DxfSymbol) -> str:
    """The symbol's number as its attributes say, else its handle."""
    for tag, value in symbol.attributes.items():
        if value.strip() and any(word in tag.lower() for word in _LABELS):
            return value.strip()
    return symbol.handle or f"{symbol.layer}-{symbol.row}"


def _outlines(
    outlines: Sequence[DxfLine], meaning: _Meaning, table: str, unit: float
) -> tuple[list[DxfLine], F64]:
    import shapely

    chosen = [o for o in outlines if meaning.layers[o.layer].holds == table]
    shapes = [shapely.make_valid(shapely.Polygon(np.array(o.points)[:, :2] * unit)) for o in chosen]
    keep = [i for i, s in enumerate(shapes) if s.geom_type in {"Polygon", "MultiPolygon"}]
    geometry = np.empty(len(keep), dtype=object)
    geometry[:] = [shapes[i] for i in keep]
    return [chosen[i] for i in keep], geometry


def _buildings(
    outlines: Sequence[DxfLine], meaning: _Meaning, unit: float, source: str
) -> BuildingTable:
    chosen, geometry = _outlines(outlines, meaning, "buildings", unit)
    return BuildingTable.build(
        len(chosen), id=text_array(o.handle for o in chosen), geometry=geometry, source=source
    )


def _permits(
    outlines: Sequence[DxfLine], meaning: _Meaning, unit: float, source: str
) -> PermitTable:
    chosen, geometry = _outlines(outlines, meaning, "permits", unit)
    return PermitTable.build(
        len(chosen), id=text_array(o.handle for o in chosen), geometry=geometry, source=source
    )
