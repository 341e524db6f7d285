"""Seeded random networks: mixed kinds, shapes, slopes and laying, joined, crossing, with gaps."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from builders import pipe

from baiyun_gis.model.columns import text_array
from baiyun_gis.model.tables import BuildingTable, NodeTable, PipeTable, StructureTable
from baiyun_gis.model.vocabulary import (
    Burial,
    Material,
    NodeKind,
    PressureClass,
    Shape,
    StructureKind,
    Utility,
)
from baiyun_gis.project import ProjectMeta, ProjectState

KINDS = [
    Utility.WATER, Utility.RECLAIMED, Utility.STORM, Utility.SEWAGE, Utility.COMBINED, Utility.GAS,
    Utility.HEAT, Utility.POWER, Utility.TELECOM, Utility.INDUSTRIAL, Utility.DRAINAGE,
]  # fmt: skip
SIZES = [0.05, 0.11, 0.2, 0.25, 0.4, 0.6, 1.0]
DAY = np.datetime64
_SIDE_M = 45.0


def random_network(seed: int) -> tuple[ProjectState, np.datetime64]:
    """A project of 10–40 pipes and the day to look at it."""
    rng = np.random.default_rng(seed)
    origin = np.array([0.0, 0.0]) if seed % 2 else np.array([437_118.37, 2_569_442.81])
    pipes: list[PipeTable] = []
    wanted = int(rng.integers(10, 41))
    doubt = [0.0, 0.0, 0.03, 0.08][int(rng.integers(4))]
    while len(pipes) < wanted:
        family = _family(rng, doubt)
        for axis in _axes(rng, family["utility"]):
            name = f"p{len(pipes):03d}"
            points = [(*(xy + origin), z) for *xy, z in axis]
            pipes.append(pipe(name, family["utility"], points, **_gaps(rng, family, axis)))
    table = PipeTable.concat(pipes)
    order = rng.permutation(len(table))
    later = np.random.default_rng(seed + 10_000)  # what came before stays as it was
    table = table.with_columns(flow=later.integers(0, 3, len(table)).astype(np.int8))
    state = ProjectState(
        meta=ProjectMeta(crs="EPSG:4547", vertical_datum="1985"),
        pipes=table.take(order),
        nodes=_chambers(rng, origin),
        buildings=_buildings(rng, origin),
        structures=_structures(later, origin),
    )
    day = DAY("NaT", "D") if seed % 3 else DAY("2012-06-01", "D")
    return state, day


def _family(rng: np.random.Generator, doubt: float) -> dict[str, Any]:
    """What all pipes of one chain have in common."""
    utility = KINDS[int(rng.integers(len(KINDS)))]
    burials = [Burial.DIRECT] * 4 + [Burial.CONDUIT, Burial.DUCT_BLOCK, Burial.TRENCHLESS]
    burials += [Burial.UNKNOWN, Burial.TRENCH, Burial.OVERHEAD]
    d = float(rng.choice(SIZES))
    shape = rng.choice([Shape.CIRCLE] * 6 + [Shape.RECTANGLE, Shape.RECTANGLE, Shape.EGG])
    height = d if shape == Shape.CIRCLE else d * float(rng.uniform(0.5, 1.5))
    return {
        "utility": utility,
        "burial": burials[int(rng.integers(len(burials)))],
        "shape": shape,
        "d": d,
        "outer_height_m": height,
        "pressure_class": PressureClass(int(rng.integers(0, 6))),
        "voltage_kv": float(rng.choice([np.nan, 0.4, 10.0, 110.0])),
        "material": Material.PE if rng.random() < 0.3 else Material.STEEL,
        "sigma_xy_m": doubt,
        "sigma_z_m": doubt * 1.5,
        "enclosure": f"E{rng.integers(2)}" if rng.random() < 0.08 else "",
    }


def _gaps(
    rng: np.random.Generator, family: dict[str, Any], axis: list[tuple[float, float, float]]
) -> dict[str, Any]:
    """One pipe's columns, some of them not recorded."""
    out = {k: v for k, v in family.items() if k != "utility"}
    if rng.random() < 0.08:
        out["outer_width_m"] = out["outer_height_m"] = np.nan
        out["nominal_mm"] = float(rng.choice([np.nan, 100.0, 300.0]))
    if rng.random() < 0.85:
        out["start_ground_m"] = float(rng.uniform(-0.3, 0.3))
        out["end_ground_m"] = float(rng.uniform(-0.3, 0.3))
    if rng.random() < 0.15:
        out["valid_from"] = DAY("2010-01-01") + np.timedelta64(int(rng.integers(0, 2000)), "D")
    if rng.random() < 0.15:
        out["valid_to"] = DAY("2010-01-01") + np.timedelta64(int(rng.integers(0, 2000)), "D")
    return out


def _axes(rng: np.random.Generator, utility: Utility) -> list[list[tuple[float, float, float]]]:
    """A chain of one to four axes, sometimes with a branch, levels unknown here and there."""
    heading = 0.0 if rng.random() < 0.5 else float(rng.uniform(0, np.pi))
    heading += float(rng.normal(0, 0.03)) if rng.random() < 0.6 else 0.0
    at = rng.uniform(0, _SIDE_M, 2)
    slope = float(rng.choice([0.0, 0.003, 0.02, 0.08, 0.25]) * rng.choice([-1, 1]))
    z = float(rng.uniform(-2.6, -0.5))
    out: list[list[tuple[float, float, float]]] = []
    for _ in range(int(rng.choice([1, 1, 2, 3, 4]))):
        axis, at, z, heading = _axis(rng, at, z, heading, slope)
        out.append(axis)
    if rng.random() < 0.25:  # a branch from a joint, or a line's start
        x, y, level = out[-1][0]
        side = heading + float(rng.choice([-1, 1]) * rng.uniform(1.0, 2.1))
        out.append(_axis(rng, np.array([x, y]), level, side, slope)[0])
    if rng.random() < 0.1:
        out = [[(x, y, np.nan) for x, y, _ in axis] for axis in out]
    elif rng.random() < 0.05:
        out[0] = [(x, y, np.nan if k == 0 else level) for k, (x, y, level) in enumerate(out[0])]
    return out


def _axis(
    rng: np.random.Generator, at: np.ndarray, z: float, heading: float, slope: float
) -> tuple[list[tuple[float, float, float]], np.ndarray, float, float]:
    axis = [(float(at[0]), float(at[1]), z)]
    for _ in range(int(rng.choice([1, 1, 1, 2, 3]))):
        length = float(rng.uniform(3.0, 18.0))
        at = at + length * np.array([np.cos(heading), np.sin(heading)])
        z += slope * length
        axis.append((float(at[0]), float(at[1]), z))
        heading += float(rng.normal(0, 0.25)) if rng.random() < 0.6 else 0.0
    return axis, at, z, heading


def _chambers(rng: np.random.Generator, origin: np.ndarray) -> NodeTable:
    count = int(rng.integers(0, 5))
    names = text_array(f"c{k}" for k in range(count))
    box = rng.random(count) < 0.5
    return NodeTable.build(
        count,
        id=names,
        xy=rng.uniform(0, _SIDE_M, (count, 2)) + origin,
        kind=NodeKind.MANHOLE,
        utility=np.full(count, Utility.TUNNEL),
        is_chamber=True,
        chamber_shape=np.where(box, Shape.RECTANGLE, Shape.CIRCLE),
        chamber_width_m=rng.uniform(0.8, 2.5, count),
        chamber_length_m=np.where(box, 2.0, np.nan),
        chamber_angle_deg=rng.uniform(0, 90, count),
        ground_m=0.4,
        bottom_m=rng.uniform(-3.0, -1.0, count),
        sigma_xy_m=0.0,
    )


def _buildings(rng: np.random.Generator, origin: np.ndarray) -> BuildingTable:
    count = int(rng.integers(0, 4))
    outlines, bases = np.empty(count, dtype=object), np.empty(count, dtype=object)
    for k in range(count):
        centre = rng.uniform(0, _SIDE_M, 2) + origin
        turn = rng.uniform(0, 90)
        box = shapely.box(-rng.uniform(2, 6), -rng.uniform(2, 6), 4.0, 3.0)
        turned = shapely.affinity.rotate(box, turn)
        outlines[k] = shapely.affinity.translate(turned, *centre)
        bases[k] = outlines[k].buffer(0.3, join_style="mitre") if rng.random() < 0.4 else None
    return BuildingTable.build(
        count,
        id=text_array(f"b{k}" for k in range(count)),
        geometry=outlines,
        foundation=bases,
        sigma_xy_m=0.0,
    )


def _structures(rng: np.random.Generator, origin: np.ndarray) -> StructureTable:
    """Trees, pylons, a kerb and a river here and there."""
    names, kinds, shapes, details, levels = [], [], [], [], []
    kinds_of = [StructureKind.TREE] * 4 + [StructureKind.TOWER, StructureKind.KERB]
    for k in range(int(rng.integers(0, 8))):
        kind = kinds_of[int(rng.integers(len(kinds_of)))] if k else StructureKind.WATERCOURSE
        x, y = rng.uniform(0, _SIDE_M, 2) + origin
        turn = float(rng.uniform(0, 180))
        if kind == StructureKind.TREE:
            shape, detail = shapely.Point(x, y), ""
        elif kind == StructureKind.KERB:
            line = shapely.LineString([(x - 15, y), (x + 15, y)])
            shape, detail = shapely.affinity.rotate(line, turn), ""
        elif kind == StructureKind.TOWER:
            shape = shapely.affinity.rotate(shapely.box(x, y, x + 3, y + 2), turn)
            detail = str(rng.choice(["", "10kV", "110 kV"]))
        else:
            shape = shapely.affinity.rotate(shapely.box(x - 12, y - 3, x + 12, y + 3), turn)
            detail = str(rng.choice(["", "class III", "class VI", "other river"]))
        names.append(f"s{k}")
        kinds.append(int(kind))
        shapes.append(shape)
        details.append(detail)
        levels.append(float(rng.choice([np.nan, -0.3, 0.2, 0.8])))
    geometry = np.empty(len(shapes), dtype=object)
    geometry[:] = shapes
    return StructureTable.build(
        len(names),
        id=text_array(names),
        kind=np.array(kinds, dtype=np.int8),
        geometry=geometry,
        detail=text_array(details),
        level_m=np.array(levels, dtype=float),
    )
