"""Commands around the conflict run: run it, walk through it, decide."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication

from baiyun_gis.findings.conflicts import CheckReport, Outcome
from baiyun_gis.findings.decisions import DecisionState
from baiyun_gis.model.columns import NO_DAY
from layers.viewpoint import viewpoint_of
from ui.desk import Desk
from ui.dialogs.decision import DecisionDialog
from ui.models.ledger_text import ledger_sentence

_LEAST_RADIUS_M = 6.0


def can_check(desk: Desk) -> bool:
    return bool(len(desk.bench.state.pipes) or len(desk.bench.state.buildings))


def has_report(desk: Desk) -> bool:
    return desk.bench.report is not None


def has_conflicts(desk: Desk) -> bool:
    return desk.bench.report is not None and len(desk.bench.report.conflicts) > 0


def has_conflict(desk: Desk) -> bool:
    report, focus = desk.bench.report, desk.bench.selection.focus
    if report is None or focus is None or focus[0] != "conflicts":
        return False
    return focus[1] < len(report.conflicts)  # a new run may have found fewer


def is_decided(desk: Desk) -> bool:
    report, focus = desk.bench.report, desk.bench.selection.focus
    if report is None or focus is None or not has_conflict(desk):
        return False
    return DecisionState(int(report.conflicts.decision[focus[1]])) is not DecisionState.OPEN


def run_check(desk: Desk) -> None:
    """Run all checks on the project as of the day shown, in a thread."""
    bench = desk.bench
    session, created = bench.session, bench.now_text()

    def show(report: CheckReport) -> None:
        if bench.session is not session:
            return
        if any(line.outcome is Outcome.CANCELLED for line in report.ledger.checks):
            # Half a run says nothing of the ground; what a whole one found stays in sight.
            bench.tell(
                QCoreApplication.translate(
                    "Checks", "The run was stopped. Nothing of it is shown."
                ),
                "warning",
            )
            return
        session.accept_report(report)
        desk.docks["conflicts"].show()
        desk.docks["conflicts"].raise_()
        sentence = ledger_sentence(report, bench.lang)
        found = QCoreApplication.translate("Checks", "{count} conflicts found.").format(
            count=f"{len(report.conflicts):,}"
        )
        bench.tell(f"{found} {sentence}", "good" if report.ledger.closes else "warning")

    bench.jobs.start(
        QCoreApplication.translate("Checks", "Conflict run"),
        lambda job: session.run_checks(created=created, job=job),
        done=show,
    )


def next_conflict(desk: Desk) -> None:
    desk.conflicts.step(1)


def previous_conflict(desk: Desk) -> None:
    desk.conflicts.step(-1)


def show_conflict(desk: Desk, row: int) -> None:
    """Show a conflict in the list, in the inspector and on the map."""
    desk.docks["conflicts"].show()
    desk.docks["conflicts"].raise_()
    desk.bench.focus_on("conflicts", row)
    fly_to_focus(desk)


def fly_to_focus(desk: Desk) -> None:
    """Move map and scene to the finding or the features selected."""
    bench = desk.bench
    focus, report = bench.selection.focus, bench.report
    if focus is not None and focus[0] == "conflicts" and report is not None:
        place = report.conflicts.at[focus[1]]
        if not np.isnan(place[:2]).any():
            radius = conflict_radius_m(report, focus[1])
            bench.fly(
                float(place[0]),
                float(place[1]),
                float(place[2]),
                radius_m=radius,
                viewpoint=viewpoint_of(bench.state, report, focus[1]),
            )
        return
    box = desk.map.highlight.box
    if box is not None:
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        radius = max((box[2] - box[0]) / 2, (box[3] - box[1]) / 2, _LEAST_RADIUS_M) * 1.3
        bench.fly(x + bench.origin[0], y + bench.origin[1], float("nan"), radius_m=radius)


def conflict_radius_m(report: CheckReport, row: int) -> float:
    """How much around a conflict should be seen: its gap and what is required, with room."""
    ends = np.stack([report.conflicts.near_a[row], report.conflicts.near_b[row]])[:, :2]
    gap = float(np.hypot(*(ends[1] - ends[0])))
    required = float(report.conflicts.required_m[row])
    known = [v for v in (gap, required) if not np.isnan(v)]
    return max(3.5 * max(known, default=0.0), _LEAST_RADIUS_M)


def accept(desk: Desk) -> None:
    """Accept the selected findings with a reason."""
    dialog = DecisionDialog(
        QCoreApplication.translate("Checks", "Accept"), author=desk.bench.author, parent=desk.window
    )
    if dialog.exec():
        _decide(desk, DecisionState.ACCEPTED, dialog.reason, dialog.author, NO_DAY)


def exclude(desk: Desk) -> None:
    """Exclude the selected findings with a reason, until a date if given."""
    dialog = DecisionDialog(
        QCoreApplication.translate("Checks", "Exclude"),
        author=desk.bench.author,
        has_until=True,
        parent=desk.window,
    )
    if dialog.exec():
        _decide(desk, DecisionState.EXCLUDED, dialog.reason, dialog.author, dialog.until)


def resolve(desk: Desk) -> None:
    _decide(desk, DecisionState.RESOLVED, "", desk.bench.author, NO_DAY)


def reopen(desk: Desk) -> None:
    _decide(desk, DecisionState.OPEN, "", desk.bench.author, NO_DAY)


def _decide(
    desk: Desk, state: DecisionState, reason: str, author: str, until: np.datetime64
) -> None:
    bench = desk.bench
    if bench.report is None:
        return
    rows = desk.conflicts.selected_rows()
    focus = bench.selection.focus
    if not rows and focus is not None and focus[0] == "conflicts":
        rows = [focus[1]]
    bench.settings.setValue("author", author)
    for row in rows:
        bench.session.decide(
            row, state, reason=reason, author=author, made_at=bench.now_text(), until=until
        )
    text = QCoreApplication.translate("Checks", "Decided on {count} conflicts.")
    bench.tell(text.format(count=len(rows)), "good")


DECISIONS = {"accept": accept, "exclude": exclude, "resolve": resolve, "reopen": reopen}
"""What the list's keys and the inspector's buttons call."""
