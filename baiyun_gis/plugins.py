"""One door for everything that can be added from outside, and for the built-ins.

A registry maps names to "module:attribute", loaded on first use. Other distributions add to it
with an entry point in the group `baiyun_gis.<registry>`.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Iterator
from importlib import metadata
from typing import Any

log = logging.getLogger(__name__)


class Registry:
    """Named things of one kind, loaded when first asked for."""

    def __init__(self, group: str, builtin: dict[str, str]) -> None:
        self.group = group
        self._where = dict(builtin)
        self._loaded: dict[str, Any] = {}
        self._outside_seen = False
        self._listed: tuple[tuple[str, Any], ...] | None = None

    def add(self, name: str, where: str | Any) -> None:
        """Register a "module:attribute" or the object itself."""
        self._listed = None
        if isinstance(where, str):
            self._where[name] = where
        else:
            self._where[name] = ""
            self._loaded[name] = where

    def remove(self, name: str) -> None:
        self._listed = None
        self._where.pop(name, None)
        self._loaded.pop(name, None)

    def names(self) -> tuple[str, ...]:
        """All names, built-ins first, in order of registration."""
        self._see_outside()
        return tuple(self._where)

    def get(self, name: str) -> Any:
        """The thing registered as `name`; raises `KeyError` when there is none."""
        self._see_outside()
        if name not in self._loaded:
            module, _, attribute = self._where[name].partition(":")
            self._loaded[name] = getattr(importlib.import_module(module), attribute)
        return self._loaded[name]

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Names with their things; an outside one that cannot be loaded is logged and left out."""
        if self._listed is None:
            self._listed = tuple(self._all())
        return iter(self._listed)

    def _all(self) -> Iterator[tuple[str, Any]]:
        for name in self.names():
            try:
                thing = self.get(name)
            except Exception:  # one of the three places: the plug-in loader
                if self._where[name].startswith("baiyun_gis.") or self._where[name].startswith(
                    "layers."
                ):
                    raise
                log.exception("plug-in %s of %s could not be loaded", name, self.group)
                continue
            yield name, thing

    def _see_outside(self) -> None:
        if not self._outside_seen:
            self._outside_seen = True
            for point in metadata.entry_points(group=self.group):
                self._where.setdefault(point.name, point.value)


READERS = Registry(
    "baiyun_gis.readers",
    {
        "survey": "baiyun_gis.io.survey:READER",
        "dxf": "baiyun_gis.io.dxf:READER",
        "epanet": "baiyun_gis.io.epanet:READER",
        "swmm": "baiyun_gis.io.swmm:READER",
        "cityjson": "baiyun_gis.io.cityjson:READER",
        "raster": "baiyun_gis.io.raster:READER",
        "vector": "baiyun_gis.io.vector:READER",
    },
)
CHECKS = Registry(
    "baiyun_gis.checks",
    {
        "collision": "baiyun_gis.checks.collision:CHECK",
        "horizontal_clearance": "baiyun_gis.checks.horizontal_clearance:CHECK",
        "vertical_clearance": "baiyun_gis.checks.vertical_clearance:CHECK",
        "vertical_order": "baiyun_gis.checks.vertical_order:CHECK",
        "directly_above": "baiyun_gis.checks.directly_above:CHECK",
        "cover": "baiyun_gis.checks.cover:CHECK",
        "building_clearance": "baiyun_gis.checks.building_clearance:CHECK",
        "occupation": "baiyun_gis.checks.occupation:CHECK",
        "protection_zone": "baiyun_gis.checks.protection_zone:CHECK",
        "chamber": "baiyun_gis.checks.chamber:CHECK",
        "structure_clearance": "baiyun_gis.checks.structure_clearance:CHECK",
        "thing_clearance": "baiyun_gis.checks.thing_clearance:CHECK",
        "structure_vertical_clearance": "baiyun_gis.checks.structure_vertical_clearance:CHECK",
        "river_bed": "baiyun_gis.checks.river_bed:CHECK",
        "crossing_angle": "baiyun_gis.checks.crossing_angle:CHECK",
        "road_order": "baiyun_gis.checks.road_order:CHECK",
        "plot_order": "baiyun_gis.checks.plot_order:CHECK",
        "gravity_slope": "baiyun_gis.checks.gravity_slope:CHECK",
        "unjoined_ends": "baiyun_gis.checks.unjoined_ends:CHECK",
        "duplicate_lines": "baiyun_gis.checks.duplicate_lines:CHECK",
    },
)
LAYERS = Registry(
    "baiyun_gis.layers",
    {
        "imagery": "layers.raster:LAYER",
        "terrain": "layers.terrain:LAYER",
        "structures": "layers.structures:LAYER",
        "buildings": "layers.buildings:LAYER",
        "permits": "layers.permits:LAYER",
        "pipes": "layers.pipes:LAYER",
        "nodes": "layers.nodes:LAYER",
        "suspicions": "layers.cases:LAYER",
        "conflicts": "layers.conflicts:LAYER",
    },
)
RULE_SETS = Registry(
    "baiyun_gis.rule_sets",
    {
        "gb50289-2016": "baiyun_gis.rules.builtin:GB50289_2016",
        "gb50014-2021": "baiyun_gis.rules.builtin:GB50014_2021",
        "gb50217-2018": "baiyun_gis.rules.builtin:GB50217_2018",
        "gb50838-2015": "baiyun_gis.rules.builtin:GB50838_2015",
        "ten-states": "baiyun_gis.rules.builtin:TEN_STATES",
        "us-cga": "baiyun_gis.rules.builtin:US_CGA",
        "din-1998": "baiyun_gis.rules.builtin:DIN_1998",
    },
)
EXPORTERS = Registry(
    "baiyun_gis.exporters",
    {
        "gpkg": "baiyun_gis.exports.vector:GEOPACKAGE",
        "geojson": "baiyun_gis.exports.vector:GEOJSON",
        "shapefile": "baiyun_gis.exports.vector:SHAPEFILE",
        "survey-csv": "baiyun_gis.exports.survey_tables:CSV",
        "survey-xlsx": "baiyun_gis.exports.survey_tables:XLSX",
        "dxf": "baiyun_gis.exports.drawing:DXF",
    },
)
REPORTS = Registry(
    "baiyun_gis.reports",
    {
        "json": "baiyun_gis.reports.report_json:REPORT",
        "csv": "baiyun_gis.reports.report_csv:REPORT",
        "xlsx": "baiyun_gis.reports.report_xlsx:REPORT",
        "geojson": "baiyun_gis.reports.report_geojson:REPORT",
        "html": "baiyun_gis.reports.report_html:REPORT",
    },
)
RENDERERS = Registry(
    "baiyun_gis.renderers", {"map": "ui.render:render_map", "scene": "ui.render:render_scene"}
)
