"""How memory is handed out to work on a city, and when it is looked through for garbage.

A check makes and drops arrays of some tens of megabytes by the hundred. As shipped, glibc gives
each back to the system and asks for it anew, page by page, and keeps a heap for every thread; a
fifth of the processor time went into that, and a third of the peak.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Generator
from contextlib import contextmanager

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_KEPT_BYTES = 256 << 20
_LARGEST_FROM_HEAP_BYTES = 32 << 20


def keep_at_hand() -> None:
    """Keep freed memory for the next array, in one heap for all threads.

    Only where the C library is glibc; elsewhere nothing happens. Call it before threads start.
    """
    if not sys.platform.startswith("linux"):
        return
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(_ARENA_MAX, 1)
        set_option(_MMAP_THRESHOLD, _LARGEST_FROM_HEAP_BYTES)
        set_option(_TRIM_THRESHOLD, _KEPT_BYTES)


@contextmanager
def uncollected() -> Generator[None]:
    """No search for garbage meanwhile: among the objects of a large project it takes longer than
    the re-check of an edit, and a tenth of a report."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
