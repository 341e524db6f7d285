"""What checks of two lines read of all lines, of all pairs and of the rules: as kernels take it."""

from __future__ import annotations

from typing import NamedTuple

from baiyun_gis.arrays import F64, I8, I32, Bool
from baiyun_gis.kernels.end_errors import Surveyed
from baiyun_gis.kernels.first_look import Marks
from baiyun_gis.kernels.measuring import UNSURE
from baiyun_gis.kernels.overlapping import ByCell, Terms
from baiyun_gis.kernels.standings import FoundRows
from baiyun_gis.kernels.stations import Runs


class Laid(NamedTuple):
    """Segments as the `table` of the kernels, with how they are known and where they lie along
    their runs; by pipe its run and length (m); what was taken off all coordinates."""

    table: F64
    level_known: Bool
    width_known: Bool
    height_known: Bool
    runs: Runs
    run: I32
    length_m: F64
    surveyed: Surveyed
    origin: F64


class Paired(NamedTuple):
    """Segment pairs with their marks (bits of `first_look`) and which of `lines` pairs of lines
    they are of."""

    i: I32
    j: I32
    pair: I32
    marks: Marks
    lines: int


class AskedOf(NamedTuple):
    """What a check asks of segment pairs: `by` their cells; by cell the requirement, and which must
    lie above (1 the first, −1 the second), or may from so much on."""

    by: ByCell
    requirement: I32
    order: I8
    unless_above_m: F64


class Judging(NamedTuple):
    """What measured distances are held against: metres but for the angle and where said.

    Lines cross from `crossing_deg` on. `terms` say what falls short, `possible` is the least chance
    that is told. Unknown half sizes may be `unknown_m` more. Stretches within `touching_m` are one,
    and a finding that goes on `beyond_m` behind its pipe is said to.
    """

    crossing_deg: float
    terms: Terms
    possible: float
    unknown_m: float
    touching_m: float
    beyond_m: float


class Told(NamedTuple):
    """Room for what a check finds of so many pieces: its rows, and by row of the worst piece the
    flags of `measuring`; and of all segment pairs (or overlaps) whether they are found, and whether
    they cannot be judged (`ends`, (2, n))."""

    rows: FoundRows
    flags: Bool
    ends: Bool


OVERLAP = UNSURE
"""The flag of overlaps, in place of the one that says a piece cannot be judged."""
