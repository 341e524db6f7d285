"""The plan of a conflict: both bodies at their true widths, the gap, north and a scale bar."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from baiyun_gis.language import Lang
from baiyun_gis.model.columns import F64
from baiyun_gis.reports.dimension import draw_dimension
from baiyun_gis.reports.scene import Scene
from baiyun_gis.reports.subjects import AreaSubject, ChamberSubject, PipeSubject, Subject
from baiyun_gis.reports.svg import FAINT, INK, Canvas, fill, nice_scale, nice_step, stroke

WIDTH_MM, HEIGHT_MM = 84.0, 58.0
_LEAST_SPAN_M, _MOST_SPAN_M = 1.6, 60.0


def draw_plan(scene: Scene, lang: Lang) -> Canvas:  # noqa: ARG001  the plan has no words
    """The plan around the conflict, north up."""
    canvas = Canvas(WIDTH_MM, HEIGHT_MM, nice_scale(_span_m(scene), room_mm=HEIGHT_MM))
    centre = scene.at[:2]
    _grid(canvas)
    subjects = [s for s in (scene.b, scene.a) if s is not None]
    for subject in sorted(subjects, key=lambda s: isinstance(s, PipeSubject)):
        _draw(canvas, subject, centre)
    near_a, near_b = scene.near_a[:2] - centre, scene.near_b[:2] - centre
    if np.isnan(near_a + near_b).any() or np.hypot(*(near_b - near_a)) < 1e-6:
        _mark(canvas)
        canvas.text(0, 0, scene.gap_text, shift_mm=(0.0, 3.2))
    else:
        draw_dimension(canvas, near_a, near_b, scene.gap_text)
    for subject in subjects:
        _name(canvas, subject, centre)
    _north(canvas)
    _scale_bar(canvas)
    return canvas


def _span_m(scene: Scene) -> float:
    sizes = [_size_m(s) for s in (scene.a, scene.b) if s is not None]
    gap = float(np.nan_to_num(np.hypot(*(scene.near_b - scene.near_a)[:2])))
    wanted = 2.2 * (gap + sum(sizes)) + 0.6
    return float(np.clip(wanted, _LEAST_SPAN_M, _MOST_SPAN_M))


def _size_m(subject: Subject) -> float:
    if isinstance(subject, PipeSubject):
        return float(np.nan_to_num(subject.width_m))
    if isinstance(subject, ChamberSubject):
        return float(np.nan_to_num(max(subject.width_m, subject.length_m)))
    return 1.5


def _grid(canvas: Canvas) -> None:
    right, up = canvas.half_span_m
    step = nice_step(2 * right, parts=6)
    for value in np.arange(-np.floor(right / step), np.floor(right / step) + 1) * step:
        canvas.line(np.array([[value, -up], [value, up]]), style=stroke("#eef1f4", 0.15))
    for value in np.arange(-np.floor(up / step), np.floor(up / step) + 1) * step:
        canvas.line(np.array([[-right, value], [right, value]]), style=stroke("#eef1f4", 0.15))


def _draw(canvas: Canvas, subject: Subject, centre: F64) -> None:
    match subject:
        case PipeSubject():
            _draw_pipe(canvas, subject, centre)
        case ChamberSubject():
            outline = chamber_outline(subject) - centre
            canvas.area(outline, style=fill(subject.colour, opacity=0.18, edge=subject.colour))
        case AreaSubject():
            _draw_area(canvas, subject, centre)


def _draw_pipe(canvas: Canvas, pipe: PipeSubject, centre: F64) -> None:
    axis = near_part(pipe.xy - centre, reach_m=2 * sum(canvas.half_span_m))
    dash = "2.4 1.2" if pipe.is_planned else ""
    if np.isnan(pipe.width_m):
        canvas.line(axis, style=stroke(pipe.colour, 0.5, dash="0.8 0.8"))
        return
    width = pipe.width_m * canvas.per_metre
    canvas.line(axis, style=stroke(pipe.colour, max(width, 0.5), opacity=0.32))
    for side in (-1, 1):
        edge = _beside(axis, side * pipe.width_m / 2)
        canvas.line(edge, style=stroke(pipe.colour, 0.3, dash=dash))
    canvas.line(axis, style=stroke(pipe.colour, 0.18, dash="3 0.8 0.6 0.8"))


def _draw_area(canvas: Canvas, area: AreaSubject, centre: F64) -> None:
    import shapely

    right, up = (2 * half for half in canvas.half_span_m)
    x, y = centre
    cut: Any = shapely.clip_by_rect(area.geometry, x - right, y - up, x + right, y + up)
    for part in shapely.get_parts(cut):
        if shapely.get_type_id(part) == 3:
            outline = shapely.get_coordinates(shapely.get_exterior_ring(part)) - centre
            canvas.area(outline, style=fill(area.colour, opacity=0.22, edge=area.colour))
        else:
            points = shapely.get_coordinates(part) - centre
            canvas.line(points, style=stroke(area.colour, 0.5))


def chamber_outline(chamber: ChamberSubject) -> F64:
    """The outline (n, 2) of a chamber in plan; a small square where its size is unknown."""
    width = 0.3 if np.isnan(chamber.width_m) else chamber.width_m
    length = width if np.isnan(chamber.length_m) else chamber.length_m
    if chamber.is_round:
        turn = np.linspace(0, 2 * np.pi, 49)[:-1]
        return chamber.xy + width / 2 * np.column_stack([np.cos(turn), np.sin(turn)])
    box = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2 * (length, width)
    angle = np.deg2rad(chamber.angle_deg)
    turned = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return chamber.xy + box @ turned


def near_part(axis: F64, *, reach_m: float) -> F64:
    """The run of an axis from the first to the last segment whose box comes within reach."""
    low = np.minimum(axis[:-1], axis[1:]).max(axis=1)
    high = np.maximum(axis[:-1], axis[1:]).min(axis=1)
    rows = np.flatnonzero((low <= reach_m) & (high >= -reach_m))
    return axis[rows[0] : rows[-1] + 2] if len(rows) else axis


def _beside(axis: F64, offset_m: float) -> F64:
    """The axis moved to its left by `offset_m`, mitred at bends."""
    step = np.diff(axis, axis=0)
    length = np.maximum(np.hypot(*step.T), 1e-12)
    normal = np.column_stack([-step[:, 1], step[:, 0]]) / length[:, None]
    both = np.vstack([normal[:1], (normal[:-1] + normal[1:]) / 2, normal[-1:]])
    size = np.maximum((both**2).sum(axis=1), 0.25)
    return axis + both / size[:, None] * offset_m


def _name(canvas: Canvas, subject: Subject, centre: F64) -> None:
    right, up = canvas.half_span_m
    if isinstance(subject, PipeSubject):
        place = _far_inside(subject.xy - centre, right * 0.8, up * 0.8)
    elif isinstance(subject, ChamberSubject):
        place = subject.xy - centre
    else:
        import shapely

        point = subject.geometry.representative_point()
        place = np.array([point.x, point.y]) - centre
        x, y = np.clip(place, (-right * 0.7, -up * 0.7), (right * 0.7, up * 0.7))
        if not shapely.contains_xy(subject.geometry, x + centre[0], y + centre[1]):
            x, y = place
        place = np.array([x, y])
    canvas.text(
        float(place[0]), float(place[1]), subject.name, size_mm=2.4, colour=INK, shift_mm=(0.0, 1.2)
    )


def _far_inside(axis: F64, right: float, up: float) -> F64:
    """A point of the axis within the frame and away from its middle, for the name."""
    step = np.linspace(0, 1, 41)[:, None]
    points = np.vstack([a + (b - a) * step for a, b in pairwise(axis)])
    inside = points[(np.abs(points) <= (right, up)).all(axis=1)]
    if not len(inside):
        return np.zeros(2)
    # The upper or left end reads first, and both names of a pair do not meet there.
    return inside[np.argmax(np.hypot(*inside.T) + 1e-6 * (inside[:, 1] - inside[:, 0]))]


def _mark(canvas: Canvas) -> None:
    canvas.dot(0, 0, size_mm=2.2, style=f'fill="none" {stroke(INK, 0.35)}')


def _north(canvas: Canvas) -> None:
    x, y = canvas.width_mm - 6.0, 4.0
    canvas.parts.append(
        f'<path d="M{x} {y} l2 6 l-2 -1.4 l-2 1.4 z" fill="{INK}"/>'
        f'<text x="{x}" y="{y + 9.2}" font-size="2.6" text-anchor="middle" fill="{INK}"'
        ' class="halo">N</text>'
    )


def _scale_bar(canvas: Canvas) -> None:
    length = nice_step(canvas.half_span_m[0] * 2, parts=5)
    width, y = length * canvas.per_metre, canvas.height_mm - 3.0
    canvas.paper_line((4, y), (4 + width, y), style=stroke(INK, 0.6))
    for x in (4.0, 4 + width):
        canvas.paper_line((x, y - 1.2), (x, y + 0.3), style=stroke(INK, 0.3))
    canvas.paper_text(5 + width, y + 0.6, f"{length:g} m", size_mm=2.2, anchor="start")
    canvas.paper_text(4, y - 2.0, f"1:{canvas.scale}", size_mm=2.2, anchor="start", colour=FAINT)
