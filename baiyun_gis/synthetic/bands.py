"""Which lines lie where in a street of each class, and in which band of depth.

Across a street the order from the red line to the middle follows GB 50289-2016 clause 4.1.3;
where lines cross, the order from the top down follows clause 4.1.12. Each utility has a band of
depth of its own, so that every crossing, wherever it falls, keeps the vertical clearances of
table 4.1.14. Under the rich valley streets the bands lie deeper, with heat and reclaimed water
between, and the lines of the crossing streets slope down to them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.model.columns import F64, I8
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.synthetic.streets import LOCAL, MAIN, SECONDARY

U = Utility


@dataclass(frozen=True, slots=True)
class LineSpec:
    """A main in a street: offset to the left of the centre line, metres; sides it serves."""

    utility: Utility
    offset_m: float
    key: str
    serves: tuple[int, ...] = (1, -1)


_LOCAL = (
    LineSpec(U.POWER, 6.4, "power local"),
    LineSpec(U.WATER, 4.6, "water 150"),
    LineSpec(U.STORM, 1.2, ""),
    LineSpec(U.SEWAGE, -1.6, ""),
    LineSpec(U.GAS, -4.5, "gas 100"),
    LineSpec(U.TELECOM, -6.4, "telecom local"),
)
_SECONDARY = (
    LineSpec(U.POWER, 10.8, "power secondary"),
    LineSpec(U.WATER, 8.6, "water 200"),
    LineSpec(U.STORM, 3.0, ""),
    LineSpec(U.SEWAGE, -3.2, ""),
    LineSpec(U.GAS, -8.4, "gas 150"),
    LineSpec(U.TELECOM, -10.8, "telecom secondary"),
)
_MAIN = (
    LineSpec(U.POWER, 18.6, "power main"),
    LineSpec(U.TELECOM, 16.6, "telecom main", serves=(1,)),
    LineSpec(U.WATER, 14.0, "water 300"),
    LineSpec(U.STORM, 3.5, ""),
    LineSpec(U.SEWAGE, -4.0, ""),
    LineSpec(U.GAS, -14.5, "gas 200"),
    LineSpec(U.TELECOM, -18.6, "telecom main", serves=(-1,)),
)
_RICH = (
    *_MAIN,
    LineSpec(U.HEAT, 10.5, "heat 200", serves=()),
    LineSpec(U.RECLAIMED, 7.5, "reclaimed 150", serves=()),
)
TEMPLATES = {
    (MAIN, False): _MAIN,
    (MAIN, True): _RICH,
    (SECONDARY, False): _SECONDARY,
    (LOCAL, False): _LOCAL,
}
SLOT = {
    U.STORM: 0.09,
    U.SEWAGE: 0.22,
    U.WATER: 0.36,
    U.GAS: 0.49,
    U.HEAT: 0.56,
    U.RECLAIMED: 0.56,
    U.TELECOM: 0.64,
    U.POWER: 0.82,
}
"""Where along a lot each line has its node, as a share of the lot's length."""

MARGIN_M = 0.12
_STACK: tuple[tuple[Utility, float, float, bool], ...] = (
    # utility, clearance to what lies above (cover for the first), largest outer height, rich only
    (U.TELECOM, 0.90, 0.24, False),
    (U.POWER, 0.25, 0.24, False),
    (U.GAS, 0.15, 0.22, False),
    (U.HEAT, 0.15, 0.32, True),
    (U.WATER, 0.15, 0.33, False),
    (U.RECLAIMED, 0.50, 0.17, True),
    (U.STORM, 0.40, 0.96, False),
    (U.SEWAGE, 0.23, 0.60, False),  # 0.15 and the rise of services towards the houses
)
_TRUNK_HEIGHT = {U.STORM: 1.2, U.SEWAGE: 0.72}


def _bands() -> F64:
    depth = np.full((2, len(Utility)), np.nan)
    for rich in (0, 1):
        bottom = 0.0
        for utility, clearance, height, rich_only in _STACK:
            if rich_only and not rich:
                continue
            depth[rich, utility] = bottom + clearance + MARGIN_M
            used = _TRUNK_HEIGHT.get(utility, height) if rich else height
            bottom = depth[rich, utility] + used
    return np.round(depth, 3).astype(np.float64)


TOP_DEPTH_M = _bands()
"""Design depth of the outer top, shape (2, utilities): plain and rich streets."""


def design_depth(utility: I8, richness: F64) -> F64:
    """Depth of the outer top below ground, metres, shape (n,)."""
    plain, rich = TOP_DEPTH_M[0, utility], TOP_DEPTH_M[1, utility]
    plain = np.where(np.isnan(plain), rich, plain)
    return plain + richness * (rich - plain)
