"""From where the gap of a conflict is seen: across it, and near enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.model.columns import F64
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.project import ProjectState
from layers.selection import parties_of

_LOW_DEG, _SLANT_DEG = 17.0, 32.0
"""Half the eye's opening is 15 degrees: lower than that, the horizon comes into view."""
_ONE_OVER_OTHER = frozenset({"vertical_clearance", "vertical_order"})
_LEAST_ABOVE_M, _LEAST_BESIDE_M = 2.0, 3.5


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """Compass direction looked along, height of the eye, and how far around is seen (metres)."""

    azimuth_deg: float
    elevation_deg: float
    radius_m: float


def viewpoint_of(state: ProjectState, report: CheckReport, row: int) -> Viewpoint | None:
    """Where to stand for one conflict; None where no line tells a direction.

    Lines one above the other are looked at from the side and low; lines beside each other from
    above, along them. Always facing north rather than south.
    """
    conflicts = report.conflicts
    place = conflicts.at[row]
    pipes = parties_of(conflicts, row).get("pipes", np.zeros(0, np.int32))
    pipes = pipes[pipes < len(state.pipes)]
    if not len(pipes) or np.isnan(place[:2]).any():
        return None
    bearings = [bearing_deg(state.pipes, int(pipe), place[:2]) for pipe in pipes]
    gap = np.abs(np.nan_to_num(conflicts.near_b[row] - conflicts.near_a[row]))
    beside, above = float(np.hypot(gap[0], gap[1])), float(gap[2])
    sizes = np.stack([state.pipes.outer_width_m[pipes], state.pipes.outer_height_m[pipes]])
    size = float(np.nan_to_num(sizes).max())
    required = float(np.nan_to_num(conflicts.required_m[row]))
    room = max(3.0 * max(beside, above), 2.0 * required, 2.0 * size)
    turn = (bearings[-1] - bearings[0] + 90.0) % 180.0 - 90.0
    middle = bearings[0] + turn / 2
    if len(pipes) > 1 and str(conflicts.check[row]) in _ONE_OVER_OTHER:
        return Viewpoint(facing_north(middle + 90.0), _LOW_DEG, max(room, _LEAST_ABOVE_M))
    return Viewpoint(facing_north(middle), _SLANT_DEG, max(room, _LEAST_BESIDE_M))


def viewpoint_across(
    pipes: PipeTable, row: int, place: F64, *, radius_m: float
) -> Viewpoint | None:
    """Where to stand to see how a line lies in height: at its side, looking down on it; None for
    a line that is no longer there."""
    if not 0 <= row < len(pipes):
        return None
    azimuth = facing_north(bearing_deg(pipes, row, place) + 90.0)
    return Viewpoint(azimuth, _SLANT_DEG, radius_m)


def bearing_deg(pipes: PipeTable, row: int, place: F64) -> float:
    """Compass direction of a pipe's axis where it is nearest to a place, 0 to 180 degrees."""
    axis = pipes.xy[pipes.offsets[row] : pipes.offsets[row + 1]]
    start, step = axis[:-1], np.diff(axis, axis=0)
    length = np.maximum((step**2).sum(axis=1), 1e-12)
    share = np.clip(((place - start) * step).sum(axis=1) / length, 0.0, 1.0)
    foot = start + share[:, None] * step
    nearest = int(np.argmin(((foot - place) ** 2).sum(axis=1)))
    east, north = step[nearest]
    return float(np.rad2deg(np.arctan2(east, north)) % 180.0)


def facing_north(azimuth_deg: float) -> float:
    """The direction or its opposite, whichever faces north, −90 to 90 degrees."""
    return (azimuth_deg + 90.0) % 180.0 - 90.0
