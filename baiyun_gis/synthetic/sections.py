"""The line types of the synthetic district: section, material, pressure, voltage, owner."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.model.vocabulary import (
    Burial,
    LevelDatum,
    Material,
    PressureClass,
    Shape,
    Utility,
)

NAN = float("nan")
OWNER = {
    Utility.WATER: "示例供水有限公司",
    Utility.RECLAIMED: "示例再生水有限公司",
    Utility.STORM: "示例排水管理中心",
    Utility.SEWAGE: "示例排水管理中心",
    Utility.GAS: "示例燃气集团",
    Utility.HEAT: "示例能源供热公司",
    Utility.POWER: "示例供电局",
    Utility.TELECOM: "示例通信建设公司",
    Utility.INDUSTRIAL: "示例化工园区",
    Utility.TUNNEL: "示例管廊运营公司",
}


@dataclass(frozen=True, slots=True)
class Section:
    """One type of line; metres, outer sizes; circle: width and height are the diameter."""

    key: str
    utility: Utility
    subtype: str
    outer_width_m: float
    outer_height_m: float
    inner_width_m: float
    inner_height_m: float
    nominal_mm: float
    size_text: str
    material: Material
    burial: Burial = Burial.DIRECT
    shape: Shape = Shape.CIRCLE
    datum: LevelDatum = LevelDatum.OUTER_TOP
    pressure_class: PressureClass = PressureClass.UNKNOWN
    pressure_mpa: float = NAN
    voltage_kv: float = NAN
    hole_count: float = NAN
    cable_count: float = NAN


def _round(
    key: str,
    utility: Utility,
    subtype: str,
    nominal_mm: int,
    outer_m: float,
    material: Material,
    *,
    wall_m: float = 0.008,
    **more: object,
) -> Section:
    inner = round(outer_m - 2 * wall_m, 4)
    is_plastic = material in {Material.PE, Material.PVC}
    text = f"De{round(outer_m * 1000)}" if is_plastic else str(nominal_mm)
    return Section(
        key, utility, subtype, outer_m, outer_m, inner, inner, nominal_mm, text,
        material, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def _gravity(key: str, utility: Utility, subtype: str, nominal_mm: int) -> Section:
    inner = nominal_mm / 1000
    wall = round(inner * 0.1, 3)
    return _round(
        key, utility, subtype, nominal_mm, round(inner + 2 * wall, 3), Material.CONCRETE,
        wall_m=wall, datum=LevelDatum.INVERT,
    )  # fmt: skip


def _ducts(
    key: str, utility: Utility, subtype: str, width_m: float, holes: int, **more: object
) -> Section:
    return Section(
        key, utility, subtype, width_m, 0.24, NAN, NAN, NAN, f"{round(width_m * 1000)}X240",
        Material.CONCRETE, Burial.DUCT_BLOCK, Shape.RECTANGLE, LevelDatum.OUTER_TOP,
        hole_count=float(holes), cable_count=float(holes // 2), **more,  # type: ignore[arg-type]
    )  # fmt: skip


def _sections() -> tuple[Section, ...]:
    u, m, p = Utility, Material, PressureClass
    medium = {"pressure_class": p.MEDIUM_A, "pressure_mpa": 0.3}
    low = {"pressure_class": p.LOW, "pressure_mpa": 0.005}
    pvc = {"wall_m": 0.006, "datum": LevelDatum.INVERT}
    conduit = {"burial": Burial.CONDUIT, "wall_m": 0.005}
    tunnel = {"burial": Burial.TUNNEL}
    return (
        _round("water 150", u.WATER, "JP", 150, 0.17, m.DUCTILE_IRON),
        _round("water 200", u.WATER, "JP", 200, 0.222, m.DUCTILE_IRON),
        _round("water 300", u.WATER, "JP", 300, 0.326, m.DUCTILE_IRON),
        _round("water 50", u.WATER, "JP", 50, 0.063, m.PE, wall_m=0.006),
        _round("reclaimed 150", u.RECLAIMED, "ZS", 150, 0.17, m.DUCTILE_IRON),
        _round("gas 100", u.GAS, "TR", 100, 0.114, m.STEEL, wall_m=0.005, **medium),
        _round("gas 150", u.GAS, "TR", 150, 0.168, m.STEEL, wall_m=0.006, **medium),
        _round("gas 200", u.GAS, "TR", 200, 0.219, m.STEEL, **medium),
        _round("gas 50", u.GAS, "TR", 50, 0.063, m.PE, wall_m=0.006, **low),
        _round("heat 200", u.HEAT, "RS", 200, 0.315, m.STEEL, wall_m=0.05, pressure_mpa=1.0),
        *(_gravity(f"storm {dn}", u.STORM, "YS", dn) for dn in (400, 500, 600, 800, 1000)),
        *(_gravity(f"sewage {dn}", u.SEWAGE, "WS", dn) for dn in (300, 400, 500, 600)),
        _round("sewage 200", u.SEWAGE, "WS", 200, 0.2, m.PVC, **pvc),
        _round("storm 200", u.STORM, "YS", 200, 0.2, m.PVC, **pvc),
        _ducts("power local", u.POWER, "GD", 0.36, 6, voltage_kv=10.0),
        _ducts("power secondary", u.POWER, "GD", 0.48, 8, voltage_kv=10.0),
        _ducts("power main", u.POWER, "GD", 0.6, 12, voltage_kv=10.0),
        _round("power service", u.POWER, "GD", 100, 0.11, m.PE, **conduit, voltage_kv=0.4,
               hole_count=1.0, cable_count=1.0),
        _ducts("telecom local", u.TELECOM, "DH", 0.24, 4),
        _ducts("telecom secondary", u.TELECOM, "DH", 0.36, 6),
        _ducts("telecom main", u.TELECOM, "DH", 0.48, 12),
        _round("telecom service", u.TELECOM, "DH", 100, 0.11, m.PVC, **conduit,
               hole_count=1.0, cable_count=1.0),
        _round("industrial 250", u.INDUSTRIAL, "YQ", 250, 0.273, m.STEEL, pressure_mpa=1.6),
        Section("tunnel", u.TUNNEL, "ZH", 3.4, 3.2, 2.8, 2.6, NAN, "2800X2600", m.CONCRETE,
                Burial.TUNNEL, Shape.RECTANGLE, LevelDatum.INVERT),
        _round("tunnel water 600", u.WATER, "SS", 600, 0.63, m.DUCTILE_IRON, **tunnel,
               wall_m=0.01, datum=LevelDatum.CENTRE),
        _round("tunnel power", u.POWER, "GD", 150, 0.16, m.COPPER, **tunnel, voltage_kv=110.0,
               datum=LevelDatum.CENTRE, cable_count=3.0),
        _round("tunnel telecom", u.TELECOM, "XX", 100, 0.11, m.FIBRE, **tunnel,
               datum=LevelDatum.CENTRE, cable_count=12.0),
    )  # fmt: skip


SECTIONS = _sections()
_ROW = {section.key: row for row, section in enumerate(SECTIONS)}


def section(key: str) -> int:
    """The row of a line type in `SECTIONS`."""
    return _ROW[key]


def of_sections(field: str, rows: NDArray[np.integer], dtype: type) -> NDArray[np.generic]:
    """One attribute of many lines from their section rows, shape (n,)."""
    return np.array([getattr(s, field) for s in SECTIONS], dtype=dtype)[rows]
