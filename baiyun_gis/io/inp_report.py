"""What an INP model does not say: CRS, unit of the coordinates, and the report of the source."""

from __future__ import annotations

from typing import Literal

import numpy as np

from baiyun_gis.crs.systems import metres_per_unit
from baiyun_gis.io.axes import Axes
from baiyun_gis.io.imported import ImportOptions, Inference, Question, SourceReport
from baiyun_gis.io.inp import InpFile
from baiyun_gis.io.inp_network import Network
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import F64

FOOT_M = 0.3048
_DEGREE_M = 111_320.0

CoordinateUnit = Literal["m", "ft", "degree", "schematic", ""]


def plan_length(axes: Axes) -> F64:
    """Plan length of each line, in the unit of its coordinates."""
    if not len(axes.xy):
        return np.zeros(len(axes))
    step = np.concatenate([[0.0], np.hypot(*np.diff(axes.xy, axis=0).T)])
    run = np.cumsum(step)
    return run[axes.last] - run[axes.first]


def coordinate_unit(length_m: F64, axes: Axes) -> Inference | None:
    """The unit of the coordinates, from recorded pipe lengths against lengths on the map.

    Half of all pipes within 5 % of a unit is sure; agreement with none makes it a schematic.
    """
    drawn = plan_length(axes)
    usable = (length_m > 0) & (drawn > 0)
    if np.count_nonzero(usable) < 5:
        return None
    ratio = length_m[usable] / drawn[usable]
    best, share = "schematic", 0.0
    for unit, metres in (("m", 1.0), ("ft", FOOT_M)):
        near = float(np.mean(np.abs(ratio / metres - 1) < 0.05))
        if near > share:
            best, share = unit, near
    middle = float(np.median(ratio))
    if 0.4 * _DEGREE_M < middle < 1.3 * _DEGREE_M and float(np.abs(axes.xy).max()) <= 180:
        best, share = "degree", 0.9
    if share < 0.3:
        why = msg("recorded pipe lengths do not fit the drawn ones in metres, feet or degrees")
        return Inference("coordinate_unit", "schematic", 1.0 - share, why)
    why = msg(
        "recorded pipe lengths fit the drawn ones (median {ratio} m for one unit)",
        ratio=round(middle, 4),
    )
    return Inference("coordinate_unit", best, share, why)


def source_report(
    inp: InpFile,
    network: Network,
    *,
    format_name: str,
    inferred: tuple[Inference, ...],
    asked: tuple[Question, ...],
    notes: tuple[Message, ...],
    crs: str,
) -> SourceReport:
    """The report of one model: rows are those of the node and link sections. `crs` is the one
    the coordinates are taken to be in, empty where nobody said."""
    taken = network.rows_taken
    samples = tuple(
        {"section": item.section, "id": item.id, "row": " ".join(item.row.words)}
        for item in (*network.nodes[:5], *network.links[:5])
    )
    if inp.encoding != "utf-8":
        why = msg("the text is not UTF-8")
        inferred = (*inferred, Inference("encoding", inp.encoding, 0.8, why))
    return SourceReport(
        path=str(inp.path),
        format=format_name,
        rows_read=taken + len(network.quarantined),
        rows_taken=taken,
        quarantined=network.quarantined,
        inferred=inferred,
        asked=asked,
        samples=samples,
        notes=(*notes, *network.notes, *_warnings(inferred, crs)),
    )


def _warnings(inferred: tuple[Inference, ...], crs: str) -> list[Message]:
    """What makes every distance on this model wrong."""
    unit = next((i.value for i in inferred if i.what == "coordinate_unit"), "")
    if unit == "schematic":
        return [
            msg(
                "The model is drawn as a schematic: distances on it are not those on the ground, "
                "and neither are conflicts found on it"
            )
        ]
    if unit not in {"m", "ft"} or not crs or crs == "local":
        return []
    metres = metres_per_unit(crs)
    if abs(metres - (FOOT_M if unit == "ft" else 1.0)) < 0.01:
        return []
    return [
        msg(
            "The pipe lengths say that one unit of the coordinates is {unit}, while {crs} counts "
            "in units of {metres} m: distances will be wrong; name the right system with --crs",
            unit="0.3048 m" if unit == "ft" else "1 m",
            crs=crs,
            metres=round(metres, 4),
        )
    ]


def crs_question(options: ImportOptions) -> tuple[Question, ...]:
    """Asked when nobody said the CRS: INP files never carry one."""
    if options.crs:
        return ()
    text = msg("Which coordinate reference system are the coordinates in? INP files never say.")
    return (Question("crs", text, ()),)
