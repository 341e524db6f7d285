"""How much a tile carries: bytes sent and lines beyond its own, for tiles of several sizes.

python -m bench.tile_bytes [SEGMENTS]
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

import numpy as np
from distributed.protocol import serialize_bytes

from baiyun_gis import DEFAULT_RULES
from baiyun_gis.checks.engine import Answers
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.synthetic.district import make_district
from baiyun_gis.tiles.cutting import Tile
from baiyun_gis.tiles.run import Question, checked_tile, run_in_tiles
from baiyun_gis.tiles.tiling import Tiling


def main() -> None:
    """One line a size of tiles."""
    segments = int(float(sys.argv[1])) if len(sys.argv) > 1 else 100_000
    state = make_district(segments, 1).state
    rules = load_rule_set(DEFAULT_RULES)
    for count in (2, 4, 16, 64):
        sent: list[tuple[int, int, int]] = []

        def over(
            question: Question, tiles: Iterable[Tile], sent: list[tuple[int, int, int]] = sent
        ) -> Iterator[Answers]:
            for tile in tiles:
                answers = checked_tile(question, tile)
                out, back = len(serialize_bytes(tile)), len(serialize_bytes(answers))
                sent.append((out, len(tile.cut.slots), back))
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
