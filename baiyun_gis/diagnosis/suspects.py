"""Suspect levels: which survey point or pipe end is probably wrong, and what it probably was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from baiyun_gis.arrays import F64, I8, I64
from baiyun_gis.diagnosis.batches import batches_of
from baiyun_gis.diagnosis.causes import Cause
from baiyun_gis.diagnosis.pipe_ends import PipeEnds, pipe_ends
from baiyun_gis.diagnosis.scoring import Candidates, candidates_of
from baiyun_gis.diagnosis.ties import ties_of
from baiyun_gis.diagnosis.units import UnitSort
from baiyun_gis.model.columns import Bool, Columns, Str, column
from baiyun_gis.project import ProjectState


@dataclass(frozen=True, slots=True, eq=False)
class SuspectTable(Columns):
    """Possible causes, best cases first; rows of one case explain the same contradiction."""

    table_name: ClassVar[str] = "suspects"

    case: I64 = column("index", "疑点", doc="rows with one number explain one contradiction")
    rank: I64 = column("index", "名次", doc="0 is the best explanation of its case")
    sort: I8 = column("code", "对象", vocabulary=UnitSort)
    cause: I8 = column("code", "原因", vocabulary=Cause)
    end: I64 = column("index", "管端", doc="2 · pipe row, + 1 for its end")
    pipe_id: Str = column("text", "管线段编号")
    node_id: Str = column("text", "管线点号")
    recorded_m: F64 = column("real", "记录高程", unit="m")
    likely_m: F64 = column("real", "可能高程", unit="m")
    posterior: F64 = column("real", "概率")
    score: F64 = column("real", "得分", doc="gain in log likelihood plus log prior")
    depth_follows: Bool = column("flag", "埋深同错")
    at: F64 = column("point", "位置", unit="m", width=2)


def suspect_levels(state: ProjectState, *, as_of: np.datetime64) -> SuspectTable:
    ends = pipe_ends(state, as_of)
    springs = ties_of(ends, state.nodes)
    return _table(ends, candidates_of(ends, springs, batches=batches_of(ends)), state)


def _table(ends: PipeEnds, found: Candidates, state: ProjectState) -> SuspectTable:
    recorded = ends.level_m[found.lead]
    return SuspectTable.build(
        len(found.lead),
        case=found.case, rank=found.rank, sort=found.sort, cause=found.cause, end=found.lead,
        recorded_m=recorded, likely_m=recorded + found.shift_m,
        posterior=found.posterior, score=found.score, depth_follows=found.depth_follows,
    )
