"""Kernels over index ranges on all cores.

The kernels release the interpreter lock and work on a range of rows each, and ordinary threads
run the ranges. Numba's own `prange` is not used: its fallback threading layer ends the whole
process when two threads of an application start parallel kernels at the same time, and a
desktop does that whenever a check runs while the map is drawn.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock
from typing import Any, TypeVar

One = TypeVar("One")
Two = TypeVar("Two")

_SMALLEST_CHUNK = 2048
_CHUNKS_PER_THREAD = 8


class _Lanes:
    """How many lanes of work the process has at the moment."""

    def __init__(self) -> None:
        self.busy = 0
        self.lock = Lock()

    def changed(self, by: int) -> None:
        with self.lock:
            self.busy += by


_LANES = _Lanes()


@contextmanager
def a_lane() -> Generator[None]:
    """Work in here has other such work beside it: kernels share the processors among lanes.

    A kernel in chunks on threads that have to take turns costs a third more than in one piece.
    """
    _LANES.changed(1)
    try:
        yield
    finally:
        _LANES.changed(-1)


def thread_count() -> int:
    """How many threads the kernels use: the processors this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


_WORTH_LANES = 50_000


def side_by_side(
    first: Callable[[], One], second: Callable[[], Two], *, rows: int
) -> tuple[One, Two]:
    """What two functions give, run beside each other where they go over that many rows."""
    if rows < _WORTH_LANES or thread_count() == 1:
        return first(), second()

    def beside() -> Two:
        with a_lane():
            return second()

    with ThreadPoolExecutor(1) as pool, a_lane():
        other = pool.submit(beside)
        return first(), other.result()


def run_in_chunks(kernel: Callable[..., Any], count: int, *arguments: Any) -> list[Any]:
    """Call `kernel(start, stop, *arguments)` over ranges of 0…count; the results in order."""
    if count <= _SMALLEST_CHUNK:
        return [kernel(0, count, *arguments)] if count else []
    threads = max(1, thread_count() // max(1, _LANES.busy))
    step = max(_SMALLEST_CHUNK, -(-count // (threads * _CHUNKS_PER_THREAD)))
    if count <= step or threads == 1:
        return [kernel(0, count, *arguments)]
    with ThreadPoolExecutor(threads) as pool:
        running = [
            pool.submit(kernel, start, min(start + step, count), *arguments)
            for start in range(0, count, step)
        ]
        return [one.result() for one in running]
