"""Suspect levels: which survey point or pipe end is probably wrong, and what it probably was.

Nothing here changes a project. `diagnosis.correction.with_correction` makes the edit that a
person has decided on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from baiyun_gis.arrays import F64, I8, I32, I64, Bool, Str
from baiyun_gis.diagnosis.batches import batches_of
from baiyun_gis.diagnosis.causes import Cause
from baiyun_gis.diagnosis.conflict_ties import ConflictGraph, conflict_graph
from baiyun_gis.diagnosis.pipe_ends import PipeEnds, pipe_ends
from baiyun_gis.diagnosis.scoring import Candidates, candidates_of
from baiyun_gis.diagnosis.springs import Springs, Tie
from baiyun_gis.diagnosis.ties import ties_of
from baiyun_gis.diagnosis.units import UnitSort
from baiyun_gis.jobs import Job, silent
from baiyun_gis.language import msg
from baiyun_gis.model.columns import Columns, column, text_array
from baiyun_gis.project import ProjectState

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from baiyun_gis.findings.conflicts import CheckReport


@dataclass(frozen=True, slots=True, eq=False)
class SuspectTable(Columns):
    """Possible causes, the surest case first; rows of one case explain one contradiction."""

    table_name: ClassVar[str] = "suspects"

    case: I32 = column("index", "疑点", doc="rows with one number explain one contradiction")
    rank: I32 = column("index", "名次", doc="0 is the best explanation of its case")
    sort: I8 = column("code", "对象", vocabulary=UnitSort)
    cause: I8 = column("code", "原因", vocabulary=Cause)
    end: I32 = column("index", "管端", doc="2 × pipe row, + 1 for its end; of many the first")
    end_count: I32 = column("index", "管端数", doc="ends that would move together")
    pipe_id: Str = column("text", "管线段编号")
    node_id: Str = column("text", "管线点号")
    recorded_m: F64 = column("real", "记录高程", unit="m", doc="of `end`, as recorded")
    likely_m: F64 = column("real", "可能高程", unit="m", doc="of `end`, of the same datum")
    sigma_m: F64 = column("real", "可能高程中误差", unit="m")
    posterior: F64 = column("real", "概率", doc="among its case's causes and none at all")
    score: F64 = column("real", "得分", doc="gain in log likelihood plus log prior")
    depth_follows: Bool = column("flag", "埋深同错", doc="the depth is wrong by as much")
    conflicts_gone: I32 = column("index", "可消除冲突数")
    at: F64 = column("point", "位置", unit="m", width=2)


@dataclass(frozen=True, slots=True)
class LevelDiagnosis:
    """All suspects of one state on one day, with what they rest on.

    `moves` (suspects × ends) says by how much each suspect's correction moves every end.
    `revision` is the state's.
    """

    suspects: SuspectTable
    moves: csr_matrix
    ends: PipeEnds = field(repr=False)
    springs: Springs = field(repr=False)
    conflicts: ConflictGraph = field(repr=False)
    ends_judged: int = 0
    ends_without_level: int = 0
    revision: int = 0

    def conflicts_gone(self, row: int) -> tuple[str, ...]:
        """Ids of the conflicts that the correction of suspect `row` would end."""
        gone = _gone(self.springs, self.moves[row], self.ends)
        return tuple(str(name) for name in self.conflicts.id[np.sort(gone.indices)])


def suspect_levels(
    state: ProjectState,
    *,
    as_of: np.datetime64,
    report: CheckReport | None = None,
    job: Job | None = None,
) -> LevelDiagnosis:
    """Levels of existing lines that contradict what is around them, with their likely causes.

    `report`, of the same state, lets conflicts speak too. Planned lines are left out.
    """
    job = job or silent()
    job.step(0.0, msg("Comparing levels with their neighbours"))
    ends = pipe_ends(state, as_of)
    graph = conflict_graph(ends, report)
    springs = ties_of(ends, state.nodes, [graph.parts])
    job.step(0.4, msg("Weighing what may be wrong"))
    found = candidates_of(ends, springs, batches=batches_of(ends))
    job.step(0.9, msg("Weighing what may be wrong"))
    found = found.take(_order(found))
    return LevelDiagnosis(
        _table(ends, springs, found, state),
        found.moves,
        ends,
        springs,
        graph,
        int(ends.judged.sum()),
        int((~np.isfinite(ends.z_m)).sum()),
        state.revision,
    )


def _order(found: Candidates) -> I64:
    """Cases by the score of their best cause, causes by rank."""
    best = np.full(int(found.case.max(initial=-1)) + 1, -np.inf)
    np.maximum.at(best, found.case, found.score)
    return np.lexsort((found.rank, found.case, -best[found.case]))


def _table(
    ends: PipeEnds, springs: Springs, found: Candidates, state: ProjectState
) -> SuspectTable:
    lead, pipe = found.lead, found.lead // 2
    recorded = np.where(np.isnan(ends.level_m[lead]), ends.z_m[lead], ends.level_m[lead])
    new_case = np.concatenate([[True], np.diff(found.case) != 0])[: len(lead)]
    node = np.where(lead % 2 == 0, state.pipes.start_node[pipe], state.pipes.end_node[pipe])
    names = state.nodes.id if len(state.nodes) else text_array([""])
    first_move = found.moves[np.arange(len(lead)), lead]
    return SuspectTable.build(
        len(lead),
        case=np.cumsum(new_case) - 1,
        rank=found.rank,
        sort=found.sort,
        cause=found.cause,
        end=lead,
        end_count=np.diff(found.moves.indptr),
        pipe_id=state.pipes.id[pipe],
        node_id=np.where(node >= 0, names[np.maximum(node, 0)], ""),
        recorded_m=recorded,
        likely_m=recorded + np.asarray(first_move).ravel(),
        sigma_m=_sigma(springs, found, ends),
        posterior=found.posterior,
        score=found.score,
        depth_follows=found.depth_follows,
        conflicts_gone=np.asarray(_gone(springs, found.moves, ends).sum(axis=1)).ravel(),
        at=ends.topology.end_xy[lead] if len(lead) else np.zeros((0, 2)),
    )


def _sigma(springs: Springs, found: Candidates, ends: PipeEnds) -> F64:
    """Standard deviation of the likely level: what the springs at its end leave open."""
    holding = np.isin(springs.tie, (Tie.JOINT, Tie.ALONG, Tie.FALL))
    per_end = springs.by_end.multiply(springs.by_end) @ (holding / np.square(springs.sigma_m))
    with np.errstate(divide="ignore"):
        return 1.0 / np.sqrt(np.asarray(per_end).ravel()[found.lead]) if len(ends) else np.zeros(0)


def _gone(springs: Springs, moves: csr_matrix, ends: PipeEnds) -> csr_matrix:
    """Which conflicts each correction would end, ones in (suspects × conflicts)."""
    rows = np.flatnonzero(springs.tie == Tie.CONFLICT)
    before = springs.residual_m(ends.z_m)[rows]
    change = (moves @ springs.matrix[rows].T).tocsr()
    now = before[change.indices]
    change.data = ((now < -0.001) & (now + change.data >= -0.001)).astype(float)
    change.eliminate_zeros()
    return change
