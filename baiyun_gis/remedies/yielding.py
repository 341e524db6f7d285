"""Who gives way (避让): which line of a conflict is to be moved, and by which rule.

What is only planned yields to what lies there. Between two planned or two existing lines the
order of GB 50289-2016 3.0.7 decides: pressure yields to gravity, flexible to rigid, branch to
main, small to large, temporary to permanent; then new yields to old.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from baiyun_gis.language import Message, msg
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.topology import Topology
from baiyun_gis.model.vocabulary import Burial, Material, Status, Utility, Vocabulary
from baiyun_gis.rules.requirement import RuleState

CLAUSE = "GB 50289-2016 3.0.7"
CLAUSE_STATE = RuleState.UNCONFIRMED
"""The clause's number was not found in a second source; findings that name it say so."""

_BENDABLE = (Material.PE, Material.PVC, Material.COPPER, Material.FIBRE, Material.ALUMINIUM)
_STIFF = (
    Material.CAST_IRON,
    Material.DUCTILE_IRON,
    Material.CONCRETE,
    Material.MASONRY,
    Material.STONE,
    Material.ASBESTOS,
    Material.CLAY,
    Material.BRICK,
)
_STIFF_BURIALS = (Burial.DUCT_BLOCK, Burial.TRENCH, Burial.TUNNEL, Burial.PASSAGE)


class YieldRule(Vocabulary):
    """Why a line gives way."""

    NONE = (0, "none", "无先后")
    PLANNED = (1, "new_yields_to_existing", "新建让现有")
    PRESSURE = (2, "pressure_yields_to_gravity", "压力管让重力流管")
    FLEXIBLE = (3, "flexible_yields_to_rigid", "易弯曲管让不易弯曲管")
    BRANCH = (4, "branch_yields_to_main", "分支管让主干管")
    SMALL = (5, "small_yields_to_large", "小管径让大管径")
    TEMPORARY = (6, "temporary_yields_to_permanent", "临时管让永久管")
    NEWER = (7, "newer_yields_to_older", "后建让先建")
    ONLY = (8, "only_line", "仅此管线可动")

    @property
    def clause(self) -> str:
        """The clause that gives the order; empty where it is usual practice."""
        named = (2, 3, 4, 5, 6)
        return CLAUSE if int(self) in named else ""


WORDS: dict[YieldRule, Message] = {
    YieldRule.NONE: msg("neither has to give way before the other"),
    YieldRule.PLANNED: msg("what is planned gives way to what lies there"),
    YieldRule.PRESSURE: msg("pressure gives way to gravity"),
    YieldRule.FLEXIBLE: msg("flexible gives way to rigid"),
    YieldRule.BRANCH: msg("a branch gives way to a main"),
    YieldRule.SMALL: msg("small gives way to large"),
    YieldRule.TEMPORARY: msg("temporary gives way to permanent"),
    YieldRule.NEWER: msg("newer gives way to older"),
    YieldRule.ONLY: msg("it is the only line that can be moved"),
}


@dataclass(frozen=True, slots=True)
class Yielder:
    """A pipe that may be moved, and why. A diversion moves a line that already lies there."""

    pipe: int
    rule: YieldRule
    is_diversion: bool = False


def yielders(pipes: PipeTable, topology: Topology, a: int, b: int) -> tuple[Yielder, ...]:
    """Which of pipes `a` and `b` (`b` −1: not a pipe) is to be moved, the first to try first.

    Empty where both already lie there and no rule says which gives way.
    """
    planned = pipes.status == Status.PLANNED
    if b < 0:
        return (Yielder(a, YieldRule.ONLY),) if planned[a] else ()
    rule, first, second = _ordered(pipes, topology, a, b)
    if planned[a] != planned[b]:
        new, old = (a, b) if planned[a] else (b, a)
        out = (Yielder(new, YieldRule.PLANNED),)
        return (*out, Yielder(old, rule, is_diversion=True)) if rule and first == old else out
    is_old = not planned[a]
    if is_old:
        return (Yielder(first, rule, is_diversion=True),) if rule else ()
    return (Yielder(first, rule), Yielder(second, YieldRule.NONE))


def _ordered(pipes: PipeTable, topology: Topology, a: int, b: int) -> tuple[YieldRule, int, int]:
    """The first rule that tells the two apart, who yields, who stays."""
    for rule, weight in _WEIGHTS.items():
        one, two = weight(pipes, topology, a), weight(pipes, topology, b)
        if np.isnan(one) or np.isnan(two) or one == two:
            continue
        return (rule, a, b) if one < two else (rule, b, a)
    return YieldRule.NONE, a, b


def _gravity(pipes: PipeTable, topology: Topology, row: int) -> float:
    del topology
    return float(Utility(int(pipes.utility[row])).is_gravity)


def _rigidity(pipes: PipeTable, topology: Topology, row: int) -> float:
    del topology
    if pipes.burial[row] in _STIFF_BURIALS or pipes.material[row] in _STIFF:
        return 2.0
    is_cable = pipes.utility[row] in (Utility.POWER, Utility.TELECOM)
    if pipes.material[row] in _BENDABLE or (is_cable and pipes.burial[row] == Burial.DIRECT):
        return 1.0
    return float("nan")


def _rank(pipes: PipeTable, topology: Topology, row: int) -> float:
    """0 for a branch: at one of its ends a larger line of its kind goes on; 1 for a main."""
    size = _size(pipes, topology, row)
    for end in (2 * row, 2 * row + 1):
        joint = topology.joint[end]
        if topology.joint_degree[joint] < 3:
            continue
        others = np.flatnonzero(topology.joint == joint) // 2
        if any(_size(pipes, topology, int(o)) > size for o in others):
            return 0.0
    return 1.0


def _size(pipes: PipeTable, topology: Topology, row: int) -> float:
    del topology
    nominal = float(pipes.nominal_mm[row])
    return float(pipes.outer_width_m[row]) * 1000 if np.isnan(nominal) else nominal


def _permanence(pipes: PipeTable, topology: Topology, row: int) -> float:
    del topology
    note = str(pipes.note[row]).lower()
    return 0.0 if "临时" in note or "temporary" in note else 1.0


def _age(pipes: PipeTable, topology: Topology, row: int) -> float:
    del topology
    day = pipes.valid_from[row]
    return float("nan") if np.isnat(day) else -float(day.astype(np.int64))


_WEIGHTS: dict[YieldRule, Callable[[PipeTable, Topology, int], float]] = {
    YieldRule.PRESSURE: _gravity,
    YieldRule.FLEXIBLE: _rigidity,
    YieldRule.BRANCH: _rank,
    YieldRule.SMALL: _size,
    YieldRule.TEMPORARY: _permanence,
    YieldRule.NEWER: _age,
}
"""The lighter of the two yields, by the first rule that tells them apart."""
