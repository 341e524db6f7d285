"""What a whole run should find between lines and structures, and of the slope of gravity lines.

Distances by shapely, numbers row by row from the shipped tables; shares no code with the checks.
"""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np
import shapely
from oracle.slow_lines import Line, Piece
from oracle.slow_pairs import INFLUENCE, POSSIBLE_SIGMAS, TOLERANCE_M, Doubt, Span, edge_of, merged
from oracle.slow_rules import DRAINS, Facts, thing_m
from oracle.slow_run import Expected, fails_by
from scipy.stats import norm

from baiyun_gis.model.vocabulary import StructureKind
from baiyun_gis.project import ProjectState

STRUCTURE_SIGMA_M = 0.025
BESIDE = {"tree": "tree", "kerb": "kerb", "tower": "tower"}
VOLTS = {"": (1.0, 10.0, 35.0, 36.0, 330.0, 331.0), "10kV": (10.0,), "110 kV": (110.0,)}
CLASSES = {
    "": ("channel class I-V", "channel class VI-VII", "other river"),
    "class III": ("channel class I-V",),
    "class VI": ("channel class VI-VII",),
    "other river": ("other river",),
}

Part = tuple[float, float, Span | None, float]


@cache
def asked_m(check: str, facts: Facts, thing: str, detail: str) -> float | None:
    """The strictest number over what line and thing may be."""
    volts = VOLTS.get(detail, (1.0,)) if thing == "tower" else (1.0,)
    words = CLASSES[detail] if thing == "river_bed" else ("",)
    found = [
        thing_m(check, way, thing, voltage_kv=v, word=w)
        for way, v, w in itertools.product(facts.ways(), volts, words)
    ]
    return max((number for number in found if number is not None), default=None)


def slow_things(state: ProjectState, row: int, own: list[Line]) -> dict[str, object]:
    """Findings by check of one run and one structure, or `Doubt` where rounding decides."""
    kind = StructureKind(int(state.structures.kind[row])).key
    checks = {"structure_clearance": _beside, "river_bed": _under}
    wanted = "river_bed" if kind == "watercourse" else "structure_clearance"
    try:
        return {wanted: checks[wanted](state, row, own)}
    except Doubt as doubt:
        return {wanted: doubt}


def _beside(state: ProjectState, row: int, own: list[Line]) -> list[Expected]:
    shape = state.structures.geometry[row]
    thing = BESIDE[StructureKind(int(state.structures.kind[row])).key]
    detail = str(state.structures.detail[row])
    spans: list[Span] = []
    parts: list[Part] = []
    for line in own:
        required = asked_m("structure_clearance", line.facts, thing, detail)
        if required is None:
            continue
        sigma = float(np.hypot(line.sigma_xy, STRUCTURE_SIGMA_M))
        reach = required + POSSIBLE_SIGMAS * sigma
        for piece in line.pieces:
            if float(shapely.distance(piece.axis, shape)) > reach + 2.0:
                continue
            apart = float(shapely.distance(piece.strip, shape))
            if np.isnan(line.width) and apart < reach + 0.6:
                raise Doubt
            may_cross = thing != "tree" and float(shapely.distance(piece.axis, shape)) < 0.01
            if may_cross or _is_over(piece, shape, reach):
                raise Doubt
            if abs(apart - reach) < 2e-3:
                raise Doubt
            if apart >= reach:
                continue
            if apart < 1e-6:
                raise Doubt  # how deep a strip lies in an edge is said by no rule
            fails = fails_by(apart, required)
            nominal = _within(piece, shape, required - TOLERANCE_M) if fails else None
            spans.append(_within(piece, shape, reach))
            parts.append((apart, required, nominal, _chance(apart, required, sigma)))
    worst = [_worst([parts[k] for k in stretch]) for stretch in merged(spans)]
    if any(abs(one.chance - 0.05) < 0.002 for one in worst):
        raise Doubt
    return [one for one in worst if one.chance >= 0.05]


def _is_over(piece: Piece, shape: shapely.Geometry, reach: float) -> bool:
    """Does a neighbour of the piece cross the thing's line near by?"""
    if shapely.get_type_id(shape) != 1:
        return False
    near = INFLUENCE * (piece.w + reach) + 1.0
    others = (other for other in piece.line.pieces if other is not piece)
    return any(
        shapely.intersects(other.axis, shape)
        and shapely.distance(shapely.intersection(other.axis, shape), piece.axis) < near
        for other in others
    )


def _under(state: ProjectState, row: int, own: list[Line]) -> list[Expected]:
    area = state.structures.geometry[row]
    level = float(state.structures.level_m[row])
    detail = str(state.structures.detail[row])
    spans: list[Span] = []
    parts: list[Part] = []
    unsure: list[Span] = []
    for line in own:
        required = asked_m("river_bed", line.facts, "river_bed", detail)
        if required is None:
            continue
        for piece in line.pieces:
            inside = shapely.intersection(piece.axis, area)
            if inside.is_empty:
                continue
            if shapely.length(inside) < 0.01:
                raise Doubt
            t0, t1 = _stations(piece, inside)
            one, two = (_below_bed(piece, t, level) for t in (t0, t1))
            least = min(one, two)
            if np.isnan(least) or (np.isnan(line.height) and not fails_by(least, required)):
                unsure.append(_span(piece, t0, t1))
                continue
            chance = _chance(least, required, line.sigma_z)
            fails = fails_by(least, required)
            if abs(chance - 0.05) < 0.002:
                raise Doubt
            if chance < 0.05:
                continue
            limit = required - TOLERANCE_M
            turn = t0 + (t1 - t0) * (limit - one) / (two - one) if one != two else t0
            low, high = (turn if one >= limit else t0), (turn if two >= limit else t1)
            spans.append(_span(piece, t0, t1))
            parts.append((least, required, _span(piece, low, high) if fails else None, chance))
    if spans and unsure:
        raise Doubt
    nan = (np.nan, np.nan)
    out = [_worst([parts[k] for k in stretch]) for stretch in merged(spans)]
    return out + [Expected(np.nan, nan, False, True, np.nan) for _ in merged(unsure)]


def _below_bed(piece: Piece, t: float, level: float) -> float:
    slope = 0.0
    if piece.has_level and not piece.line.is_box:
        slope = (piece.q[2] - piece.p[2]) / piece.length
    return float(level - piece.at(t)[2] - piece.h * np.hypot(1.0, slope))


def _stations(piece: Piece, inside: shapely.Geometry) -> Span:
    ends = [
        shapely.line_locate_point(piece.axis, shapely.Point(xy), normalized=True)
        for xy in shapely.get_coordinates(inside)
    ]
    return float(min(ends)), float(max(ends))


def _span(piece: Piece, t0: float, t1: float) -> Span:
    one, two = piece.along_run(t0), piece.along_run(t1)
    return min(one, two), max(one, two)


def _within(piece: Piece, shape: shapely.Geometry, limit: float) -> Span:
    """Where lines across the strip lie within the limit of a thing."""

    def excess(t: np.ndarray) -> np.ndarray:
        return shapely.distance(piece.cross_line(t), shape) - max(limit, 0.0) - 1e-9

    t = np.linspace(0, 1, 201)
    inside = np.flatnonzero(excess(t) <= 0)
    if not len(inside):
        raise Doubt  # only a rounded end is so near, or a stretch shorter than the samples
    first, last = float(t[inside[0]]), float(t[inside[-1]])
    low = edge_of(excess, max(first - 1 / 200, 0.0), first)
    return _span(piece, low, edge_of(excess, min(last + 1 / 200, 1.0), last))


def _worst(parts: list[Part]) -> Expected:
    worst = min(parts, key=lambda part: part[0] - part[1])
    fails = [part[2] for part in parts if part[2] is not None]
    span = (min(f[0] for f in fails), max(f[1] for f in fails)) if fails else (np.nan, np.nan)
    return Expected(worst[0], span, bool(fails), False, worst[3], span_doubt=5e-3)


def _chance(actual: float, required: float, sigma: float) -> float:
    short = required - TOLERANCE_M - actual
    return float(norm.cdf(short / sigma)) if sigma > 0 else float(short > 0)


def slow_slopes(state: ProjectState, own: list[Line]) -> list[Expected]:
    """Lines of one run that rise along their flow; levels missing are one thing for the run."""
    if own[0].facts.utility not in DRAINS:
        return []
    run = own[0].run
    order = sorted(own, key=lambda line: min(run.along(line, 0.0), run.along(line, line.chain[-1])))
    ways = [_way_along(state, line) for line in order]
    out: list[Expected] = []
    unsure = False
    for k, line in enumerate(order):
        recorded = int(state.pipes.flow[line.row])
        if recorded:
            way = 1.0 if recorded == 1 else -1.0
        elif 0 < k < len(order) - 1 and ways[k - 1] == ways[k + 1]:
            way = ways[k - 1] * run.sign[line.row]
        else:
            way = 0.0
        if way == 0.0 or line.chain[-1] < 0.05:
            continue
        fall = float(way * (line.points[0, 2] - line.points[-1, 2]))
        if np.isnan(fall):
            unsure = True
        elif fails_by(fall, 0.0):
            ends = (run.along(line, 0.0), run.along(line, float(line.chain[-1])))
            chance = _chance(fall, 0.0, float(np.sqrt(2)) * line.sigma_z)
            out.append(Expected(fall, (min(ends), max(ends)), True, False, chance))
    nan = (np.nan, np.nan)
    return out + ([Expected(np.nan, nan, False, True, np.nan)] if unsure else [])


def _way_along(state: ProjectState, line: Line) -> float:
    """Which way a line flows along its run: as recorded, else downhill, 0 where neither says."""
    recorded = int(state.pipes.flow[line.row])
    sign = line.run.sign[line.row]
    if recorded:
        return sign * (1.0 if recorded == 1 else -1.0)
    fall = float(line.points[0, 2] - line.points[-1, 2])
    return 0.0 if np.isnan(fall) else float(np.sign(fall)) * sign
