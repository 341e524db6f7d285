"""What a whole run should find between lines and the ground, buildings and chambers.

Cover is sampled, buildings and chambers are measured by shapely; findings are by run, or by run
and building, or by line and chamber.
"""

from __future__ import annotations

import numpy as np
import shapely
from oracle.slow_lines import Line, Piece
from oracle.slow_pairs import POSSIBLE_SIGMAS, TOLERANCE_M, Doubt, Span, edge_of, merged
from oracle.slow_rules import building_m, cover_m
from oracle.slow_run import Expected, fails_by
from oracle.slow_things import slow_slopes, slow_things
from scipy.stats import norm

from baiyun_gis.model.vocabulary import Shape
from baiyun_gis.project import ProjectState

SERVICE_END_M = 1.5

Found = dict[tuple[str, int, str], list[Expected]]


def slow_singles(state: ProjectState, lines: list[Line]) -> tuple[Found, set[tuple[str, int, str]]]:
    """Findings by check, run and the other feature's id ("" for the ground); and doubtful ones."""
    found: Found = {}
    doubtful: set[tuple[str, int, str]] = set()
    for label in sorted({line.run.label for line in lines}):
        own = [line for line in lines if line.run.label == label]
        jobs = [(("cover", label, ""), lambda own=own: _cover(own))]
        for row in range(len(state.buildings)):
            name = str(state.buildings.id[row])
            for check in ("building_clearance", "occupation"):
                key = (check, label, name)
                jobs.append((key, lambda c=check, r=row, own=own: _building(state, r, own, c)))
        for row in range(len(state.nodes)):
            key = ("chamber", label, str(state.nodes.id[row]))
            jobs.append((key, lambda r=row, own=own: _chamber(state, r, own)))
        jobs.append((("gravity_slope", label, ""), lambda own=own: slow_slopes(state, own)))
        for row in range(len(state.structures)):
            for check, result in slow_things(state, row, own).items():
                key = (check, label, str(state.structures.id[row]))
                if isinstance(result, Doubt):
                    doubtful.add(key)
                elif result:
                    found[key] = result
        for key, job in jobs:
            try:
                findings = job()
            except Doubt:
                doubtful.add(key)
                continue
            if findings:
                found[key] = findings
    return found, doubtful


def _cover(own: list[Line]) -> list[Expected]:
    """Stretches of a run with too little ground above; ground is straight between the ends."""
    spans: list[Span] = []
    parts: list[tuple[float, float, Span | None, float]] = []
    unsure: list[Span] = []
    for line in own:
        required = cover_m(line.facts)
        if required is None:
            continue
        for piece in line.pieces:
            one, two = (_cover_at(piece, t) for t in (0.0, 1.0))
            least = min(one, two)
            if np.isnan(one + two) or (np.isnan(line.height) and not fails_by(least, required)):
                unsure.append(_span(piece, 0.0, 1.0))
                continue
            limit = required - TOLERANCE_M
            wide = _below(one, two, limit + POSSIBLE_SIGMAS * line.sigma_z)
            if wide is None:
                continue
            # The levels at both ends of a piece err on their own.
            chance = 1 - np.prod([1 - _chance(end, required, line.sigma_z) for end in (one, two)])
            if abs(chance - 0.05) < 0.002:
                raise Doubt
            if chance < 0.05:
                continue
            fails = fails_by(least, required)
            nominal = _below(one, two, limit) if fails else None
            spans.append(_span(piece, *wide))
            parts.append(
                (
                    least,
                    required,
                    _span(piece, *nominal) if nominal else None,
                    float(chance),
                )
            )
    out = [_worst([parts[k] for k in stretch]) for stretch in merged(spans)]
    nan = (np.nan, np.nan)
    return out + [Expected(np.nan, nan, False, True, np.nan) for _ in merged(unsure)]


def _worst(parts: list[tuple[float, float, Span | None, float]]) -> Expected:
    worst = min(parts, key=lambda part: part[0] - part[1])
    fails = [part[2] for part in parts if part[2] is not None]
    span = (min(f[0] for f in fails), max(f[1] for f in fails)) if fails else (np.nan, np.nan)
    return Expected(worst[0], span, bool(fails), False, worst[3])


def _cover_at(piece: Piece, t: float) -> float:
    line = piece.line
    share = (line.chain[piece.k] + t * piece.length) / line.chain[-1]
    ground = line.ground[0] + (line.ground[1] - line.ground[0]) * share
    slope = 0.0 if line.is_box or not piece.has_level else (piece.q[2] - piece.p[2]) / piece.length
    return float(ground - piece.at(t)[2] - piece.h * np.hypot(1.0, slope))


def _below(one: float, two: float, limit: float) -> Span | None:
    """The stations of a straight stretch below a limit."""
    if min(one, two) >= limit:
        return None
    turn = (limit - one) / (two - one) if one != two else 0.0
    return (turn if one >= limit else 0.0), (turn if two >= limit else 1.0)


def _span(piece: Piece, t0: float, t1: float) -> Span:
    one, two = piece.along_run(t0), piece.along_run(t1)
    return min(one, two), max(one, two)


def _chance(actual: float, required: float, sigma: float) -> float:
    short = required - TOLERANCE_M - actual
    return float(norm.cdf(short / sigma)) if sigma > 0 else float(short > 0)


def _building(state: ProjectState, row: int, own: list[Line], check: str) -> list[Expected]:
    footprint = state.buildings.geometry[row]
    base = state.buildings.foundation[row]
    spans: list[Span] = []
    parts: list[tuple[float, float, Span | None, float]] = []
    unsure = False
    for line in own:
        for which in (0, 1):
            end = shapely.Point(line.end(which)[:2])
            if not line.joint_at[which] and shapely.distance(end, footprint) < SERVICE_END_M + 0.5:
                raise Doubt  # perhaps a service connection of the building
        required = 0.0 if check == "occupation" else building_m(line.facts)
        if required is None:
            continue
        to_base = check == "building_clearance" and base is not None and not _to_wall(line)
        outline = base if to_base else footprint
        for piece in line.pieces:
            gap = _gap(piece, outline)
            if check == "building_clearance" and gap < TOLERANCE_M:
                raise Doubt  # said as an occupation, of the whole line
            reach = required + POSSIBLE_SIGMAS * line.sigma_xy
            fails = fails_by(gap, required)
            if np.isnan(line.width) and not fails and gap < required + 0.5:
                unsure = True
                continue
            if gap >= reach - TOLERANCE_M:
                continue
            nominal = _within(piece, outline, required - TOLERANCE_M) if fails else None
            spans.append(_within(piece, outline, reach))
            parts.append((gap, required, nominal, _chance(gap, required, line.sigma_xy)))
    if parts and unsure:
        raise Doubt
    out = [_worst([parts[k] for k in stretch]) for stretch in merged(spans)]
    if any(abs(one.chance - 0.05) < 0.002 for one in out):
        raise Doubt
    out = [one for one in out if one.chance >= 0.05]
    widest = max((np.nan_to_num(line.width) for line in own), default=0.0)
    for one in out:
        # How deep a rounded end lies the run tries in 16 directions.
        one.actual_doubt = 0.06 * widest if one.actual < 0 else 0.0
    nan = (np.nan, np.nan)
    return out + ([Expected(np.nan, nan, False, True, np.nan)] if unsure else [])


def _to_wall(line: Line) -> bool:
    """Subhigh gas lines are measured to the outer wall; who may be one is left alone."""
    if line.facts.utility == "gas" and line.facts.pressure == "unknown":
        raise Doubt
    return line.facts.pressure in {"subhigh_a", "subhigh_b"} and line.facts.utility == "gas"


def _gap(piece: Piece, outline: shapely.Geometry) -> float:
    """Distance of a strip from an outline; where they meet, how deep the strip lies in it."""
    apart = float(shapely.distance(piece.strip, outline))
    if apart > 1e-9:
        return apart
    inside, edge = shapely.intersection(piece.strip, outline), shapely.boundary(outline)
    box = shapely.get_coordinates(shapely.oriented_envelope(inside))
    low, high, best = np.zeros(2), np.ones(2), 0.0
    for _ in range(8 if len(box) > 3 else 0):
        s, t = (g.ravel() for g in np.meshgrid(*(np.linspace(low[k], high[k], 31) for k in (0, 1))))
        xy = box[0] + np.outer(s, box[1] - box[0]) + np.outer(t, box[3] - box[0])
        points = shapely.points(xy)
        is_in = shapely.distance(points, inside) < 1e-9
        depth = np.where(is_in, shapely.distance(points, edge), 0.0)
        k, step = int(np.argmax(depth)), (high - low) / 10
        best = max(best, float(depth[k]))
        low, high = np.array([s[k], t[k]]) - step, np.array([s[k], t[k]]) + step
    rim = shapely.points(shapely.get_coordinates(shapely.segmentize(inside, 0.001)))
    return -max(best, float(shapely.distance(rim, edge).max()))


def _within(piece: Piece, outline: shapely.Geometry, limit: float) -> Span:
    """Where lines across the strip lie within the limit of an outline."""

    def excess(t: np.ndarray) -> np.ndarray:
        return shapely.distance(piece.cross_line(t), outline) - max(limit, 0.0) - 1e-9

    t = np.linspace(0, 1, 401)
    inside = np.flatnonzero(excess(t) <= 0)
    if not len(inside):
        raise Doubt  # only a rounded end is so near, or a stretch shorter than the samples
    first, last = t[inside[0]], t[inside[-1]]
    low = edge_of(excess, max(first - 1 / 400, 0.0), first)
    return _span(piece, low, edge_of(excess, min(last + 1 / 400, 1.0), last))


def _chamber(state: ProjectState, row: int, own: list[Line]) -> list[Expected]:
    """Whether a line of the run passes through the chamber's body; no line ends in these."""
    body = _chamber_outline(state, row)
    bottom, top = float(state.nodes.bottom_m[row]), float(state.nodes.ground_m[row])
    worst, unsure = np.inf, False
    for line in own:
        for piece in line.pieces:
            apart = float(shapely.distance(piece.strip, body))
            if apart > 0.02:
                continue
            if not piece.has_level:
                unsure = True
                continue
            inside = shapely.intersection(piece.axis, body)
            if inside.is_empty or abs(piece.q[2] - piece.p[2]) > 0.02 * piece.length:
                raise Doubt  # grazes the wall, or falls within the chamber
            if line.sigma_xy > 0 or np.isnan(line.width + line.height):
                raise Doubt
            middle = shapely.line_interpolate_point(inside, 0.5, normalized=True)
            level = piece.at(shapely.line_locate_point(piece.axis, middle, normalized=True))[2]
            clear = max(bottom - level - piece.h, level - piece.h - top)
            if abs(clear) < 0.1:
                raise Doubt
            worst = min(worst, clear)
    nan = (np.nan, np.nan)
    if worst < 0:
        return [Expected(np.nan, nan, True, False, np.nan)]
    return [Expected(np.nan, nan, False, True, np.nan)] if unsure else []


def _chamber_outline(state: ProjectState, row: int) -> shapely.Geometry:
    values = state.nodes.row(row)
    centre, width = shapely.Point(values["xy"]), float(values["chamber_width_m"])
    if values["chamber_shape"] == Shape.CIRCLE:
        return centre.buffer(width / 2, quad_segs=256)
    half_l, half_w = float(values["chamber_length_m"]) / 2, width / 2
    box = shapely.box(-half_l, -half_w, half_l, half_w)
    turned = shapely.affinity.rotate(box, float(values["chamber_angle_deg"]), origin=(0, 0))
    return shapely.affinity.translate(turned, centre.x, centre.y)
