"""Commands around ways out of conflicts: look for one, make the move, leave it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from baiyun_gis.jobs import Job
from baiyun_gis.language import msg
from baiyun_gis.remedies.remedy import Proposal, Remedy, with_remedy
from ui.commands import checks
from ui.desk import Desk


def can_find(desk: Desk) -> bool:
    return checks.has_conflict(desk) and not desk.bench.is_report_stale


def has_proposal(desk: Desk) -> bool:
    return isinstance(desk.bench.remedy, Proposal)


def find(desk: Desk) -> None:
    """Look for a way out of the finding in focus, in a thread."""
    bench = desk.bench
    session, report, focus = bench.session, bench.report, bench.selection.focus
    if report is None or focus is None or focus[0] != "conflicts":
        return
    state, row = bench.state, focus[1]

    def work(job: Job) -> Remedy:
        from baiyun_gis.remedies.propose import remedies_for
        from baiyun_gis.rules.loader import load_rule_set

        rules = load_rule_set(session.rules)
        return remedies_for(report, state, rules, [row], job=job)[0]

    def show(remedy: Remedy) -> None:
        if bench.state is state and bench.report is report and bench.selection.focus == focus:
            desk.docks["inspector"].show()
            desk.docks["inspector"].raise_()
            bench.show_remedy(remedy)

    title = QCoreApplication.translate("Remedies", "Way out of a conflict")
    bench.jobs.start(title, work, done=show)


def apply(desk: Desk) -> None:
    """Make the proposed move as a step that can be undone, and check anew."""
    bench, proposal = desk.bench, desk.bench.remedy
    if not isinstance(proposal, Proposal):
        return
    label = msg("Way out of {conflict}", conflict=proposal.subject.id)
    bench.focus_on("pipes", int(proposal.pipes[0]))  # the conflict itself will be gone
    bench.session.apply(label, with_remedy(bench.state, proposal))
    text = QCoreApplication.translate("Remedies", "Moved {line}; checking again.")
    bench.tell(text.format(line=proposal.subject.mover_id), "good")
    if not bench.checking.is_following:
        checks.run_check(desk)


def dismiss(desk: Desk) -> None:
    """Leave the proposal."""
    desk.bench.show_remedy(None)


ASKED = {"find": find, "apply": apply, "dismiss": dismiss}
"""What the card's buttons call."""
