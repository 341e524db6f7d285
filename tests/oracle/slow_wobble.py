"""Pairs of lines with seeded errors: the true distance measured anew in every draw.

Nothing of the engine is used. A case is two straight lines as recorded; a draw moves their ends by
normal errors (ends of one node together) and measures what is left, in plain formulas.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

TOLERANCE_M = 0.001
SPACING_M = 400.0
_STATIONS = np.linspace(0.0, 1.0, 25)


@dataclass
class Case:
    """Two lines: ends (2, 3) each, half sizes, deviations (2,) of the ends in plan and height."""

    check: str
    a: np.ndarray
    b: np.ndarray
    half_a: float
    half_b: float
    sigma_a: np.ndarray
    sigma_b: np.ndarray
    sigma_za: np.ndarray
    sigma_zb: np.ndarray
    required: float
    shares_start: bool = False
    is_box: bool = False


def chance_of(case: Case, rng: np.random.Generator, draws: int) -> float:
    """Share of the draws in which the requirement is not met."""
    short = 0
    for begin in range(0, draws, 20_000):
        count = min(20_000, draws - begin)
        a, b = drawn(case, rng, count)
        actual = _MEASURES[case.check](case, a, b)
        short += int((actual < case.required - TOLERANCE_M).sum())
    return short / draws


def drawn(case: Case, rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The true ends in some draws, (count, 2, 3) each."""
    out: list[np.ndarray] = []
    for plan, height in (
        (case.sigma_a, case.sigma_za),
        (case.sigma_b, case.sigma_zb),
    ):
        error = rng.normal(size=(count, 2, 3))
        error *= np.column_stack([plan, plan, height])[None]
        out.append(error)
    if case.shares_start:
        out[1][:, 0] = out[0][:, 0]
    return case.a[None] + out[0], case.b[None] + out[1]


def _corners(line: np.ndarray, half: float) -> np.ndarray:
    """Corners of a flat-ended strip, (n, 4, 2)."""
    way = line[:, 1, :2] - line[:, 0, :2]
    way /= np.linalg.norm(way, axis=1)[:, None]
    side = np.column_stack([-way[:, 1], way[:, 0]]) * half
    p, q = line[:, 0, :2], line[:, 1, :2]
    return np.stack([p + side, p - side, q - side, q + side], axis=1)


def _to_edges(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Least distance of corners of one strip to the edges of another."""
    best = np.full(len(points), np.inf)
    for k in range(4):
        start, way = corners[:, k], corners[:, (k + 1) % 4] - corners[:, k]
        square = (way**2).sum(axis=1)
        for m in range(4):
            w = points[:, m] - start
            t = np.clip((w * way).sum(axis=1) / square, 0.0, 1.0)
            best = np.minimum(best, np.linalg.norm(w - t[:, None] * way, axis=1))
    return best


def _overlaps(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Do strips overlap: no edge direction of either has room between their shadows."""
    apart = np.zeros(len(one), dtype=bool)
    for corners in (one, two):
        for k in (0, 1):
            edge = corners[:, k + 1] - corners[:, k]
            normal = np.column_stack([-edge[:, 1], edge[:, 0]])[:, None]
            first, second = (one * normal).sum(axis=2), (two * normal).sum(axis=2)
            apart |= (first.min(1) > second.max(1)) | (second.min(1) > first.max(1))
    return ~apart


def horizontal(case: Case, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    one, two = _corners(a, case.half_a), _corners(b, case.half_b)
    far = np.minimum(_to_edges(one, two), _to_edges(two, one))
    return np.where(_overlaps(one, two), -1.0, far)


def _meeting(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Stations at which the axes meet in plan."""
    u, v, w = a[:, 1] - a[:, 0], b[:, 1] - b[:, 0], b[:, 0] - a[:, 0]
    cross = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    return (
        (w[:, 0] * v[:, 1] - w[:, 1] * v[:, 0]) / cross,
        (w[:, 0] * u[:, 1] - w[:, 1] * u[:, 0]) / cross,
    )


def _plumb(line: np.ndarray, half: float, *, is_box: bool) -> np.ndarray:
    way = line[:, 1] - line[:, 0]
    slope = way[:, 2] / np.hypot(way[:, 0], way[:, 1])
    return np.full(len(line), half) if is_box else half * np.hypot(1.0, slope)


def vertical(case: Case, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """At the crossing; `a` is above as recorded, and stays so."""
    s, t = _meeting(a, b)
    za = a[:, 0, 2] + s * (a[:, 1, 2] - a[:, 0, 2])
    zb = b[:, 0, 2] + t * (b[:, 1, 2] - b[:, 0, 2])
    walls = _plumb(a, case.half_a, is_box=case.is_box) + _plumb(b, case.half_b, is_box=case.is_box)
    return za - zb - walls


def stacked(case: Case, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """One along the top of the other: the least over the stations where the strips overlap."""
    way = a[:, 1, :2] - a[:, 0, :2]
    size = np.linalg.norm(way, axis=1)
    way = way / size[:, None]
    s = [((b[:, k, :2] - a[:, 0, :2]) * way).sum(axis=1) / size for k in (0, 1)]
    low = np.maximum(0.0, np.minimum(*s))[:, None]
    high = np.minimum(1.0, np.maximum(*s))[:, None]
    t = low + (high - low) * _STATIONS
    foot = (t - s[0][:, None]) / (s[1] - s[0])[:, None]
    pa = a[:, 0, None] + t[..., None] * (a[:, 1] - a[:, 0])[:, None]
    pb = b[:, 0, None] + foot[..., None] * (b[:, 1] - b[:, 0])[:, None]
    aside = np.abs(
        (pb[..., 0] - pa[..., 0]) * -way[:, None, 1] + (pb[..., 1] - pa[..., 1]) * way[:, None, 0]
    )
    rise, width = pa[..., 2] - pb[..., 2], case.half_a + case.half_b
    walls = np.full_like(aside, width)
    if not case.is_box:
        walls = np.sqrt(np.maximum(width**2 - aside**2, 0.0))
    return np.where(aside < width, rise - walls, np.inf).min(axis=1)


def order(case: Case, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    s, t = _meeting(a, b)
    za = a[:, 0, 2] + s * (a[:, 1, 2] - a[:, 0, 2])
    return za - b[:, 0, 2] - t * (b[:, 1, 2] - b[:, 0, 2])


def collision(case: Case, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Axis distance in space less both radii: round bars met along their walls."""
    u, v, w = a[:, 1] - a[:, 0], b[:, 1] - b[:, 0], a[:, 0] - b[:, 0]
    best = np.full(len(a), np.inf)
    uu, vv, uv = (u * u).sum(1), (v * v).sum(1), (u * v).sum(1)
    uw, vw = (u * w).sum(1), (v * w).sum(1)
    tries = [np.clip((uv * vw - vv * uw) / np.maximum(uu * vv - uv**2, 1e-12), 0.0, 1.0)]
    tries += [np.zeros(len(a)), np.ones(len(a)), np.clip(-uw / uu, 0, 1)]
    tries += [np.clip((uv - uw) / uu, 0, 1)]
    for s in tries:
        t = np.clip((vw + s * uv) / vv, 0.0, 1.0)
        best = np.minimum(best, np.linalg.norm(w + s[:, None] * u - t[:, None] * v, axis=1))
    return best - case.half_a - case.half_b


_MEASURES: dict[str, Callable[[Case, np.ndarray, np.ndarray], np.ndarray]] = {
    "horizontal_clearance": horizontal,
    "vertical_clearance": vertical,
    "stacked": stacked,
    "vertical_order": order,
    "collision": collision,
}
