"""Conflicts with one cause, and the sentence that says which."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from baiyun_gis.findings.words import kind_name
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import I64, Str


class CauseKind(IntEnum):
    """Kinds of causes; of two that explain as much the later one counts."""

    PAIR = 0
    LINE = 1
    PLANNED = 2
    UNKNOWN_LEVEL = 3
    POINT = 4


@dataclass(frozen=True, slots=True, eq=False)
class ConflictGroup:
    """All conflicts of one cause: `rows` index the conflict table.

    `utility` is the key of the line that is the cause, `first` and `last` are the ids of its
    pipes in conflict, in order along it (`first` is the point's id for a wrong point).
    `move_m` is how far up it would have to go for all of them to vanish (NaN where moving it up
    or down is not the point).
    """

    id: str
    kind: CauseKind
    rows: I64
    utility: str = ""
    first: str = ""
    last: str = ""
    move_m: float = float("nan")


def group_sentence(group: ConflictGroup) -> Message:
    """What the conflicts of a group have in common, in one sentence."""
    count = len(group.rows)
    line, where = kind_name(group.utility), _where(group)
    off = f"{abs(group.move_m):.2f}"
    match group.kind:
        case CauseKind.PAIR:
            return msg("All {count} conflicts are of the same two lines or things.", count=count)
        case CauseKind.PLANNED:
            return msg(
                "All {count} conflicts are of one planned {line} line, {where}.",
                count=count,
                line=line,
                where=where,
            )
        case CauseKind.UNKNOWN_LEVEL:
            return msg(
                "All {count} conflicts wait for the level of {line} pipe {where}.",
                count=count,
                line=line,
                where=where,
            )
        case CauseKind.POINT if group.move_m < 0:
            return msg(
                "All {count} conflicts: the level of {line} point {where} lies {off} m above"
                " the line through its neighbours.",
                count=count,
                line=line,
                where=where,
                off=off,
            )
        case CauseKind.POINT:
            return msg(
                "All {count} conflicts: the level of {line} point {where} lies {off} m below"
                " the line through its neighbours.",
                count=count,
                line=line,
                where=where,
                off=off,
            )
        case CauseKind.LINE if group.move_m < 0:
            return msg(
                "All {count} conflicts: the {line} line lies {off} m too high, {where}.",
                count=count,
                line=line,
                where=where,
                off=off,
            )
        case _:
            return msg(
                "All {count} conflicts: the {line} line lies {off} m too low, {where}.",
                count=count,
                line=line,
                where=where,
                off=off,
            )


def _where(group: ConflictGroup) -> Message | str:
    if group.kind in {CauseKind.POINT, CauseKind.UNKNOWN_LEVEL}:
        return group.first
    if group.first == group.last:
        return msg("at pipe {name}", name=group.first)
    return msg("between pipes {first} and {last}", first=group.first, last=group.last)


def rows_by_group(groups: Str) -> dict[str, I64]:
    """The rows of each group id, in order of first row."""
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(groups):
        rows.setdefault(str(name), []).append(row)
    return {name: np.array(each, dtype=np.int64) for name, each in rows.items()}
