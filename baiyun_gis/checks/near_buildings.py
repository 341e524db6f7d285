"""Lines near buildings, searched once for all that a run asks of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.deep_lines import foundation_level
from baiyun_gis.checks.pairs import UNKNOWN_HALF_M
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS
from baiyun_gis.kernels.box_grid import pairs_with_boxes
from baiyun_gis.kernels.lifts import Lifts
from baiyun_gis.kernels.reaches import Doubts, reaches_of, undersides_of
from baiyun_gis.kernels.segments import table_of
from baiyun_gis.model.columns import F64, I32
from baiyun_gis.model.uncertainty import VISIBLE_XY_M
from baiyun_gis.rules.ruleset import DEEPEST_TRENCH_M, DeepFoundation

if TYPE_CHECKING:
    from baiyun_gis.checks.check import CheckContext

LARGEST_UNRECORDED_M = 0.2
"""The largest deviation in plan that any question takes for a building of unknown accuracy."""
SERVICE_ZONE_M = 2.5
"""Lines are looked at as far off as services are told by, see `building_stretches`, whatever is
asked: what a line is to a building does not hang on where its vertices are."""
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class NearBuildings:
    """Segments `i` and buildings, in order, each pair once: all that are near enough to matter.

    Near enough where lines are asked no more than `most_m` by class, from the footprint or from
    the foundation, with what is in doubt of both; further where depth below it asks for more.
    `asked` are those of the pairs that are asked about.
    """

    i: I32
    building: I32
    most_m: F64
    asked: tuple[I32, I32]

    def answer(self, asked_m: F64) -> bool:
        """Whether nothing that is asked so much by class lies further off."""
        return not bool((asked_m > self.most_m).any())


def near_buildings(ctx: CheckContext) -> NearBuildings:
    """All pairs of a segment and a building for what the rule set asks of lines and buildings."""
    from baiyun_gis.rules.resolver import resolve_buildings, resolve_protection

    def most_asked() -> F64:
        table = resolve_buildings(ctx.rules, ctx.classes).required_m
        zone = resolve_protection(ctx.rules, ctx.classes).required_m
        return np.fmax(np.fmax(table, zone), SERVICE_ZONE_M)

    most_m = ctx.of_things("most asked", "buildings", most_asked)
    return pairs_within(ctx, most_m, ctx.rules.settings.deep_foundation)


def pairs_within(
    ctx: CheckContext, asked_m: F64, deep: DeepFoundation | None = None
) -> NearBuildings:
    """All pairs for lines of which so much is asked by class (NaN: nothing), or more by depth."""
    asked_m = np.maximum(asked_m, SERVICE_ZONE_M)  # NaN stays
    table, boxes = table_of(ctx.snapshot.segments), _boxes(ctx)
    if deep is None:
        keys = pairs_with_boxes(table, _reaches(ctx, asked_m), boxes)
    else:
        reach = _reaches(ctx, np.fmax(asked_m, max(deep.working_space_m, deep.least_m)))
        keys = pairs_with_boxes(table, reach, boxes, _lifts(ctx, deep))
    i, building = (keys >> 32).astype(np.int32), keys.astype(np.int32)
    return NearBuildings(i, building, asked_m, _asked_about(ctx, i, building))


def _lifts(ctx: CheckContext, deep: DeepFoundation) -> Lifts:
    """How much further foundations look for deeper lines."""
    feet = undersides_of(ctx.snapshot.segments)
    feet /= deep.tangent
    heads = ctx.of_things(
        "heads", "buildings", lambda: foundation_level(ctx) / deep.tangent + _ROUNDING
    )
    return Lifts(heads, feet, DEEPEST_TRENCH_M / deep.tangent)


def _asked_about(ctx: CheckContext, i: I32, building: I32) -> tuple[I32, I32]:
    if not len(i):
        return i, building
    snapshot = ctx.snapshot
    pipe = snapshot.segments.pipe[i]
    asks = snapshot.may_ask[pipe] & snapshot.asks_with(pipe, "buildings", building)
    return (i, building) if asks.all() else (i[asks], building[asks])


def _reaches(ctx: CheckContext, asked_m: F64) -> F64:
    """How far each segment looks, by what is asked of its class."""
    columns = ctx.snapshot.columns
    doubts = Doubts(
        columns.sigma_xy0, columns.sigma_xy1, POSSIBLE_SIGMAS, columns.width_known, UNKNOWN_HALF_M
    )
    return reaches_of(ctx.snapshot.segments, ctx.classes.class_of, asked_m, doubts)


def _boxes(ctx: CheckContext) -> F64:
    """Boxes around footprints and foundations, grown by what is in doubt; NaN for none."""

    def make() -> F64:
        recorded = ctx.snapshot.state.buildings.sigma_xy_m
        usual = max(VISIBLE_XY_M / 2, LARGEST_UNRECORDED_M)
        doubt = POSSIBLE_SIGMAS * np.where(recorded > 0, recorded, usual)
        one, two = ctx.footprints.boxes, ctx.foundations.boxes
        boxes = np.empty_like(one)
        boxes[:, :2] = np.fmin(one[:, :2], two[:, :2]) - doubt[:, None]
        boxes[:, 2:] = np.fmax(one[:, 2:], two[:, 2:]) + doubt[:, None]
        return boxes

    return ctx.of_things("boxes", "buildings", make)
