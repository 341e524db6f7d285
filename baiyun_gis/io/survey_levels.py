"""Levels, depths and grounds of survey lines: units, datum, and whether they agree."""

from __future__ import annotations

from typing import Any

import numpy as np

from baiyun_gis.io.attributes import WHOLE_LINE, datums_from
from baiyun_gis.io.inference import IDENTITY_LIMIT_M, metres_of_depths
from baiyun_gis.io.line_columns import LineColumns
from baiyun_gis.io.stated_units import in_metres
from baiyun_gis.io.values import provenances_from
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I8, Bool, Str
from baiyun_gis.model.vocabulary import Burial, LevelDatum, Provenance


def level_columns_of(lines: LineColumns, burial: I8) -> dict[str, Any]:
    """Levels, depths and grounds of both ends, the datum they are of, and remarks on them."""
    count = len(lines.rows)
    depths = [lines.reals(f"{end}_depth_m") for end in ("start", "end")]
    units = {u for end in ("start", "end") if (u := lines.unit(f"{end}_depth_m"))}
    scale, inferred = metres_of_depths(depths, next(iter(sorted(units)), ""))
    if inferred is not None:
        lines.found.inferred.append(inferred)
    depths = [
        in_metres(lines.texts(f"{end}_depth_m"), d, scale)
        for end, d in zip(("start", "end"), depths, strict=True)
    ]
    if (mapped := lines.table.lines.of("start_depth_m")) and mapped.how == WHOLE_LINE:
        why = msg(
            "{column} stands once a line and is taken for both its ends", column=mapped.column
        )
        lines.found.infer("depth of ends", mapped.column, mapped.confidence, why)
    levels = [lines.metres(f"{end}_level_m") for end in ("start", "end")]
    grounds = [lines.metres(f"{end}_ground_m") for end in ("start", "end")]
    lineage = np.full(count, "", dtype=object)
    datum = _datum(lines, levels, depths)
    at = (lines.start, lines.end)
    grounds = [
        np.where(np.isnan(g), lines.nodes.ground_m[n], g) for g, n in zip(grounds, at, strict=True)
    ]
    if not any(lines.has(f"{e}_{q}") for e in ("start", "end") for q in ("level_m", "depth_m")):
        levels = [lines.nodes.level_m[n] for n in at]
        depths = [lines.nodes.depth_m[n] for n in at]
        datum = np.full(count, _point_datum(lines), dtype=np.int8)
        if np.isfinite(np.concatenate([*levels, *depths])).any():
            lineage[:] = "levels taken from the points"
            lines.found.infer("levels", "points", 0.8, msg("the lines carry none of their own"))
    depths = [_above_ground_out(lines, d, burial, lineage) for d in depths]
    _check_identity(lines, grounds, depths, levels, lineage)
    by_kind = np.where(datum > 0, Provenance.SURVEYED, Provenance.UNKNOWN)
    said = provenances_from(lines.texts("level_datum_source"))
    return {
        "start_level_m": levels[0],
        "end_level_m": levels[1],
        "start_depth_m": depths[0],
        "end_depth_m": depths[1],
        "start_ground_m": grounds[0],
        "end_ground_m": grounds[1],
        "level_datum": datum,
        "level_datum_source": np.where((said > 0) & (datum > 0), said, by_kind).astype(np.int8),
        "level_source": provenances_from(lines.texts("level_source")),
        "lineage": lineage,
    }


def _datum(lines: LineColumns, levels: list[F64], depths: list[F64]) -> I8:
    """What recorded levels are of: a column says it, else the header (管顶, 内底), else nobody."""
    of_levels = lines.datum("start_level_m") or lines.datum("end_level_m")
    of_depths = lines.datum("start_depth_m") or lines.datum("end_depth_m")
    has_level = np.isfinite(levels[0]) | np.isfinite(levels[1])
    has_depth = np.isfinite(depths[0]) | np.isfinite(depths[1])
    header = np.where(has_level, of_levels, np.where(has_depth, of_depths, 0))
    said = datums_from([lines.said("level_datum")])[0]
    row = np.full(len(lines.rows), said) if said else datums_from(lines.texts("level_datum"))
    for what in sorted({of_levels, of_depths} - {0}):
        why = msg("the header says which point of the section is meant")
        lines.found.infer("level datum", LevelDatum(what).key, 0.95, why)
    return np.where(row > 0, row, header).astype(np.int8)


def _point_datum(lines: LineColumns) -> int:
    for role in ("level_m", "depth_m"):
        column = lines.table.nodes.of(role)
        if column is not None and column.datum:
            return int(LevelDatum.from_key(column.datum))
    return 0


def _above_ground_out(lines: LineColumns, depth: F64, burial: I8, lineage: Str) -> F64:
    """Negative depths belong to lines above ground; elsewhere they are wrong and left out."""
    above = np.isin(burial, [b for b in Burial if b.is_above_ground])
    wrong = (depth < 0) & ~above
    if wrong.any():
        for row in np.flatnonzero(wrong):
            _append(lineage, int(row), f"negative depth {depth[row]:g} m not taken")
        lines.found.notes.append(
            msg(
                "{count} negative depths were left out (rows {rows})",
                count=int(wrong.sum()),
                rows=_shown(lines, wrong),
            )
        )
    return np.where(wrong, np.nan, depth)


def _check_identity(
    lines: LineColumns, grounds: list[F64], depths: list[F64], levels: list[F64], lineage: Str
) -> None:
    """Ground = depth + level, where both are of the same point of the section."""
    of_levels, of_depths = lines.datum("start_level_m"), lines.datum("start_depth_m")
    if of_levels and of_depths and of_levels != of_depths:
        return
    off = np.zeros(len(lines.rows), dtype=bool)
    for name, ground, depth, level in zip(("start", "end"), grounds, depths, levels, strict=True):
        gap = ground - depth - level
        wrong = np.abs(gap) > IDENTITY_LIMIT_M
        for row in np.flatnonzero(wrong):
            _append(lineage, int(row), f"{name}: ground - depth - level = {gap[row]:+.3f} m")
        off |= wrong
    if off.any():
        lines.found.notes.append(
            msg(
                "{count} lines: ground level, depth and pipe level disagree by more than "
                "{limit} m; the recorded level was taken (rows {rows})",
                count=int(off.sum()),
                limit=IDENTITY_LIMIT_M,
                rows=_shown(lines, off),
            )
        )


def _shown(lines: LineColumns, which: Bool) -> str:
    rows = [lines.table.raw.row_numbers[int(lines.rows[i])] for i in np.flatnonzero(which)]
    return ", ".join(map(str, rows[:8])) + (" …" if len(rows) > 8 else "")


def _append(lineage: Str, row: int, text: str) -> None:
    lineage[row] = f"{lineage[row]}; {text}" if lineage[row] else text
