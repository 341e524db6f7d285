"""Lines beside the streets: the utility tunnel, an industrial line, and replaced services."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from baiyun_gis.model.columns import F64, I64
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.synthetic.chance import Chance
from baiyun_gis.synthetic.corridors import point_on
from baiyun_gis.synthetic.drafts import NodeDraft, PipeDraft, Role, filled, pipes_between
from baiyun_gis.synthetic.sections import SECTIONS, section
from baiyun_gis.synthetic.streets import StreetPlan

BESIDE_M = 35.0
"""Behind the red line of the outermost streets, where nothing else lies."""
_NODE_EVERY_M = 70.0
_TUNNEL_TOP_M = 3.0
_IN_TUNNEL = (
    # section, offset from the tunnel's axis, depth of the outer top below the tunnel's top
    ("tunnel", 0.0, 0.0),
    ("tunnel water 600", -0.9, 1.9),
    ("tunnel power", 1.15, 0.9),
    ("tunnel telecom", 1.15, 1.9),
)


def lay_beside(plan: StreetPlan, first_node: int) -> tuple[NodeDraft, PipeDraft]:
    """The tunnel north of the district with the lines in it, an oxygen line south of it."""
    nodes: list[NodeDraft] = []
    pipes: list[PipeDraft] = []
    count = first_node
    last = len(plan.ew) - 1
    north, south = plan.ew.half_m[last] + BESIDE_M, -(plan.ew.half_m[0] + BESIDE_M)
    lines = [
        (key, last, north + shift, _TUNNEL_TOP_M + down, Role.TUNNEL)
        for key, shift, down in _IN_TUNNEL
    ]
    for key, street, offset, top, role in [
        *lines,
        ("industrial 250", 0, south, 1.5, Role.EXTRA),
    ]:
        station = _stations(plan, street)
        row = section(key)
        nodes.append(beside_nodes(plan, street, station, offset, SECTIONS[row].utility, Role.EXTRA))
        rows = count + np.arange(len(station))
        count += len(station)
        depth = np.full(len(station) - 1, top)
        pipes.append(
            pipes_between(
                rows[:-1], rows[1:], section=row, role=role, top_from=depth, top_to=depth,
                direction=0, street=street,
            )
        )  # fmt: skip
    return NodeDraft.joined(nodes), PipeDraft.joined(pipes)


def beside_nodes(
    plan: StreetPlan, street: int, station: F64, offset_m: float, utility: Utility, role: Role
) -> NodeDraft:
    """Nodes at stations of one east–west street, all at one offset."""
    count = len(station)
    return NodeDraft(
        uv=point_on(plan.ew, np.full(count, street), station, offset_m),
        utility=filled(count, utility, np.int8),
        role=filled(count, role, np.int8),
        richness=np.zeros(count),
        direction=filled(count, 0, np.int8),
        street=filled(count, street, np.int32),
        place=filled(count, -1, np.int32),
        lot=filled(count, -1, np.int32),
    )


def _stations(plan: StreetPlan, street: int) -> F64:
    start = float(plan.ew_edges.knot_from[street, 0])
    stop = float(plan.ew_edges.knot_to[street, -1])
    return np.linspace(start, stop, max(2, round((stop - start) / _NODE_EVERY_M) + 1))


def replaced_services(pipes: PipeDraft, count: int, taken: I64, chance: Chance) -> PipeDraft:
    """Older pipes that lay where some gas services lie now, until those were laid."""
    gas = np.flatnonzero((pipes.section == section("gas 50")) & (pipes.role == Role.SERVICE))
    free = gas[~np.isin(pipes.site[gas], taken)]
    rows = chance.chosen("replaced", free, count)
    return replace(pipes.take(rows), role=filled(len(rows), Role.REPLACED, np.int8))
