"""The street grid of the synthetic district: classes, tilted centre lines, blocks and lots.

Everything here is in the district's own frame: metres, u along the east–west streets, v along
the north–south ones, origin in the middle. Direction 0 runs east, direction 1 runs north; the
left of a direction is positive (north of an east–west street, west of a north–south one).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from baiyun_gis.model.columns import F64, I8, I32, Bool, Str
from baiyun_gis.synthetic.chance import Chance

MAIN, SECONDARY, LOCAL = 0, 1, 2
HALF_WIDTH_M = np.array([20.0, 12.0, 7.5])
CARRIAGEWAY_HALF_M = np.array([12.0, 7.5, 3.6])
VALLEY_PERIOD = 8
"""Every eighth street is a main street in a valley, where the trunk sewers lie."""
KNOT_M = 3.0
"""Where a street enters a crossing: beyond the red line of the crossed street."""
CORNER_M = 30.0
"""North–south lots keep this far from the red line of the east–west streets."""
LOT_MIN_M = 27.0
_TILT_MAX = 0.014
_DRIFT_MAX_M = 8.0


@dataclass(frozen=True, slots=True)
class Streets:
    """The parallel streets of one direction, in order across it; arrays of shape (streets,)."""

    direction: int
    position_m: F64
    tilt: F64
    kind: I8
    valley_distance: I32
    is_rich: Bool
    """Valley streets that carry heat and reclaimed water too (east–west only)."""
    slope_to_next: F64
    """Ground slope of the blocks between this street and the next, as a number above 0."""
    name: Str
    year: I32
    """When the street was built."""

    def __len__(self) -> int:
        return len(self.position_m)

    @property
    def half_m(self) -> F64:
        return HALF_WIDTH_M[self.kind]

    @property
    def along(self) -> F64:
        """Unit vectors along the streets, shape (streets, 2)."""
        norm = np.hypot(1.0, self.tilt)
        pair = (1.0 / norm, self.tilt / norm)
        return np.column_stack(pair if self.direction == 0 else pair[::-1])

    @property
    def left(self) -> F64:
        """Unit vectors to the left of the streets, shape (streets, 2)."""
        d = self.along
        return np.column_stack((-d[:, 1], d[:, 0]))

    @property
    def anchor(self) -> F64:
        """The point of station 0 of each street, shape (streets, 2)."""
        zero = np.zeros(len(self))
        pair = (zero, self.position_m)
        return np.column_stack(pair if self.direction == 0 else pair[::-1])


@dataclass(frozen=True, slots=True)
class Edges:
    """The street pieces between two crossings, shape (streets, crossings - 1) each.

    Stations are metres along the street. Lots lie between `lot_from` and `lot_to`.
    """

    exists: Bool
    knot_from: F64
    knot_to: F64
    lot_from: F64
    lot_to: F64
    lots: I32


@dataclass(frozen=True, slots=True)
class StreetPlan:
    """The streets of both directions, their crossings, edges and blocks."""

    ew: Streets
    ns: Streets
    ew_edges: Edges
    ns_edges: Edges
    is_park: Bool
    """Blocks without buildings, shape (columns - 1, rows - 1)."""

    def streets(self, direction: int) -> Streets:
        return self.ew if direction == 0 else self.ns

    def edges(self, direction: int) -> Edges:
        return self.ew_edges if direction == 0 else self.ns_edges

    def side_is_built(self, direction: int, street: I32, edge: I32, side: int) -> Bool:
        """Whether the block on that side of an edge is there and has buildings."""
        columns, rows = self.is_park.shape
        if direction == 0:
            i, j = edge, street if side > 0 else street - 1
        else:
            i, j = street - 1 if side > 0 else street, edge
        inside = (i >= 0) & (i < columns) & (j >= 0) & (j < rows)
        park = self.is_park[np.clip(i, 0, columns - 1), np.clip(j, 0, rows - 1)]
        return inside & ~park


def meeting_stations(anchor_a: F64, along_a: F64, anchor_b: F64, along_b: F64) -> tuple[F64, F64]:
    """Stations on lines a and b where every pair meets, shapes (a, b)."""
    gap = anchor_b[None, :, :] - anchor_a[:, None, :]
    da, db = along_a[:, None, :], along_b[None, :, :]
    cross = da[..., 0] * db[..., 1] - da[..., 1] * db[..., 0]
    on_a = (gap[..., 0] * db[..., 1] - gap[..., 1] * db[..., 0]) / cross
    on_b = (gap[..., 0] * da[..., 1] - gap[..., 1] * da[..., 0]) / cross
    return on_a, on_b


def plan_streets(
    columns: int, rows: int, chance: Chance, *, block_scale: float = 1.0
) -> StreetPlan:
    """A grid of `columns` north–south and `rows` east–west streets with irregular blocks."""
    ns = _streets(1, columns, chance, block_m=(140.0 * block_scale, 215.0 * block_scale))
    ew = _streets(0, rows, chance, block_m=(118.0 * block_scale, 168.0 * block_scale))
    ns = _tilted(ns, extent_m=float(np.ptp(ew.position_m)), chance=chance)
    ew = _tilted(ew, extent_m=float(np.ptp(ns.position_m)), chance=chance)
    on_ew, on_ns = meeting_stations(ew.anchor, ew.along, ns.anchor, ns.along)
    missing = (chance.uniform("missing", (columns, rows - 1)) < 0.07) & (ns.kind == LOCAL)[:, None]
    missing[[0, -1], :] = False
    park = chance.uniform("parks", (columns - 1, rows - 1)) < 0.07
    park.flat[int(chance.uniform("first park", 1)[0] * park.size)] = True
    return StreetPlan(
        ew=ew,
        ns=ns,
        ew_edges=_edges(on_ew, ns.half_m, np.ones((rows, columns - 1), bool), corner_m=KNOT_M + 1),
        ns_edges=_edges(on_ns.T, ew.half_m, ~missing, corner_m=CORNER_M),
        is_park=park,
    )


def _streets(
    direction: int, count: int, chance: Chance, *, block_m: tuple[float, float]
) -> Streets:
    key = f"streets {direction}"
    step = block_m[0] + (block_m[1] - block_m[0]) * chance.uniform(key, count)
    position = np.cumsum(step)
    position = np.round(position - (position[0] + position[-1]) / 2, 3)
    phase = (np.arange(count) - count // 2) % VALLEY_PERIOD
    distance = np.minimum(phase, VALLEY_PERIOD - phase)
    kind = np.where(distance == 0, MAIN, np.where(distance % 2 == 0, SECONDARY, LOCAL))
    slope = 0.003 + 0.002 * chance.uniform(key + " slope", count)
    beside_valley = np.minimum(distance, np.append(distance[1:], 9)) == 0
    slope[beside_valley] = 0.0027
    return Streets(
        direction=direction,
        position_m=position,
        tilt=np.zeros(count),
        kind=kind.astype(np.int8),
        valley_distance=distance.astype(np.int32),
        is_rich=(distance == 0) & (direction == 0),
        slope_to_next=slope,
        name=_names(direction, kind, chance),
        year=(1985 + 25 * chance.uniform(key + " year", count)).astype(np.int32),
    )


def _tilted(streets: Streets, *, extent_m: float, chance: Chance) -> Streets:
    limit = min(_TILT_MAX, _DRIFT_MAX_M / max(extent_m / 2, 1.0))
    share = 2 * chance.uniform(f"tilt {streets.direction}", len(streets)) - 1
    return replace(streets, tilt=limit * share)


def _edges(station: F64, crossed_half_m: F64, exists: Bool, *, corner_m: float) -> Edges:
    start, stop = station[:, :-1], station[:, 1:]
    half_from, half_to = crossed_half_m[None, :-1], crossed_half_m[None, 1:]
    lot_from, lot_to = start + half_from + corner_m, stop - half_to - corner_m
    lots = np.floor(np.maximum(lot_to - lot_from, 0.0) / LOT_MIN_M)
    return Edges(
        exists=exists,
        knot_from=start + half_from + KNOT_M,
        knot_to=stop - half_to - KNOT_M,
        lot_from=lot_from,
        lot_to=lot_to,
        lots=np.where(exists, lots, 0).astype(np.int32),
    )


_FIRST = "云鹤松竹梅桃柳石泉溪景德永和平兴安宁广顺同庆丰嘉怡翠金玉兰桂"
_SECOND = "山岭湖塘城园苑村岗坪泰福康乐华明秀清远达源新盛茂荣昌"


def _names(direction: int, kind: I8, chance: Chance) -> Str:
    count = len(kind)
    start = int(chance.uniform(f"names {direction}", 1)[0] * len(_FIRST) * len(_SECOND))
    suffix = (("大道", "路", "街"), ("大道", "路", "巷"))[direction]
    names: list[str] = []
    for row in range(count):
        word = (start + row * 37) % (len(_FIRST) * len(_SECOND))
        first, second = _FIRST[word % len(_FIRST)], _SECOND[word // len(_FIRST)]
        names.append(f"{first}{second}{suffix[int(kind[row])]}")
    return np.array(names, dtype=object)
