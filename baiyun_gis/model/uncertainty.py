"""How well positions and levels are known: one standard deviation in plan and one in height.

As recorded, else from the survey method and depth (CJJ 61-2017: hidden points within 0.10 h in
plan and 0.15 h in depth, h at least 1 m; visible points within 0.05 m in plan and 0.03 m in
height), else from the quality level (ASCE 38, PAS 128), else as a hidden point. A limit
is two standard deviations. Planned lines are where the drawing says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.model.columns import F64, I8, I32, I64, Bool, distinct_words
from baiyun_gis.model.levels import interpolated
from baiyun_gis.model.tables import NodeTable, PipeTable
from baiyun_gis.model.vocabulary import Status, Vocabulary

if TYPE_CHECKING:
    from baiyun_gis.kernels.axis_lines import Survey

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


def uncertainty_of(
    pipes: PipeTable, nodes: NodeTable, *, chainage_m: F64 | None = None
) -> Uncertainty:
    """Standard deviations of all axis vertices; see the module for the order of sources.

    `chainage_m` is the plan chainage of the vertices where it is known already.
    """
    from baiyun_gis.kernels.axis_lines import chainages_of

    if chainage_m is None:
        chainage_m, _, _ = chainages_of(pipes.offsets, pipes.xy)
    return uncertainty_from(survey_of(pipes, nodes), pipes.offsets, chainage_m, pipes.axis_level)


def survey_of(pipes: PipeTable, nodes: NodeTable) -> Survey:
    """What was recorded of the survey of some lines, wherever their axes lie."""
    from baiyun_gis.kernels.axis_lines import Basis, Straight, Survey
    from baiyun_gis.kernels.segments import owned

    methods, method = distinct_words(pipes.survey_method)
    levels, level = distinct_words(pipes.quality_level)
    visible, said = _visible(methods)
    basis = Basis(
        method=method,
        is_visible=visible,
        is_said=said,
        level=level,
        quality=_quality_of(levels),
        limits=_LIMITS,
        node0=owned(pipes.start_node, np.int32),
        node1=owned(pipes.end_node, np.int32),
        node_xy=owned(nodes.sigma_xy_m, np.float64),
        node_z=owned(nodes.sigma_z_m, np.float64),
        xy=owned(pipes.sigma_xy_m, np.float64),
        z=owned(pipes.sigma_z_m, np.float64),
        status=owned(pipes.status, np.int8),
        planned=int(Status.PLANNED),
    )
    known = (pipes.start_ground_m, pipes.end_ground_m, pipes.start_depth_m, pipes.end_depth_m)
    return Survey(Straight(*(owned(column, np.float64) for column in known)), basis)


def uncertainty_from(survey: Survey, offsets: I64, chainage_m: F64, level: F64) -> Uncertainty:
    """Standard deviations of the vertices of lines of a survey, at these levels and chainages."""
    from baiyun_gis.kernels.axis_lines import deviations_of

    return Uncertainty(
        *deviations_of(offsets, chainage_m, level, survey, numbers=_NUMBERS, codes=_CODES)
    )


def axis_depth_m(pipes: PipeTable) -> F64:
    """Depth of the axis below ground at every vertex; as recorded where ground is unknown."""
    if not len(pipes.xy):
        return np.zeros(0)
    ground = interpolated(pipes, pipes.start_ground_m, pipes.end_ground_m)
    recorded = interpolated(pipes, pipes.start_depth_m, pipes.end_depth_m)
    below = ground - pipes.axis_level
    return np.where(np.isnan(below), recorded, below)


def _visible(methods: list[str]) -> tuple[Bool, Bool]:
    """Which methods see the line, and which methods say anything at all."""
    visible = np.zeros(len(methods), dtype=np.bool_)
    said = np.zeros(len(methods), dtype=np.bool_)
    for row, word in enumerate(methods):
        low = word.strip().lower()
        hidden = any(part in low for part in _HIDDEN)
        visible[row] = not hidden and any(part in low for part in _VISIBLE)
        said[row] = hidden or visible[row]
    return visible, said


_LIMITS = np.array(list(_QUALITY.values()))
_NUMBERS = np.array([VISIBLE_XY_M, VISIBLE_Z_M, HIDDEN_XY_SHARE, HIDDEN_Z_SHARE, LEAST_DEPTH_M])
_CODES = np.array(
    [
        SigmaBasis.DEFAULT,
        SigmaBasis.RECORDED,
        SigmaBasis.METHOD,
        SigmaBasis.QUALITY,
        SigmaBasis.DESIGN,
        SigmaBasis.NODE,
    ],
    dtype=np.int8,
)


def _quality_of(levels: list[str]) -> I32:
    """Row of the limits for each quality level, −1 where it says nothing."""
    place = np.full(len(levels), -1, dtype=np.int32)
    names = list(_QUALITY)
    for row, word in enumerate(levels):
        key = word.upper().replace("QL", "").strip(" -_")
        key = key.removesuffix("P")  # PAS 128: post-processed
        place[row] = names.index(key) if key in _QUALITY else -1
    return place
