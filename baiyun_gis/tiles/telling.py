"""The report of a run in tiles: named and grouped for the whole, told from a small part of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from baiyun_gis.buildings.suspicions import review_with
from baiyun_gis.checks.engine import Findings, report_with, suspicions_by
from baiyun_gis.checks.labels import labelled
from baiyun_gis.checks.timing import Timer
from baiyun_gis.checks.usable import usable
from baiyun_gis.findings.conflicts import CheckReport, ConflictTable, SuspicionTable
from baiyun_gis.jobs import Job
from baiyun_gis.live.cutout import CutOut
from baiyun_gis.model.columns import I32, I64, Str, text_array
from baiyun_gis.model.tables import BuildingTable, NodeTable
from baiyun_gis.rules.requirement import Requirement
from baiyun_gis.rules.ruleset import RuleSet
from baiyun_gis.tiles.cutting import cut_of, nodes_of, plan_of
from baiyun_gis.tiles.source import Source
from baiyun_gis.tiles.survey import Words
from baiyun_gis.tiles.whole import Whole, without_words
from baiyun_gis.time.lifespan import alive


@dataclass(frozen=True, slots=True)
class Occupied:
    """Lines that buildings stand on or too near to, rows of the whole project."""

    found: SuspicionTable
    requirements: tuple[Requirement, ...]


def named(source: Source, whole: Whole, found: Findings) -> Findings:
    """The findings, rows of the whole project, with ids and groups and in the report's order."""
    counts = source.parts.counts
    state = source.head.with_(
        pipes=replace(whole.pipes, id=_texts(whole.ids)),
        nodes=without_words(NodeTable, counts["nodes"], id=_texts(whole.node_ids)),
    )
    conflicts = labelled(found.conflicts, found.requirements, state, whole.topology)
    return replace(found, conflicts=conflicts)


def _texts(words: Sequence[Words]) -> Str:
    return text_array(text for part in words for text in part.texts())


def spoken_of(source: Source, whole: Whole, found: Findings) -> CutOut:
    """The part of the project that the findings speak of, with all buildings and permits."""
    conflicts = found.conflicts
    pipes, nodes, structures = (
        _rows_of(conflicts, table) for table in ("pipes", "nodes", "structures")
    )
    # The first pipe of a run names the line.
    pipes = np.union1d(pipes, whole.topology.run[pipes])
    nodes = np.union1d(nodes, nodes_of(whole, pipes))
    buildings = np.arange(source.parts.counts["buildings"])
    none = np.zeros(0, dtype=np.int64)
    plan = plan_of(whole, 0, (pipes, nodes, buildings, structures), (none, none, none))
    cut = cut_of(source, plan)
    head = source.head
    return replace(cut, state=cut.state.with_(permits=head.permits, decisions=head.decisions))


def _rows_of(conflicts: ConflictTable, table: str) -> I64:
    rows = [
        row[(side == table) & (row >= 0)]
        for side, row in (
            (conflicts.a_table, conflicts.a_row),
            (conflicts.b_table, conflicts.b_row),
        )
    ]
    return np.unique(np.concatenate(rows)).astype(np.int64)


def told(
    cut: CutOut,
    found: Findings,
    occupied: Occupied,
    *,
    rules: RuleSet,
    as_of: np.datetime64,
    timer: Timer,
    job: Job,
) -> CheckReport:
    """The report of findings that have their names, in rows of the whole project."""
    state = usable(cut.state)
    buildings: BuildingTable = state.buildings
    asked = alive(buildings.valid_from, buildings.valid_to, as_of)
    suspected = suspicions_by(
        lambda part: review_with(
            state, (occupied.found, occupied.requirements), asked, as_of=as_of, job=part
        ),
        job,
    )
    return report_with(found, suspected, rules=rules, state=cut.state, as_of=as_of, timer=timer)


def lowered(report: CheckReport, cut: CutOut) -> CheckReport:
    """The report with rows of the part instead of rows of the whole."""
    conflicts, suspicions = report.conflicts, report.suspicions
    return replace(
        report,
        conflicts=conflicts.with_columns(
            a_row=_lowered(cut, conflicts.a_table, conflicts.a_row),
            b_row=_lowered(cut, conflicts.b_table, conflicts.b_row),
        ),
        suspicions=suspicions.with_columns(
            other_row=_lowered(cut, suspicions.other_table, suspicions.other_row)
        ),
        state=cut.state,
    )


def _lowered(cut: CutOut, table: Str, row: I32) -> I32:
    out = row.copy()
    for name, rows in (
        ("pipes", cut.slots),
        ("nodes", cut.nodes),
        ("structures", cut.structures),
    ):
        hit = np.flatnonzero((table == name).astype(np.bool_) & (row >= 0))
        at = np.searchsorted(rows, row[hit])
        inside = rows[np.minimum(at, max(len(rows) - 1, 0))] == row[hit] if len(rows) else at < 0
        out[hit] = np.where(inside, at, -1)
    return out
