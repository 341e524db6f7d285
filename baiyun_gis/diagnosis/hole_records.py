"""A plan of test holes as records, and these as JSON, GeoJSON or text."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from baiyun_gis.diagnosis.digging import HolePlan
from baiyun_gis.diagnosis.risk import lines_of
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.findings.words import word
from baiyun_gis.language import Lang, Message, msg
from baiyun_gis.model.uncertainty import uncertainty_of
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.project import ProjectState

SCHEMA = "baiyun-gis/test-holes/1"


def records_of(
    plan: HolePlan, state: ProjectState, report: CheckReport, lang: Lang
) -> list[dict[str, Any]]:
    """One record a hole in the order to dig, numbers as numbers, unknown as None."""
    return [record_of(plan, state, report, number, lang=lang) for number in range(len(plan.at))]


def record_of(
    plan: HolePlan, state: ProjectState, report: CheckReport, number: int, *, lang: Lang
) -> dict[str, Any]:
    """The record of one hole."""
    return {
        "order": number + 1,
        "x": _number(plan.at[number, 0]),
        "y": _number(plan.at[number, 1]),
        "well": str(state.nodes.id[plan.node[number]]) if plan.is_well[number] else None,
        "settled": _number(plan.settled[number]),
        "share_so_far": _number(plan.share[number]),
        "findings": [str(report.conflicts.id[row]) for row in plan.findings[number]],
        "expose": [_line(state, int(pipe), plan.at[number], lang) for pipe in plan.pipes[number]],
        "sentence": sentence_of(plan, state, number).text(lang),
    }


def sentence_of(plan: HolePlan, state: ProjectState, number: int) -> Message:
    """One sentence: where, and what it is for."""
    numbers = {
        "x": f"{plan.at[number, 0]:.2f}",
        "y": f"{plan.at[number, 1]:.2f}",
        "lines": len(plan.pipes[number]),
        "findings": len(plan.findings[number]),
        "share": f"{plan.share[number]:.1%}",
    }
    if plan.is_well[number]:
        return msg(
            "Measure again in chamber {node} ({x}, {y}): {lines} lines, {findings} findings"
            " settled; {share} of the risk so far",
            node=str(state.nodes.id[plan.node[number]]),
            **numbers,
        )
    return msg(
        "Dig at ({x}, {y}): {lines} lines laid open, {findings} findings settled;"
        " {share} of the risk so far",
        **numbers,
    )


def _line(state: ProjectState, pipe: int, at: np.ndarray, lang: Lang) -> dict[str, Any]:
    """What to lay open: the line and how deep its top is expected, two deviations each way."""
    low, high = expected_depth_m(state, pipe, at)
    return {
        "pipe": str(state.pipes.id[pipe]),
        "kind": Utility(int(state.pipes.utility[pipe])).key,
        "title": word(Utility(int(state.pipes.utility[pipe]))).text(lang),
        "size": str(state.pipes.size_text[pipe]) or None,
        "top_depth_from_m": _number(low),
        "top_depth_to_m": _number(high),
    }


def expected_depth_m(state: ProjectState, pipe: int, at: np.ndarray) -> tuple[float, float]:
    """Depths below ground between which the top of a line is expected at a place; NaN where its
    level, its size or the ground is not known. No usual depth stands in."""
    import shapely

    one = state.pipes.take(np.array([pipe]))
    length = max(float(one.length_m()[0]), 0.01)
    line = lines_of(state.pipes, np.array([pipe]))[0]
    share = min(max(float(shapely.line_locate_point(line, shapely.Point(at))) / length, 0.0), 1.0)
    ground = one.start_ground_m[0] * (1 - share) + one.end_ground_m[0] * share
    axis = one.axis_level[0] * (1 - share) + one.axis_level[-1] * share
    sure = uncertainty_of(one, state.nodes)
    sigma = sure.sigma_z_m[0] * (1 - share) + sure.sigma_z_m[-1] * share
    depth = float(ground - axis - one.outer_height_m[0] / 2)
    return depth - 2 * float(sigma), depth + 2 * float(sigma)


def as_json(plan: HolePlan, state: ProjectState, report: CheckReport, lang: Lang) -> str:
    """The plan as JSON text."""
    body = {
        "schema": SCHEMA,
        "revision": report.revision,
        "rules": report.rules.id,
        "risk": _number(plan.risk),
        "holes": records_of(plan, state, report, lang),
    }
    return json.dumps(body, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def as_geojson(plan: HolePlan, state: ProjectState, report: CheckReport, lang: Lang) -> str:
    """The holes as points in the project's CRS."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [hole["x"], hole["y"]]},
            "properties": {
                **{k: v for k, v in hole.items() if not isinstance(v, list)},
                "findings": len(hole["findings"]),
                "expose": "; ".join(line["pipe"] for line in hole["expose"]),
            },
        }
        for hole in records_of(plan, state, report, lang)
    ]
    body = {"type": "FeatureCollection", "features": features}
    return json.dumps(body, ensure_ascii=False, allow_nan=False) + "\n"


def as_text(plan: HolePlan, state: ProjectState, report: CheckReport, lang: Lang) -> str:
    """The plan as lines for a person."""
    if not len(plan.at):
        told = msg("Nothing is undecided that a test hole could settle")
        return told.text(lang) + "\n"
    lines: list[str] = []
    for hole in records_of(plan, state, report, lang):
        lines.append(f"{hole['order']:>4}. {hole['sentence']}")
        lines += [f"       · {depth_words(line).text(lang)}" for line in hole["expose"]]
    return "\n".join(lines) + "\n"


def depth_words(line: dict[str, Any]) -> Message:
    """How deep the top of a line to lay open is expected, from its record."""
    if line["top_depth_from_m"] is None:
        return msg("{title} {pipe}: depth not known", title=line["title"], pipe=line["pipe"])
    return msg(
        "{title} {pipe}: top expected {low} to {high} m deep",
        title=line["title"],
        pipe=line["pipe"],
        low=f"{max(line['top_depth_from_m'], 0.0):.2f}",
        high=f"{line['top_depth_to_m']:.2f}",
    )


def _number(value: Any) -> float | None:
    number = float(value)
    return round(number, 4) if math.isfinite(number) else None
