"""What lines near buildings come to: which serve them, which are too near, from where to where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.building_pairs import runs_at_buildings
from baiyun_gis.checks.near_buildings import SERVICE_ZONE_M
from baiyun_gis.checks.pairs import UNKNOWN_HALF_M
from baiyun_gis.checks.stretches import TOUCHING_M
from baiyun_gis.checks.verdicts import HALF_NANOMETRE_M, POSSIBLE, TOLERANCE_M
from baiyun_gis.kernels.beside import Beside
from baiyun_gis.kernels.beside_runs import (
    OfSegments,
    OnRuns,
    Terms,
    Told,
    answers_of_runs,
)
from baiyun_gis.kernels.ordering import numbered
from baiyun_gis.kernels.outlines import Outlines
from baiyun_gis.kernels.segments import owned, table_of

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext
    from baiyun_gis.checks.snapshot import Snapshot

SERVICE_END_M, SERVICE_M = 1.5, 8.0
"""A service ends within the first of the building; of its line no more than the last lies within
`SERVICE_ZONE_M` of the outline (2.5 m approached at 20° or more)."""


def told_of(ctx: CheckContext, pairs: Beside, outlines: Outlines, *, sets_inside: bool) -> Told:
    """What pieces near buildings come to.

    A run serves a building when a free end of it lies in or at the building and it comes there
    straight: no more than `SERVICE_M` of it lies within `SERVICE_ZONE_M` of the outline. A main
    that ends beside a facade it runs along is none. `sets_inside` sets aside pipes that lie under
    the building. Stretches are chainage along runs: a station counts when the line across the
    strip there comes near enough.
    """
    snapshot = ctx.snapshot
    number, first = numbered(runs_at_buildings(snapshot, pairs))
    x, y = snapshot.origin.tolist()
    terms = Terms(
        SERVICE_ZONE_M, SERVICE_END_M, SERVICE_M, TOLERANCE_M, HALF_NANOMETRE_M, UNKNOWN_HALF_M,
        POSSIBLE, TOUCHING_M, sets_inside, (x, y),
    )  # fmt: skip
    of = _of_segments(snapshot), _on_runs(snapshot)
    return answers_of_runs(number, len(first), pairs, *of, outlines, terms)


def _of_segments(snapshot: Snapshot) -> OfSegments:
    seg, columns = snapshot.segments, snapshot.columns
    flags = columns.is_first, columns.is_last, columns.width_known
    chain0 = owned(seg.chain0, np.float64)
    return OfSegments(table_of(seg), chain0, *(owned(flag, np.bool_) for flag in flags))


def _on_runs(snapshot: Snapshot) -> OnRuns:
    topology = snapshot.topology
    return OnRuns(
        owned(topology.run_offset_m, np.float64), owned(topology.run_sign, np.float64),
        owned(topology.joint, np.int32), owned(topology.end_xy, np.float64),
        owned(topology.joint_degree, np.int32),
    )  # fmt: skip
