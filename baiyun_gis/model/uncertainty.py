"""How well positions and levels are known: one standard deviation in plan and one in height.

As recorded, else from the survey method and depth (CJJ 61-2017: hidden points within 0.10 h in
plan and 0.15 h in depth, h at least 1 m; visible points within 0.05 m in plan and 0.03 m in
height), else from the quality level (ASCE 38, PAS 128), else as a hidden point. A limit
is two standard deviations. Planned lines are where the drawing says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.model.columns import F64, I8, I32, I64, Bool, Str
from baiyun_gis.model.levels import interpolated
from baiyun_gis.model.tables import NodeTable, PipeTable
from baiyun_gis.model.vocabulary import Status, Vocabulary

HIDDEN_XY_SHARE, HIDDEN_Z_SHARE, LEAST_DEPTH_M = 0.10, 0.15, 1.0
VISIBLE_XY_M, VISIBLE_Z_M = 0.05, 0.03

_VISIBLE = ("visible", "明显", "excavat", "exposed", "开挖", "开井", "量测", "gnss", "rtk")
_HIDDEN = ("hidden", "隐蔽", "探测", "detect", "gpr", "雷达", "电磁", "locator")

# Limits (two standard deviations): least plan, plan as a share of depth, least height, height as a
# share of depth. A, B1 and B2 as in PAS 128 table 1 (B1 0.15 m or 15 % of depth, B2 0.25 m or 40 %
# of depth). Neither PAS 128 nor ASCE 38 gives numbers for the heights of B3, for B4, C and D; those
# here are this program's own, wide enough that nothing is called certain on the strength of them.
_QUALITY: dict[str, tuple[float, float, float, float]] = {
    "A": (0.05, 0.0, 0.025, 0.0),
    "B": (0.25, 0.40, 0.10, 0.40),
    "B1": (0.15, 0.15, 0.05, 0.15),
    "B2": (0.25, 0.40, 0.10, 0.40),
    "B3": (0.50, 0.0, 0.50, 0.40),
    "B4": (1.00, 0.0, 1.00, 0.0),
    "C": (2.00, 0.0, 1.00, 0.0),
    "D": (5.00, 0.0, 2.00, 0.0),
}


class SigmaBasis(Vocabulary):
    """What a standard deviation rests on."""

    DEFAULT = (0, "default", "按隐蔽点限差")
    RECORDED = (1, "recorded", "记录值")
    METHOD = (2, "method", "按探查方法")
    QUALITY = (3, "quality_level", "按质量等级")
    DESIGN = (4, "design", "设计线")
    NODE = (5, "node", "管线点记录值")


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """Standard deviations for every vertex, in metres, and per pipe what they rest on."""

    sigma_xy_m: F64
    sigma_z_m: F64
    basis: I8


def uncertainty_of(pipes: PipeTable, nodes: NodeTable) -> Uncertainty:
    """Standard deviations of all axis vertices; see the module for the order of sources."""
    depth = np.maximum(np.nan_to_num(axis_depth_m(pipes), nan=0.0), LEAST_DEPTH_M)
    owner = pipes.vertex_pipe
    visible, said = _visible(pipes.survey_method)
    xy = np.where(visible[owner], VISIBLE_XY_M, HIDDEN_XY_SHARE * depth) / 2
    z = np.where(visible[owner], VISIBLE_Z_M, HIDDEN_Z_SHARE * depth) / 2
    basis = np.where(said, SigmaBasis.METHOD, SigmaBasis.DEFAULT).astype(np.int8)

    by_quality, quality_xy, quality_z = _of_quality(pipes.quality_level, depth, owner)
    by_quality &= ~said
    xy = np.where(by_quality[owner], quality_xy, xy)
    z = np.where(by_quality[owner], quality_z, z)
    basis[by_quality] = SigmaBasis.QUALITY

    for values, of_nodes, of_pipes in (
        (xy, nodes.sigma_xy_m, pipes.sigma_xy_m),
        (z, nodes.sigma_z_m, pipes.sigma_z_m),
    ):
        start, end = _at_node(of_nodes, pipes.start_node), _at_node(of_nodes, pipes.end_node)
        at_ends = interpolated(pipes, start, end)
        from_nodes = ~np.isnan(at_ends) & np.isnan(of_pipes[owner])
        values[from_nodes] = at_ends[from_nodes]
        basis[owner[from_nodes]] = SigmaBasis.NODE
        recorded = of_pipes[owner]
        has = ~np.isnan(recorded)
        values[has] = recorded[has]
        basis[~np.isnan(of_pipes)] = SigmaBasis.RECORDED

    planned = (pipes.status == Status.PLANNED) & (basis != SigmaBasis.RECORDED)
    xy[planned[owner]] = 0.0
    z[planned[owner]] = 0.0
    basis[planned] = SigmaBasis.DESIGN
    return Uncertainty(xy, z, basis)


def axis_depth_m(pipes: PipeTable) -> F64:
    """Depth of the axis below ground at every vertex; as recorded where ground is unknown."""
    if not len(pipes.xy):
        return np.zeros(0)
    ground = interpolated(pipes, pipes.start_ground_m, pipes.end_ground_m)
    recorded = interpolated(pipes, pipes.start_depth_m, pipes.end_depth_m)
    below = ground - pipes.axis_level
    return np.where(np.isnan(below), recorded, below)


def _visible(methods: Str) -> tuple[Bool, Bool]:
    """Which methods see the line, and which methods say anything at all."""
    words, index = np.unique(methods.astype(str), return_inverse=True)
    visible = np.zeros(len(words), dtype=np.bool_)
    said = np.zeros(len(words), dtype=np.bool_)
    for row, word in enumerate(words):
        low = str(word).strip().lower()
        hidden = any(part in low for part in _HIDDEN)
        visible[row] = not hidden and any(part in low for part in _VISIBLE)
        said[row] = hidden or visible[row]
    return visible[index], said[index]


def _of_quality(levels: Str, depth: F64, owner: I64) -> tuple[Bool, F64, F64]:
    """Which pipes have a known quality level, and the deviations it gives at their vertices."""
    words, index = np.unique(levels.astype(str), return_inverse=True)
    limits = np.full((len(words), 4), np.nan)
    for row, word in enumerate(words):
        key = str(word).upper().replace("QL", "").strip(" -_")
        key = key.removesuffix("P")  # PAS 128: post-processed
        limits[row] = _QUALITY.get(key, (np.nan,) * 4)
    known = ~np.isnan(limits[index, 0])
    least_xy, share_xy, least_z, share_z = limits[index][owner].T
    return (
        known,
        np.maximum(least_xy, share_xy * depth) / 2,
        np.maximum(least_z, share_z * depth) / 2,
    )


def _at_node(values: F64, node: I32) -> F64:
    if not len(values):
        return np.full(len(node), np.nan)
    return np.where(node >= 0, values[np.maximum(node, 0)], np.nan)
