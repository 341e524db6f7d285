"""Identity of conflicts."""

from __future__ import annotations

import time
from uuid import UUID

import numpy as np
from builders import network, pipe
from check_cases import EXACT, checked

from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.findings.identity import guid_of, identities, naming_of
from baiyun_gis.model.columns import text_array
from baiyun_gis.model.vocabulary import Utility


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


def test_a_merged_stretch_keeps_its_id_when_the_worst_place_passes_to_the_next_pipe():
    def worst(at_m: float) -> ConflictTable:
        water = [
            pipe(f"w{n}", Utility.WATER, [(50 * n, 0, -1), (50 * n + 50, 0, -1)], **EXACT)
            for n in range(3)
        ]
        gas = pipe("g", Utility.GAS, [(0, 0.7, -1), (at_m, 0.6, -1), (150, 0.7, -1)], **EXACT)
        return checked(network(*water, gas), "horizontal_clearance").conflicts

    early, late = worst(40.0), worst(110.0)
    assert len(early) == len(late) == 1
    assert {early.a_id[0], early.b_id[0]} != {late.a_id[0], late.b_id[0]}
    assert early.id[0] == late.id[0]


def test_many_identities_are_quick():
    count = 100_000
    conflicts = ConflictTable.build(
        count,
        check="collision",
        a_table="pipes",
        b_table="pipes",
        a_id=text_array(f"W{n % 70_000}" for n in range(count)),
        b_id=text_array(f"G{n}" for n in range(count)),
    )
    begun = time.perf_counter()
    assert len(set(identities(conflicts, ()))) == count
    assert time.perf_counter() - begun < 1.5  # 0.3 s where nothing else runs


def test_guids_are_those_of_rfc_4122_and_the_same_every_time():
    guid = UUID(guid_of("0123456789ab-1"))
    assert guid.version == 5
    assert guid == UUID(guid_of("0123456789ab-1"))
    assert guid_of("0123456789ab-2") != str(guid)


def test_ids_are_ranked_in_the_order_of_text():
    conflicts = table(*((f"p{k % 5}", "q", float(k)) for k in range(600)))
    naming = naming_of(conflicts, ())
    ids = naming.ids().tolist()
    assert [ids[row] for row in np.argsort(naming.rank)] == sorted(ids)


def test_no_conflicts_have_no_names():
    assert identities(table(("w", "g", 3.0)).take(np.zeros(0, dtype=np.int64)), ()).tolist() == []
