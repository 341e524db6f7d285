"""Words and names of findings: remarks from masks, the columns of a side that is a pipe."""

from __future__ import annotations

from functools import lru_cache
from itertools import compress
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.kernels.recorded import flags_of, of_either
from baiyun_gis.model.columns import F64, I32, I64, Bool, Str, keys_from_codes
from baiyun_gis.model.uncertainty import SigmaBasis
from baiyun_gis.model.vocabulary import Provenance, Shape, Status, Utility

if TYPE_CHECKING:
    from baiyun_gis.checks.snapshot import Snapshot

_SECTION_KEYS = (
    "section_approximated",
    "level_assumed",
    "section_assumed",
    "sigma_default",
    "planned",
    "dates_contradict",
)
_COUNT = np.stack(
    [
        flags_of(*(shape for shape in Shape if shape.is_approximated)),
        flags_of(Provenance.ASSUMED),
        flags_of(Provenance.ASSUMED),
        flags_of(SigmaBasis.DEFAULT),
        flags_of(Status.PLANNED),
        flags_of(1),
    ]
)
"""Which codes of the columns behind `_SECTION_KEYS` count."""

_FEW = 64
"""So few rows are looked up one by one; of more those that are alike are."""

_BITS = 62
"""Which of so many remarks hold fits into a number."""

Flags = tuple[tuple[Bool, str], ...]
"""Remark keys and the rows they hold for, in order."""


def pipe_side(snapshot: Snapshot, side: str, rows: I32 | I64) -> dict[str, object]:
    """The columns of one side of a finding when that side is a pipe."""
    pipes = snapshot.state.pipes
    return {
        f"{side}_table": "pipes",
        f"{side}_row": rows.astype(np.int32),
        f"{side}_id": pipes.id[rows],
        f"{side}_kind": keys_from_codes(Utility, pipes.utility[rows]),
        f"level_{side}": pipes.level_source[rows],
        f"section_{side}": pipes.section_source[rows],
    }


def on_pipe(snapshot: Snapshot, pipe: I32 | I64, low: F64, high: F64) -> tuple[F64, F64]:
    """Chainage along a run as chainage along one pipe of it; it may begin before the pipe or end
    after it where the stretch goes on along the run."""
    offset, sign = snapshot.topology.run_offset_m[pipe], snapshot.topology.run_sign[pipe]
    one, two = (low - offset) * sign, (high - offset) * sign
    return np.minimum(one, two), np.maximum(one, two)


def remarks(count: int, *named: tuple[Bool, str]) -> Str:
    """Remark keys joined by ';' from masks."""
    out = np.full(count, "", dtype=object)
    if not count or not named:
        return out
    texts, masks = _texts_of(tuple([key for _, key in named])), [mask for mask, _ in named]
    if count <= _FEW or len(masks) > _BITS:
        out[:] = [texts[which] for which in zip(*[m.tolist() for m in masks], strict=True)]
        return out
    bits = np.int64(1) << np.arange(len(masks))
    codes: list[int] = (bits @ np.array(masks)).tolist()
    text_of = {
        code: texts[tuple([bool(code >> k & 1) for k in range(len(masks))])] for code in set(codes)
    }
    out[:] = [text_of[code] for code in codes]
    return out


class _Texts(dict[tuple[bool, ...], str]):
    """Remarks by which of their keys hold, put together when first asked for."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        super().__init__()
        self._keys = keys

    def __missing__(self, which: tuple[bool, ...]) -> str:
        text = ";".join(compress(self._keys, which))
        self[which] = text
        return text


_texts_of = lru_cache(maxsize=256)(_Texts)


def section_remarks(snapshot: Snapshot, a: I32, b: I32) -> Flags:
    """Remarks that hold for any finding between two pipes, by the pipes' own columns."""
    if not len(a):
        return ()
    pipes = snapshot.state.pipes
    codes = (
        pipes.shape,
        pipes.level_source,
        pipes.section_source,
        snapshot.uncertainty.basis,
        pipes.status,
        snapshot.dates_contradict.view(np.int8),
    )
    return tuple(zip(of_either(a, b, codes, _COUNT), _SECTION_KEYS, strict=True))
