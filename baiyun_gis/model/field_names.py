"""Column names within the ten letters that a shapefile has for them."""

from __future__ import annotations

from collections.abc import Iterable

SHAPEFILE_LETTERS = 10


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Each name → one of at most ten letters, all different; the order of the names counts."""
    short: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        cut, number = name[:SHAPEFILE_LETTERS], 1
        while cut in taken:
            tail = str(number)
            cut, number = name[: SHAPEFILE_LETTERS - len(tail)] + tail, number + 1
        taken.add(cut)
        short[name] = cut
    return short
