"""Which cause takes which units: all at once gives what one after the other would."""

from __future__ import annotations

import numpy as np
import pytest

from baiyun_gis.checks.causes import Candidates, explained


def candidates(pairs: list[tuple[int, int]], kinds: list[int]) -> Candidates:
    unit, cause = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    none = np.zeros(len(unit))
    kind = np.array(kinds, dtype=np.int8)[cause]
    return Candidates(unit, cause, kind, cause, cause * 0, none, none)


def one_after_the_other(pairs: list[tuple[int, int]], kinds: list[int]) -> dict[int, int]:
    """The cause of each unit by the rule as written: most units, then kind, then number."""
    left = {cause: {u for u, c in pairs if c == cause} for cause in range(len(kinds))}
    out: dict[int, int] = {}
    while True:
        best = min(left, key=lambda c: (-len(left[c]), -kinds[c], c))
        if len(left[best]) < 2:
            return out
        out |= dict.fromkeys(left[best], best)
        taken = set(left[best])
        left = {cause: units - taken for cause, units in left.items()}


@pytest.mark.parametrize("seed", range(30))
def test_the_cause_that_explains_most_comes_first(seed: int):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 12))
    pairs = sorted({(int(u), int(c)) for u, c in rng.integers(0, [20, count], (40, 2))})
    kinds = rng.integers(1, 5, count).tolist()
    given = explained(20, candidates(pairs, kinds))
    found = {unit: pairs[row][1] for unit, row in enumerate(given) if row >= 0}
    assert found == one_after_the_other(pairs, kinds)


def test_no_candidates_explain_nothing():
    assert list(explained(3, candidates([], [1]))) == [-1, -1, -1]
