"""The fixed colours of kinds and verdicts on light ground, for files and reports.

Utilities follow CJJ 61-2017 appendix B, as the light theme of the window does.
"""

from __future__ import annotations

from collections.abc import Mapping

from baiyun_gis.model.vocabulary import Utility, Verdict

UTILITY_COLOURS: Mapping[Utility, str] = {
    Utility.UNKNOWN: "#7B3FA0",
    Utility.WATER: "#00A3C7",
    Utility.RECLAIMED: "#3FC1D6",
    Utility.STORM: "#9A6A3A",
    Utility.SEWAGE: "#6B4423",
    Utility.COMBINED: "#84552B",
    Utility.GAS: "#D6249F",
    Utility.HEAT: "#EF7D00",
    Utility.POWER: "#D8232A",
    Utility.TELECOM: "#1B9E3E",
    Utility.INDUSTRIAL: "#20242A",
    Utility.TUNNEL: "#3A3F47",
    Utility.DRAINAGE: "#84552B",
}
VERDICT_COLOURS: Mapping[Verdict, str] = {
    Verdict.CERTAIN: "#D3202F",
    Verdict.LIKELY: "#EB6A1E",
    Verdict.POSSIBLE: "#E0A800",
    Verdict.CANNOT_JUDGE: "#7A8494",
    Verdict.CLEAR: "#2E9E5B",
}


def rgb_of(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of a colour written #RRGGBB."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
