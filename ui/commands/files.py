"""Commands about files: projects, sources, reports, pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QMessageBox

from baiyun_gis.errors import ProjectLocked
from baiyun_gis.jobs import Job
from baiyun_gis.language import msg
from baiyun_gis.plugins import REPORTS
from baiyun_gis.session import Session
from ui.desk import Desk
from ui.dialogs.busy import finished
from ui.dialogs.import_preview import ImportDialog
from ui.dialogs.new_project import NewProjectDialog
from ui.dialogs.recent import RecentDialog


def has_content(desk: Desk) -> bool:
    return not desk.bench.state.is_empty


def has_recent(desk: Desk) -> bool:
    return bool(desk.bench.recent)


def can_save(desk: Desk) -> bool:
    return desk.bench.session.is_modified or desk.bench.session.path is None


def new_project(desk: Desk) -> None:
    """Begin an empty project with a reference system."""
    if not may_leave(desk):
        return
    dialog = NewProjectDialog(desk.window)
    if dialog.exec():
        desk.bench.adopt(Session.new(dialog.meta))


def open_project(desk: Desk) -> None:
    """Ask for a project file and open it."""
    name, _ = QFileDialog.getOpenFileName(
        desk.window,
        QCoreApplication.translate("Files", "Open project"),
        desk.bench.folder,
        QCoreApplication.translate("Files", "Projects (*.gpkg)"),
    )
    if name:
        open_path(desk, Path(name))


def open_recent(desk: Desk) -> None:
    """Choose among the projects opened last."""
    dialog = RecentDialog(desk.bench.recent, desk.window)
    if dialog.exec() and dialog.chosen is not None:
        open_path(desk, dialog.chosen)


def open_path(desk: Desk, path: Path, *, is_read_only: bool = False) -> None:
    """Open a project file in a thread and show it."""
    if not may_leave(desk):
        return
    bench = desk.bench

    def show(session: Session) -> None:
        bench.adopt(session)
        bench.remember(path)
        bench.remember_folder(path)
        bench.tell(msg("Opened {name}", name=path.name))
        for note in session.notes:
            bench.tell(note, "warning")

    def refuse(error: object) -> None:
        if isinstance(error, ProjectLocked) and not is_read_only and _reads_only(desk, error):
            open_path(desk, path, is_read_only=True)
            return
        bench.tell_error(error)
        show_error(desk, error)

    def work(_: Job) -> Session:
        return Session.opened(path, is_read_only=is_read_only)

    title = QCoreApplication.translate("Files", "Opening {name}").format(name=path.name)
    bench.jobs.start(title, work, done=show, failed=refuse)


def _reads_only(desk: Desk, error: ProjectLocked) -> bool:
    """Ask whether to open a locked project for reading."""
    answer = QMessageBox.question(
        desk.window,
        QCoreApplication.translate("Files", "The project is in use"),
        error.text(desk.bench.lang)
        + "\n\n"
        + QCoreApplication.translate("Files", "Open it for reading only?"),
    )
    return answer is QMessageBox.StandardButton.Yes


def show_error(desk: Desk, error: object) -> None:
    """Put an error before people: what, where, what to do."""
    from ui.jobs import sentence_for

    QMessageBox.warning(desk.window, "Baiyun GIS", sentence_for(error, desk.bench.lang))


def save(desk: Desk) -> None:
    """Save the project where it lies, or ask where."""
    if desk.bench.session.path is None:
        save_as(desk)
    else:
        save_to(desk, None)


def save_as(desk: Desk) -> None:
    """Ask for a file and save the project there."""
    bench = desk.bench
    at = bench.session.path or Path(bench.folder) / f"{bench.state.meta.title or 'project'}.gpkg"
    name, _ = QFileDialog.getSaveFileName(
        desk.window,
        QCoreApplication.translate("Files", "Save project as"),
        str(at),
        QCoreApplication.translate("Files", "Projects (*.gpkg)"),
    )
    if name:
        path = Path(name)
        save_to(desk, path if path.suffix.lower() == ".gpkg" else path.with_suffix(".gpkg"))


def save_to(desk: Desk, path: Path | None) -> bool:
    """Save now; whether it worked. The file is written whole before it replaces the old one."""
    bench = desk.bench
    session, saved_at = bench.session, bench.now_text()
    error = finished(
        bench.jobs,
        QCoreApplication.translate("Files", "Saving the project"),
        lambda job: session.save(path, saved_at=saved_at, job=job),
        parent=desk.window,
    )
    if error is not None:
        bench.tell_error(error)
        show_error(desk, error)
        return False
    saved = bench.session.path
    if saved is not None:
        bench.remember(saved)
        bench.remember_folder(saved)
        bench.tell(msg("Saved {name}", name=saved.name), "good")
    bench.state_changed.emit(frozenset({"meta"}))
    return True


def may_leave(desk: Desk) -> bool:
    """Ask what becomes of unsaved edits; whether to go on."""
    bench = desk.bench
    if not bench.session.is_modified or bench.state.is_empty:
        return True
    box = QMessageBox(desk.window)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("Baiyun GIS")
    box.setText(QCoreApplication.translate("Files", "The project has unsaved edits."))
    box.setInformativeText(QCoreApplication.translate("Files", "Save them before going on?"))
    buttons = QMessageBox.StandardButton
    box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
    answer = box.exec()
    if answer == buttons.Save:
        save(desk)
        return not bench.session.is_modified
    if answer == buttons.Discard:
        bench.session.discard()
        return True
    return False


def import_files(desk: Desk) -> None:
    """Ask for sources and preview them."""
    names, _ = QFileDialog.getOpenFileNames(
        desk.window, QCoreApplication.translate("Files", "Import files"), desk.bench.folder
    )
    if names:
        import_paths(desk, [Path(name) for name in names])


def import_paths(desk: Desk, paths: Sequence[Path]) -> None:
    """Preview sources and take them; a single project file is opened instead.

    A GeoPackage of another program is a source like any other.
    """
    from baiyun_gis.storage.geopackage import is_project

    projects = [p for p in paths if is_project(p)]
    if len(paths) == 1 and projects:
        open_path(desk, paths[0])
        return
    desk.bench.remember_folder(paths[0])
    dialog = ImportDialog(desk.bench, list(paths), desk.window)
    dialog.open()
    dialog.start()


def export_report(desk: Desk) -> None:
    """Write the conflict report in a format that others can read."""
    bench = desk.bench
    report, state, lang = bench.report, bench.state, bench.lang
    if report is None:
        return
    filters = {name: f"{form.title.text(lang)} (*.{name})" for name, form in REPORTS}
    first = sorted(filters, key=lambda name: name != "html")  # what most people want to hand on
    stem = bench.session.path.stem if bench.session.path else "conflicts"
    name, chosen = QFileDialog.getSaveFileName(
        desk.window,
        QCoreApplication.translate("Files", "Export report"),
        str(Path(bench.folder) / f"{stem}-report.html"),
        ";;".join(filters[name] for name in first),
    )
    if not name:
        return
    path = Path(name)
    kind = path.suffix.lower().lstrip(".")
    if kind not in filters:
        kind = next(name for name in first if filters[name] == chosen)
        path = path.with_name(f"{path.name}.{kind}")

    def work(_: Job) -> Path:
        from baiyun_gis.reports.writer import write_report

        write_report(report, state, path, format=kind, lang=lang)
        return path

    bench.jobs.start(
        QCoreApplication.translate("Files", "Exporting the report"),
        work,
        done=lambda written: bench.tell(msg("Wrote {path}", path=written), "good"),
    )


def save_picture(desk: Desk) -> None:
    """The map as it is seen, with legend, as a picture."""
    bench, view = desk.bench, desk.map.view
    name, _ = QFileDialog.getSaveFileName(
        desk.window,
        QCoreApplication.translate("Files", "Save map as picture"),
        str(Path(bench.folder) / "map.png"),
        "PNG (*.png)",
    )
    if not name:
        return
    from ui.canvas2d.paint import Furniture, paint_map

    frame = view.frame
    x, y = bench.origin[:2]
    x0, y0, x1, y1 = frame.extent
    ask = bench.request((x0 + x, y0 + y, x1 + x, y1 + y), frame.metres_per_px)
    legend = bench.stack.legend(bench.state, bench.report, ask)
    draw, font, theme, path = bench.drawing(), view.font(), bench.theme, Path(name)

    def work(_: Job) -> QImage:
        return paint_map(
            draw(frame.extent, frame.metres_per_px),
            extent=frame.extent,
            size=(frame.width_px, frame.height_px),
            theme=theme,
            device_pixel_ratio=2.0,
            font=font,
            furniture=Furniture(legend=legend),
        )

    def write(image: QImage) -> None:
        if image.save(str(path)):
            bench.tell(msg("Wrote {path}", path=path), "good")
        else:
            bench.tell(
                msg("{path} could not be written; choose another folder", path=path), "error"
            )

    bench.jobs.start(QCoreApplication.translate("Files", "Drawing the map"), work, done=write)


def quit_program(desk: Desk) -> None:
    desk.window.close()
