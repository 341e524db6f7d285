"""Where along the moving line a conflict lies, and which ways of moving could help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from baiyun_gis.checks.snapshot import Snapshot, outer_sections
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.model.columns import F64
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.remedies.chains import Chain, station_of
from baiyun_gis.remedies.limits import Limits
from baiyun_gis.remedies.moves import Axis, Layout, Terms
from baiyun_gis.remedies.region import Region
from baiyun_gis.rules.ruleset import RuleSet

_SIDEWAYS_ONLY = ("horizontal_clearance", "building_clearance", "occupation", "structure_clearance")
_UPRIGHT_ONLY = ("cover", "gravity_slope")
_ALONGSIDE = ("horizontal_clearance", "building_clearance", "structure_clearance")
_LARGEST_M = 20.0
_CHAMBER_M = 1.5


@dataclass(frozen=True, slots=True)
class Setting:
    """One conflict and all that its ways out are measured in.

    `a`, `b` are the rows of its two sides in `region`, −1 where there is none; `row` is that of
    the conflict in `conflicts`.
    """

    region: Region
    snapshot: Snapshot
    conflicts: ConflictTable
    rules: RuleSet
    as_of: np.datetime64
    limits: Limits
    row: int
    a: int
    b: int

    @property
    def check(self) -> str:
        return str(self.conflicts.check[self.row])

    @property
    def at(self) -> F64:
        """Where the conflict is worst, x and y."""
        return self.conflicts.at[self.row, :2]


def axes_for(setting: Setting, pipe: int) -> tuple[Axis, ...]:
    """The ways to move pipe `pipe` that could settle the conflict, the usual one first."""
    has_level = bool(setting.region.state.pipes.has_level[pipe])
    sideways, upright = (Axis.LATERAL,), (Axis.VERTICAL,) if has_level else ()
    if setting.check in _SIDEWAYS_ONLY:
        return sideways
    if setting.check in _UPRIGHT_ONLY or _crosses(setting):
        return upright
    return (*upright, *sideways)


def _crosses(setting: Setting) -> bool:
    """Do the two lines meet in plan: then a step aside only moves the meeting along."""
    if setting.b < 0 or setting.conflicts.b_table[setting.row] != "pipes":
        return False
    one, two = (_line(setting, row) for row in (setting.a, setting.b))
    return bool(one.crosses(two))


def _line(setting: Setting, row: int) -> Any:
    import shapely

    pipes = setting.region.state.pipes
    return shapely.linestrings(pipes.xy[pipes.offsets[row] : pipes.offsets[row + 1]])


def near_of(setting: Setting, chain: Chain, pipe: int) -> tuple[float, float]:
    """The stretch of the chain, as stations, where the two sides are too near each other."""
    import shapely

    other = _other(setting, pipe)
    if other is None:
        return _recorded_stretch(setting, chain, pipe)
    middle = station_of(chain, setting.at)
    line = shapely.linestrings(chain.xy)
    within = shapely.intersection(line, shapely.buffer(other, _reach_m(setting, pipe)))
    parts = [p for p in shapely.get_parts(within) if shapely.length(p) > 0]
    if not parts:
        return middle, middle
    place = shapely.points(setting.at)
    best = min(parts, key=lambda part: float(shapely.distance(part, place)))
    ends = [float(shapely.line_locate_point(line, shapely.get_point(best, k))) for k in (0, -1)]
    return min(ends), max(ends)


def _recorded_stretch(setting: Setting, chain: Chain, pipe: int) -> tuple[float, float]:
    """The stretch as the finding states it, along the pipe itself."""
    table, row = setting.conflicts, setting.row
    at = int(np.flatnonzero(chain.pipes == pipe)[0])
    start, stop = chain.station[chain.first[at]], chain.station[chain.first[at + 1] - 1]
    ends = np.array([table.stretch_from_m[row], table.stretch_to_m[row]])
    if np.isnan(ends).any():
        middle = station_of(chain, setting.at)
        return middle, middle
    along = stop - ends if chain.is_turned[at] else start + ends
    low, high = np.clip(np.sort(along), 0.0, chain.length_m)
    return float(low), float(high)


def _reach_m(setting: Setting, pipe: int) -> float:
    """How near the other side may come in plan before the check speaks of it."""
    table, row = setting.conflicts, setting.row
    width = np.nan_to_num(outer_sections(setting.region.state.pipes)[0]) / 2
    half = float(width[pipe])
    if table.b_table[row] == "pipes":
        half += float(width[setting.b if pipe == setting.a else setting.a])
    if setting.check not in _ALONGSIDE:
        return max(half, 0.05)
    doubt = POSSIBLE_SIGMAS * float(np.nan_to_num(table.sigma_m[row]))
    asked = min(float(np.nan_to_num(table.required_m[row])), _LARGEST_M)
    return half + asked + doubt


def _other(setting: Setting, pipe: int) -> Any | None:
    """The other side in plan; None where a finding has one side only."""
    import shapely

    kind = str(setting.conflicts.b_table[setting.row])
    state = setting.region.state
    if kind == "pipes":
        row = setting.b if pipe == setting.a else setting.a
        run = setting.snapshot.topology.run
        rows = np.flatnonzero(run == run[row]) if run[row] != run[pipe] else np.array([row])
        return shapely.multilinestrings([_line(setting, int(r)) for r in rows])
    if setting.b < 0:
        return None
    if kind == "nodes":
        width = float(np.nan_to_num(state.nodes.chamber_width_m[setting.b], nan=_CHAMBER_M))
        return shapely.buffer(shapely.points(state.nodes.xy[setting.b]), width / 2)
    if kind in ("buildings", "structures"):
        return state.table(kind).geometry[setting.b]  # type: ignore[attr-defined]
    return None


def terms_of(setting: Setting, layout: Layout) -> Terms:
    """What the moving line itself asks: its fall where it is a drain, the ground above it."""
    return Terms(setting.limits, _fall_signs(setting, layout), ground_of(setting, layout))


def _fall_signs(setting: Setting, layout: Layout) -> F64:
    """Per piece of the layout: −1 falls along the chain, 1 against it, 0 need not fall."""
    pipes = setting.region.state.pipes
    out = np.zeros(len(layout.xy) - 1)
    for k, row in enumerate(layout.chain.pipes):
        if not Utility(int(pipes.utility[row])).is_gravity:
            continue
        part = slice(int(layout.first[k]), int(layout.first[k + 1]) - 1)
        rise = layout.level[part.stop] - layout.level[part.start]
        sign = -1.0 if rise <= 0 else 1.0
        if pipes.flow[row] in (1, 2):
            sign = -1.0 if (pipes.flow[row] == 1) != layout.chain.is_turned[k] else 1.0
        out[part] = sign
    return out


def ground_of(setting: Setting, layout: Layout) -> F64:
    """Surveyed ground at the vertices of a layout, straight between the ends of each pipe."""
    state = setting.region.state
    pipes, at_nodes = state.pipes, np.append(state.nodes.ground_m, np.nan)
    out = np.full(len(layout.xy), np.nan)
    for k, row in enumerate(layout.chain.pipes):
        ends = []
        for own, node in (
            (pipes.start_ground_m[row], pipes.start_node[row]),
            (pipes.end_ground_m[row], pipes.end_node[row]),
        ):
            ends.append(at_nodes[node] if np.isnan(own) else own)
        if layout.chain.is_turned[k]:
            ends.reverse()
        part = slice(int(layout.first[k]), int(layout.first[k + 1]))
        station = layout.station[part]
        share = (station - station[0]) / max(float(station[-1] - station[0]), 1e-9)
        out[part] = ends[0] + (ends[1] - ends[0]) * share
    return out


def cover_after_m(setting: Setting, layout: Layout, amount_m: float) -> float:
    """The least cover where the line moves, by the surveyed ground; NaN where unknown."""
    moving = np.abs(layout.move).sum(axis=1) > 0
    height = outer_sections(setting.region.state.pipes)[1][layout.chain.pipes]
    half = np.repeat(height, np.diff(layout.first)) / 2
    cover = ground_of(setting, layout) - layout.moved(amount_m)[1] - half
    cover = cover[moving]
    return float(np.nanmin(cover)) if np.isfinite(cover).any() else float("nan")
