"""What can be wrong as one thing: an end, a survey point, a whole pipe, its direction.

A unit is a sparse row over ends: by how much each end moves when the unit moves by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.arrays import F64, I8, I64, Bool
from baiyun_gis.diagnosis.pipe_ends import PipeEnds
from baiyun_gis.model.vocabulary import Vocabulary

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

SAME_M = 0.0015
"""Ends of one joint whose levels differ by less were recorded once, for the point."""


class UnitSort(Vocabulary):
    """What a unit is."""

    END = (0, "end", "管端")
    POINT = (1, "point", "管线点")
    PIPE = (2, "pipe", "整段")
    DIRECTION = (3, "direction", "方向")
    BATCH = (4, "batch", "整批")


@dataclass(frozen=True, slots=True)
class Units:
    """Units as a sparse matrix over ends; `lead` is the end that stands for a unit."""

    matrix: csr_matrix
    sort: I8
    lead: I64

    def __len__(self) -> int:
        return len(self.lead)


def units_at(ends: PipeEnds, flagged: Bool) -> Units:
    """The units that hold a flagged end."""
    from scipy.sparse import csr_matrix

    alone = np.flatnonzero(flagged & ends.judged)
    pipe = np.unique(alone // 2)
    pipe = pipe[ends.judged[2 * pipe] & ends.judged[2 * pipe + 1]]
    point, members = _points(ends, flagged)
    rows: list[I64] = [np.arange(len(alone)), len(alone) + point]
    columns: list[I64] = [alone, members]
    values: list[F64] = [np.ones(len(alone)), np.ones(len(members))]
    points = int(point.max()) + 1 if len(point) else 0
    first = len(alone) + points
    for sign in (1.0, -1.0):
        index = first + np.arange(len(pipe))
        rows += [index, index]
        columns += [2 * pipe, 2 * pipe + 1]
        values += [np.ones(len(pipe)), np.full(len(pipe), sign)]
        first += len(pipe)
    lead_of_point = np.full(points, len(ends), dtype=np.int64)
    np.minimum.at(lead_of_point, point, members)
    matrix = csr_matrix(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
        shape=(first, len(ends)),
    )
    counts = (len(alone), points, len(pipe), len(pipe))
    sort = np.repeat([int(s) for s in UnitSort][:4], counts).astype(np.int8)
    lead = np.concatenate([alone, lead_of_point, 2 * pipe, 2 * pipe])
    return Units(matrix, sort, lead)


def _points(ends: PipeEnds, flagged: Bool) -> tuple[I64, I64]:
    """Number of the point and end, for points of more than one end with one recorded level."""
    near = np.zeros(int(ends.joint.max(initial=0)) + 1, np.bool_)
    near[ends.joint[flagged]] = True
    rows = np.flatnonzero(ends.judged & (ends.degree > 1) & near[ends.joint])
    order = rows[np.lexsort((ends.z_m[rows], ends.joint[rows]))]
    if len(order) < 2:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    apart = (np.diff(ends.joint[order]) != 0) | (np.diff(ends.z_m[order]) > SAME_M)
    group = np.concatenate([[0], np.cumsum(apart)])
    count = np.bincount(group)
    touched = np.bincount(group, weights=flagged[order]) > 0
    keep = ((count > 1) & touched)[group]
    if not keep.any():
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    _, number = np.unique(group[keep], return_inverse=True)
    return number.astype(np.int64), order[keep]
