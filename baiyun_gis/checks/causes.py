"""What could be the one cause of several conflicts, and which conflicts it explains.

Everything is about **units**: all findings between the same two runs, or of a run and one other
thing. A unit that a vertical move of one side would mend knows how far up or down that is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.findings.groups import CauseKind
from baiyun_gis.kernels.chains import Lines, sections_of
from baiyun_gis.kernels.chains import Sections as SectionColumns
from baiyun_gis.model.columns import F64, I8, I64, Bool
from baiyun_gis.model.topology import Topology
from baiyun_gis.model.vocabulary import Status
from baiyun_gis.project import ProjectState

SPARE_M = 0.05
"""A move that is known from a jump of level may be this much, and a tenth, too short."""
KINK_M = 0.15
"""A joint this far off the line through its neighbours may be written down wrongly."""
FARTHEST_M = 1.5
"""No larger vertical move is proposed as the cause of conflicts unless a jump shows it."""
DIP_M = 30.0
"""Two conflicts of one line this near each other are one dip or hump of it."""
SPACING_M = 100.0
"""Conflicts of one line are one only when they follow each other about this densely …"""
MANY = 6
"""… or there are this many of them."""
LEEWAY = 0.25
"""A common move may be this share larger than what those that agree need."""
PLENTY, NEARLY_ALL = 12, 0.9
"""So many conflicts of one line, nearly all mended by one move, are one whatever they prefer."""
AGREEING = 0.8
"""Share of a line's conflicts that must ask for the same way."""


@dataclass(frozen=True, slots=True)
class Units:
    """What is grouped: unit of every conflict, and of every unit its two pipes and cures.

    Arrays of shape (units, 2) hold side a and b. `pipe` is −1 where a side is no pipe; `up_m`
    and `down_m` are how far that side would have to go for the unit to vanish, infinite where no
    vertical move mends it. `along_m` is chainage of the place along the pipe.
    """

    of: I64
    pipe: I64
    up_m: F64
    down_m: F64
    along_m: F64
    unjudged: Bool

    def __len__(self) -> int:
        return len(self.pipe)


@dataclass(frozen=True, slots=True)
class Sections:
    """What the pipes of conflicts are parts of: `along` has a row a pipe (two an end), `place`
    the row of every pipe of the project, any row for pipes no conflict speaks of."""

    along: SectionColumns
    place: I64


@dataclass(frozen=True, slots=True)
class Candidates:
    """Which unit could be explained by which cause: one row a unit and cause, shape (n,).

    `cause` tells causes apart; `kind` and `key` say what each is: `key` is a pipe row (the first
    of a section, or the pipe of unknown level) or the smallest end of a joint. `side` is the
    unit's side that belongs to the cause, `along_m` its place along it. `move_m` is how far the
    cause should go up for all of its units to vanish, NaN where that is not the point.
    """

    unit: I64
    cause: I64
    kind: I8
    key: I64
    side: I64
    move_m: F64
    along_m: F64


def units_of(conflicts: ConflictTable, of: I64, state: ProjectState, *, order: I64) -> Units:
    """The units that `of` (unit of every conflict, −1 for none) makes of the conflicts.

    The first in `order` (rows) speaks for its unit.
    """
    count = int(of.max()) + 1 if len(of) else 0
    up, down = _cures(conflicts, state)
    worst = _first_of(of, count, order, told=~np.isnan(up))
    one = np.where(conflicts.a_table[worst] == "pipes", conflicts.a_row[worst], -1)
    two = np.where(conflicts.b_table[worst] == "pipes", conflicts.b_row[worst], -1)
    pipe = np.column_stack([one, two]).astype(np.int64)
    judged = np.zeros(count, dtype=np.bool_)
    judged[of[~np.isnan(conflicts.shortfall_m) & (of >= 0)]] = True
    at = conflicts.at[worst]
    along = np.column_stack([_chainage(state, pipe[:, 0], at), _chainage(state, pipe[:, 1], at)])
    worst_up, worst_down = np.full(count, -np.inf), np.full(count, -np.inf)
    told = (of >= 0) & ~np.isnan(up)
    np.maximum.at(worst_up, of[told], up[told])
    np.maximum.at(worst_down, of[told], down[told])
    up_m = np.where(np.isneginf(worst_up), np.inf, worst_up)
    down_m = np.where(np.isneginf(worst_down), np.inf, worst_down)
    return Units(
        of,
        pipe,
        np.column_stack([up_m, down_m]),
        np.column_stack([down_m, up_m]),
        along,
        ~judged,
    )


def _first_of(of: I64, count: int, order: I64, *, told: Bool) -> I64:
    """The conflict that places each unit: the first about levels, else the first."""
    first = np.zeros(count, dtype=np.int64)
    rows = order[of[order] >= 0][::-1]
    for some in (rows, rows[told[rows]]):
        first[of[some]] = some
    return first


def _cures(conflicts: ConflictTable, state: ProjectState) -> tuple[F64, F64]:
    """How far side a would have to go up, or down, for each conflict to vanish; NaN where the
    conflict says nothing about levels."""
    up, down = np.full(len(conflicts), np.nan), np.full(len(conflicts), np.nan)
    short = conflicts.shortfall_m
    rows = np.flatnonzero((conflicts.check == "cover") & ~np.isnan(short))
    up[rows], down[rows] = np.inf, short[rows]
    rows = np.flatnonzero((conflicts.check == "chamber") & ~np.isnan(short))
    up[rows] = down[rows] = short[rows]
    both = (conflicts.a_table == "pipes") & (conflicts.b_table == "pipes") & ~np.isnan(short)
    for check in ("collision", "vertical_clearance", "vertical_order"):
        rows = np.flatnonzero((conflicts.check == check) & both)
        a, b = (side[rows].astype(np.int64) for side in (conflicts.a_row, conflicts.b_row))
        above = _axis(state, a, conflicts.at[rows]) - _axis(state, b, conflicts.at[rows])
        pipes = state.pipes
        height = np.nan_to_num(pipes.outer_height_m[a]) + np.nan_to_num(pipes.outer_height_m[b])
        apart = height / 2 + np.nan_to_num(conflicts.required_m[rows])
        if check == "vertical_order":
            must_rise = (above > 0) == (conflicts.actual_m[rows] > 0)
            need = np.maximum(short[rows], 0)
            up[rows] = np.where(must_rise, need, np.inf)
            down[rows] = np.where(must_rise, np.inf, need)
        else:
            up[rows], down[rows] = np.maximum(apart - above, 0), np.maximum(apart + above, 0)
    return up, down


def _chainage(state: ProjectState, pipe: I64, at: F64) -> F64:
    """Plan chainage along the chord of each pipe of the point nearest `at`; 0 for no pipe."""
    row = np.maximum(pipe, 0)
    share, length = _share(state, row, at) if len(state.pipes) else (np.zeros(len(pipe)),) * 2
    return np.where(pipe >= 0, share * length, 0.0)


def _axis(state: ProjectState, pipe: I64, at: F64) -> F64:
    """Axis level of each pipe at the point nearest `at`, straight from end to end."""
    pipes = state.pipes
    share, _ = _share(state, pipe, at)
    low = pipes.axis_level[pipes.offsets[pipe]]
    return low + share * (pipes.axis_level[pipes.offsets[pipe + 1] - 1] - low)


def _share(state: ProjectState, pipe: I64, at: F64) -> tuple[F64, F64]:
    """Where along the chord the nearest point lies, 0–1, and the chord's length."""
    pipes = state.pipes
    start = pipes.xy[pipes.offsets[pipe]]
    chord = pipes.xy[pipes.offsets[pipe + 1] - 1] - start
    square = (chord**2).sum(axis=1)
    along = ((at[:, :2] - start) * chord).sum(axis=1)
    share = np.divide(along, square, out=np.zeros(len(pipe)), where=square > 0)
    return np.clip(np.nan_to_num(share), 0.0, 1.0), np.sqrt(square)


def candidates_of(units: Units, state: ProjectState, sections: Sections) -> Candidates:
    """Every cause that explains at least two units, with the units that it explains."""
    along, at = sections.along, sections.place[units.pipe]
    parts = [
        _lines(units, along, at, state),
        _planned(units, along, at, state),
        _points(units, along, at),
        _unknown(units, state),
    ]
    return _joined([part for part in parts if len(part.unit)])


def sections_of_conflicts(
    conflicts: ConflictTable, state: ProjectState, topology: Topology
) -> Sections:
    """The sections of all pipes that conflicts speak of."""
    pipes = state.pipes
    is_involved = np.zeros(len(pipes) + 1, dtype=np.bool_)
    for table, row in (
        (conflicts.a_table, conflicts.a_row),
        (conflicts.b_table, conflicts.b_row),
    ):
        is_involved[np.where(table == "pipes", row, -1)] = True  # no pipe, −1, is the last
    involved = np.flatnonzero(is_involved[:-1])
    lines = Lines(
        pipes.utility,
        pipes.outer_height_m,
        pipes.offsets,
        pipes.xy,
        pipes.axis_level,
        topology.joint,
    )
    place = np.zeros(len(is_involved), dtype=np.int64)
    place[involved] = np.arange(len(involved))
    return Sections(sections_of(involved, lines), place)


def _lines(units: Units, sections: SectionColumns, at: I64, state: ProjectState) -> Candidates:
    """Sections that lie too high or too low as a whole."""
    unit, side = np.nonzero((units.pipe >= 0) & np.isfinite(np.minimum(units.up_m, units.down_m)))
    row = at[unit, side]
    label = sections.label[row]
    up, down = units.up_m[unit, side], units.down_m[unit, side]
    along = sections.start_m[row] + sections.sign[row] * units.along_m[unit, side]
    shown = _shown_move(sections, label, state)
    by_jump = np.where(shown > 0, up, down) <= np.abs(shown) * 1.1 + SPARE_M
    move = _common_move(label, up, down, along)
    by_need = np.where(move > 0, up, down) <= np.abs(move) + 1e-9
    is_shown = _enough(label, by_jump & (shown != 0))
    keep = np.where(is_shown, by_jump, by_need & (move != 0))
    move = np.where(is_shown, shown, move)
    return _candidates(CauseKind.LINE, label[keep], unit[keep], side[keep], move[keep], along[keep])


def _shown_move(sections: SectionColumns, label: I64, state: ProjectState) -> F64:
    """The way back that a jump of level shows, metres up; 0 where there is none."""
    tee = sections.tee_m[label]
    # What runs by gravity may fall into its main: only a main above its branches is odd.
    falls = np.isin(state.pipes.utility[label], _gravity())
    tee = np.where(falls & (tee < 0), 0.0, tee)
    step = sections.step_m[label]
    return -np.where(step != 0, step, tee)


def _gravity() -> list[int]:
    from baiyun_gis.model.vocabulary import Utility

    return [int(u) for u in Utility if u.is_gravity]


def _enough(label: I64, chosen: Bool) -> Bool:
    """Whether at least two of a label are chosen, for each row."""
    if not len(label):
        return chosen
    return np.bincount(label, weights=chosen, minlength=int(label.max()) + 1)[label] >= 2


def _common_move(label: I64, up: F64, down: F64, along: F64) -> F64:
    """For each row the move, metres up, that mends the conflicts of its section: the largest that
    those need which agree; 0 where they do not agree or lie too far apart to be one thing."""
    _, of = np.unique(label, return_inverse=True)
    count = int(of.max()) + 1 if len(of) else 0
    move = np.zeros(count)
    for way, need, other in ((1.0, up, down), (-1.0, down, up)):
        prefers = (need <= FARTHEST_M) & ((need < other) if way > 0 else (need <= other))
        reached = _largest(of, need, prefers, count)
        mended = need <= np.minimum(reached * (1 + LEEWAY) + SPARE_M, FARTHEST_M)[of]
        holds = _is_one_thing(of, along, prefers, mended, count)
        better = holds & ((move == 0) | (reached < np.abs(move)))
        move = np.where(better, way * _largest(of, need, mended, count), move)
    return move[of]


def _largest(of: I64, value: F64, chosen: Bool, count: int) -> F64:
    """The largest chosen value of each label, 0 where none is."""
    out = np.zeros(count)
    np.maximum.at(out, of[chosen], value[chosen])
    return out


def _is_one_thing(of: I64, along: F64, prefers: Bool, mended: Bool, count: int) -> Bool:
    """Labels whose conflicts may have one cause: they ask for the same way and lie near each
    other, or there are so many that one move mends that chance is no answer."""
    total = np.bincount(of, minlength=count)
    agreeing = np.bincount(of, weights=prefers, minlength=count)
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(low, of[prefers], along[prefers])
    np.maximum.at(high, of[prefers], along[prefers])
    with np.errstate(invalid="ignore"):
        dense = (high - low) <= SPACING_M * (agreeing - 1)
        dip = (agreeing == 2) & (high - low <= DIP_M)
    row = (agreeing >= 3) & (dense | (agreeing >= MANY))
    by_number = np.bincount(of, weights=mended, minlength=count)
    plenty = (by_number >= PLENTY) & (by_number >= NEARLY_ALL * total)
    return ((dip | row) & (agreeing >= AGREEING * total)) | plenty


def _planned(units: Units, sections: SectionColumns, at: I64, state: ProjectState) -> Candidates:
    """Planned lines and all that is in their way: where the line goes is one decision."""
    status = state.pipes.status
    planned = (units.pipe >= 0) & (status[np.maximum(units.pipe, 0)] == Status.PLANNED)
    unit, side = np.nonzero(planned & ~planned[:, ::-1])
    row = at[unit, side]
    along = sections.start_m[row] + sections.sign[row] * units.along_m[unit, side]
    label = sections.label[row]
    return _candidates(CauseKind.PLANNED, label, unit, side, np.full(len(unit), np.nan), along)


def _points(units: Units, sections: SectionColumns, at: I64) -> Candidates:
    """Joints whose one level stands out from those of their neighbours."""
    unit, side, end = _ends(units)
    kink = sections.kink_m[2 * at[unit, side] + end]
    up, down = units.up_m[unit, side], units.down_m[unit, side]
    need = np.where(kink < 0, up, down)
    keep = (np.abs(kink) >= KINK_M) & (need <= np.abs(kink) * 1.1 + SPARE_M)
    unit, side, end, kink = unit[keep], side[keep], end[keep], kink[keep]
    lead = sections.lead[2 * at[unit, side] + end]
    return _candidates(CauseKind.POINT, lead, unit, side, -kink, np.zeros(len(unit)))


def _ends(units: Units) -> tuple[I64, I64, I64]:
    """Unit, side and end (0 start, 1 end) of every end of the pipes of all units."""
    unit, side = np.nonzero(units.pipe >= 0)
    return np.repeat(unit, 2), np.repeat(side, 2), np.tile([0, 1], len(unit))


def _unknown(units: Units, state: ProjectState) -> Candidates:
    """Pipes whose level nobody knows, and all that cannot be judged for it."""
    pipes = state.pipes
    first, last = pipes.offsets[:-1], pipes.offsets[1:] - 1
    row = np.maximum(units.pipe, 0)
    missing = np.isnan(pipes.axis_level[first[row]]) | np.isnan(pipes.axis_level[last[row]])
    unit, side = np.nonzero((units.pipe >= 0) & units.unjudged[:, None] & missing)
    key, none = units.pipe[unit, side], np.full(len(unit), np.nan)
    return _candidates(CauseKind.UNKNOWN_LEVEL, key, unit, side, none, np.zeros(len(unit)))


def _candidates(
    kind: CauseKind, key: I64, unit: I64, side: I64, move: F64, along: F64
) -> Candidates:
    """The causes of one kind that at least two units have in common."""
    order = np.lexsort((side, unit, key))
    fresh = np.ones(len(order), dtype=np.bool_)
    fresh[1:] = (key[order][1:] != key[order][:-1]) | (unit[order][1:] != unit[order][:-1])
    rows = order[fresh]
    _, cause, counts = np.unique(key[rows], return_inverse=True, return_counts=True)
    keep = counts[cause] >= 2
    rows, code = rows[keep], np.full(int(keep.sum()), int(kind), dtype=np.int8)
    return Candidates(unit[rows], cause[keep], code, key[rows], side[rows], move[rows], along[rows])


def _joined(parts: list[Candidates]) -> Candidates:
    """All candidates in one table, causes numbered through."""
    if not parts:
        none, nowhere = np.zeros(0, dtype=np.int64), np.zeros(0)
        return _candidates(CauseKind.LINE, none, none, none, nowhere, nowhere)
    shift, causes = 0, []
    for part in parts:
        causes.append(part.cause + shift)
        shift += int(part.cause.max()) + 1
    names = ("unit", "kind", "key", "side", "move_m", "along_m")
    whole = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    return Candidates(cause=np.concatenate(causes), **whole)


def explained(units: int, candidates: Candidates) -> I64:
    """The row of `candidates` each unit is given to, −1 where none: the cause that explains most
    takes its units, then the one that explains most of the rest, while that is two at least.

    Done for all at once: a cause that every one of its units puts first cannot be overtaken.
    """
    out = np.full(units, -1, dtype=np.int64)
    unit, cause, kind = candidates.unit, candidates.cause, candidates.kind
    rows = np.arange(len(unit))
    causes = int(cause.max()) + 1 if len(cause) else 0
    while len(rows):
        count = np.bincount(cause[rows], minlength=causes)
        rows = rows[count[cause[rows]] >= 2]
        order = np.lexsort((cause[rows], -kind[rows], -count[cause[rows]], unit[rows]))
        ranked = rows[order]
        first = np.ones(len(ranked), dtype=np.bool_)
        first[1:] = unit[ranked][1:] != unit[ranked][:-1]
        votes = np.bincount(cause[ranked[first]], minlength=causes)
        won = ranked[votes[cause[ranked]] == count[cause[ranked]]]
        out[unit[won]] = won
        rows = ranked[out[unit[ranked]] < 0]
    return out
