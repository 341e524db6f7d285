"""Chainage along axes and what is straight in it, line by line: no line's sums reach another's."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I8, I32, I64, Bool
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import owned


@compiled
def _chainages(
    first: int, last: int, offsets: I64, xy: F64, chainage: F64, length: F64, owner: I32
) -> None:  # fmt: skip
    for line in range(first, last):
        along = 0.0
        for k in range(offsets[line], offsets[line + 1]):
            if k > offsets[line]:
                dx, dy = xy[k, 0] - xy[k - 1, 0], xy[k, 1] - xy[k - 1, 1]
                step = math.sqrt(dx * dx + dy * dy)
                along += step if math.isfinite(step) else 0.0
            chainage[k] = along
            owner[k] = line
        length[line] = along


def chainages_of(offsets: I64, xy: F64) -> tuple[F64, F64, I32]:
    """Plan chainage of all vertices, length of all lines (m), and the line of each vertex.

    A step to or from a vertex without coordinates has no length.
    """
    count = len(offsets) - 1
    chainage, length = np.empty(len(xy)), np.empty(count)
    owner = np.empty(len(xy), dtype=np.int32)
    whole = owned(offsets, np.int64), owned(xy, np.float64)
    run_in_chunks(_chainages, count, *whole, chainage, length, owner)
    return chainage, length, owner


class Straight(NamedTuple):
    """What runs straight along each line from its start to its end; all shape (lines,)."""

    ground0: F64
    ground1: F64
    depth0: F64
    depth1: F64


class Basis(NamedTuple):
    """What the deviations of each line rest on, by line.

    `method` numbers survey methods; by number, which see the line and which say anything. `level`
    numbers quality levels; by number, `quality` indexes `limits` (least plan, share of depth, least
    height, share of depth), −1 for none. `node0`, `node1` index the nodes' deviations, −1 for none;
    `xy`, `z` are as recorded. Lines of the status `planned` are where the drawing says.
    """

    method: I32
    is_visible: Bool
    is_said: Bool
    level: I32
    quality: I32
    limits: F64
    node0: I32
    node1: I32
    node_xy: F64
    node_z: F64
    xy: F64
    z: F64
    status: I8
    planned: int


class Survey(NamedTuple):
    """What is recorded of the survey of lines and of the ground above them."""

    straight: Straight
    basis: Basis


@compiled
def _between(start: float, end: float, share: float) -> float:
    return start + (end - start) * share


@compiled
def _at_node(values: F64, node: int) -> float:
    return values[node] if node >= 0 else np.nan


@compiled
def _by_method(
    limits: F64, quality: Any, is_visible: Any, depth: float, numbers: F64
) -> tuple[float, float]:
    """Deviations from the quality level (−1: from the survey method) at a depth."""
    if quality >= 0:
        least_xy, share_xy = limits[quality, 0], limits[quality, 1]
        least_z, share_z = limits[quality, 2], limits[quality, 3]
        return max(least_xy, share_xy * depth) / 2, max(least_z, share_z * depth) / 2
    if is_visible:
        return numbers[0] / 2, numbers[1] / 2
    return numbers[2] * depth / 2, numbers[3] * depth / 2


@compiled
def _recorded_over(value: float, recorded: float, at_nodes: float) -> float:
    """The line's own record, else its points', else what it was."""
    if not math.isnan(recorded):
        return recorded
    return value if math.isnan(at_nodes) else at_nodes


@compiled
def _deviations(
    first: int, last: int, offsets: I64, chainage: F64, level: F64, straight: Straight,
    basis: Basis, numbers: F64, codes: I8, xy: F64, z: F64, rests_on: I8,
) -> None:  # fmt: skip
    """Deviations of all vertices of some lines; see `uncertainty_of` for the order of sources."""
    by_default, recorded, by_method, by_quality, by_design, by_node = codes
    for line in range(first, last):
        start, stop = offsets[line], offsets[line + 1]
        method, quality = basis.method[line], basis.quality[basis.level[line]]
        is_said, is_visible = basis.is_said[method], basis.is_visible[method]
        quality = -1 if is_said else quality
        rest = by_method if is_said else by_default
        if quality >= 0:
            rest = by_quality
        length = chainage[stop - 1] if stop > start else 0.0
        xy0, xy1 = (
            _at_node(basis.node_xy, basis.node0[line]), _at_node(basis.node_xy, basis.node1[line])
        )  # fmt: skip
        z0, z1 = (
            _at_node(basis.node_z, basis.node0[line]), _at_node(basis.node_z, basis.node1[line])
        )  # fmt: skip
        own_xy, own_z = basis.xy[line], basis.z[line]
        if stop > start:
            if math.isnan(own_z):
                if not math.isnan(own_xy):
                    rest = recorded
                elif not math.isnan(xy0 + xy1):
                    rest = by_node
                if not math.isnan(z0 + z1):
                    rest = by_node
            else:
                rest = recorded
        elif not (math.isnan(own_xy) and math.isnan(own_z)):
            rest = recorded
        is_exact = basis.status[line] == basis.planned and rest != recorded
        for k in range(start, stop):
            share = chainage[k] / length if length > 0.0 else 0.0
            ground = _between(straight.ground0[line], straight.ground1[line], share)
            depth = ground - level[k]
            if math.isnan(depth):
                depth = _between(straight.depth0[line], straight.depth1[line], share)
            depth = numbers[4] if math.isnan(depth) else max(depth, numbers[4])
            a, b = _by_method(basis.limits, quality, is_visible, depth, numbers)
            xy[k] = 0.0 if is_exact else _recorded_over(a, own_xy, _between(xy0, xy1, share))
            z[k] = 0.0 if is_exact else _recorded_over(b, own_z, _between(z0, z1, share))
        rests_on[line] = by_design if is_exact else rest


def deviations_of(
    offsets: I64, chainage: F64, level: F64, survey: Survey, *, numbers: F64, codes: I8
) -> tuple[F64, F64, I8]:
    """Standard deviations in plan and height of all vertices (m), and what each line's rest on.

    `numbers`: limits of visible points in plan and height, shares of hidden ones, least depth.
    `codes`: default, recorded, method, quality, design, node.
    """
    xy, z = np.empty((2, len(level)))
    rests_on = np.empty(len(offsets) - 1, dtype=np.int8)
    run_in_chunks(
        _deviations, len(offsets) - 1, owned(offsets, np.int64), owned(chainage, np.float64),
        owned(level, np.float64), survey.straight, survey.basis, numbers, codes, xy, z, rests_on,
    )  # fmt: skip
    return xy, z, rests_on
