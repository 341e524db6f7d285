"""What checks said of neighbourhoods edited lately: whoever drags a line edits it again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.checks.check import CheckContext
from baiyun_gis.checks.snapshot import Snapshot
from baiyun_gis.findings.conflicts import Ledger
from baiyun_gis.live.changes import Touched
from baiyun_gis.live.cutout import CutOut
from baiyun_gis.live.sliding import Room
from baiyun_gis.live.store import Places, Told
from baiyun_gis.model.columns import I32, I64, Bool

_MOST = 64


@dataclass(frozen=True, slots=True)
class Part:
    """What the checks but the `idle` ones said of a cut-out: `told` in rows of the whole,
    `classes` and `selected` by pipe, `places` where the findings are kept, None where nobody
    looked. All else as in `Neighbourhood`."""

    cut: CutOut
    ledger: Ledger
    told: Told
    classes: I64 | I32
    selected: Bool
    doubt_m: float
    idle: frozenset[str]
    bare: frozenset[str]
    mine: I64 | None
    own: I64 | None
    alone: bool
    room: Room | None
    ctx: CheckContext
    places: Places | None = None

    @property
    def snapshot(self) -> Snapshot:
        """The part as the checks see it."""
        return self.ctx.snapshot


class KeptParts:
    """The parts last looked at, by the pipes that were edited (slots), while they stay true."""

    def __init__(self) -> None:
        self._parts: dict[tuple[int, ...], tuple[Part, tuple[frozenset[int], ...]]] = {}
        self._last: tuple[int, ...] | None = None

    def of(self, changed: I64) -> Part | None:
        """What was said when these very pipes were edited last."""
        known = self._parts.get(tuple(changed.tolist()))
        return known[0] if known else None

    def open(self, changed: I64) -> Part | None:
        """The same if nothing else was edited since: another line may have come near."""
        return self.of(changed) if tuple(changed.tolist()) == self._last else None

    def forget(self, changed: I64, gone: I64, touched: Touched) -> None:
        """Parts that hold any of these rows are true no more."""
        self._last = None
        pipes = [*changed.tolist(), *gone.tolist()]
        others = (touched.nodes, touched.buildings, touched.structures)
        rows = [pipes, *(column.tolist() for column in others)]
        for table, some in enumerate(rows):
            if not some:
                continue
            for key in [k for k, v in self._parts.items() if not v[1][table].isdisjoint(some)]:
                del self._parts[key]

    def keep(self, changed: I64, part: Part) -> None:
        """From now on this was said last."""
        self._last = tuple(changed.tolist())
        self._parts.pop(self._last, None)
        self._parts[self._last] = part, part.cut.held
        while len(self._parts) > _MOST:
            del self._parts[next(iter(self._parts))]


def holds(part: CutOut, slots: I64, nodes: I64, buildings: I64, structures: I64) -> bool:
    """Whether a cut-out has all these rows."""
    pairs = (
        (slots, part.slots),
        (nodes, part.nodes),
        (buildings, part.buildings),
        (structures, part.structures),
    )
    return all(is_within(some, mine) for some, mine in pairs)


def is_within(some: I64, mine: I64) -> bool:
    """Whether all numbers are among others; both sorted."""
    if not len(some) or not len(mine):
        return not len(some)
    at = np.minimum(np.searchsorted(mine, some), len(mine) - 1)
    return bool((mine[at] == some).all())
