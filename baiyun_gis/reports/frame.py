"""The conflicts as a GeoDataFrame, for notebooks and scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.language import Lang
from baiyun_gis.project import ProjectState
from baiyun_gis.reports.facts import conflict_facts
from baiyun_gis.reports.table import COLUMNS

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

_KEYS = ("check", "verdict", "severity")


def report_frame(report: CheckReport, state: ProjectState, *, lang: Lang = "en") -> GeoDataFrame:
    """One row a conflict in the project's CRS; codes are keys, unknown numbers NaN.

    The geometry is the line between the nearest points in 3D, else the point of the conflict.
    """
    import geopandas

    columns: dict[str, list[Any]] = {column.key: [] for column in COLUMNS}
    for facts in conflict_facts(report, state, lang):
        words = {column.key: column.value(facts, lang) for column in COLUMNS}
        words |= {key: facts[key] for key in _KEYS}
        words |= {"a_kind": facts["a"]["kind"], "b_kind": facts["b"]["kind"]}
        words["decision"] = facts["decision"]["state"]
        words["rule_state"] = facts["rule"]["state"] if facts["rule"] else ""
        for key, value in words.items():
            columns[key].append(value)
    frame: dict[str, Any] = {
        column.key: np.array(columns[column.key], dtype=np.float64)
        if column.form in {"metres", "share", "coordinate"}
        else columns[column.key]
        for column in COLUMNS
    }
    return geopandas.GeoDataFrame(frame, geometry=_shapes(report), crs=state.meta.crs or None)


def _shapes(report: CheckReport) -> Any:
    import shapely

    c = report.conflicts
    shapes = np.full(len(c), None, dtype=object)
    placed = ~np.isnan(c.at[:, :2]).any(axis=1)
    shapes[placed] = shapely.points(c.at[placed])
    ends = np.stack([c.near_a, c.near_b], axis=1)
    lined = ~np.isnan(ends).any(axis=(1, 2)) & (ends[:, 0] != ends[:, 1]).any(axis=1)
    shapes[lined] = shapely.linestrings(ends[lined])
    return shapes
