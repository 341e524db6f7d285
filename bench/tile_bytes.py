"""How much a tile carries: bytes sent and lines beyond its own, for tiles of several sizes.

python -m bench.tile_bytes [SEGMENTS]
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from distributed.protocol.serialize import serialize_bytes

from baiyun_gis import DEFAULT_RULES
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.synthetic.district import make_district
from baiyun_gis.tiles.run import Work, run_in_tiles
from baiyun_gis.tiles.tiling import Tiling


def main() -> None:
    """One line a size of tiles."""
    segments = int(float(sys.argv[1])) if len(sys.argv) > 1 else 100_000
    state = make_district(segments, 1).state
    rules = load_rule_set(DEFAULT_RULES)
    for count in (2, 4, 16, 64):
        sent: list[tuple[int, int, int]] = []

        def over(
            work: Work,
            shared: Any,
            items: Iterable[Any],
            sent: list[tuple[int, int, int]] = sent,
        ) -> Iterator[Any]:
            for item in items:
                answers = work(shared, item)
                back = len(serialize_bytes(answers))
                sent.append((len(serialize_bytes(item)), len(item.plan.pipes), back))
                yield answers

        run_in_tiles(
            state, rules, as_of=np.datetime64("NaT", "D"), tiling=Tiling(count=count), over=over
        )
        out, lines, back = np.array(sent).sum(axis=0)
        print(
            f"{count} tiles of {segments // count:,}: {out / segments:.0f} bytes out and"
            f" {back / segments:.0f} back for each segment,"
            f" {lines / len(state.pipes) - 1:.1%} more lines"
        )


if __name__ == "__main__":
    main()
