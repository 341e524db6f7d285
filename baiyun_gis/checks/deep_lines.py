"""Lines deeper than a foundation: the distance that keeps the ground under it (GB 50289 4.1.11).

From the axis to the foundation's edge (H − h) ÷ tan α + B ÷ 2, that is from the wall
(H − h) ÷ tan α + working space, where H − h is how far the line's underside lies below the
foundation's. The soil's α and the trench's width B are not recorded: the rule set states both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.ground import surveyed_ends
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I32
from baiyun_gis.rules.requirement import Requirement
from baiyun_gis.rules.ruleset import DeepFoundation

if TYPE_CHECKING:
    from baiyun_gis.checks.building_pairs import BuildingPairs
    from baiyun_gis.checks.check import CheckContext

DEEPER_RULE = "b.deeper-than-foundation"
"""How findings cite the clause, as `Requirement.rule_id`."""


@dataclass(frozen=True, slots=True)
class Deeper:
    """What depth asks of pairs of segment and building: clear distance and its deviation.

    NaN where the line is not deeper or a level is unknown; both shape (pairs,).
    """

    required_m: F64
    sigma_m: F64


def underside_m(ctx: CheckContext, i: I32) -> tuple[F64, F64]:
    """Level of the underside of some segments at both ends; NaN unknown."""
    seg = ctx.snapshot.segments
    half = seg.half_height[i]
    return seg.z0[i] - half, seg.z1[i] - half


def deeper_of(ctx: CheckContext, rule: DeepFoundation, pairs: BuildingPairs) -> Deeper:
    """What depth asks of each pair at its nearest station."""
    snapshot = ctx.snapshot
    i, t = pairs.i, pairs.clearance.t
    start, stop = underside_m(ctx, i)
    low = start + (stop - start) * t
    deeper = _level_beside(ctx, pairs) - low
    columns = snapshot.columns
    sigma_z = columns.sigma_z0[i] + (columns.sigma_z1[i] - columns.sigma_z0[i]) * t
    is_deeper = (deeper > 0) & snapshot.columns.height_known[i]
    return Deeper(
        np.where(is_deeper, rule.clear_m(deeper), np.nan),
        np.where(is_deeper, sigma_z / rule.tangent, 0.0),
    )


def _level_beside(ctx: CheckContext, pairs: BuildingPairs) -> F64:
    """Level of the underside of each pair's foundation; from the line's ground where need be."""
    snapshot = ctx.snapshot
    buildings = snapshot.state.buildings
    level = foundation_level(ctx)[pairs.building]
    by_line = np.flatnonzero(np.isnan(buildings.ground_m[pairs.building]))
    if len(by_line):
        one, two = surveyed_ends(snapshot, snapshot.segments.pipe[pairs.i[by_line]])
        depth = buildings.foundation_depth_m[pairs.building[by_line]]
        level[by_line] = (one + two) / 2 - depth
    return level


def foundation_level(ctx: CheckContext) -> F64:
    """Level of the underside of foundations, by building; NaN unknown. Not to be written to."""
    buildings = ctx.snapshot.state.buildings
    return ctx.of_things(
        "level of foundations", "", lambda: buildings.ground_m - buildings.foundation_depth_m
    )


def deep_requirement(ctx: CheckContext, rule: DeepFoundation) -> Requirement:
    """The clause as findings cite it."""
    return Requirement(
        rule_id=DEEPER_RULE,
        rule_set=ctx.rules.id,
        check="building_clearance",
        clause=rule.clause,
        state=rule.state,
        is_mandatory=False,
        min_m=rule.least_m,
        sentence=msg(
            "a line deeper than a foundation: from its axis to the edge at least"
            " (H − h) ÷ tan {angle}° + B ÷ 2, B with {space} m of working space to each side"
            " ({edition} {clause})",
            angle=f"{rule.friction_deg:g}",
            space=f"{rule.working_space_m:g}",
            edition=ctx.rules.edition,
            clause=rule.clause,
        ),
        assumed=(),
    )


def index_where(deep: F64, table: F64, of_table: I32, of_deep: int) -> tuple[F64, I32]:
    """The larger of both numbers and the requirement it comes from."""
    wins = np.nan_to_num(deep, nan=-1.0) > np.nan_to_num(table, nan=-1.0)
    return np.where(wins, deep, table), np.where(wins, of_deep, of_table).astype(np.int32)
