"""How undecided each finding is, and how much of that hangs on the level or place of each line.

The risk of a finding is p (1 − p) times the weight of its severity: nothing where it is sure
either way. When a part `k` of the variance of what was measured is taken away by a measurement,
the risk expected to remain is 2 T(u, √((1 − k) / (1 + k))), with u = Φ⁻¹(p) and Owen's T: it is
p (1 − p) for k = 0 and 0 for k = 1.

A finding that cannot be judged gets a p from how deep lines of its kind are known to lie, or from
how often its check fails elsewhere. That p ranks places to dig and is shown nowhere as a level.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.arrays import F64, I64, Bool, Geom
from baiyun_gis.checks.snapshot import outer_sections
from baiyun_gis.diagnosis.springs import class_medians
from baiyun_gis.findings.conflicts import CheckReport, ConflictTable
from baiyun_gis.findings.decisions import DecisionState
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.uncertainty import axis_depth_m, uncertainty_of
from baiyun_gis.model.vocabulary import Verdict
from baiyun_gis.project import ProjectState

BY_PLAN = ("horizontal_clearance", "building_clearance", "occupation")
WEIGHT = np.array([1.0, 1.0, 2.0, 3.0])
"""By severity: note (cannot be judged), minor, major, critical."""

LEAST_SPREAD_M = 0.3
UNKNOWN_HALF_HEIGHT_M = 0.1


@dataclass(frozen=True, slots=True)
class Sides:
    """One line of one finding a row: which, where along it, and its part of the variance.

    `sigma_m` is the deviation of the line at the place; `is_unknown` marks lines with no level
    (or no size): they are settled only where they are laid open.
    """

    finding: I64
    pipe: I64
    chainage_m: F64
    sigma_m: F64
    share: F64
    is_unknown: Bool


@dataclass(frozen=True, slots=True)
class Risk:
    """Open findings that a measurement can settle: rows of the report, places, weights."""

    row: I64
    at: F64
    u: F64
    weight: F64
    sides: Sides

    def remaining(self, part: F64, of: I64 | slice = slice(None)) -> F64:
        """Risk expected to remain when `part` of the variance is taken away, shape (n,)."""
        from scipy.special import owens_t

        k = np.clip(part, 0.0, 1.0)
        return self.weight[of] * 2.0 * owens_t(self.u[of], np.sqrt((1.0 - k) / (1.0 + k)))

    @property
    def now(self) -> F64:
        """The risk of every finding as it stands, shape (n,)."""
        return self.remaining(np.zeros(len(self.row)))


def risk_of(state: ProjectState, report: CheckReport) -> Risk:
    """The undecided findings of `report`, a run on `state`."""
    from scipy.special import ndtri

    found = report.conflicts
    settled = (DecisionState.ACCEPTED, DecisionState.EXCLUDED, DecisionState.RESOLVED)
    row = np.flatnonzero(~np.isin(found.decision, settled) & (found.a_table == "pipes"))
    part = found.take(row)
    unjudged = part.verdict == Verdict.CANNOT_JUDGE
    known = _Known(state.pipes)
    chance = np.where(unjudged, _prior(part, known, report), part.probability)
    chance = np.clip(np.nan_to_num(chance, nan=0.5), 1e-6, 1 - 1e-6)
    sides = _sides(state, part, unjudged, known)
    return Risk(row, part.at[:, :2], ndtri(chance), WEIGHT[part.severity], sides)


class _Known:
    """Axis depths by pipe and by kind, of the lines whose level is known."""

    def __init__(self, pipes: PipeTable) -> None:
        depth = axis_depth_m(pipes)
        count = np.maximum(np.diff(pipes.offsets), 1)
        total = np.bincount(pipes.vertex_pipe, weights=depth, minlength=len(pipes))
        self.depth_m = total / count
        ok = np.flatnonzero(np.isfinite(self.depth_m))
        kind = pipes.utility.astype(np.int64)
        middle = class_medians(self.depth_m[ok], kind[ok])
        spread = 1.4826 * class_medians(np.abs(self.depth_m[ok] - middle), kind[ok])
        self.middle = np.full(int(kind.max(initial=0)) + 1, np.nan)
        self.spread = np.full(len(self.middle), np.nan)
        self.middle[kind[ok]], self.spread[kind[ok]] = middle, spread
        every = np.median(self.depth_m[ok]) if len(ok) else 1.5
        self.middle = np.where(np.isnan(self.middle), every, self.middle)
        self.spread = np.maximum(np.where(np.isnan(self.spread), 1.0, self.spread), LEAST_SPREAD_M)
        _, height, _ = outer_sections(pipes)
        self.half_m = np.where(np.isnan(height), UNKNOWN_HALF_HEIGHT_M, height / 2)
        self.utility = kind
        self.has_level = pipes.has_level

    def depth_and_spread(self, pipe: I64) -> tuple[F64, F64]:
        kind = self.utility[pipe]
        own = self.depth_m[pipe]
        is_known = np.isfinite(own)
        return np.where(is_known, own, self.middle[kind]), np.where(
            is_known, 0.0, self.spread[kind]
        )


def _prior(part: ConflictTable, known: _Known, report: CheckReport) -> F64:
    """How likely what cannot be judged is violated, by the depths of its kinds."""
    from scipy.special import ndtr

    a = np.maximum(part.a_row, 0).astype(np.int64)
    is_pair = part.b_table == "pipes"
    b = np.where(is_pair, part.b_row, a).astype(np.int64)
    depth_a, spread_a = known.depth_and_spread(a)
    depth_b, spread_b = known.depth_and_spread(b)
    needed = np.nan_to_num(part.required_m)
    spread = np.maximum(np.hypot(spread_a, spread_b), 0.05)
    reach = needed + known.half_m[a] + known.half_m[b]
    apart = depth_b - depth_a
    of_pair = ndtr((reach - apart) / spread) - ndtr((-reach - apart) / spread)
    of_cover = ndtr((needed + known.half_m[a] - depth_a) / np.maximum(spread_a, 0.05))
    out = np.where(is_pair, of_pair, of_cover)
    by_level = is_pair | (part.check == "cover")
    lacking = ~known.has_level[a] | ~known.has_level[b]
    by_plan = np.isin(part.check.astype(str), BY_PLAN)
    return np.where(by_level & lacking & ~by_plan, out, _usual(part, report))


def _usual(part: ConflictTable, report: CheckReport) -> F64:
    """How often the check of each row fails where it can be judged."""
    share = {
        c.check: (c.violated + 1.0) / (c.violated + c.clear + 2.0) for c in report.ledger.checks
    }
    names, index = np.unique(part.check.astype(str), return_inverse=True)
    return np.array([share.get(str(name), 0.5) for name in names])[index]


def _sides(state: ProjectState, part: ConflictTable, unjudged: Bool, known: _Known) -> Sides:
    pipes = state.pipes
    sure = uncertainty_of(pipes, state.nodes)
    first, last = pipes.offsets[:-1], pipes.offsets[1:] - 1
    by_plan = np.isin(part.check.astype(str), BY_PLAN)
    length = np.maximum(pipes.length_m(), 0.01)
    rows: list[tuple[I64, I64, F64, F64, Bool]] = []
    for table, row in ((part.a_table, part.a_row), (part.b_table, part.b_row)):
        index = np.flatnonzero(table == "pipes")
        pipe = row[index].astype(np.int64)
        chainage = _chainage(pipes, pipe, part.at[index, :2])
        share = np.clip(chainage / length[pipe], 0.0, 1.0)
        flat = by_plan[index]
        sigma = np.where(
            flat,
            _between(sure.sigma_xy_m, first[pipe], last[pipe], share),
            _between(sure.sigma_z_m, first[pipe], last[pipe], share),
        )
        unknown = unjudged[index] & (~known.has_level[pipe] | np.isnan(pipes.outer_height_m[pipe]))
        spread = known.spread[known.utility[pipe]]
        rows.append((index, pipe, chainage, np.where(unknown, spread, sigma), unknown))
    finding, pipe, chainage, sigma, unknown = (np.concatenate(c) for c in zip(*rows, strict=True))
    variance = np.square(sigma)
    total = np.bincount(finding, weights=variance, minlength=len(part))
    measured = np.where(unjudged, 0.0, np.square(np.nan_to_num(part.sigma_m)))
    whole = np.maximum(np.maximum(total, measured), 1e-12)
    return Sides(finding, pipe, chainage, sigma, variance / whole[finding], unknown)


def _between(values: F64, first: I64, last: I64, share: F64) -> F64:
    return values[first] * (1.0 - share) + values[last] * share


def _chainage(pipes: PipeTable, pipe: I64, at: F64) -> F64:
    """Plan chainage of the place on each pipe nearest to `at`."""
    import shapely

    lines = lines_of(pipes, pipe)
    return np.nan_to_num(shapely.line_locate_point(lines, shapely.points(np.nan_to_num(at))))


def lines_of(pipes: PipeTable, rows: I64) -> Geom:
    """The axes of `rows` as shapely lines in plan."""
    import shapely

    cut = pipes.take(rows)
    return np.asarray(shapely.linestrings(np.nan_to_num(cut.xy), indices=cut.vertex_pipe))


__all__ = ["BY_PLAN", "Risk", "Sides", "lines_of", "risk_of"]
