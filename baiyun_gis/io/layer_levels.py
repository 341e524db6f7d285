"""Depths and level data of the lines of a map layer, as its columns tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.io.attributes import LEVEL_MISSING, WHOLE_LINE, datums_from
from baiyun_gis.io.imported import Inference
from baiyun_gis.io.inference import metres_of_depths
from baiyun_gis.io.layer_columns import LayerColumns
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I8
from baiyun_gis.model.vocabulary import LevelDatum, Provenance

if TYPE_CHECKING:
    from baiyun_gis.io.line_tables import Said


def depths_of(columns: LayerColumns, said: Said) -> tuple[F64, F64]:
    """Depths of both ends in metres; those that no unit is stated of by their size."""
    roles = ("start_depth_m", "end_depth_m")
    start, end = (columns.metres(role, missing=LEVEL_MISSING) for role in roles)
    mapped = columns.fields.of(roles[0])
    if mapped is not None and mapped.how == WHOLE_LINE:
        why = msg(
            "{column} stands once a line and is taken for both its ends", column=mapped.column
        )
        said.inferred.append(Inference("depth of ends", mapped.column, mapped.confidence, why))
    if columns.level_unit or any(columns.unit(role) for role in roles):
        return start, end
    scale, inferred = metres_of_depths([start, end], "")
    if inferred is not None:
        said.inferred.append(inferred)
    return start * scale, end * scale


def level_datum_of(columns: LayerColumns) -> tuple[I8, I8]:
    """Which point of the section levels mean: by row, else by what the column's name says."""
    datum = columns.parsed("level_datum", datums_from)
    named = ""
    for role in ("start_level_m", "end_level_m", "start_depth_m", "end_depth_m"):
        mapped = columns.fields.of(role)
        named = named or (mapped.datum if mapped is not None else "")
    if named:
        datum = np.where(datum == 0, np.int8(LevelDatum.from_key(named)), datum).astype(np.int8)
    source = np.where(datum == 0, Provenance.UNKNOWN, Provenance.SURVEYED).astype(np.int8)
    return datum, source
