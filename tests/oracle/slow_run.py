"""What a whole run should find between lines: the semantics, pair by pair, in plain Python.

A finding is the worst place of one stretch of two runs. Numbers come from the shipped tables
(`slow_rules`), distances from outlines and plain solids. Where rounding decides, the two runs are
named in `doubtful` and nothing is said about them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from oracle.slow_heights import (
    body_gap,
    end_doubt_m,
    failing_span,
    height_above,
    vertical_clearance,
)
from oracle.slow_lines import Line
from oracle.slow_pairs import (
    INFLUENCE,
    POSSIBLE_SIGMAS,
    TOLERANCE_M,
    UNKNOWN_HALF_M,
    Doubt,
    Near,
    Span,
    is_contact,
    leaves_alongside,
    merged,
    near_pairs,
)
from oracle.slow_rules import rank, required_m
from scipy.stats import norm

ROUNDING_M = 2e-4


@dataclass
class Piecewise:
    """One pair of pieces as one check sees it; `nominal` is where it fails, None where it holds."""

    near: Near
    required: float
    actual: float
    sigma: float
    is_unsure: bool
    wide: Span
    nominal: Span | None
    limit: float = 0.0
    span_doubt: float = 0.0

    def joined(self, span: Span) -> Span:
        """A span as it is joined to others: a point, where only a round end counts, reaches half
        the width into the piece it is joined to."""
        half = np.nan_to_num(self.near.i.line.width) / 2 if span[0] == span[1] else 0.0
        return span[0] - half, span[1] + half

    @property
    def chance(self) -> float:
        """Yes or no where nothing is in doubt; else it is for `test_probability_of_pairs`."""
        if self.is_unsure or self.sigma > 0:
            return np.nan
        return float(self.required - TOLERANCE_M - self.actual > 0)

    @property
    def is_found(self) -> bool:
        """At least possible; errors in plan and at either of two places make the chance a range."""
        if self.is_unsure or self.sigma == 0:
            return self.chance == 1.0
        short = self.required - TOLERANCE_M - self.actual
        if short > 0:
            return True
        least = norm.cdf(short / (0.7 * self.sigma))
        wide = np.hypot(self.sigma, self._aside() * self.near.sigma_xy)
        most = 1 - norm.cdf(-short / wide) ** 2
        if (least < 0.055) != (most < 0.045):
            raise Doubt
        return bool(least >= 0.05)

    def _aside(self) -> float:
        """How far errors in plan go into heights: by slopes, and down the sides of round walls."""
        if self.sigma == self.near.sigma_xy:
            return 0.0
        pieces = (self.near.i, self.near.j)
        slopes = sum(abs(piece.q[2] - piece.p[2]) / piece.length for piece in pieces)
        if self.near.crosses:
            return float(slopes / np.sin(np.radians(self.near.angle_deg)))
        return float(slopes + 3.0 * (not all(piece.line.is_box for piece in pieces)))


@dataclass
class Expected:
    """One finding; `span` is chainage along the first run, NaN where nothing fails nominally."""

    actual: float
    span: Span
    is_violated: bool
    is_unsure: bool
    chance: float
    span_doubt: float = 0.0
    actual_doubt: float = 0.0


@dataclass
class SlowReport:
    """Findings by check and runs (labels: smallest rows)."""

    found: dict[tuple[str, int, int], list[Expected]] = field(default_factory=dict)
    doubtful: set[tuple[str, int, int]] = field(default_factory=set)
    pairs: int = 0


Check = Callable[[list[Near]], list[Expected]]


def slow_run(lines: list[Line]) -> SlowReport:
    """Horizontal and vertical clearance, order and collision of all lines."""
    out, seen = SlowReport(), set()
    for name, runs, findings in one_by_one(lines):
        seen.add(runs)
        if findings is None:
            out.doubtful.add((name, *runs))
        elif findings:
            out.found[name, *runs] = findings
    out.pairs = len(seen)
    return out


def one_by_one(
    lines: list[Line], first: str = ""
) -> Iterator[tuple[str, tuple[int, int], list[Expected] | None]]:
    """What each check finds between each two runs, None where rounding decides.

    The check named `first` comes first; who looks for any finding at all can stop there.
    """
    contacts = {
        tuple(sorted((a.run.label, b.run.label)))
        for a in lines
        for b in lines
        if is_contact(a, b) or leaves_alongside(a, b)
    }
    pairs_of = near_pairs(lines)
    for name in sorted(_CHECKS, key=lambda one: one != first):
        for runs, pairs in pairs_of.items():
            yield name, runs, None if runs in contacts else _settled(_CHECKS[name], pairs)


def _settled(check: Check, pairs: list[Near]) -> list[Expected] | None:
    """What the check finds, None where rounding decides."""
    try:
        return check(pairs)
    except Doubt:
        return None


def horizontal(pairs: list[Near]) -> list[Expected]:
    """Stretches too near in plan that no crossing explains."""
    pieces: list[Piecewise] = []
    for near in pairs:
        required = required_m("horizontal_clearance", near.i.line.facts, near.j.line.facts)
        if required is None or near.is_aside(required):
            continue
        doubt = POSSIBLE_SIGMAS * near.sigma_xy + UNKNOWN_HALF_M * near.unknown_widths
        if near.gap >= required + doubt:
            continue
        fails = fails_by(near.gap, required)
        nominal = near.interval(required - TOLERANCE_M) if fails else None
        is_unsure = near.unknown_widths > 0 and not fails
        wide = near.interval(required + doubt)
        measured = (near, required, near.gap, near.sigma_xy, is_unsure, wide, nominal)
        pieces.append(Piecewise(*measured, limit=required + doubt))
    return _findings(pieces, _explained_by_crossing(pieces))


def fails_by(actual: float, required: float) -> bool:
    if abs(actual - required + TOLERANCE_M) < ROUNDING_M:
        raise Doubt
    return actual < required - TOLERANCE_M


def _explained_by_crossing(pieces: list[Piecewise]) -> list[bool]:
    """Pieces within the interval around a crossing in which the lines are too near.

    A shortfall must be one failing stretch with the crossing; doubt never lets it off.
    """
    nominal = [p.nominal for p in pieces]
    wide = [p.wide for p in pieces]
    return [
        _reaches_crossing(pieces, k, wide if span is None else nominal)
        for k, span in enumerate(nominal)
    ]


def _reaches_crossing(pieces: list[Piecewise], index: int, spans: Sequence[Span | None]) -> bool:
    known = [k for k, span in enumerate(spans) if span is not None]
    whole = [pieces[k].joined(span) for k, span in enumerate(spans) if span is not None]
    stretch = next(s for s in merged(whole) if known.index(index) in s)
    this, own = pieces[index], spans[index]
    assert own is not None
    limit = this.required if this.nominal is not None else this.limit
    return _is_explained(this.near, own, limit, [pieces[known[k]].near for k in stretch])


def _is_explained(this: Near, own: Span, limit: float, stretch: list[Near]) -> bool:
    """Does the interval lie where lines that cross at the least angle would be that near?"""
    far = INFLUENCE * (this.width + limit)
    for near in stretch:
        if not near.crosses:
            continue
        if near is this:
            return True
        at = near.i.along_run(near.axis_stations[0])
        beyond = max(at - far - own[0], own[1] - at - far)
        if abs(beyond) < 0.02:
            raise Doubt
        if beyond < 0:
            return True
    return False


def vertical(pairs: list[Near], check: str) -> list[Expected]:
    """Crossings and overlaps in plan, where one line lies over the other."""
    pieces: list[Piecewise] = []
    for near in pairs:
        asked = _asked_vertically(near, check)
        if asked is None:
            continue
        required, sign = asked
        if abs(near.gap + TOLERANCE_M) < 1e-4 and not near.crosses:
            raise Doubt
        over = near.crosses or near.gap < -TOLERANCE_M
        if not over or near.is_aside(0.0) or near.is_aside(required):
            continue
        pieces.append(_over(near, check, required, sign))
    aside = [False] * len(pieces)
    for stretch in merged([p.joined(p.wide) for p in pieces]):
        around = [pieces[k].near for k in stretch]
        for k in stretch:
            if not pieces[k].near.crosses:
                aside[k] = _is_explained(pieces[k].near, pieces[k].wide, 0.0, around)
    return _findings(pieces, aside)


def _hull(spans: list[Span]) -> Span:
    """From and to of spans; a point tells nothing beside longer ones."""
    some = [span for span in spans if span[0] < span[1]] or spans
    return min(span[0] for span in some), max(span[1] for span in some)


def _asked_vertically(near: Near, check: str) -> tuple[float, int] | None:
    """The number, and for the order 1 where `i` must be above, −1 below."""
    a, b = near.i.line.facts, near.j.line.facts
    if check == "vertical_clearance":
        required = required_m(check, a, b)
        return None if required is None else (required, 0)
    one, two = rank(a), rank(b)
    if one is None or two is None or not (one[1] < two[0] or two[1] < one[0]):
        return None
    return 0.0, 1 if one[1] < two[0] else -1


def _over(near: Near, check: str, required: float, sign: int) -> Piecewise:
    wide = near.interval(0.0)
    known = near.i.has_level and near.j.has_level
    unsized = np.isnan(near.i.line.height) or np.isnan(near.j.line.height)
    if not known:
        return Piecewise(near, required, np.nan, near.sigma_z, True, wide, None)
    if check == "vertical_order":
        actual, fails = height_above(near, sign)
        fails_by(actual, required)
        return Piecewise(near, required, actual, near.sigma_z, False, wide, fails)
    actual = vertical_clearance(near)
    fails = fails_by(actual, required)
    is_unsure = bool(unsized and actual < required + UNKNOWN_HALF_M and not fails)
    span = failing_span(near, required) if fails else None
    measured = (near, required, actual, near.sigma_z, is_unsure, wide, span)
    return Piecewise(*measured, span_doubt=end_doubt_m(near))


def collision(pairs: list[Near]) -> list[Expected]:
    """The deepest penetration of two runs, or that it cannot be said."""
    worst, is_unsure = np.inf, False
    for near in pairs:
        unsized_m = UNKNOWN_HALF_M * near.unknown_widths
        if near.is_aside(unsized_m) or (near.gap > unsized_m + 0.01 and not near.crosses):
            continue
        if not (near.i.has_level and near.j.has_level):
            is_unsure |= near.gap < unsized_m or near.crosses
            continue
        gap = body_gap(near)
        if abs(gap + TOLERANCE_M) < ROUNDING_M:
            raise Doubt
        if near.unknown_widths and 0 <= gap < unsized_m:
            is_unsure = True
        else:
            worst = min(worst, gap)
    if worst < -TOLERANCE_M:
        return [Expected(worst, (np.nan, np.nan), True, False, np.nan)]
    return [Expected(np.nan, (np.nan, np.nan), False, True, np.nan)] if is_unsure else []


def _findings(pieces: list[Piecewise], aside: list[bool]) -> list[Expected]:
    """One finding a stretch, by its worst piece that is not set aside."""
    out: list[Expected] = []
    for stretch in merged([p.joined(p.wide) for p in pieces]):
        live = [pieces[k] for k in stretch if not aside[k]]
        found = [p for p in live if p.is_found]
        unsure = [p for p in live if p.is_unsure]
        if found:
            worst = min(found, key=lambda p: p.actual - p.required)
            fails = [p.nominal for p in live if p.nominal is not None]
            span = _hull(fails) if fails else (np.nan, np.nan)
            doubt = max(p.span_doubt for p in live)
            out.append(Expected(worst.actual, span, bool(fails), False, worst.chance, doubt))
        elif unsure:
            out.append(Expected(np.nan, (np.nan, np.nan), False, True, np.nan))
    return out


_CHECKS: dict[str, Check] = {
    "collision": collision,
    "vertical_order": lambda pairs: vertical(pairs, "vertical_order"),
    "vertical_clearance": lambda pairs: vertical(pairs, "vertical_clearance"),
    "horizontal_clearance": horizontal,
}
"""The quick ones first."""
