"""A suspect's correction as an edit: a new state, the raw value kept in the lineage."""

from __future__ import annotations

import numpy as np

from baiyun_gis.arrays import F64, I64, Bool, Str
from baiyun_gis.checks.usable import usable
from baiyun_gis.diagnosis.causes import Cause
from baiyun_gis.diagnosis.pipe_ends import at_ends
from baiyun_gis.diagnosis.suspects import LevelDiagnosis
from baiyun_gis.errors import UsageError
from baiyun_gis.language import Message, msg
from baiyun_gis.model.levels import interpolated
from baiyun_gis.model.vocabulary import Provenance
from baiyun_gis.project import ProjectState


def with_correction(state: ProjectState, diagnosis: LevelDiagnosis, row: int) -> ProjectState:
    """The state with suspect `row` corrected: its levels, the depths that were wrong with them,
    and the axes. The lineage of every pipe keeps the raw numbers.

    For `Document.apply` with `correction_label`. Raises `UsageError` when what is recorded there
    has changed since the diagnosis; other cases may have been corrected meanwhile.
    """
    if not standing(state, diagnosis)[row]:
        raise UsageError("The project has changed since its levels were looked at; look again")
    move = np.asarray(diagnosis.moves[row].todense()).ravel()
    pipes = state.pipes
    touched = np.unique(np.flatnonzero(move) // 2)
    start, end = move[0::2], move[1::2]
    follows = bool(diagnosis.suspects.depth_follows[row])
    depth = np.where(follows, -1.0, 0.0)
    source = pipes.level_source.copy()
    source[touched] = Provenance.DERIVED
    changed = {
        "start_level_m": pipes.start_level_m + start,
        "end_level_m": pipes.end_level_m + end,
        "start_depth_m": pipes.start_depth_m + depth * start,
        "end_depth_m": pipes.end_depth_m + depth * end,
    }
    is_touched = np.isin(np.arange(len(pipes)), touched)
    changed = {
        name: np.where(is_touched, np.round(values, 6), getattr(pipes, name))
        for name, values in changed.items()
    }
    lineage = _lineage(state, touched, changed, Cause(int(diagnosis.suspects.cause[row])))
    axis = pipes.axis_level + interpolated(pipes, start, end)
    return state.with_(
        pipes=pipes.with_columns(**changed, axis_level=axis, level_source=source, lineage=lineage)
    )


def standing(state: ProjectState, diagnosis: LevelDiagnosis) -> Bool:
    """Suspects whose levels and depths are recorded as they were at the diagnosis, shape (n,)."""
    pipes, ends = usable(state).pipes, diagnosis.ends
    known = ends.pipes.id
    if pipes.id is not known and not np.array_equal(pipes.id, known):
        return np.zeros(len(diagnosis.suspects), np.bool_)
    level = at_ends(pipes.start_level_m, pipes.end_level_m)
    depth = at_ends(pipes.start_depth_m, pipes.end_depth_m)
    changed = ~(_same(level, ends.level_m) & _same(depth, ends.depth_m))
    return np.asarray(abs(diagnosis.moves) @ changed.astype(float)).ravel() == 0


def _same(a: F64, b: F64) -> Bool:
    return (a == b) | (np.isnan(a) & np.isnan(b))


def correction_label(diagnosis: LevelDiagnosis, row: int) -> Message:
    """What the edit is called in the undo list."""
    suspects = diagnosis.suspects
    return msg(
        "Correct level of {pipe}: {before} m to {after} m",
        pipe=str(suspects.pipe_id[row]),
        before=f"{suspects.recorded_m[row]:.3f}",
        after=f"{suspects.likely_m[row]:.3f}",
    )


def _lineage(state: ProjectState, touched: I64, changed: dict[str, F64], cause: Cause) -> Str:
    """Lineage with what every number was, e.g. `start_level_m 12.31→13.21 (digits_transposed)`."""
    lineage = state.pipes.lineage.copy()
    for pipe in touched:
        notes = [
            f"{name} {before:g}→{after:g}"
            for name, values in changed.items()
            if (before := float(getattr(state.pipes, name)[pipe])) != (after := float(values[pipe]))
            and np.isfinite(after)
        ]
        text = f"{', '.join(notes)} (suspect level: {cause.key})"
        lineage[pipe] = f"{lineage[pipe]}; {text}" if lineage[pipe] else text
    return lineage
