"""Two runs beside each other."""

from __future__ import annotations

import numpy as np
from builders import network, pipe
from check_cases import EXACT, checked

from baiyun_gis.findings.compare import Change, compared, compared_projects, since_last_run
from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.findings.identity import identities
from baiyun_gis.findings.resurvey import Ending
from baiyun_gis.model.columns import text_array
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.project import ProjectState


def run(**shortfall_m: float) -> ConflictTable:
    """One conflict for each named pair."""
    names = list(shortfall_m)
    table = ConflictTable.build(
        len(names),
        check="collision",
        a_table="pipes",
        b_table="pipes",
        a_id=text_array(names),
        b_id="b",
        shortfall_m=np.array(list(shortfall_m.values())),
        at=np.zeros((len(names), 3)),
    )
    return table.with_columns(id=identities(table, ()))


def test_every_conflict_of_either_run_is_said_once():
    before = run(same=0.1, worse=0.1, better=0.1, gone=0.1, judged=np.nan, noise=0.1)
    after = run(noise=0.109, judged=0.2, new=0.3, better=0.05, worse=0.2, same=0.1)
    found = compared(before, after)
    said = [
        (Change(int(c)).key, str((after if b >= 0 else before).a_id[b if b >= 0 else a]))
        for a, b, c in zip(found.before_row, found.after_row, found.change, strict=True)
    ]
    assert sorted(said) == [
        ("better", "better"),
        ("gone", "gone"),
        ("new", "new"),
        ("same", "noise"),
        ("same", "same"),
        ("worse", "judged"),
        ("worse", "worse"),
    ]
    assert said[0][0] == "new"


def test_the_list_of_the_last_run_says_what_became_of_each_row():
    now = run(a=0.1, b=0.3)
    assert list(since_last_run(run(b=0.1), now)) == [Change.NEW, Change.WORSE]
    assert list(since_last_run(run(), now)) == [Change.NEW, Change.NEW]
    assert list(since_last_run(now, run())) == []


def crossing(level: float) -> ProjectState:
    return network(
        pipe("w", Utility.WATER, [(0, 0, -2), (90, 0, -2)], **EXACT),
        pipe("g", Utility.GAS, [(50, -9, level), (50, 9, level)], **EXACT),
    )


def test_a_conflict_that_is_gone_says_why():
    one, two = crossing(-2.0), crossing(-4.0)
    runs = [checked(state, "collision") for state in (one, two)]
    found = compared_projects(one, runs[0], two, runs[1])
    assert list(found.change) == [Change.GONE]
    assert list(found.ending) == [Ending.RELEVELLED]
