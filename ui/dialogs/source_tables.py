"""Tables of the import preview: fields with samples, inferences, rows set aside."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from baiyun_gis.io.imported import SourceReport
from baiyun_gis.io.report_words import spoken
from baiyun_gis.language import Lang
from baiyun_gis.model.columns import specs_of
from baiyun_gis.project import TABLES
from ui.models.features import bare_title

MOST_ROWS = 2_000
_SAMPLES = 3


def fields_table(report: SourceReport, lang: Lang) -> QTableWidget:
    """Source column, what it was taken as, and the first values."""
    titles = [
        QCoreApplication.translate("SourceTables", "Source column"),
        QCoreApplication.translate("SourceTables", "Taken as"),
        *(
            QCoreApplication.translate("SourceTables", "Row {number}").format(number=i + 1)
            for i in range(min(_SAMPLES, len(report.samples)))
        ),
    ]
    names = dict.fromkeys([*report.fields, *(k for s in report.samples[:1] for k in s)])
    ignored = QCoreApplication.translate("SourceTables", "not used") if report.fields else ""
    rows = [
        [
            name,
            model_column(report.fields[name], lang) if report.fields.get(name) else ignored,
            *(str(sample.get(name, "")) for sample in report.samples[:_SAMPLES]),
        ]
        for name in names
    ]
    return _table(titles, rows)


def inferences_table(report: SourceReport, lang: Lang) -> QTableWidget:
    """What the source did not say."""
    titles = [
        QCoreApplication.translate("SourceTables", "What"),
        QCoreApplication.translate("SourceTables", "Taken as"),
        QCoreApplication.translate("SourceTables", "Confidence"),
        QCoreApplication.translate("SourceTables", "Why"),
    ]
    rows = [
        [
            spoken(inferred.what, lang),
            spoken(inferred.value, lang),
            f"{inferred.confidence:.0%}",
            inferred.why.text(lang),
        ]
        for inferred in report.inferred
    ]
    return _table(titles, rows)


def quarantine_table(report: SourceReport, lang: Lang) -> QTableWidget:
    """Rows that cannot be taken, with row, column and reason."""
    titles = [
        QCoreApplication.translate("SourceTables", "Row"),
        QCoreApplication.translate("SourceTables", "Column"),
        QCoreApplication.translate("SourceTables", "Value"),
        QCoreApplication.translate("SourceTables", "Reason"),
    ]
    rows = [
        [f"{q.sheet} {q.row}".strip(), q.column, q.value, q.reason.text(lang)]
        for q in report.quarantined[:MOST_ROWS]
    ]
    return _table(titles, rows)


def model_column(name: str, lang: Lang) -> str:
    """The title of a model column, by its name or `table.name`: a file's own values stand beside
    it, in the file's own unit."""
    wanted = name.rsplit(".", 1)[-1]
    if wanted == "id":
        return QCoreApplication.translate("SourceTables", "ID")
    for table in TABLES:
        for spec in specs_of(table):
            if spec.name == wanted:
                return bare_title(spec, lang)
    return spoken(name, lang)


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> QTableWidget:
    table = QTableWidget(len(rows), len(titles))
    table.setHorizontalHeaderLabels(list(titles))
    table.verticalHeader().hide()
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setAlternatingRowColors(True)
    table.setShowGrid(False)
    table.verticalHeader().setDefaultSectionSize(25)
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            item = QTableWidgetItem(value)
            item.setToolTip(value)
            table.setItem(row, column, item)
    header = table.horizontalHeader()
    header.setStretchLastSection(True)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    for column in range(len(titles) - 1):
        header.resizeSection(column, 150 if column < 2 else 110)
    return table
