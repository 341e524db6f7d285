"""Levels that were written down wrongly, and levels nobody wrote down."""

from __future__ import annotations

import numpy as np

from baiyun_gis.model.columns import F64, I64, Bool
from baiyun_gis.model.levels import settle
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.vocabulary import Provenance, Utility
from baiyun_gis.synthetic.chance import Chance
from baiyun_gis.synthetic.drafts import PipeDraft, Role
from baiyun_gis.synthetic.truth import Planted

UNKNOWN_SHARE = 0.02


def plant_in_levels(
    table: PipeTable, pipes: PipeDraft, taken: Bool, quota: int, chance: Chance
) -> tuple[PipeTable, tuple[Planted, ...], I64]:
    """The pipes with wrong and missing levels, the truth of the wrong ones, and the rows
    without levels.

    Wrong levels lie in sewers of yards, too deep rather than too shallow, so that they break no
    rule but that of their own slope; the recorded depth stays true, so that level and depth
    contradict each other.
    """
    free = (pipes.site >= 0) & ~taken[np.maximum(pipes.site, 0)]
    is_sewer = table.utility == Utility.SEWAGE
    yard = np.flatnonzero(free & (pipes.role == Role.YARD) & is_sewer)
    level = table.start_level_m.copy()
    items: list[Planted] = []
    used: list[int] = []
    for fault in ("digits_transposed", "top_recorded_as_invert", "metre_slip"):
        rows = _fitting(table, yard[~np.isin(yard, used)], fault)
        for row in chance.chosen(fault, rows, quota):
            true = float(level[row])
            level[row] = _wrong(table, int(row), fault)
            used.append(int(row))
            items.append(_item(table, int(row), fault, true, float(level[row])))
    table = table.with_columns(start_level_m=level)
    service = np.flatnonzero(free & (pipes.role == Role.SERVICE))
    unknown = chance.chosen("unknown", service, max(3, round(UNKNOWN_SHARE * len(service))))
    return settle(_without_levels(table, unknown)), tuple(items), np.sort(unknown)


def _fitting(table: PipeTable, rows: I64, fault: str) -> I64:
    if fault == "digits_transposed":
        cents = np.round(table.start_level_m[rows] * 100).astype(np.int64)
        return rows[(cents // 10) % 10 >= cents % 10 + 3]
    return rows


def _wrong(table: PipeTable, row: int, fault: str) -> float:
    true = float(table.start_level_m[row])
    if fault == "metre_slip":
        return round(true - 1.0, 3)
    if fault == "top_recorded_as_invert":
        wall = (table.outer_height_m[row] - table.inner_height_m[row]) / 2
        return round(true + float(table.outer_height_m[row] - wall), 3)
    cents = round(true * 100)
    tenths, hundredths = (cents // 10) % 10, cents % 10
    return round(true + (hundredths - tenths) * 0.09, 3)


def _item(table: PipeTable, row: int, fault: str, true: float, recorded: float) -> Planted:
    x, y = table.xy[table.offsets[row]]
    return Planted(
        kind="wrong_level",
        check="",
        a=("pipes", str(table.id[row])),
        b=None,
        at=(float(x), float(y), true),
        expected={
            "column": "start_level_m", "fault": fault, "true_m": true, "recorded_m": recorded,
        },
        also=("gravity_slope",),
    )  # fmt: skip


def _without_levels(table: PipeTable, rows: I64) -> PipeTable:
    def blank(values: F64) -> F64:
        out = values.copy()
        out[rows] = np.nan
        return out

    axis = table.axis_level.copy()
    axis.reshape(-1, 2)[rows] = np.nan
    source = table.level_source.copy()
    source[:] = Provenance.UNKNOWN  # settled again from what is recorded
    names = ("start_level_m", "end_level_m", "start_depth_m", "end_depth_m")
    blanks = {name: blank(getattr(table, name)) for name in names}
    return table.with_columns(axis_level=axis, level_source=source, **blanks)
