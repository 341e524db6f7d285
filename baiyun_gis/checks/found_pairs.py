"""Findings between two lines, kept as the numbers they consist of until all checks have spoken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baiyun_gis.checks.judged import graded_columns, is_mandatory
from baiyun_gis.checks.remarks import pipe_side, remarks, section_remarks
from baiyun_gis.findings.conflicts import ConflictTable, Severity
from baiyun_gis.kernels.standings import FoundRows
from baiyun_gis.model.columns import I32, Bool

if TYPE_CHECKING:
    from baiyun_gis.checks.remarks import Flags
    from baiyun_gis.checks.snapshot import Snapshot
    from baiyun_gis.rules.requirement import Requirement


@dataclass(frozen=True, slots=True)
class FoundPairs:
    """What one check found between pipes of a snapshot, one row a finding.

    `flags` are its remarks, `grave` rows are critical whatever the clause, those on a `weak`
    requirement minor at most.
    """

    check: str
    snapshot: Snapshot
    rows: FoundRows
    requirements: Sequence[Requirement]
    flags: Flags
    grave: Bool
    weak: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return len(self.grave)

    def table(self) -> ConflictTable:
        """The findings as a table."""
        return table_of_pairs([(self, 0)])


def table_of_pairs(parts: Sequence[tuple[FoundPairs, int]]) -> ConflictTable:
    """What checks found between the pipes of one state, as one table: in order of the checks.

    With each goes how many requirements of others stand before its own.
    """
    found, shifts = [one for one, _ in parts], [before for _, before in parts]
    snapshot, sizes = found[0].snapshot, [len(one) for one in found]
    rows = FoundRows(*map(np.concatenate, zip(*(one.rows for one in found), strict=True)))
    numbers, points = np.ascontiguousarray(rows.numbers.T), rows.points
    actual, required, sigma, probability, start, stop = numbers
    a, b = rows.pipes[:, 0], rows.pipes[:, 1]
    critical = [one.grave | is_mandatory(one.requirements, one.rows.requirement) for one in found]
    judged = graded_columns(actual, required, probability, np.concatenate(critical))
    if any(one.weak for one in found):
        weak = np.concatenate([_rests_on(one, one.weak) for one in found])
        most = np.where(weak, np.int8(Severity.MINOR), np.int8(Severity.CRITICAL))
        judged["severity"] = np.minimum(judged["severity"], most)
    return ConflictTable.build(
        len(numbers[0]),
        check=np.repeat(np.array([one.check for one in found], dtype=object), sizes),
        at=points[:, :3],
        near_a=points[:, 3:6],
        near_b=points[:, 6:],
        stretch_from_m=start,
        stretch_to_m=stop,
        requirement=_shifted(rows.requirement, shifts, sizes),
        required_m=required,
        sigma_m=sigma,
        probability=probability,
        remark=remarks(
            len(a),
            *_own_remarks(found, sizes),
            *section_remarks(snapshot, a, b),
            (rows.beyond, "spans_run"),
        ),
        **judged,
        **pipe_side(snapshot, "a", a),
        **pipe_side(snapshot, "b", b),
    )


def _shifted(index: I32, shifts: Sequence[int], sizes: Sequence[int]) -> I32:
    """Requirements that stand behind so many others; −1 stays."""
    if not any(shifts):
        return index
    shift = np.repeat(np.array(shifts, dtype=np.int32), sizes)
    return np.where(index >= 0, index + shift, index)


def _rests_on(found: FoundPairs, some: frozenset[int]) -> Bool:
    flags = np.zeros(len(found.requirements) + 1, dtype=np.bool_)  # the last: of none, −1
    flags[list(some)] = True
    return flags[found.rows.requirement]


def _own_remarks(found: Sequence[FoundPairs], sizes: Sequence[int]) -> Flags:
    """The remarks of each check on its own rows among all."""
    keys = [key for one in found for _, key in one.flags]
    masks = np.zeros((len(keys), sum(sizes)), dtype=np.bool_)
    first = at = 0
    for one, size in zip(found, sizes, strict=True):
        for mask, _ in one.flags:
            masks[at, first : first + size] = mask
            at += 1
        first += size
    return tuple(zip(masks, keys, strict=True))
