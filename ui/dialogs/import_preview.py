"""The import preview: what the sources hold, what was inferred, what cannot be taken."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from baiyun_gis.errors import BaiyunError
from baiyun_gis.io.import_report import ImportReport, rows_quarantined
from baiyun_gis.io.imported import Imported, ImportOptions, SourceReport
from baiyun_gis.io.report_words import spoken
from baiyun_gis.jobs import Job
from baiyun_gis.language import Message, msg
from ui.dialogs.frame import FramedDialog
from ui.dialogs.new_project import chosen_system, system_chooser
from ui.dialogs.source_tables import fields_table, inferences_table, quarantine_table
from ui.jobs import RunningJob, sentence_for
from ui.panels.parts import framed, labelled, wrapped
from ui.theme import themed_icon
from ui.workbench import Workbench

_ENCODINGS = ("utf-8", "gb18030", "big5", "latin-1")
_TABLES = ("pipes", "nodes", "buildings", "permits", "structures")
_ANSWERABLE = ("crs", "into", "utility")
"""Questions that can be answered here; others say what to change in the source."""


class ImportDialog(FramedDialog):
    """Reads the sources in a thread, shows them, and takes them when told to."""

    def __init__(self, bench: Workbench, paths: list[Path], parent: QWidget | None = None) -> None:
        super().__init__("", parent, width_px=820)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(960, 640)
        self.setWindowTitle(self.tr("Import"))
        self._bench, self._paths = bench, paths
        self._running: RunningJob | None = None
        self._utility = ""
        self.imported: Imported | None = None
        self._make_options()
        self._make_preview()
        self._make_progress()
        buttons = self.add_buttons(self.tr("Import"))
        self.take_button = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.take_button.setEnabled(False)

    # making

    def _make_options(self) -> None:
        self._crs = system_chooser(self.tr("As inferred"))
        self._encoding = QComboBox()
        self._encoding.addItem(self.tr("As inferred"), "")
        for name in _ENCODINGS:
            self._encoding.addItem(name, name)
        self._into = QComboBox()
        self._into.addItem(self.tr("As inferred"), "")
        names = (
            self.tr("Pipes"),
            self.tr("Nodes"),
            self.tr("Buildings"),
            self.tr("Permits"),
            self.tr("Structures"),
        )
        for key, name in zip(_TABLES, names, strict=True):
            self._into.addItem(name, key)
        self._again = QPushButton(themed_icon("reopen"), self.tr("Read again"))
        self._again.clicked.connect(self.start)
        line = QHBoxLayout()
        line.setSpacing(16)
        for label, box in (
            (self.tr("Reference system"), self._crs),
            (self.tr("Encoding"), self._encoding),
            (self.tr("Into"), self._into),
        ):
            column = QVBoxLayout()
            column.setSpacing(3)
            column.addWidget(labelled(label, "muted"))
            column.addWidget(box)
            line.addLayout(column, 2 if box is self._crs else 1)
        line.addWidget(self._again, 0, Qt.AlignmentFlag.AlignBottom)
        self.body.addLayout(line)

    def _make_preview(self) -> None:
        self._sources = QListWidget()
        self._sources.setMaximumWidth(270)
        self._sources.setWordWrap(True)
        self._sources.currentRowChanged.connect(self._show_source)
        self._questions = framed("banner")
        self._question_form = QFormLayout(self._questions)
        self._questions.hide()
        self._headline = wrapped("", "muted")
        self._notes = wrapped("", "muted")
        self.tabs = QTabWidget()
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self._headline)
        right.addWidget(self._questions)
        right.addWidget(self.tabs, 1)
        right.addWidget(self._notes)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self._sources)
        line.addLayout(right, 1)
        self.body.addLayout(line, 1)

    def _make_progress(self) -> None:
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setRange(0, 1000)
        self._doing = labelled("", "muted")
        self._stop = QPushButton(self.tr("Stop"))
        self._stop.clicked.connect(self._cancel)
        line = QHBoxLayout()
        line.addWidget(self._doing)
        line.addWidget(self._progress, 1)
        line.addWidget(self._stop)
        self._progress_row = QWidget()
        self._progress_row.setLayout(line)
        line.setContentsMargins(0, 0, 0, 0)
        self._progress_row.hide()
        self.body.addWidget(self._progress_row)

    @property
    def options(self) -> ImportOptions:
        """What the user said; what is empty is inferred."""
        return ImportOptions(
            crs=chosen_system(self._crs),
            encoding=str(self._encoding.currentData()),
            into=str(self._into.currentData()),
            settings={"default_utility": self._utility} if self._utility else {},
            project_crs=self._bench.state.meta.crs,
            project_nodes=self._bench.state.nodes,
        )

    # reading

    def start(self) -> None:
        """Read the sources for the preview."""
        options, paths = self.options, tuple(self._paths)

        def work(job: Job) -> Imported:
            from baiyun_gis.io.pipeline import read_sources

            return read_sources(paths, options, job)

        title = self.tr("Reading {names}").format(names=", ".join(p.name for p in paths))
        self._watch(
            self._bench.jobs.start(
                title, work, done=self._show, failed=self._refuse, stopped=self._ended
            )
        )

    def _watch(self, running: RunningJob) -> None:
        self._running = running
        running.progressed.connect(self._show_progress)
        self._progress_row.show()
        self._progress.setValue(0)
        self.take_button.setEnabled(False)
        self._again.setEnabled(False)

    def _show_progress(self, share: float, doing: Message) -> None:
        self._progress.setValue(round(share * 1000))
        self._doing.setText(doing.text(self._bench.lang))

    def _ended(self) -> None:
        self._running = None
        self._progress_row.hide()
        self._again.setEnabled(True)

    def _cancel(self) -> None:
        if self._running is not None:
            self._running.cancel()

    def _refuse(self, error: object) -> None:
        self._ended()
        self.take_button.setEnabled(self.imported is not None)
        self._headline.setText(sentence_for(error, self._bench.lang))

    def _show(self, imported: Imported) -> None:
        self._ended()
        self.imported = imported
        self.take_button.setEnabled(any(r.rows_taken for r in imported.reports))
        self._sources.clear()
        for report in imported.reports:
            line = self.tr("{format}: {taken} of {read} rows").format(
                format=spoken(report.format, self._bench.lang),
                taken=f"{report.rows_taken:,}",
                read=f"{report.rows_read:,}",
            )
            whole = report.rows_taken and not report.quarantined
            icon = themed_icon("help" if report.asked else "file" if whole else "warning")
            self._sources.addItem(QListWidgetItem(icon, f"{source_name(report)}\n{line}"))
        asking = (row for row, report in enumerate(imported.reports) if report.asked)
        self._sources.setCurrentRow(next(asking, 0))

    def _show_source(self, row: int) -> None:
        if self.imported is None or not 0 <= row < len(self.imported.reports):
            return
        report, lang = self.imported.reports[row], self._bench.lang
        crs = self.imported.crs or self.tr("unknown")
        self._headline.setText(
            self.tr("{name}: reference system {crs}; {set_aside} rows set aside").format(
                name=source_name(report),
                crs=crs if len(crs) < 40 else crs[:40] + "…",
                set_aside=f"{max(report.rows_read - report.rows_taken, 0):,}",
            )
        )
        at = self.tabs.currentIndex()
        self.tabs.clear()
        self.tabs.addTab(fields_table(report, lang), self.tr("Fields"))
        self.tabs.addTab(
            inferences_table(report, lang),
            self.tr("Inferred ({count})").format(count=len(report.inferred)),
        )
        self.tabs.addTab(
            quarantine_table(report, lang),
            self.tr("Set aside ({count})").format(count=len(report.quarantined)),
        )
        self.tabs.setCurrentIndex(max(at, 0))
        self._notes.setText("\n".join(note.text(lang) for note in report.notes))
        self._notes.setVisible(bool(report.notes))
        self._show_questions(report)

    def _show_questions(self, report: SourceReport) -> None:
        """What only the user knows; an answer about the system is taken up above."""
        while self._question_form.rowCount():
            self._question_form.removeRow(0)
        lang = self._bench.lang
        for question in report.asked:
            label = QLabel(question.text.text(lang))
            label.setWordWrap(True)
            self._question_form.addRow(label)
            if question.what not in _ANSWERABLE:
                continue
            is_system = question.what == "crs"
            box = QComboBox()
            box.setEditable(is_system)
            for option in dict.fromkeys([question.taken, *question.options]):
                box.addItem(named_system(option) if is_system else spoken(option, lang), option)
            box.textActivated.connect(
                lambda text, what=question.what, box=box: self._answer(what, answer_in(box, text))
            )
            self._question_form.addRow(box)
        self._questions.setVisible(bool(report.asked))

    def _answer(self, what: str, text: str) -> None:
        if what == "utility":
            self._utility = text
            self.start()
            return
        box = {"crs": self._crs, "into": self._into}[what]
        at = box.findData(text)
        if at >= 0:
            box.setCurrentIndex(at)
        else:
            box.setEditText(text)
        self.start()

    # taking

    def accept(self) -> None:
        """Import in a thread, then step the document."""
        if self._lacks_system():
            self._headline.setText(
                self.tr("Nothing says where on earth these are: choose the reference system first.")
            )
            self._crs.setFocus()
            return
        session, options, paths = self._bench.session, self.options, tuple(self._paths)
        names = ", ".join(path.name for path in paths)

        def take(result: object) -> None:
            state, report = result  # type: ignore[misc]
            self._ended()
            session.apply(msg("Import {names}", names=names), state)
            self._tell(report)
            super(ImportDialog, self).accept()

        self._watch(
            self._bench.jobs.start(
                self.tr("Importing {names}").format(names=names),
                lambda job: session.read_sources(paths, options, job=job),
                done=take,
                failed=self._refuse,
                stopped=self._ended,
            )
        )

    def _lacks_system(self) -> bool:
        reports = self.imported.reports if self.imported is not None else ()
        asks = any(question.what == "crs" for report in reports for question in report.asked)
        has_one = self.imported is not None and (self.imported.crs or self.options.crs)
        return asks and not has_one and not self._bench.state.meta.crs

    def _tell(self, report: ImportReport) -> None:
        set_aside = sum(rows_quarantined(s) for s in report.sources)
        text = self.tr("Imported {taken} features; {set_aside} rows set aside.").format(
            taken=f"{report.taken:,}", set_aside=f"{set_aside:,}"
        )
        self._bench.tell(text, "warning" if set_aside else "good")
        for note in report.notes:
            self._bench.tell(note, "info")

    def reject(self) -> None:
        self._cancel()
        super().reject()


def named_system(crs: str) -> str:
    """A reference system's code with its name, where it has one."""
    from baiyun_gis.crs.systems import horizontal

    try:
        return f"{crs} — {horizontal(crs).name}" if crs else crs
    except BaiyunError:
        return crs


def answer_in(box: QComboBox, text: str) -> str:
    """The value of the choice with this text; the text itself where it was typed."""
    at = box.findText(text)
    return str(box.itemData(at) or text) if at >= 0 else text


def source_name(report: SourceReport) -> str:
    """The file's name, and the layer in it where there are several."""
    return Path(report.path).name.replace("|layername=", ": ")
