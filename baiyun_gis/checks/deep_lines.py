"""Lines deeper than a foundation: the distance that keeps the ground under it (GB 50289 4.1.11).

From the axis to the foundation's edge (H − h) ÷ tan α + B ÷ 2, that is from the wall
(H − h) ÷ tan α + working space, where H − h is how far the line's underside lies below the
foundation's. The soil's α and the trench's width B are not recorded: the rule set states both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.ground import surveyed_ends
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I32
from baiyun_gis.rules.requirement import Requirement
from baiyun_gis.rules.ruleset import DeepFoundation

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext

DEEPER_RULE = "b.deeper-than-foundation"
"""How findings cite the clause, as `Requirement.rule_id`."""


def level_beside(ctx: CheckContext, i: I32, building: I32) -> F64:
    """Level of the underside of foundations beside segments, pair by pair; from the line's ground
    where the building's is unknown. NaN unknown."""
    snapshot = ctx.snapshot
    level = foundation_level(ctx)[building]
    by_line = np.isnan(level).nonzero()[0]
    if len(by_line):
        buildings, row = snapshot.state.buildings, building[by_line]
        no_ground = np.isnan(buildings.ground_m[row])
        by_line, row = by_line[no_ground], row[no_ground]
        one, two = surveyed_ends(snapshot, snapshot.segments.pipe[i[by_line]])
        level[by_line] = (one + two) / 2 - buildings.foundation_depth_m[row]
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
