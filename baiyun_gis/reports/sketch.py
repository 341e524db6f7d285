"""Sketches of one conflict to scale: plan and section, as SVG that stands by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.language import Lang, msg
from baiyun_gis.project import ProjectState
from baiyun_gis.reports.plan_sketch import draw_plan
from baiyun_gis.reports.scene import scene_of
from baiyun_gis.reports.section_sketch import draw_section


@dataclass(frozen=True, slots=True)
class Sketches:
    """Plan and section of one conflict as SVG; empty where there is nothing to draw."""

    plan: str
    section: str
    plan_scale: int
    section_scale: int


def sketches_of(
    report: CheckReport, state: ProjectState, row: int, *, lang: Lang, key: str
) -> Sketches:
    """Both sketches of a conflict; `key` makes the names in them unique on the page."""
    scene = scene_of(report, state, row)
    if np.isnan(scene.at[:2]).any() or (scene.a is None and scene.b is None):
        return Sketches("", "", 0, 0)
    plan = draw_plan(scene, lang)
    section = draw_section(scene, lang)
    return Sketches(
        plan.svg(msg("Plan of conflict {id}", id=key).text(lang), key=f"p{key}"),
        section.svg(msg("Section of conflict {id}", id=key).text(lang), key=f"s{key}"),
        plan.scale,
        section.scale,
    )
