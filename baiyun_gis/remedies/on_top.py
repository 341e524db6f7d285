"""Lines that a move would lay along another of their kind, which the checks do not call a clash.

The checks take a planned line on the trace of another for what is to come in its place, and an end
that touches a line for a joint. A line that only gives way must not come to lie so.
"""

from __future__ import annotations

import numpy as np

from baiyun_gis.checks.check import CheckContext
from baiyun_gis.checks.duplicate_lines import recorded_twice
from baiyun_gis.checks.joints import REPLACEMENT, TEE, UNJOINED
from baiyun_gis.checks.pairs import plan_of
from baiyun_gis.findings.conflicts import ConflictTable


def lines_on_top(ctx: CheckContext) -> ConflictTable:
    """A finding for every two pipes that lie along each other with nothing said of it."""
    pairs = ctx.pairs
    touching = pairs.joints.rows[np.isin(pairs.joints.reason, [TEE, UNJOINED])]
    plan, crossing = plan_of(ctx, touching)
    is_along = crossing.angle_deg < ctx.rules.settings.crossing_angle_deg
    along = pairs.pair[touching[is_along & (plan.gap < 0.0)]]
    replaced = np.flatnonzero(pairs.settled_reason == REPLACEMENT)
    rows = np.union1d(along, replaced)
    return recorded_twice(ctx.snapshot, pairs.a[rows], pairs.b[rows])
