"""What a run was asked about: which lines against which, where. All pairs unless it says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from baiyun_gis.language import Message, msg
from baiyun_gis.model.vocabulary import Vocabulary


class Against(Vocabulary):
    """Which pairs of features are asked about."""

    ALL = (0, "all_pairs", "全部两两")
    PLANNED = (1, "planned_against_existing", "规划对现状")
    DELIVERY = (2, "delivery_against_rest", "一批成果对其余")


@dataclass(frozen=True, slots=True)
class Scope:
    """The question of a run; everything in it must hold at once.

    `source` names the delivery (a value of the column `source`, with `*` and `?`). `area_wkt` is
    an area in the project's reference system and `area` what it is called: lines that lie at
    least partly inside are asked about. `where` is an expression of `checks.selection`.
    """

    against: Against = Against.ALL
    source: str = ""
    area_wkt: str = ""
    area: str = ""
    where: str = ""

    @property
    def is_whole(self) -> bool:
        """Does the run ask about everything there is."""
        return self == Scope()

    def sentence(self) -> Message:
        """The scope in words; *all pairs* where it leaves nothing out."""
        parts: list[Message] = []
        if self.against is Against.PLANNED:
            parts.append(msg("planned against existing"))
        elif self.against is Against.DELIVERY:
            parts.append(msg("delivery {source} against the rest", source=self.source))
        if self.area_wkt:
            parts.append(msg("lines at least partly inside {area}", area=self.area))
        if self.where:
            parts.append(msg("lines with {where}", where=self.where))
        whole: Message | None = None
        for part in parts:
            whole = part if whole is None else msg("{first}, {rest}", first=whole, rest=part)
        return whole or msg("all pairs")

    def facts(self) -> dict[str, Any]:
        """The scope as plain values."""
        return {
            "pairs": self.against.key,
            "source": self.source or None,
            "area": self.area or None,
            "area_wkt": self.area_wkt or None,
            "where": self.where or None,
        }

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Scope:
        """The scope of `facts`; raises `KeyError` for pairs of an unknown kind."""
        return cls(
            against=Against.from_key(facts.get("pairs", Against.ALL.key)),
            source=facts.get("source") or "",
            area_wkt=facts.get("area_wkt") or "",
            area=facts.get("area") or "",
            where=facts.get("where") or "",
        )
