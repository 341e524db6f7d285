"""Repeatable chance: a stream of numbers for every name, all from one seed.

PCG64 and its raw doubles are fixed by NumPy's stream policy, so the same seed gives the same
numbers everywhere; nothing else of NumPy's distributions is used for that reason.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.model.columns import F64, I64


class Chance:
    """Named streams of uniform numbers from one seed; the order of asking does not matter."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def uniform(self, name: str, shape: int | tuple[int, ...]) -> F64:
        """Numbers in [0, 1); the same name gives the same numbers again."""
        words = [self.seed & 0xFFFFFFFF, self.seed >> 32, zlib.crc32(name.encode("utf-8"))]
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words))).random(shape)

    def chosen(self, name: str, rows: NDArray[np.integer], count: int) -> I64:
        """`count` of `rows` (fewer when there are not enough), drawn without replacement."""
        order = np.argsort(self.uniform(name, len(rows)), kind="stable")
        return np.asarray(rows, dtype=np.int64)[order[:count]]

    def between(self, name: str, shape: int | tuple[int, ...], low: float, high: float) -> F64:
        """Numbers in [low, high)."""
        return low + (high - low) * self.uniform(name, shape)

    def noise(self, name: str, shape: int | tuple[int, ...], sigma: float) -> F64:
        """Bell-shaped numbers about 0: the sum of four uniform ones, scaled to `sigma`."""
        size = (4, *((shape,) if isinstance(shape, int) else shape))
        return (self.uniform(name, size).sum(axis=0) - 2.0) * (sigma * np.sqrt(3.0))
