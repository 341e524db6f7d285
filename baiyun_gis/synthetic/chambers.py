"""What stands at each node: manholes, valve and cable chambers with their bodies, tees, ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.model.columns import F64, I8, I64, Bool
from baiyun_gis.model.vocabulary import NodeKind, Shape, Utility
from baiyun_gis.synthetic.drafts import NodeDraft, Role

U, K = Utility, NodeKind
_FLOOR_M = 0.15
"""Thickness of a chamber's floor below the lowest pipe."""
_NECK_M = 0.7


@dataclass(frozen=True, slots=True)
class Bodies:
    """Kind and chamber body of every node; NaN where there is no chamber."""

    kind: I8
    is_chamber: Bool
    shape: I8
    width_m: F64
    length_m: F64
    bottom_m: F64
    neck_m: F64


def _standing(utility: Utility, role: Role) -> tuple[NodeKind, Shape, float, float]:
    """Kind, body shape, outer width across the street and length along it, for one case."""
    at_crossing = role in {Role.JOINT, Role.KNOT}
    nothing = (Shape.UNKNOWN, np.nan, np.nan)
    if role == Role.EXTRA:
        return (K.POINT, *nothing)
    match utility:
        case U.STORM | U.SEWAGE:
            if role == Role.GULLY:
                return (K.GULLY, *nothing)
            if role == Role.CONNECTION:
                return (K.CONNECTION, *nothing)
            size = 0.7 if role == Role.PROPERTY else 1.24
            return (K.MANHOLE, Shape.CIRCLE, size, size)
        case U.POWER | U.TELECOM:
            if role == Role.CONNECTION:
                return (K.BOX, *nothing)
            if at_crossing:
                return (K.CABLE_CHAMBER, Shape.RECTANGLE, 1.4, 2.0)
            return (K.HANDHOLE, Shape.RECTANGLE, 0.9, 1.2)
        case U.WATER | U.GAS | U.HEAT | U.RECLAIMED if role == Role.KNOT:
            return (K.VALVE_CHAMBER, Shape.CIRCLE, 1.1, 1.1)
        case U.WATER if role in {Role.PROPERTY, Role.CONNECTION}:
            return (K.VALVE if role == Role.PROPERTY else K.METER, *nothing)
        case U.GAS if role == Role.CONNECTION:
            return (K.CONNECTION, *nothing)
        case _:
            return (K.POINT, *nothing)


def chambers_at(nodes: NodeDraft, degree: I64, lowest_m: F64, ground_m: F64) -> Bodies:
    """Kinds and bodies from utility, role and number of pipes; `lowest_m` is the deepest outer
    bottom of the pipes at each node."""
    cases = np.empty((len(U), len(Role)), dtype=object)
    for utility in U:
        for role in Role:
            cases[utility, role] = _standing(utility, role)
    columns = [
        np.array([[case[part] for case in row] for row in cases])[nodes.utility, nodes.role]
        for part in range(4)
    ]
    kind, shape, width, length = columns
    kind = _with_degree(kind, degree)
    is_chamber = shape != Shape.UNKNOWN
    deep = is_chamber & (nodes.utility == U.STORM) & (nodes.richness == 1.0)
    width, length = np.where(deep, 1.74, width), np.where(deep, 1.74, length)
    bottom = np.where(is_chamber, np.round(lowest_m - _FLOOR_M, 3), np.nan)
    small = ground_m - bottom < 1.5
    neck = np.where(is_chamber, np.where(small, 0.3, _NECK_M), np.nan)
    return Bodies(
        kind.astype(np.int8), is_chamber, shape.astype(np.int8), width, length, bottom, neck
    )


def _with_degree(kind: I64, degree: I64) -> I64:
    """Plain points become ends, tees and crosses by the number of pipes that meet there."""
    by_degree = np.array([K.POINT, K.END, K.POINT, K.TEE, K.CROSS], dtype=np.int64)
    return np.where(kind == K.POINT, by_degree[np.minimum(degree, 4)], kind)


FIXTURE = {
    K.MANHOLE: "检修井",
    K.VALVE_CHAMBER: "阀门井",
    K.VALVE: "阀门",
    K.GULLY: "雨水篦",
    K.HANDHOLE: "手孔",
    K.CABLE_CHAMBER: "人孔",
    K.METER: "水表",
    K.BOX: "接线箱",
    K.PUMP: "泵站",
}
"""What the survey calls a node's appurtenance (附属物)."""
FEATURE = {
    K.POINT: "直线点",
    K.BEND: "弯头",
    K.TEE: "三通",
    K.CROSS: "四通",
    K.END: "预留口",
    K.CONNECTION: "入户",
    K.OUTLET: "出水口",
}
"""What the survey calls a node's feature (特征)."""
