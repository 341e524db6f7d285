"""The conflict graph as springs: pipes seldom really collide, in databases they often do.

Every conflict between existing lines that rests on levels pulls at the four ends of its two
pipes. What one changed level would settle counts for it: much for bodies inside each other,
little for a clearance that is short, as lines are often laid too near.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I64, Bool, Str
from baiyun_gis.diagnosis.pipe_ends import PipeEnds
from baiyun_gis.diagnosis.springs import Parts, Tie
from baiyun_gis.findings.conflicts import CheckReport

VERTICAL = ("collision", "vertical_clearance", "vertical_order", "cover")
TRULY_COLLIDING, TRULY_SHORT = 0.05, 0.3
"""How often such a finding between existing lines is true of the ground (Foshan's surveyors:
clashes are common in databases and rare in the field; shares of our own)."""

LEAST_SIGMA_M = 0.02


class ConflictGraph(NamedTuple):
    """Level conflicts among existing lines: the springs, ids, and rows of the report."""

    parts: Parts
    id: Str
    row: I64


def conflict_graph(ends: PipeEnds, report: CheckReport | None) -> ConflictGraph:
    """The conflicts of `report` as springs over `ends`; nothing without a report."""
    if report is None or not len(report.conflicts):
        return _nothing()
    found = report.conflicts
    usable = np.isin(found.check.astype(str), VERTICAL) & found.violated
    usable &= np.isfinite(found.actual_m) & np.isfinite(found.required_m)
    usable &= (found.a_table == "pipes") & _on_pipes(found.check, found.b_table)
    usable &= ends.judged[2 * np.maximum(found.a_row, 0)]
    rows = np.flatnonzero(usable)
    is_pair = found.b_table[rows] == "pipes"
    b_row = np.where(is_pair, found.b_row[rows], found.a_row[rows]).astype(np.int64)
    keep = ends.judged[2 * b_row]
    rows, is_pair, b_row = rows[keep], is_pair[keep], b_row[keep]
    if not len(rows):
        return _nothing()
    a_row = found.a_row[rows].astype(np.int64)
    at = found.at[rows, :2]
    share_a, share_b = _share(ends, a_row, at), _share(ends, b_row, at)
    a_above = found.near_a[rows, 2] >= found.near_b[rows, 2]
    sign = np.where(is_pair, np.where(a_above, 1.0, -1.0), -1.0)
    other = np.where(is_pair, -sign, 0.0)
    members = np.column_stack([2 * a_row, 2 * a_row + 1, 2 * b_row, 2 * b_row + 1])
    weights = np.column_stack([
        sign * (1 - share_a), sign * share_a, other * (1 - share_b), other * share_b,
    ])  # fmt: skip
    margin = found.actual_m[rows] - found.required_m[rows]
    now = np.einsum("mk,mk->m", weights, np.nan_to_num(ends.z_m)[members])
    parts = Parts(
        Tie.CONFLICT, members, weights, now - margin,
        np.maximum(np.nan_to_num(found.sigma_m[rows]), LEAST_SIGMA_M),
        np.where(found.check[rows] == "collision", TRULY_COLLIDING, TRULY_SHORT),
    )  # fmt: skip
    return ConflictGraph(parts, found.id[rows], rows)


def _on_pipes(check: Str, b_table: Str) -> Bool:
    return (b_table == "pipes") | (check == "cover")


def _share(ends: PipeEnds, pipe: I64, at: F64) -> F64:
    """How far along its pipe each place lies, 0 at the start to 1 at the end."""
    start = ends.topology.end_xy[2 * pipe]
    chord = ends.topology.end_xy[2 * pipe + 1] - start
    square = np.maximum(np.einsum("ij,ij->i", chord, chord), 1e-9)
    along = np.einsum("ij,ij->i", np.nan_to_num(at - start), chord) / square
    return np.clip(along, 0.0, 1.0)


def _nothing() -> ConflictGraph:
    real, whole = np.zeros(0), np.zeros((0, 4))
    parts = Parts(Tie.CONFLICT, whole.astype(np.int64), whole, real, real, real)
    return ConflictGraph(parts, np.zeros(0, dtype=object), np.zeros(0, np.int64))
