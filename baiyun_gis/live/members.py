"""Which items carry a label, while a few of them are relabelled."""

from __future__ import annotations

import numpy as np

from baiyun_gis.model.columns import I32, I64

_NONE = np.zeros(0, dtype=np.int64)


class Members:
    """Items by label; negative labels have no members."""

    def __init__(self, labels: I64 | I32) -> None:
        known = np.flatnonzero(labels >= 0)
        order = known[np.argsort(labels[known], kind="stable")]
        self._sorted, self._item = labels[order], order
        self._changed: dict[int, I64] = {}

    def of(self, labels: I64 | I32) -> I64:
        """All items that carry one of the labels, sorted, each once."""
        wanted = np.unique(labels[labels >= 0])
        first = np.searchsorted(self._sorted, wanted, side="left")
        last = np.searchsorted(self._sorted, wanted, side="right")
        parts = [
            self._changed[label] if label in self._changed else self._item[one:two]
            for label, one, two in zip(wanted.tolist(), first.tolist(), last.tolist(), strict=True)
        ]
        return np.unique(np.concatenate([_NONE, *parts]))

    def put(self, label: int, items: I64) -> None:
        """From now on these items carry the label, and no others."""
        self._changed[label] = items
