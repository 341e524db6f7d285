"""Why a number applies: rows looked at, the one that won, what was assumed."""

from __future__ import annotations

import pytest

from baiyun_gis.errors import RuleError, UsageError
from baiyun_gis.rules.explain import Explanation, explain
from baiyun_gis.rules.loader import load_rule_set
from baiyun_gis.rules.query import parsed
from baiyun_gis.rules.resolved import NotCovered


def asked(a: str, b: str, check: str, *, rules: str = "gb50289-2016") -> Explanation:
    (answer,) = explain(load_rule_set(rules), parsed(a), parsed(b), check=check)
    return answer


def test_the_winner_and_the_losers_say_why() -> None:
    answer = asked("water:d=300", "sewage", "horizontal_clearance")
    assert answer.requirement is not None
    assert answer.requirement.min_m == 1.5
    by_id = {row.rule_id: row for row in answer.considered}
    assert by_id["h.water-gt200.sewage-rain"].won
    small = by_id["h.water-le200.sewage-rain"]
    assert (small.won, small.fit, str(small.why)) == (False, "does_not_fit", "does not fit: size")


def test_a_missing_attribute_is_named_and_rivals_are_laxer() -> None:
    answer = asked("gas", "sewage", "horizontal_clearance")
    assert "pressure class" in str(answer.answer)
    low = next(row for row in answer.considered if row.rule_id == "h.sewage-rain.gas-low")
    assert low.fit == "may_fit"
    assert str(low.why) == "h.sewage-rain.gas-subhigh-a is stricter"


def test_the_narrower_row_wins_and_says_so() -> None:
    answer = asked("telecom:burial=conduit,material=steel", "carriageway", "cover")
    assert answer.requirement is not None
    assert answer.requirement.min_m == 0.6
    general = next(row for row in answer.considered if row.rule_id == "c.telecom.carriageway")
    assert str(general.why) == "c.telecom-duct-steel.carriageway is narrower"


def test_chinese_questions_get_the_same_answer() -> None:
    english = asked("gas:pressure=medium_a,burial=direct", "building", "building_clearance")
    chinese = asked("燃气：压力=中压A，埋设=直埋", "建筑", "building_clearance")
    assert english.requirement == chinese.requirement
    assert chinese.answer.text("zh") == (
        "燃气管线（中压A）：距建（构）筑物基础不小于 1.5 m（GB 50289-2016 4.1.9）"
    )


def test_the_order_of_the_two_does_not_matter() -> None:
    one = asked("building", "water:d=100", "building_clearance")
    assert one.requirement is not None
    assert one.requirement.min_m == 1.0


def test_no_number_says_why() -> None:
    answer = asked("gas:mpa=3", "water", "horizontal_clearance")
    assert answer.requirement is None
    assert answer.why_not is NotCovered.PRESSURE_OUTSIDE
    assert "压力超出规则表范围" in answer.answer.text("zh")


def test_both_places_of_an_order_list_are_shown() -> None:
    answer = asked("water", "sewage", "vertical_order")
    assert {row.rule_id for row in answer.considered if row.won} == {"o.water", "o.sewage"}


def test_all_checks_that_speak_of_the_two_are_answered() -> None:
    answers = explain(load_rule_set("gb50289-2016"), parsed("water"), parsed("gas"))
    assert [a.check for a in answers] == [
        "horizontal_clearance", "vertical_clearance", "vertical_order"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("wine", "'wine' is not known; there are unknown"),
        ("water:colour=red", "'colour=red' in 'water:colour=red' is not understood"),
        ("water:d=-3", "d=-3 is not a number above 0"),
        ("water:d", "write name=value"),
        ("gas:pressure=huge", "medium_a (中压A)"),
    ],
)
def test_a_question_that_is_not_understood_lists_the_words(text: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        parsed(text)
    assert said in error.value.text("en")


def test_two_things_that_are_not_lines_are_refused() -> None:
    with pytest.raises(RuleError, match="must be a line"):
        explain(load_rule_set("gb50289-2016"), parsed("building"), parsed("ground"))


def test_a_check_that_does_not_fit_the_two_is_refused() -> None:
    with pytest.raises(RuleError, match="nothing to say about these two"):
        asked("water", "gas", "cover")


@pytest.mark.parametrize(
    ("line", "thing", "check", "rule", "assumed"),
    [
        ("gas:pressure=medium_a", "tree", "structure_clearance", "s.gas-medium-a.tree", ()),
        (
            "water:d=300", "pole:35kV", "structure_clearance",
            "s.water.tower-le-35kv-or-gt-35kv-foundation-edge", (),
        ),
        ("给水", "铁路", "structure_vertical_clearance", "sv.water.railway-rail-bottom", ()),
        ("sewage", "watercourse:VI级", "river_bed", "r.river-bed.channel-class-vi-vii", ()),
        ("sewage", "watercourse", "river_bed", "r.river-bed.channel-class-i-v", ("detail",)),
    ],
)  # fmt: skip
def test_things_beside_lines_can_be_asked_about(
    line: str, thing: str, check: str, rule: str, assumed: tuple[str, ...]
) -> None:
    answer = asked(line, thing, check)
    assert answer.requirement is not None
    assert answer.requirement.rule_id == rule
    assert answer.requirement.assumed == assumed
    assert [row.rule_id for row in answer.considered if row.won] == [rule]


def test_a_thing_that_no_row_speaks_of_has_no_number() -> None:
    answer = asked("sewage", "watercourse", "structure_vertical_clearance")
    assert (answer.requirement, answer.considered) == (None, ())
