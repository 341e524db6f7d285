"""Seeded pairs of lines of one family that meet in every way and run on from there.

Each pair lies far from the others, beside a line of another kind that crosses both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from builders import network, pipe

from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.vocabulary import Status, Utility
from baiyun_gis.project import ProjectState

FAMILIES = [
    (Utility.SEWAGE, Utility.SEWAGE),
    (Utility.SEWAGE, Utility.STORM),
    (Utility.WATER, Utility.WATER),
    (Utility.GAS, Utility.GAS),
]
WAYS = ("ends", "beside", "tee", "both", "vertex", "bent", "fitting", "levels", "joined", "apart")
"""Ends that nearly meet; an end within the other's width; an end on its axis; both ends; a vertex
of both; a short piece aside first; a fitting between; ends that do not meet in height; ends that
coincide; ends too far apart to be one."""
_CELL_M = 300.0


@dataclass(frozen=True)
class Fork:
    """Two lines `a` and `b` by id, with radii, axes (n, 3), deviation in plan of both, and the
    places (x, y) where they meet."""

    a: str
    b: str
    way: str
    radii: tuple[float, float]
    axes: tuple[np.ndarray, np.ndarray]
    sigma_m: float
    places: np.ndarray
    is_planned: bool


def random_forks(seed: int, count: int) -> tuple[ProjectState, list[Fork]]:
    """A project of `count` pairs, and what they are."""
    rng = np.random.default_rng(seed)
    pipes: list[PipeTable] = []
    forks: list[Fork] = []
    for k in range(count):
        corner = np.array([437_000.0, 2_569_000.0]) + _CELL_M * np.array([k % 20, k // 20])
        fork, parts = _fork(rng, f"{k:04d}", corner)
        forks.append(fork)
        pipes += parts
    return network(*(pipes[k] for k in rng.permutation(len(pipes)))), forks


def _fork(rng: np.random.Generator, name: str, corner: np.ndarray) -> tuple[Fork, list[PipeTable]]:
    way = WAYS[int(rng.integers(len(WAYS)))]
    kinds = FAMILIES[int(rng.integers(len(FAMILIES)))]
    d = tuple(float(rng.choice([0.06, 0.2, 0.4, 0.8, 1.2])) for _ in range(2))
    sigma = float(rng.choice([0.0, 0.0, 0.03, 0.1]))
    a, b, places = _axes(rng, way, d, sigma)
    extra = [_fitting(a, b)] if way == "fitting" else []
    if rng.random() < 0.5:
        a = a[::-1]
    if rng.random() < 0.5:
        b = b[::-1]
    turn = rng.uniform(0, 2 * np.pi)
    a, b, *extra = (_placed(axis, turn, corner) for axis in (a, b, *extra))
    flat = np.column_stack([places, np.zeros(len(places))])
    accuracy = {"sigma_xy_m": sigma, "sigma_z_m": 0.0}
    is_planned = bool(rng.random() < 0.15)
    status = Status.PLANNED if is_planned else Status.IN_USE
    lines = [
        pipe(f"a{name}", kinds[0], [*map(tuple, a)], d=d[0], **accuracy),
        pipe(f"b{name}", kinds[1], [*map(tuple, b)], d=d[1], status=status, **accuracy),
        _crossing(f"x{name}", turn, corner),
    ]
    lines += [pipe(f"f{name}", kinds[0], [*map(tuple, one)], d=d[0], **accuracy) for one in extra]
    where = _placed(flat, turn, corner)[:, :2]
    fork = Fork(f"a{name}", f"b{name}", way, (d[0] / 2, d[1] / 2), (a, b), sigma, where, is_planned)
    return fork, lines


def _axes(
    rng: np.random.Generator, way: str, d: tuple[float, ...], sigma: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both axes before they are turned and put in place, and where they meet."""
    long_a, long_b = rng.uniform(8, 70, 2)
    angle = np.radians(rng.choice([rng.uniform(0, 3), rng.uniform(0, 14), rng.uniform(16, 80)]))
    side = float(rng.choice([-1, 1]))
    slope_a, slope_b = rng.choice([0.0, 0.003, 0.02], 2)
    z = float(rng.uniform(-4, -1))
    a = np.array([[0.0, 0.0, z], [long_a, 0.0, z - slope_a * long_a]])
    start = np.array([0.0, 0.0, z])
    touch = max(0.7 * np.hypot(sigma, sigma), 0.002)
    if way in {"ends", "both"}:
        start[:2] = touch * np.array([np.cos(angle + 1.0), side * np.sin(angle + 1.0)])
    elif way == "beside":
        start[:2] = rng.uniform(0.02, 0.1), side * rng.uniform(0.1, 0.9) * d[0] / 2
    elif way == "tee":
        start[0] = rng.uniform(0.1, 0.7) * long_a
        start[2] = z - slope_a * start[0]
    elif way == "fitting":
        start[0] = 0.8
    elif way == "levels":
        start[:2], start[2] = (touch, 0.0), z + d[0] / 2 + d[1] / 2 + rng.uniform(0.05, 0.5)
    elif way == "apart":
        start[1] = side * (d[0] + 1.0)
    ahead = np.array([np.cos(angle), side * np.sin(angle)])
    b = np.array([start, [*(start[:2] + long_b * ahead), start[2] - slope_b * long_b]])
    places = [start[:2]]
    if way == "both":
        far = a[1] + np.array([0.3 * touch, side * 0.6 * touch, 0.0])
        b[1], places = far, [start[:2], far[:2]]
    elif way == "vertex":
        back = start[:2] - rng.uniform(5, 30) * ahead
        b = np.vstack([[*back, z], b])
        a = np.vstack([[-rng.uniform(5, 30), 0.0, z], a])
    elif way == "bent":
        out = angle + np.radians(rng.uniform(20, 60))
        bend = start[:2] + 0.3 * np.array([np.cos(out), side * np.sin(out)])
        b = np.vstack([start, [*bend, z], [*(bend + long_b * ahead), z - slope_b * long_b]])
        if rng.random() < 0.5:
            b[0, :2] += [0.0, side * 0.002]
    elif way == "fitting":
        places = [np.zeros(2), start[:2]]
    elif way in {"levels", "apart"}:
        places = []
    return a, b, np.array(places).reshape(-1, 2)


def _fitting(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.array([a[0], b[0]])


def _placed(axis: np.ndarray, turn: float, corner: np.ndarray) -> np.ndarray:
    out = axis.copy()
    x, y = axis[:, 0].copy(), axis[:, 1].copy()
    out[:, 0] = corner[0] + x * np.cos(turn) - y * np.sin(turn)
    out[:, 1] = corner[1] + x * np.sin(turn) + y * np.cos(turn)
    return out


def _crossing(name: str, turn: float, corner: np.ndarray) -> PipeTable:
    """A cable across both lines, well above them."""
    axis = np.array([[6.0, -15.0, -0.7], [6.3, 15.0, -0.7]])
    points = [*map(tuple, _placed(axis, turn, corner))]
    return pipe(name, Utility.TELECOM, points, d=0.1, sigma_xy_m=0.0, sigma_z_m=0.0)
