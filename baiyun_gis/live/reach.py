"""How far an edit can be felt: what a check says of two things depends on nothing further off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from baiyun_gis.checks.check import Check
from baiyun_gis.checks.pairs import TOUCH_M, UNKNOWN_HALF_M
from baiyun_gis.checks.snapshot import Snapshot
from baiyun_gis.checks.verdicts import POSSIBLE_SIGMAS
from baiyun_gis.language import Message, msg
from baiyun_gis.rules.ruleset import DeepFoundation, RuleSet

SPARE_M = 3.0
"""Beyond the numbers: ends within survey accuracy, service zones, rounding."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far lines look for other lines, and for buildings, chambers and structures; metres.

    `doubt_m` is the widest half width and survey doubt of one side. `deep`: lines look for
    buildings as far as their depth below foundations asks.
    """

    lines_m: float
    things_m: float
    doubt_m: float
    deep: DeepFoundation | None = None

    def below(self, base_m: float, low_m: float) -> Reach:
        """The reach between foundations no higher than `base_m` and lines no lower than `low_m`."""
        if self.deep is None or not base_m > low_m:
            return self
        asked = float(self.deep.clear_m(np.array(base_m - low_m)))
        return replace(self, things_m=max(self.things_m, asked + SPARE_M))

    @property
    def to_lines_m(self) -> float:
        """From a changed thing to any line it can matter to."""
        return self.lines_m + 2 * self.doubt_m

    @property
    def to_things_m(self) -> float:
        """From a changed line to any other thing it can matter to."""
        return max(self.lines_m, self.things_m) + 2 * self.doubt_m


def reach_of(rules: RuleSet, checks: Iterable[Check], snapshot: Snapshot) -> Reach:
    """The reach of all rows of the set, and of checks that say they look further (`reach_m`)."""
    return reach_within(rules, checks, doubt_m=doubt_of(snapshot))


def reach_within(rules: RuleSet, checks: Iterable[Check], *, doubt_m: float) -> Reach:
    """The same where the widest half width and doubt of all lines are known."""
    lines, things = 0.0, 0.0
    for row in rules.rows:
        sides = [side for side in (row.a, row.b) if side is not None]
        if len(sides) == 2 and not any(side.is_thing for side in sides):
            lines = max(lines, row.min_m)
        else:
            things = max(things, row.min_m)
    checks = tuple(checks)
    said = max((float(getattr(check, "reach_m", 0.0)) for check in checks), default=0.0)
    far = max((float(getattr(check, "things_reach_m", 0.0)) for check in checks), default=0.0)
    lines, things = max(lines, said), max(things, said, far)
    deep = rules.settings.deep_foundation
    return Reach(lines + SPARE_M, things + SPARE_M, doubt_m, deep)


def doubt_of(snapshot: Snapshot) -> float:
    """The largest half width and survey doubt of any segment of a snapshot."""
    seg, columns = snapshot.segments, snapshot.columns
    if not len(seg.x0):
        return UNKNOWN_HALF_M
    sigma = np.maximum(columns.sigma_xy0, columns.sigma_xy1)
    side = np.maximum(seg.half_width, np.where(columns.width_known, 0.0, UNKNOWN_HALF_M))
    return float(np.fmax.reduce(side + POSSIBLE_SIGMAS * sigma)) + TOUCH_M


def not_local(checks: Iterable[tuple[str, Check]]) -> Message | None:
    """Why a re-check has to look at everything: a check that says so (`is_local = False`)."""
    for name, check in checks:
        if not getattr(check, "is_local", True):
            return msg("the check {name} looks at the whole project", name=name)
    return None
