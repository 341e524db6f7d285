"""Checks on as many threads as there are processors."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from baiyun_gis.kernels.chunks import a_lane, thread_count

T = TypeVar("T")


def in_lanes(
    runs: Mapping[str, Callable[[], T]],
    *,
    sharing: Collection[str],
    shared_no_more: Callable[[], None],
    besides: Callable[[], None] | None,
) -> dict[str, T]:
    """What all runs give, by name; `besides` is done when a thread has nothing else to do.

    Those named in `sharing` share what the first of them makes, the largest thing of a run: they
    follow when it is there, and `shared_no_more` is called when the last of them is done.
    """
    first, *rest = [name for name in runs if name in sharing] or [""]
    others = [name for name in runs if name not in sharing]

    with ThreadPoolExecutor(thread_count()) as lanes:
        going = {name: lanes.submit(_in_lane, runs[name]) for name in [first, *others] if name}
        last = lanes.submit(_in_lane, besides) if besides else None
        if first:
            going[first].result()
            going |= {name: lanes.submit(_in_lane, runs[name]) for name in rest}
            for name in rest:
                going[name].result()
            shared_no_more()
        found = {name: one.result() for name, one in going.items()}
        if last:
            last.result()
    return found


def _in_lane(run: Callable[[], T]) -> T:
    with a_lane():
        return run()
