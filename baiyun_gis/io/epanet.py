"""EPANET 2 input files (*.inp): junctions, reservoirs, tanks, pipes, pumps, valves.

Units follow [OPTIONS] UNITS (EPANET 2.2 manual, "Units of Measurement"): US flow units mean feet
and inches, SI flow units metres and millimetres. A model's elevation is of the node; where in the
ground the pipes lie it does not say, so their levels stay unknown unless the user says what the
elevation means (`elevation=axis`, `top`, `invert` or `ground`).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from baiyun_gis.errors import UsageError
from baiyun_gis.io.imported import Imported, ImportOptions, Inference
from baiyun_gis.io.inp import InpFile, InpRow, read_inp, section_names
from baiyun_gis.io.inp_network import LinkRow, Network, NodeRow, assembled, link_rows, number_or_nan
from baiyun_gis.io.inp_report import FOOT_M, coordinate_unit, crs_question, source_report
from baiyun_gis.io.merging import merged, section_columns
from baiyun_gis.jobs import Job
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import F64, text_array
from baiyun_gis.model.sections import sections_from_numbers
from baiyun_gis.model.tables import NodeTable, PipeTable
from baiyun_gis.model.vocabulary import Burial, LevelDatum, NodeKind, Provenance, Shape, Utility

_SI_UNITS = {"LPS", "LPM", "MLD", "CMH", "CMD", "CMS"}
_US_UNITS = {"CFS", "GPM", "MGD", "IMGD", "AFD"}
_NODE_KINDS = {
    "JUNCTIONS": NodeKind.POINT,
    "RESERVOIRS": NodeKind.RESERVOIR,
    "TANKS": NodeKind.TANK,
}
_LINK_SECTIONS = ("PIPES", "PUMPS", "VALVES")
_SMALLEST_M = 0.001  # design models switch pipes off with diameters like 0.0001 mm
_ELEVATION_MEANINGS = {
    "axis": LevelDatum.CENTRE,
    "top": LevelDatum.OUTER_TOP,
    "invert": LevelDatum.INVERT,
    "ground": LevelDatum.UNKNOWN,
}


class EpanetReader:
    """Reads EPANET models; see the module's docstring for what is taken."""

    name = "epanet"
    title = msg("EPANET model")
    suffixes = (".inp",)

    def claims(self, path: Path) -> float:
        """Sure when pipes stand there and nothing of SWMM does."""
        if not path.is_file():
            return 0.0
        sections = section_names(path)
        if sections & {"CONDUITS", "XSECTIONS", "SUBCATCHMENTS", "OUTFALLS", "RAINGAGES"}:
            return 0.0
        if "PIPES" in sections and "JUNCTIONS" in sections:
            return 0.95
        return 0.4 if path.suffix.lower() == ".inp" else 0.0

    def read(self, paths: tuple[Path, ...], options: ImportOptions, job: Job) -> Imported:
        """The models of these files, one after another.

        Raises `FormatError` for a model without nodes, coordinates or links that fit, and
        `UsageError` for a setting it does not know.
        """
        parts: list[Imported] = []
        for done, path in enumerate(paths):
            job.step(done / len(paths), msg("Reading {name}", name=path.name))
            parts.append(_read_one(read_inp(path, options.encoding), options))
        return merged(parts)


READER = EpanetReader()


def _read_one(inp: InpFile, options: ImportOptions) -> Imported:
    notes: list[Message] = []
    metre, millimetre, units = _units(inp)
    nodes = [
        NodeRow(row.words[0], section, row, _elevation(section, row, notes))
        for section in _NODE_KINDS
        for row in inp.rows(section)
    ]
    network = assembled(inp, nodes, link_rows(inp, *_LINK_SECTIONS), ignoring_case=False)
    level = np.array([node.level for node in network.nodes]) * metre
    missing = (level == 0) & (options.settings.get("zero_levels", "") != "real")
    level[missing] = np.nan
    if missing.any():
        notes.append(_zero_note(int(missing.sum())))
    meaning = _meaning(options)
    ground = level if meaning == "ground" else np.full(len(level), np.nan)
    length = _column(network, 3, notes, "length") * metre
    inferred = [units]
    unit = coordinate_unit(length, network.axes)
    if unit is not None:
        inferred.append(unit)
    notes.append(_meaning_note(meaning))
    source = inp.path.name
    pipes = _pipes(network, level, meaning, millimetre, source, notes)
    report = source_report(
        inp,
        network,
        format_name="epanet",
        inferred=tuple(inferred),
        asked=crs_question(options),
        notes=tuple(notes),
        crs=options.crs,
    )
    return Imported(reports=(report,), nodes=_nodes(network, level, ground, source), pipes=pipes)


def _units(inp: InpFile) -> tuple[float, float, Inference]:
    """Metres in the file's length unit, millimetres in its diameter unit, and how that is known."""
    unit = inp.options().get("UNITS", "").upper()
    said = unit in _SI_UNITS or unit in _US_UNITS
    system = "SI" if unit in _SI_UNITS else "US"
    why = (
        msg("[OPTIONS] UNITS is {unit}", unit=unit)
        if said
        else msg("[OPTIONS] names no UNITS that EPANET knows, so its default GPM holds")
    )
    inferred = Inference("units", system, 1.0 if said else 0.6, why)
    return (1.0, 1.0, inferred) if system == "SI" else (FOOT_M, 25.4, inferred)


def _elevation(section: str, row: InpRow, notes: list[Message]) -> float:
    """A reservoir has a head of water, which is no level of the ground or a pipe."""
    return float("nan") if section == "RESERVOIRS" else number_or_nan(row, 1, notes, "elevation")


def _meaning(options: ImportOptions) -> str:
    meaning = options.settings.get("elevation", "")
    if meaning and meaning not in _ELEVATION_MEANINGS:
        raise UsageError(
            "elevation={value} is not understood; say one of {known}",
            value=meaning,
            known=", ".join(_ELEVATION_MEANINGS),
        )
    return meaning


def _meaning_note(meaning: str) -> Message:
    if not meaning:
        return msg(
            "The model's elevations are kept at the nodes; what part of a pipe they mean is not "
            "said, so pipe levels are unknown (set elevation=axis, top, invert or ground)"
        )
    return msg("The model's elevations are taken as {meaning}, as told", meaning=meaning)


def _zero_note(count: int) -> Message:
    return msg(
        "{count} nodes have elevation 0, which is taken as missing (set zero_levels=real to "
        "keep them)",
        count=count,
    )


def _column(network: Network, index: int, notes: list[Message], what: str) -> F64:
    """A number of the [PIPES] rows; NaN for pumps and valves."""
    return np.array(
        [
            number_or_nan(link.row, index, notes, what) if link.section == "PIPES" else np.nan
            for link in network.links
        ],
        dtype=np.float64,
    )


def _nodes(network: Network, level: F64, ground: F64, source: str) -> NodeTable:
    return NodeTable.build(
        len(network.nodes),
        id=text_array(node.id for node in network.nodes),
        xy=network.xy,
        level_m=level,
        ground_m=ground,
        kind=np.array([_node_kind(network, i) for i in range(len(network.nodes))], dtype=np.int8),
        utility=Utility.WATER,
        fixture=text_array(n.section.lower().rstrip("s") for n in network.nodes),
        note=text_array(_node_note(network, i) for i in range(len(network.nodes))),
        lineage="level_m: model elevation",
        source=source,
    )


def _node_kind(network: Network, index: int) -> NodeKind:
    fitting = network.fittings.get(index)
    if fitting is not None:
        return NodeKind.PUMP if fitting.section == "PUMPS" else NodeKind.VALVE
    return _NODE_KINDS[network.nodes[index].section]


def _node_note(network: Network, index: int) -> str:
    fitting = network.fittings.get(index)
    said = [network.nodes[index].row.comment]
    if fitting is not None:
        said.append(f"{_link_note(fitting)} ({fitting.id}: {fitting.start} → {fitting.end})")
    return " ".join(said).strip()


def _pipes(
    network: Network,
    level: F64,
    meaning: str,
    millimetre: float,
    source: str,
    notes: list[Message],
) -> PipeTable:
    size_m = _column(network, 4, notes, "diameter") * millimetre / 1000
    size_m[~(size_m >= _SMALLEST_M)] = np.nan
    section = np.array([link.section for link in network.links], dtype=object)
    is_pipe = section == "PIPES"
    start, end = network.start, network.end
    unknown = np.full(len(network.links), np.nan)
    is_level = meaning in {"axis", "top", "invert"}
    is_ground = meaning == "ground"
    count = len(network.links)
    shape = np.where(np.isnan(size_m), Shape.UNKNOWN, Shape.CIRCLE).astype(np.int8)
    water, material = np.full(count, Utility.WATER, np.int8), np.zeros(count, np.int8)
    sections = sections_from_numbers(shape, size_m, size_m, water, material)
    return PipeTable.build(
        len(network.links),
        id=text_array(link.id for link in network.links),
        utility=Utility.WATER,
        subtype=text_array(str(s).lower().rstrip("s") if s != "PIPES" else "" for s in section),
        start_node=start,
        end_node=end,
        size_text=text_array(_size_text(link) for link in network.links),
        burial=np.where(is_pipe, Burial.UNKNOWN, Burial.IN_CHAMBER).astype(np.int8),
        level_datum=_ELEVATION_MEANINGS.get(meaning, LevelDatum.UNKNOWN),
        level_datum_source=Provenance.ASSUMED if is_level else Provenance.UNKNOWN,
        start_level_m=level[start] if is_level else unknown,
        end_level_m=level[end] if is_level else unknown,
        start_ground_m=level[start] if is_ground else unknown,
        end_ground_m=level[end] if is_ground else unknown,
        note=text_array(_link_note(link) for link in network.links),
        source=source,
        offsets=network.axes.offsets,
        xy=network.axes.xy,
        axis_level=network.axes.z,
        **section_columns(sections),
    )


def _size_text(link: LinkRow) -> str:
    """The diameter as written, in the file's unit; a valve's stands in the same place less one."""
    match link.section:
        case "PIPES":
            return link.row.word(4)
        case "VALVES":
            return link.row.word(3)
        case _:
            return ""


def _link_note(link: LinkRow) -> str:
    words = link.row.words
    match link.section:
        case "PIPES":
            said = [w for w in words[7:8] if w.upper() not in {"OPEN", ""}]
        case "PUMPS":
            said = ["pump", *words[3:]]
        case _:
            said = ["valve", *words[4:6]]
    return " ".join([*said, link.row.comment]).strip()
