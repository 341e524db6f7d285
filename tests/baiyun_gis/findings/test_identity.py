"""Identity of conflicts."""

from __future__ import annotations

import numpy as np

from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.findings.identity import identities
from baiyun_gis.model.columns import text_array


def table(*rows: tuple[str, str, float]) -> ConflictTable:
    a, b, start = zip(*rows, strict=True)
    return ConflictTable.build(
        len(rows),
        check="collision",
        a_table="pipes",
        b_table="pipes",
        a_id=text_array(a),
        b_id=text_array(b),
        stretch_from_m=np.array(start),
    )


def test_identity_does_not_depend_on_which_side_is_named_first():
    assert identities(table(("w", "g", 3.0)), ()) == identities(table(("g", "w", 3.0)), ())


def test_two_places_of_one_pair_are_told_apart_by_their_order_along_the_line():
    near, far = identities(table(("w", "g", 3.0), ("w", "g", 70.0)), ())
    assert near != far
    assert list(identities(table(("w", "g", 71.0), ("w", "g", 4.0)), ())) == [far, near]


def test_identities_of_many_conflicts_are_unique():
    rows = [(f"p{k % 50}", f"q{k % 7}", float(k)) for k in range(2000)]
    assert len(set(identities(table(*rows), ()))) == 2000
