"""The section of a conflict: an upright cut through the nearest point, both ways to one scale.

The cut runs from a's nearest point towards b's; where they lie over each other it runs across a.
A body whose axis meets the cut is shown as cut; one that runs along the cut is shown lengthwise.
What has no level is dashed, at mid-height, with a question mark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from baiyun_gis.language import Lang, msg
from baiyun_gis.model.columns import F64
from baiyun_gis.reports.dimension import draw_dimension
from baiyun_gis.reports.plan_sketch import chamber_outline
from baiyun_gis.reports.scene import Scene
from baiyun_gis.reports.subjects import AreaSubject, ChamberSubject, PipeSubject, Subject
from baiyun_gis.reports.svg import FAINT, INK, Canvas, fill, nice_scale, nice_step, stroke

WIDTH_MM, HEIGHT_MM = 84.0, 58.0
_LENGTHWISE_SIN = 0.42
"""Bodies within about 25° of the cut are shown lengthwise."""
_GROUND = "#7a6a4f"
_IN_PLAN = frozenset(
    {
        "horizontal_clearance",
        "building_clearance",
        "protection_zone",
        "structure_clearance",
        "directly_above",
    }
)
"""Checks whose distance is measured in plan, whatever the levels."""


@dataclass(frozen=True, slots=True)
class Cut:
    """An upright plane: a point in plan, the direction to the right, unit length."""

    origin: F64
    way: F64

    def s_of(self, xy: F64) -> F64:
        """Metres along the cut of points (n, 2)."""
        return (xy - self.origin) @ self.way


@dataclass(frozen=True, slots=True)
class CutPipe:
    """Where the cut meets a line: profile (n, 2) of (s, axis level), half sizes, ground there."""

    pipe: PipeSubject
    profile: F64
    half_width: float
    half_height: float
    is_lengthwise: bool
    ground: F64

    @property
    def has_level(self) -> bool:
        return not bool(np.isnan(self.profile[:, 1]).any())


def draw_section(scene: Scene, lang: Lang) -> Canvas:
    """The section through the conflict, levels up the left side."""
    cut = _cut_of(scene)
    pipes = [p for s in (scene.a, scene.b) if (p := _cut_pipe(s, cut, scene.at[:2])) is not None]
    others = [s for s in (scene.a, scene.b) if s is not None and not isinstance(s, PipeSubject)]
    levels = _levels(scene, pipes, others)
    centre = (_middle(scene, cut), float(np.mean(levels)) if len(levels) else 0.0)
    span_up = float(np.ptp(levels)) + 0.5 if len(levels) else 2.0
    span_right = _reach_m(scene, cut, pipes)
    scale = max(
        nice_scale(span_up, room_mm=HEIGHT_MM - 12),
        nice_scale(span_right, room_mm=WIDTH_MM - 26),
    )
    canvas = Canvas(WIDTH_MM, HEIGHT_MM, scale)
    shift = np.array(centre)
    if len(levels):
        _level_marks(canvas, centre[1])
    _draw_ground(canvas, pipes, others, cut, shift, lang)
    for other in others:
        _draw_other(canvas, other, cut, shift)
    for pipe in sorted(pipes, key=lambda p: not p.is_lengthwise):
        _draw_cut_pipe(canvas, pipe, shift)
    _draw_gap(canvas, scene, cut, shift)
    canvas.paper_text(
        canvas.width_mm - 2,
        canvas.height_mm - 2.4,
        f"1:{scale}",
        size_mm=2.2,
        anchor="end",
        colour=FAINT,
    )
    if not len(levels):
        words = msg("levels unknown").text(lang)
        canvas.paper_text(canvas.width_mm / 2, 6, words, size_mm=2.8, colour=FAINT)
    return canvas


def _cut_of(scene: Scene) -> Cut:
    origin = scene.near_a[:2] if not np.isnan(scene.near_a[:2]).any() else scene.at[:2]
    gap = scene.near_b[:2] - origin
    if not np.isnan(gap).any() and np.hypot(*gap) > 0.02:
        return Cut(origin, _rightwards(gap / np.hypot(*gap)))
    pipe = next((s for s in (scene.a, scene.b) if isinstance(s, PipeSubject)), None)
    if pipe is None:
        return Cut(origin, np.array([1.0, 0.0]))
    along = _direction_at(pipe, origin)
    return Cut(origin, _rightwards(np.array([-along[1], along[0]])))


def _rightwards(way: F64) -> F64:
    return -way if way[0] < 0 or (way[0] == 0 and way[1] < 0) else way


def _nearest_segment(pipe: PipeSubject, point: F64) -> tuple[int, float]:
    """The segment nearest to a point in plan, and the share along it."""
    start, step = pipe.xy[:-1], np.diff(pipe.xy, axis=0)
    square = np.maximum((step**2).sum(axis=1), 1e-12)
    t = np.clip(((point - start) * step).sum(axis=1) / square, 0, 1)
    away = np.hypot(*(start + t[:, None] * step - point).T)
    best = int(np.argmin(away))
    return best, float(t[best])


def _direction_at(pipe: PipeSubject, point: F64) -> F64:
    best, _ = _nearest_segment(pipe, point)
    step = pipe.xy[best + 1] - pipe.xy[best]
    return step / max(float(np.hypot(*step)), 1e-12)


def _cut_pipe(subject: Subject | None, cut: Cut, at: F64) -> CutPipe | None:
    if not isinstance(subject, PipeSubject):
        return None
    row, share = _nearest_segment(subject, at)
    a, b = subject.xy[row], subject.xy[row + 1]
    za, zb = subject.z[row], subject.z[row + 1]
    ga, gb = subject.ground[row], subject.ground[row + 1]
    along = _direction_at(subject, at)
    sine = abs(float(along[0] * cut.way[1] - along[1] * cut.way[0]))
    half_width, half_height = subject.width_m / 2, subject.height_m / 2
    if sine < _LENGTHWISE_SIN:
        s = cut.s_of(np.array([a, b]))
        order = np.argsort(s)
        profile = np.column_stack([s, [za, zb]])[order]
        ground = np.column_stack([s, [ga, gb]])[order]
        return CutPipe(subject, profile, half_width, half_height, is_lengthwise=True, ground=ground)
    normal = np.array([-cut.way[1], cut.way[0]])
    da, db = float((a - cut.origin) @ normal), float((b - cut.origin) @ normal)
    if da * db < 0:
        share = da / (da - db)
    point = a + (b - a) * share
    s = float((point - cut.origin) @ cut.way)
    profile = np.array([[s, za + (zb - za) * share]])
    ground = np.array([[s, ga + (gb - ga) * share]])
    return CutPipe(
        subject, profile, half_width / sine, half_height, is_lengthwise=False, ground=ground
    )


def _levels(scene: Scene, pipes: list[CutPipe], others: Sequence[Subject]) -> F64:
    """All levels that should be in the picture."""
    found: list[float] = [float(scene.near_a[2]), float(scene.near_b[2])]
    for pipe in pipes:
        half = float(np.nan_to_num(pipe.half_height))
        place = pipe.profile[:, 1]
        if pipe.is_lengthwise:
            place = np.array([np.interp(0.0, pipe.profile[:, 0], place)])
        found += [*(place - half).tolist(), *(place + half).tolist()]
    near = [v for v in found if not np.isnan(v)]
    grounds = [float(np.interp(0.0, p.ground[:, 0], p.ground[:, 1])) for p in pipes] + [
        s.ground_m for s in others if not isinstance(s, PipeSubject)
    ]
    grounds += [s.bottom_m for s in others if isinstance(s, ChamberSubject)]
    for ground in grounds:
        if not np.isnan(ground) and (not near or abs(ground - np.mean(near)) < 8.0):
            found.append(ground)
    levels = np.array(found)
    return levels[~np.isnan(levels)]


def _middle(scene: Scene, cut: Cut) -> float:
    s = cut.s_of(np.array([scene.near_a[:2], scene.near_b[:2]]))
    return float(np.nan_to_num(s).mean())


def _reach_m(scene: Scene, cut: Cut, pipes: list[CutPipe]) -> float:
    gap = float(np.nan_to_num(np.ptp(cut.s_of(np.array([scene.near_a[:2], scene.near_b[:2]])))))
    widths = [2 * p.half_width for p in pipes if not p.is_lengthwise]
    return gap + 2 * float(np.nan_to_num(sum(widths))) + 0.6


def _level_marks(canvas: Canvas, centre_m: float) -> None:
    right, up = canvas.half_span_m
    step = nice_step(2 * up, parts=5)
    for level in np.arange(np.ceil((centre_m - up) / step), np.floor((centre_m + up) / step) + 1):
        y = float(level * step - centre_m)
        canvas.line(np.array([[-right, y], [right, y]]), style=stroke("#eef1f4", 0.15))
        canvas.text(
            -right,
            y,
            f"{level * step:.2f}",
            size_mm=2.1,
            anchor="start",
            colour=FAINT,
            shift_mm=(1.0, 0.5),
        )


def _draw_cut_pipe(canvas: Canvas, cut: CutPipe, shift: F64) -> None:
    profile = cut.profile.copy()
    dash = ""
    if not cut.has_level:
        profile[:, 1], dash = shift[1], "1 0.8"
    elif cut.pipe.is_planned:
        dash = "2.4 1.2"
    profile = profile - shift
    half_height = cut.half_height
    if np.isnan(half_height) or np.isnan(cut.half_width):
        half_height, dash = 0.05, "0.6 0.6"
    half_width = 0.05 if np.isnan(cut.half_width) else cut.half_width
    look = fill(cut.pipe.colour, opacity=0.3, edge=cut.pipe.colour, dash=dash)
    if cut.is_lengthwise:
        half = np.array([0.0, half_height])
        top, bottom = profile + half, profile - half
        canvas.area(np.vstack([top, bottom[::-1]]), style=look)
        canvas.line(profile, style=stroke(cut.pipe.colour, 0.18, dash="3 0.8 0.6 0.8"))
        name_at = np.array([-canvas.half_span_m[0] * 0.55, 0.0])
        name_at[1] = np.interp(name_at[0], profile[:, 0], profile[:, 1])
    else:
        x, y = profile[0].tolist()
        if cut.pipe.is_round:
            canvas.ellipse(x, y, half_width=half_width, half_height=half_height, style=look)
        else:
            box = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (half_width, half_height)
            canvas.area(box + profile[0], style=look)
        name_at = np.array([x, y - half_height])
    mark = "" if cut.has_level else " ?"
    below = (0.0, 1.0) if cut.is_lengthwise else (0.0, -3.4)
    canvas.text(
        float(name_at[0]), float(name_at[1]), cut.pipe.name + mark, size_mm=2.4, shift_mm=below
    )


def _draw_other(canvas: Canvas, other: Subject, cut: Cut, shift: F64) -> None:
    up = canvas.half_span_m[1]
    if isinstance(other, ChamberSubject):
        s = cut.s_of(chamber_outline(other))
        low = other.bottom_m - shift[1] if not np.isnan(other.bottom_m) else -up * 0.6
        top = other.ground_m - shift[1] if not np.isnan(other.ground_m) else up * 0.6
        dash = "1 0.8" if np.isnan(other.bottom_m + other.ground_m) else ""
    elif isinstance(other, AreaSubject):
        s = _span_along(other, cut, canvas.half_span_m[0] * 2)
        if s is None:
            return
        ground = other.ground_m - shift[1] if not np.isnan(other.ground_m) else up * 0.5
        low = ground - other.depth_m if not np.isnan(other.depth_m) else -up * 1.2
        top = ground + 0.4 * up
        dash = "1 0.8" if np.isnan(other.depth_m) else ""
    else:
        return
    left, right = float(s.min() - shift[0]), float(s.max() - shift[0])
    box = np.array([[left, low], [right, low], [right, top], [left, top]])
    canvas.area(box, style=fill(other.colour, opacity=0.16, edge=other.colour, dash=dash))
    wide = canvas.half_span_m[0]
    place = float(np.clip((left + right) / 2, -wide * 0.7, wide * 0.7))
    canvas.text(place, top, other.name, size_mm=2.4, shift_mm=(0.0, -3.6))


def _span_along(area: AreaSubject, cut: Cut, reach_m: float) -> F64 | None:
    """Where the cut enters and leaves an outline, nearest part first."""
    import shapely

    ends = np.array([cut.origin - cut.way * reach_m, cut.origin + cut.way * reach_m])
    meets = shapely.intersection(shapely.linestrings(ends), area.geometry)
    parts = [p for p in shapely.get_parts(meets) if not shapely.is_empty(p)]
    if not parts:
        touching = shapely.shortest_line(area.geometry, shapely.points(cut.origin))
        s = float(cut.s_of(shapely.get_coordinates(touching)[:1])[0])
        return np.array([s, s + np.copysign(reach_m, s)])
    nearest = min(parts, key=lambda p: float(shapely.distance(p, shapely.points(cut.origin))))
    return cut.s_of(shapely.get_coordinates(nearest))


def _draw_ground(
    canvas: Canvas,
    pipes: list[CutPipe],
    others: Sequence[Subject],
    cut: Cut,
    shift: F64,
    lang: Lang,
) -> None:
    known = [p.ground[~np.isnan(p.ground[:, 1])] for p in pipes]
    known += [
        np.array([[float(cut.s_of(other.xy[None])[0]), other.ground_m]])
        for other in others
        if isinstance(other, ChamberSubject) and not np.isnan(other.ground_m)
    ]
    points = np.vstack([p for p in known if len(p)]) if any(len(p) for p in known) else None
    if points is None:
        return
    points = points[np.argsort(points[:, 0], kind="stable")]
    wide = 2 * canvas.half_span_m[0]
    s = np.concatenate([[shift[0] - wide], points[:, 0], [shift[0] + wide]])
    z = np.concatenate([points[:1, 1], points[:, 1], points[-1:, 1]])
    line = np.column_stack([s, z]) - shift
    canvas.line(line, style=stroke(_GROUND, 0.45))
    x = canvas.half_span_m[0] * 0.62
    y = float(np.interp(x, line[:, 0], line[:, 1]))
    words = msg("ground").text(lang)
    canvas.text(x, y, words, size_mm=2.2, colour=_GROUND, shift_mm=(0.0, 0.9))


def _draw_gap(canvas: Canvas, scene: Scene, cut: Cut, shift: F64) -> None:
    s = cut.s_of(np.array([scene.near_a[:2], scene.near_b[:2]])) - shift[0]
    if np.isnan(s).any():
        return
    z = np.array([scene.near_a[2], scene.near_b[2]]) - shift[1]
    is_flat = scene.check in _IN_PLAN
    if np.isnan(z).any() or (is_flat and abs(z[0] - z[1]) > 0.005):
        if abs(float(s[1] - s[0])) < 1e-6:
            return
        level = canvas.half_span_m[1] * 0.72
        for value in s.tolist():
            upright = np.array([[value, -canvas.half_span_m[1]], [value, level]])
            canvas.line(upright, style=stroke(INK, 0.12, dash="0.8 0.6"))
        z = np.array([level, level])
    ends = np.column_stack([s, z])
    draw_dimension(canvas, ends[0], ends[1], scene.gap_text)
