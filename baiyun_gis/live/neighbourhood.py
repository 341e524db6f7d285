"""What an edit can matter to, and the edit itself, counted in slots."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from baiyun_gis.checks.snapshot import Snapshot
from baiyun_gis.live.changes import Touched
from baiyun_gis.live.cutout import CutOut
from baiyun_gis.live.kept import Part
from baiyun_gis.live.sliding import Room
from baiyun_gis.model.columns import F64, I64
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.project import ProjectState


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The same part of a project before and after an edit.

    `bare` names the tables that have nothing there but witnesses, `untouched` those the edit left
    as they were. `edited` are the pipes edited
    (slots), `changed` those whose findings may differ, `gone` those removed. Only findings of
    pipes that are `mine` can differ, and findings without another line only of those that are
    `own`; None where any may. `alone`: the edited line is joined to nothing, before and after, so
    that what is said of two lines without a third differs for its own pairs only. `kept`: the
    rows are those of the part that was known, so nobody need look at how it was `before`. `room`
    says how far the edited line may be slid from here on; `snapshot` is that of `after` where it
    is known.
    """

    before: Callable[[], CutOut]
    after: CutOut
    bare: frozenset[str]
    untouched: frozenset[str]
    edited: I64
    changed: I64
    gone: I64
    mine: I64 | None
    own: I64 | None
    alone: bool
    kept: Part | None
    room: Room | None
    snapshot: Snapshot | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit in slots: pipes changed or added, pipes gone, and where they and others were."""

    before: ProjectState
    after: ProjectState
    touched: Touched
    changed: I64
    gone: I64
    lines: F64
    things: F64
    low_m: float
    now: PipeTable
    is_short: bool
    nodes: I64
