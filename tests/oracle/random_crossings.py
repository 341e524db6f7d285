"""Random places where one planned line runs among existing ones that are known without doubt."""

from __future__ import annotations

from typing import Any

import numpy as np
from builders import network, pipe

from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.vocabulary import Burial, PressureClass, Shape, Status, Utility
from baiyun_gis.project import ProjectState

KINDS = (
    Utility.WATER,
    Utility.GAS,
    Utility.POWER,
    Utility.TELECOM,
    Utility.HEAT,
    Utility.RECLAIMED,
    Utility.STORM,
    Utility.SEWAGE,
)
ORIGIN = np.array([434_000.0, 2_560_000.0])
EXACT: dict[str, Any] = {
    "sigma_xy_m": 0.0,
    "sigma_z_m": 0.0,
    "start_ground_m": 0.0,
    "end_ground_m": 0.0,
}


def random_crossing(seed: int) -> ProjectState:
    """Pipe row 0 is the planned one; three to six others cross it or run beside it."""
    rng = np.random.default_rng(seed)
    kind = KINDS[int(rng.integers(len(KINDS)))]
    length = float(rng.uniform(24, 45))
    level = float(rng.uniform(-2.4, -0.8))
    fall = float(rng.choice([0.004, 0.01, 0.02])) if kind.is_gravity else 0.0
    bend = float(rng.normal(0, 3)) if rng.random() < 0.4 else 0.0
    axis = [
        (0.0, 0.0, level),
        (length / 2, bend, level - fall * length / 2),
        (length, 0.0, level - fall * length),
    ]
    if bend == 0.0:
        axis = [axis[0], axis[2]]
    lines = [_line("N", rng, kind, axis, status=Status.PLANNED)]
    lines += [_other(f"E{k}", rng, length, level) for k in range(int(rng.integers(3, 7)))]
    return network(*lines)


def _other(name: str, rng: np.random.Generator, length: float, level: float) -> PipeTable:
    kind = KINDS[int(rng.integers(len(KINDS)))]
    at = float(rng.uniform(0.2, 0.8)) * length
    z = float(rng.uniform(level - 0.7, level + 0.7))
    if rng.random() < 0.7:
        angle = float(rng.uniform(0.6, np.pi - 0.6))
        way = 25.0 * np.array([np.cos(angle), np.sin(angle)])
        one, two = (at - way[0], -way[1]), (at + way[0], way[1])
    else:
        side = float(rng.choice([-1, 1]) * rng.uniform(0.4, 2.5))
        one, two = (at - 6.0, side), (at + 6.0, side + float(rng.normal(0, 0.4)))
    slope = float(rng.choice([0.0, 0.0, 0.01])) * 10
    return _line(name, rng, kind, [(*one, z), (*two, z - slope)])


def _line(
    name: str,
    rng: np.random.Generator,
    kind: Utility,
    axis: list[tuple[float, float, float]],
    **columns: Any,
) -> PipeTable:
    d = float(rng.choice([0.1, 0.2, 0.3, 0.5]))
    box = kind in (Utility.TELECOM, Utility.POWER) and rng.random() < 0.3
    pressure = PressureClass.MEDIUM_A if kind is Utility.GAS else PressureClass.UNKNOWN
    return pipe(
        name,
        kind,
        [(x + ORIGIN[0], y + ORIGIN[1], z) for x, y, z in axis],
        d=d,
        shape=Shape.RECTANGLE if box else Shape.CIRCLE,
        burial=Burial.CONDUIT if box or kind.is_gravity else Burial.DIRECT,
        pressure_class=pressure,
        voltage_kv=10.0 if kind is Utility.POWER else np.nan,
        **(EXACT | columns),
    )
