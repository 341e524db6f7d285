"""Commands around suspect levels and test holes: look for them, correct, hand them on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog

from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.jobs import Job
from baiyun_gis.language import Lang, msg
from ui.desk import Desk
from ui.diagnosing import DigPlan
from ui.dialogs.hole_count import HoleCountDialog

if TYPE_CHECKING:
    from baiyun_gis.diagnosis.suspects import LevelDiagnosis

_CHECKED = 0.7
"""Share of the progress that a run of the checks takes where one is needed first."""


def has_lines(desk: Desk) -> bool:
    return len(desk.bench.state.pipes) > 0


def has_levels(desk: Desk) -> bool:
    return desk.bench.diagnosing.levels is not None


def has_plan(desk: Desk) -> bool:
    plan = desk.bench.diagnosing.plan
    return plan is not None and len(plan.holes.at) > 0


def can_correct(desk: Desk) -> bool:
    return desk.bench.diagnosing.can_correct


def fresh_report(desk: Desk) -> Callable[[Job], CheckReport]:
    """Gives the report when it tells of what is shown now, else runs the checks; any thread."""
    bench = desk.bench
    state, as_of, rules, created = bench.state, bench.as_of, bench.session.rules, bench.now_text()
    report = bench.report
    if (
        report is not None
        and report.scope.is_whole
        and str(report.as_of) == str(as_of)
        and not bench.is_report_stale
    ):
        return lambda _: report

    def run(job: Job) -> CheckReport:
        from baiyun_gis.checks.engine import run_checks
        from baiyun_gis.rules.loader import load_rule_set

        return run_checks(state, load_rule_set(rules), as_of=as_of, created=created, job=job)

    return run


def find_levels(desk: Desk) -> None:
    """Look for suspect levels as of the day shown, in a thread; checks run first when needed."""
    bench = desk.bench
    session, state, as_of = bench.session, bench.state, bench.as_of
    report_for, before = fresh_report(desk), bench.report

    def work(job: Job) -> tuple[CheckReport, LevelDiagnosis]:
        from baiyun_gis.diagnosis.suspects import suspect_levels

        report = report_for(job.part(0.0, _CHECKED))
        levels = suspect_levels(state, as_of=as_of, report=report, job=job.part(_CHECKED, 1.0))
        return report, levels

    def show(found: tuple[CheckReport, LevelDiagnosis]) -> None:
        report, levels = found
        if bench.session is not session:
            return
        if report is not before and bench.state is state:
            bench.checking.take(report)
        bench.diagnosing.show_levels(levels)
        _raise(desk, "levels")
        text = QCoreApplication.translate("Diagnoses", "{count} suspect levels.")
        count = int(levels.suspects.case.max(initial=-1)) + 1
        bench.tell(text.format(count=f"{count:,}"), "good" if levels.ends_judged else "warning")

    title = QCoreApplication.translate("Diagnoses", "Suspect levels")
    bench.jobs.start(title, work, done=show)


def look_at(desk: Desk, row: int) -> None:
    """Show a suspect in the list, on the map and in the inspector."""
    _raise(desk, "levels")
    desk.bench.diagnosing.look_at_suspect(row)


def correct(desk: Desk) -> None:
    """Take the likely value of the suspect looked at for its level, as a step to be undone."""
    from baiyun_gis.diagnosis.correction import correction_label, with_correction

    bench, diagnosing = desk.bench, desk.bench.diagnosing
    levels, row = diagnosing.levels, diagnosing.suspect
    if levels is None or not diagnosing.can_correct:
        return
    label = correction_label(levels, row)
    bench.session.apply(label, with_correction(bench.state, levels, row))
    bench.tell(label, "good")


def plan_holes(desk: Desk) -> None:
    """Ask how many test holes may be dug, and plan them in a thread."""
    dialog = HoleCountDialog(desk.window, count=int(str(desk.bench.settings.value("holes") or 10)))
    if dialog.exec():
        desk.bench.settings.setValue("holes", dialog.count)
        _plan(desk, dialog.count)


def plan_again(desk: Desk) -> None:
    """Plan as many holes as last time on the project as it is now."""
    _plan(desk, int(str(desk.bench.settings.value("holes") or 10)))


def _plan(desk: Desk, count: int) -> None:
    bench = desk.bench
    session, state = bench.session, bench.state
    report_for, before = fresh_report(desk), bench.report

    def work(job: Job) -> DigPlan:
        from baiyun_gis.diagnosis.digging import plan_holes as planned

        report = report_for(job.part(0.0, _CHECKED))
        holes = planned(state, report, count=count, job=job.part(_CHECKED, 1.0))
        return DigPlan(holes, state, report)

    def show(plan: DigPlan) -> None:
        if bench.session is not session:
            return
        if plan.report is not before and bench.state is state:
            session.accept_report(plan.report)
        bench.diagnosing.show_plan(plan)
        _raise(desk, "digging")
        text = QCoreApplication.translate("Diagnoses", "{count} test holes planned.")
        bench.tell(text.format(count=len(plan.holes.at)), "good")

    title = QCoreApplication.translate("Diagnoses", "Planning test holes")
    bench.jobs.start(title, work, done=show)


def _raise(desk: Desk, dock: str) -> None:
    desk.docks[dock].show()
    desk.docks[dock].raise_()


def export_levels(desk: Desk) -> None:
    """Write the suspect levels as GeoJSON, JSON or text."""
    from baiyun_gis.diagnosis import level_records

    levels = desk.bench.diagnosing.levels
    if levels is None:
        return
    day = "" if str(desk.bench.as_of) == "NaT" else str(desk.bench.as_of)
    _export(
        desk,
        QCoreApplication.translate("Diagnoses", "Export suspect levels"),
        "suspect-levels",
        {
            "geojson": lambda lang: level_records.as_geojson(levels, lang),
            "json": lambda lang: level_records.as_json(levels, lang, as_of=day),
            "txt": lambda lang: level_records.as_text(levels, lang, top=0),
        },
    )


def export_holes(desk: Desk) -> None:
    """Write the plan of test holes as GeoJSON, JSON or text."""
    from baiyun_gis.diagnosis import hole_records

    plan = desk.bench.diagnosing.plan
    if plan is None:
        return
    parts = (plan.holes, plan.state, plan.report)
    _export(
        desk,
        QCoreApplication.translate("Diagnoses", "Export test holes"),
        "test-holes",
        {
            "geojson": lambda lang: hole_records.as_geojson(*parts, lang),
            "json": lambda lang: hole_records.as_json(*parts, lang),
            "txt": lambda lang: hole_records.as_text(*parts, lang),
        },
    )


def _export(desk: Desk, title: str, stem: str, forms: dict[str, Callable[[Lang], str]]) -> None:
    """Ask for a file and write one of the forms, by its ending, in a thread."""
    from baiyun_gis.cli.levels import write_text

    bench, lang = desk.bench, desk.bench.lang
    names = {
        "geojson": "GeoJSON (*.geojson)",
        "json": "JSON (*.json)",
        "txt": QCoreApplication.translate("Diagnoses", "Text (*.txt)"),
    }
    base = bench.session.path.stem if bench.session.path else "project"
    name, chosen = QFileDialog.getSaveFileName(
        desk.window,
        title,
        str(Path(bench.folder) / f"{base}-{stem}.geojson"),
        ";;".join(names.values()),
    )
    if not name:
        return
    path = Path(name)
    kind = path.suffix.lower().lstrip(".")
    if kind not in forms:
        kind = next((end for end, text in names.items() if text == chosen), "geojson")
        path = path.with_name(f"{path.name}.{kind}")
    bench.remember_folder(path)

    def work(_: Job) -> Path:
        write_text(forms[kind](lang), path)
        return path

    bench.jobs.start(
        title, work, done=lambda written: bench.tell(msg("Wrote {path}", path=written), "good")
    )


ASKED: dict[str, Callable[[Desk], None]] = {
    "find": find_levels,
    "correct": correct,
    "export_levels": export_levels,
    "plan": plan_holes,
    "again": plan_again,
    "export_holes": export_holes,
}
"""What the buttons of the two lists call."""
