"""How far a way out may go: largest move, steepest ramp, flattest drain, greatest depth."""

from __future__ import annotations

from dataclasses import dataclass

from baiyun_gis.errors import UsageError

STEP_M = 0.01
"""Moves are tried in whole centimetres, then refined to `FINE_M`."""

FINE_M = 0.001


@dataclass(frozen=True, slots=True)
class Limits:
    """What a proposed move must stay within.

    `max_grade` and `max_bend` are rise and sideways step over length of a ramp. `min_fall` is
    the fall that a drain keeps at least; one laid flatter keeps the fall it has. `max_depth_m` is
    of the axis below ground, where the ground is known.
    """

    max_move_m: float = 2.0
    max_grade: float = 0.5
    max_bend: float = 1.0
    min_fall: float = 0.003
    max_depth_m: float = 8.0

    def __post_init__(self) -> None:
        if not 0.0 < self.max_move_m <= 20.0:
            raise UsageError(
                "The largest move must be above 0 and at most 20 m, not {given}",
                given=self.max_move_m,
            )
