"""A requirement: what a clause asks of a pair of kinds, and how far the number can be trusted."""

from __future__ import annotations

from dataclasses import dataclass

from baiyun_gis.language import Message
from baiyun_gis.model.vocabulary import Vocabulary


class RuleState(Vocabulary):
    """How well a shipped number is attested."""

    UNCONFIRMED = (0, "unconfirmed", "未核实")
    SINGLE_SOURCE = (1, "single_source", "单一来源")
    CONFIRMED = (2, "confirmed", "已核实")
    USER = (3, "user", "用户设定")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One number of a rule set as it applies to one class of pairs.

    `min_m` is in metres. `assumed` names the attributes that were missing, so that the strictest
    applicable row was taken. `order` is "a_above", "b_above" or "" (either).
    """

    rule_id: str
    rule_set: str
    check: str
    clause: str
    state: RuleState
    is_mandatory: bool
    min_m: float
    sentence: Message
    assumed: tuple[str, ...] = ()
    order: str = ""
    note: str = ""
    source: str = ""
