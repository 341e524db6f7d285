"""One number for what a rule set knows of each line, in one pass over the lines."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I8, I64, Bool
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import owned


class Recorded(NamedTuple):
    """What is recorded of lines; sizes are metres but for `nominal_mm`. All shape (lines,)."""

    utility: I8
    burial: I8
    material: I8
    pressure_class: I8
    nominal_mm: F64
    inner_width: F64
    outer_width: F64
    pressure_mpa: F64
    voltage_kv: F64


class Told(NamedTuple):
    """What is told apart: cuts of the scales, by utility what matters (size, pressure, voltage,
    material in turn), how many values each digit may have.

    `bounds` are rows of up to how many MPa, whether that counts in, and the pressure class.
    """

    size_cuts: F64
    voltage_cuts: F64
    matters: Bool
    bases: I64
    bounds: F64
    by_mpa: bool


@compiled
def _cell(value: float, cuts: F64) -> int:
    """The cell of a value on a number line cut at places: odd between, even at cuts; 0 unknown."""
    if not value > 0.0:
        return 0
    rounded, at = np.rint(value * 1e6) / 1e6, 0
    while at < len(cuts) and cuts[at] < rounded:
        at += 1
    return 2 * at + 2 if at < len(cuts) and cuts[at] == rounded else 2 * at + 1


@compiled
def _size_mm(nominal_mm: float, inner_m: float, outer_m: float) -> float:
    """Diameter in mm: nominal, else inner, else outer width."""
    if nominal_mm > 0.0:
        return nominal_mm
    return inner_m * 1000 if inner_m * 1000 > 0.0 else outer_m * 1000


@compiled
def _pressure(said: Any, mpa: float, bounds: F64, by_mpa: bool) -> Any:
    """The pressure class as recorded, else from the pressure, or the other way round."""
    measured = np.int64(0)
    if mpa > 0.0 and len(bounds):
        if mpa > bounds[-1, 0]:
            measured = np.int64(bounds[-1, 2])
        for row in range(len(bounds)):
            if mpa < bounds[row, 0] or (mpa == bounds[row, 0] and bounds[row, 1] > 0.0):
                measured = np.int64(bounds[row, 2])
                break
    if by_mpa:
        return measured if measured > 0 else said
    return said if said > 0 else measured


@compiled
def _keys(first: int, last: int, lines: Recorded, told: Told, key: I64) -> None:
    utility, burial, material, said, nominal_mm, inner, outer, mpa, kv = lines
    size_cuts, voltage_cuts, matters, bases, bounds, by_mpa = told
    for k in range(first, last):
        kind, size, pressure, voltage, of = utility[k], 0, np.int64(0), 0, np.int64(0)
        if matters[kind, 0]:
            size = _cell(_size_mm(nominal_mm[k], inner[k], outer[k]), size_cuts)
        if matters[kind, 1]:
            pressure = _pressure(np.int64(said[k]), mpa[k], bounds, by_mpa)
        if matters[kind, 2]:
            voltage = _cell(kv[k], voltage_cuts)
        if matters[kind, 3]:
            of = np.int64(material[k])
        number = (np.int64(kind) * bases[0] + burial[k]) * bases[1] + size
        key[k] = ((number * bases[2] + pressure) * bases[3] + voltage) * bases[4] + of


def keys_of(lines: Recorded, told: Told) -> I64:
    """One number for each line, digit by digit; equal where nothing told apart differs.

    The digits are utility, burial, size, pressure, voltage, material; `bases` has those of all but
    the first.
    """
    key = np.empty(len(lines.utility), dtype=np.int64)
    codes = (owned(column, np.int8) for column in lines[:4])
    numbers = (owned(column, np.float64) for column in lines[4:])
    run_in_chunks(_keys, len(key), Recorded(*codes, *numbers), told, key)
    return key
