"""Duplicate lines: one line of the ground recorded twice, between the same points.

A finding about the data, not a clash; the clash checks set the two aside and say so.
"""

from __future__ import annotations

import numpy as np

from baiyun_gis.checks.check import CheckContext, CheckResult
from baiyun_gis.checks.joints import DUPLICATE
from baiyun_gis.checks.ledger import Tally
from baiyun_gis.checks.remarks import pipe_side
from baiyun_gis.checks.snapshot import Snapshot
from baiyun_gis.findings.conflicts import CheckLedger, ConflictTable, Outcome, Severity
from baiyun_gis.language import msg
from baiyun_gis.model.columns import I32
from baiyun_gis.model.vocabulary import Verdict


class DuplicateLinesCheck:
    """Lines of one kind on one trace between the same two joints."""

    name = "duplicate_lines"
    of_two_runs = True
    title = msg("Line recorded twice")

    def run(self, ctx: CheckContext) -> CheckResult:
        """One finding for each two records of one line."""
        pairs, snapshot = ctx.pairs, ctx.snapshot
        found = (pairs.settled_reason == DUPLICATE).nonzero()[0]
        subjects = int(np.count_nonzero(snapshot.selected))
        if not len(found):
            return CheckResult(CheckLedger(self.name, Outcome.RAN, subjects=subjects))
        none = np.zeros(len(found), dtype=np.bool_)
        reason = np.full(len(found), "", dtype=object)
        ledger = Tally(found, reason, ~none, none).counted(self.name, subjects=subjects)
        return CheckResult(ledger, recorded_twice(snapshot, pairs.a[found], pairs.b[found]))


def recorded_twice(snapshot: Snapshot, a: I32, b: I32) -> ConflictTable:
    """A finding for each two pipes `a`, `b` that lie on one trace."""
    if not len(a):
        return ConflictTable.empty()
    pipes = snapshot.state.pipes
    first = pipes.offsets[a]
    place = np.column_stack([pipes.xy[first], pipes.axis_level[first]])
    return ConflictTable.build(
        len(a),
        check="duplicate_lines",
        severity=Severity.NOTE,
        verdict=Verdict.CERTAIN,
        probability=1.0,
        violated=True,
        requirement=-1,
        required_m=np.nan,
        actual_m=0.0,
        shortfall_m=np.nan,
        sigma_m=0.0,
        near_a=place,
        near_b=place,
        at=place,
        stretch_from_m=0.0,
        stretch_to_m=snapshot.lengths_m[a],
        **pipe_side(snapshot, "a", a),
        **pipe_side(snapshot, "b", b),
    )


CHECK = DuplicateLinesCheck()
