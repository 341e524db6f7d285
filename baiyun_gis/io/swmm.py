"""SWMM 5 input files (*.inp): manholes, outfalls, storages, conduits, pumps, orifices, weirs.

Units follow [OPTIONS] FLOW_UNITS (SWMM 5 user's manual): CFS, GPM and MGD mean feet; CMS, LPS and
MLD metres. Levels are inverts: a conduit's ends lie at their node's invert plus the offset
(LINK_OFFSETS DEPTH) or at the offset itself (ELEVATION). Whether a model carries sewage or storm
water it does not say: lines are drainage unless the user says `utility=…`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from baiyun_gis.io.imported import Imported, ImportOptions, Inference
from baiyun_gis.io.inp import InpFile, InpRow, read_inp, section_names
from baiyun_gis.io.inp_network import (
    LinkRow,
    Network,
    NodeRow,
    assembled,
    link_rows,
    number_or_nan,
)
from baiyun_gis.io.inp_report import FOOT_M, coordinate_unit, crs_question, source_report
from baiyun_gis.io.layer_kinds import told_utility
from baiyun_gis.io.merging import merged, section_columns
from baiyun_gis.io.swmm_sections import CrossSection, cross_section
from baiyun_gis.jobs import Job
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import F64, Bool, text_array
from baiyun_gis.model.sections import sections_from_numbers
from baiyun_gis.model.tables import NodeTable, PipeTable
from baiyun_gis.model.vocabulary import Burial, LevelDatum, NodeKind, Provenance, Shape, Utility

_US_UNITS = {"CFS", "GPM", "MGD"}
_SI_UNITS = {"CMS", "LPS", "MLD"}
_NODE_KINDS = {
    "JUNCTIONS": NodeKind.MANHOLE,
    "OUTFALLS": NodeKind.OUTLET,
    "DIVIDERS": NodeKind.MANHOLE,
    "STORAGE": NodeKind.TANK,
}
_LINK_SECTIONS = ("CONDUITS", "PUMPS", "ORIFICES", "WEIRS", "OUTLETS")
_OWN_SECTIONS = {"CONDUITS", "XSECTIONS", "OUTFALLS", "SUBCATCHMENTS", "RAINGAGES", "STORAGE"}
_DIVIDER_DEPTH_AT = {"OVERFLOW": 4, "CUTOFF": 5, "TABULAR": 5, "WEIR": 7}


class SwmmReader:
    """Reads SWMM models; see the module's docstring for what is taken."""

    name = "swmm"
    title = msg("SWMM model")
    suffixes = (".inp",)

    def claims(self, path: Path) -> float:
        """Sure when a section stands there that only SWMM has."""
        if not path.is_file():
            return 0.0
        found = len(section_names(path) & _OWN_SECTIONS)
        return min(0.99, 0.6 + 0.2 * found) if found else 0.0

    def read(self, paths: tuple[Path, ...], options: ImportOptions, job: Job) -> Imported:
        """The models of these files, one after another.

        Raises `FormatError` for a model without nodes, coordinates or links that fit.
        """
        parts: list[Imported] = []
        for done, path in enumerate(paths):
            job.step(done / len(paths), msg("Reading {name}", name=path.name))
            parts.append(_read_one(read_inp(path, options.encoding), options))
        return merged(parts)


READER = SwmmReader()


def _read_one(inp: InpFile, options: ImportOptions) -> Imported:
    notes: list[Message] = []
    metre, units = _units(inp)
    nodes = [_node(section, row, notes) for section in _NODE_KINDS for row in inp.rows(section)]
    network = assembled(inp, nodes, link_rows(inp, *_LINK_SECTIONS), ignoring_case=True)
    invert = np.array([node.level for node in network.nodes], dtype=np.float64) * metre
    missing = (invert == 0) & (options.settings.get("zero_levels", "") != "real")
    invert[missing] = np.nan
    if missing.any():
        notes.append(
            msg(
                "{count} nodes have invert 0, which is taken as missing (set zero_levels=real "
                "to keep them)",
                count=int(missing.sum()),
            )
        )
    inferred = [units]
    length = _column(network, 3, "CONDUITS", notes, "length") * metre
    unit = coordinate_unit(length, network.axes)
    if unit is not None:
        inferred.append(unit)
    utility, why = _utility(options)
    inferred.append(why)
    pipes = _pipes(inp, network, (invert, metre), utility, notes)
    report = source_report(
        inp,
        network,
        format_name="swmm",
        inferred=tuple(inferred),
        asked=crs_question(options),
        notes=tuple(notes),
        crs=options.crs,
    )
    return Imported(
        reports=(report,),
        nodes=_nodes(network, invert, metre, utility, inp.path.name),
        pipes=pipes,
    )


def _units(inp: InpFile) -> tuple[float, Inference]:
    """Metres in the file's length unit, and how that is known."""
    unit = inp.options().get("FLOW_UNITS", "").upper()
    said = unit in _US_UNITS | _SI_UNITS
    is_si = unit in _SI_UNITS
    why = (
        msg("[OPTIONS] FLOW_UNITS is {unit}", unit=unit)
        if said
        else msg("[OPTIONS] names no FLOW_UNITS that SWMM knows, so its default CFS holds")
    )
    return (1.0 if is_si else FOOT_M), Inference(
        "units", "SI" if is_si else "US", 1.0 if said else 0.6, why
    )


def _utility(options: ImportOptions) -> tuple[Utility, Inference]:
    told = told_utility(options.settings)
    if told is not None:
        return told, Inference("utility", told.key, 1.0, msg("as told"))
    why = msg("a SWMM model does not say whether it carries sewage or storm water")
    return Utility.DRAINAGE, Inference("utility", Utility.DRAINAGE.key, 0.9, why)


def _node(section: str, row: InpRow, notes: list[Message]) -> NodeRow:
    invert = number_or_nan(row, 1, notes, "invert")
    depth = float("nan")
    if section in {"JUNCTIONS", "STORAGE"}:
        depth = number_or_nan(row, 2, notes, "depth")
    elif section == "DIVIDERS":
        at = _DIVIDER_DEPTH_AT.get(row.word(3).upper(), -1)
        depth = number_or_nan(row, at, notes, "depth") if at > 0 else depth
    return NodeRow(row.words[0], section, row, invert, depth if depth > 0 else float("nan"))


def _column(network: Network, index: int, section: str, notes: list[Message], what: str) -> F64:
    """A number of the rows of one link section; NaN for the others."""
    return np.array(
        [
            number_or_nan(link.row, index, notes, what) if link.section == section else np.nan
            for link in network.links
        ],
        dtype=np.float64,
    )


def _nodes(network: Network, invert: F64, metre: float, utility: Utility, source: str) -> NodeTable:
    depth = np.array([node.max_depth for node in network.nodes], dtype=np.float64) * metre
    kind = np.array([_node_kind(network, i) for i in range(len(network.nodes))], dtype=np.int8)
    return NodeTable.build(
        len(network.nodes),
        id=text_array(node.id for node in network.nodes),
        xy=network.xy,
        ground_m=invert + depth,
        level_m=invert,
        depth_m=depth,
        bottom_m=np.where(np.isnan(depth), np.nan, invert),
        chamber_depth_m=depth,
        kind=kind,
        is_chamber=(kind == NodeKind.MANHOLE) & ~np.isnan(depth),
        utility=utility,
        fixture=text_array(_fixture(node) for node in network.nodes),
        note=text_array(_node_note(network, i) for i in range(len(network.nodes))),
        lineage="ground_m: invert + maximum depth; bottom_m: invert, slab not included",
        source=source,
    )


def _node_kind(network: Network, index: int) -> NodeKind:
    fitting = network.fittings.get(index)
    if fitting is not None and fitting.section == "PUMPS":
        return NodeKind.PUMP
    return _NODE_KINDS[network.nodes[index].section]


def _node_note(network: Network, index: int) -> str:
    fitting = network.fittings.get(index)
    said = [network.nodes[index].row.comment]
    if fitting is not None:
        said.append(f"{_subtype(fitting)} ({fitting.id}: {fitting.start} → {fitting.end})")
    return " ".join(said).strip()


def _fixture(node: NodeRow) -> str:
    return {"JUNCTIONS": "junction", "OUTFALLS": "outfall", "DIVIDERS": "divider"}.get(
        node.section, "storage"
    )


def _pipes(
    inp: InpFile,
    network: Network,
    levels: tuple[F64, float],
    utility: Utility,
    notes: list[Message],
) -> PipeTable:
    invert, metre = levels
    sections = _cross_sections(inp, network, notes)
    is_conduit = np.array([link.section == "CONDUITS" for link in network.links], dtype=np.bool_)
    is_open = np.array([s.is_open for s in sections], dtype=np.bool_) & is_conduit
    start_level, end_level = _end_levels(inp, network, (invert, metre), is_conduit, notes)
    height = np.array([s.height for s in sections], dtype=np.float64) * metre
    width = np.array([s.width for s in sections], dtype=np.float64) * metre
    height[~is_conduit], width[~is_conduit] = np.nan, np.nan
    depth = np.array([node.max_depth for node in network.nodes], dtype=np.float64) * metre
    ground = invert + depth
    burial = np.where(
        is_open, Burial.GROUND, np.where(is_conduit, Burial.UNKNOWN, Burial.IN_CHAMBER)
    )
    shape = np.array([s.shape for s in sections], dtype=np.int8)
    shape[~is_conduit] = Shape.UNKNOWN
    count = len(network.links)
    code, material = np.full(count, utility, np.int8), np.zeros(count, np.int8)
    settled = sections_from_numbers(shape, width, height, code, material)
    if is_open.any():
        notes.append(
            msg(
                "{count} links are open channels or streets, not buried lines, and are marked "
                "as lying on the ground",
                count=int(is_open.sum()),
            )
        )
    return PipeTable.build(
        len(network.links),
        id=text_array(link.id for link in network.links),
        utility=utility,
        subtype=text_array(_subtype(link) for link in network.links),
        start_node=network.start,
        end_node=network.end,
        size_text=text_array(_size_text(s) for s in sections),
        burial=burial.astype(np.int8),
        level_datum=LevelDatum.INVERT,
        level_datum_source=Provenance.SURVEYED,
        start_level_m=start_level,
        end_level_m=end_level,
        start_ground_m=ground[network.start],
        end_ground_m=ground[network.end],
        note=text_array(_note(link, s) for link, s in zip(network.links, sections, strict=True)),
        source=inp.path.name,
        offsets=network.axes.offsets,
        xy=network.axes.xy,
        axis_level=network.axes.z,
        **section_columns(settled),
    )


def _cross_sections(inp: InpFile, network: Network, notes: list[Message]) -> list[CrossSection]:
    """The section of each link; an empty one where [XSECTIONS] has no row for it."""
    by_link: dict[str, CrossSection] = {}
    for row in inp.rows("XSECTIONS"):
        kind = row.word(1).upper()
        by_number = kind in {"IRREGULAR", "STREET"}
        geom1 = float("nan") if by_number else number_or_nan(row, 2, notes, "Geom1")
        geom2 = (
            float("nan") if by_number or kind == "CUSTOM" else number_or_nan(row, 3, notes, "Geom2")
        )
        barrels = number_or_nan(row, 6, notes, "Barrels")
        by_link[row.words[0].upper()] = cross_section(kind, geom1, geom2, barrels)
    found = [by_link.get(link.id.upper(), CrossSection()) for link in network.links]
    without = [
        link.id
        for link, section in zip(network.links, found, strict=True)
        if link.section == "CONDUITS" and not section.kind
    ]
    if without:
        notes.append(
            msg(
                "{count} conduits have no [XSECTIONS] row and no known section: {names}",
                count=len(without),
                names=", ".join(without[:10]),
            )
        )
    return found


def _end_levels(
    inp: InpFile,
    network: Network,
    levels: tuple[F64, float],
    is_conduit: Bool,
    notes: list[Message],
) -> tuple[F64, F64]:
    """Invert levels of conduit ends, in metres: node invert plus offset, or the offset itself."""
    invert, metre = levels
    by_elevation = inp.options().get("LINK_OFFSETS", "DEPTH").upper() == "ELEVATION"
    ends: list[F64] = []
    for node, index, what in ((network.start, 5, "InOffset"), (network.end, 6, "OutOffset")):
        offset = _column(network, index, "CONDUITS", notes, what) * metre
        at_node = invert[node]
        if by_elevation:
            level = np.where(np.isnan(offset), at_node, offset)
        else:
            level = at_node + np.nan_to_num(offset, nan=0.0)
        ends.append(np.where(is_conduit, level, np.nan))
    return ends[0], ends[1]


def _subtype(link: LinkRow) -> str:
    return "" if link.section == "CONDUITS" else link.section.lower().rstrip("s")


def _size_text(section: CrossSection) -> str:
    """The section as SWMM names it, with its numbers in the file's unit."""
    numbers = [f"{value:g}" for value in (section.height, section.width) if value == value]
    return " ".join([section.kind, "×".join(dict.fromkeys(numbers))]).strip()


def _note(link: LinkRow, section: CrossSection) -> str:
    barrels = f"{section.barrels} barrels" if section.barrels > 1 else ""
    return "; ".join(part for part in (_subtype(link), barrels, link.row.comment) if part)
