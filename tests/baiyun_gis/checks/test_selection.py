"""The `--where` expression."""

from __future__ import annotations

import pytest
from builders import network, pipe

from baiyun_gis.checks.selection import selected_pipes
from baiyun_gis.errors import UsageError
from baiyun_gis.model.vocabulary import Status, Utility

STATE = network(
    pipe("G1", Utility.GAS, [(0, 0, 0), (1, 0, 0)], road="人民路", d=0.1),
    pipe("G2", Utility.GAS, [(0, 0, 0), (1, 0, 0)], status=Status.PLANNED, d=0.4),
    pipe("W1", Utility.WATER, [(0, 0, 0), (1, 0, 0)], d=0.2),
)


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ("", "G1 G2 W1"),
        ("utility=gas", "G1 G2"),
        ("utility=燃气 and id~*1", "G1"),
        ("id~G*", "G1 G2"),
        ("utility == 'gas'", "G1 G2"),
        ("status!=planned", "G1 W1"),
        ("road=人民路", "G1"),
        ("nominal_mm>=200", "G2 W1"),
        ("utility=gas AND nominal_mm<200", "G1"),
    ],
)
def test_conditions_joined_by_and_pick_pipes(where, wanted):
    mask = selected_pipes(STATE.pipes, where)
    assert " ".join(STATE.pipes.id[mask]) == wanted


@pytest.mark.parametrize(
    "where", ["gas", "colour=red", "utility=beer", "nominal_mm=big", "id<3", "__import__('os')"]
)
def test_what_is_not_understood_is_refused(where):
    with pytest.raises(UsageError):
        selected_pipes(STATE.pipes, where)
