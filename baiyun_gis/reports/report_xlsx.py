"""The report as a workbook: Summary, Ledger, Conflicts, Suspicions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO, Any

from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.language import Lang, Message, msg
from baiyun_gis.model.vocabulary import Verdict
from baiyun_gis.project import ProjectState
from baiyun_gis.reports.facts import suspicion_facts
from baiyun_gis.reports.format import ReportFormat
from baiyun_gis.reports.summary import Line, summary_lines
from baiyun_gis.reports.table import COLUMNS, Form, rows, safe_cell, yes_or_no
from baiyun_gis.reports.words import check_word, reason_word

_FORMATS: dict[Form, str] = {"metres": "0.000", "share": "0%", "coordinate": "0.000"}
_HEAD_FILL = "FF24435C"
_LEDGER = (
    (msg("Check"), 28),
    (msg("Outcome"), 12),
    (msg("Subjects"), 11),
    (msg("Examined"), 11),
    (msg("Set aside"), 11),
    (msg("Violated"), 11),
    (msg("Requirement met"), 11),
    (msg("Cannot be judged"), 14),
    (msg("Details"), 80),
)
_SUSPICIONS = (
    (msg("Suspicion"), 14),
    (msg("Kind"), 28),
    (msg("Building"), 18),
    (msg("Against"), 18),
    (msg("Measured"), 11),
    (msg("Permitted"), 11),
    (msg("Excess"), 11),
    (msg("Unit"), 8),
    (msg("Certainty"), 12),
    (msg("Probability"), 11),
    (msg("X east"), 14),
    (msg("Y north"), 14),
    (msg("Why"), 90),
)
_SUSPICION_FORMS: tuple[tuple[Form, int], ...] = (
    ("text", 4),
    ("metres", 3),
    ("text", 2),
    ("share", 1),
    ("coordinate", 2),
    ("text", 1),
)


def write_xlsx(report: CheckReport, state: ProjectState, file: IO[bytes], *, lang: Lang) -> None:
    """Write the workbook; rows are streamed, so a city's conflicts fit."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.creator = "Baiyun GIS"
    sheets = _Sheets(book, lang)
    sheets.add(
        msg("Summary"), ((msg("What"), 34), (msg("Value"), 90)), _summary(report, state, lang)
    )
    sheets.add(msg("Ledger"), _LEDGER, _ledger(report, lang))
    headings = [(column.title, column.width) for column in COLUMNS]
    forms: list[Form] = [column.form for column in COLUMNS]
    sheets.add(msg("Conflicts"), headings, rows(report, state, lang), forms=forms)
    forms = [form for form, count in _SUSPICION_FORMS for _ in range(count)]
    sheets.add(msg("Suspicions"), _SUSPICIONS, _suspicions(report, lang), forms=forms)
    book.save(file)


class _Sheets:
    """The workbook being written, a sheet at a time."""

    def __init__(self, book: Any, lang: Lang) -> None:
        from openpyxl.styles import Alignment, Font, PatternFill

        self.book = book
        self.lang: Lang = lang
        self.font = Font(bold=True, color="FFFFFFFF")
        self.fill = PatternFill("solid", fgColor=_HEAD_FILL)
        self.wrapped = Alignment(wrap_text=True, vertical="top")

    def add(
        self,
        title: Message,
        headings: Sequence[tuple[Message, int]],
        table: Iterable[Sequence[Any]],
        *,
        forms: Sequence[Form] | None = None,
    ) -> None:
        """A sheet with a frozen heading, a filter, widths and number formats."""
        from openpyxl.utils import get_column_letter

        sheet = self.book.create_sheet(title.text(self.lang))
        sheet.freeze_panes = "A2"
        for number, (_, width) in enumerate(headings, start=1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.append([self._heading(sheet, name.text(self.lang)) for name, _ in headings])
        shapes: Sequence[Form] = forms or tuple[Form, ...]("text" for _ in headings)
        count = 1
        for values in table:
            cells = zip(values, shapes, strict=True)
            sheet.append([self._cell(sheet, value, form) for value, form in cells])
            count += 1
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{count}"
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.print_title_rows = "1:1"

    def _heading(self, sheet: Any, text: str) -> Any:
        from openpyxl.cell import WriteOnlyCell

        cell = WriteOnlyCell(sheet, value=safe_cell(text))
        cell.font, cell.fill, cell.alignment = self.font, self.fill, self.wrapped
        return cell

    def _cell(self, sheet: Any, value: Any, form: Form) -> Any:
        from openpyxl.cell import WriteOnlyCell

        if form == "flag":
            return yes_or_no(value, self.lang)
        if value is None or form not in _FORMATS:
            return safe_cell(value)
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = _FORMATS[form]
        return cell


def _summary(report: CheckReport, state: ProjectState, lang: Lang) -> Iterable[Sequence[Any]]:
    line: Line
    for line in summary_lines(report, state):
        yield line.title.text(lang), line.value.text(lang)


def _ledger(report: CheckReport, lang: Lang) -> Iterable[Sequence[Any]]:
    for check in report.ledger.checks:
        details = [check.reason.text(lang)] if check.reason else []
        details += [f"{reason_word(k).text(lang)}: {n}" for k, n in sorted(check.set_aside.items())]
        yield (
            check_word(check.check).text(lang),
            check.outcome.label(lang),
            check.subjects,
            check.pairs_examined,
            sum(check.set_aside.values()),
            check.violated,
            check.clear,
            check.cannot_judge,
            "; ".join(details),
        )


def _suspicions(report: CheckReport, lang: Lang) -> Iterable[Sequence[Any]]:
    from baiyun_gis.buildings.sentences import kind_title, unit_word

    for facts in suspicion_facts(report, lang):
        yield (
            facts["id"],
            kind_title(facts["kind"]).text(lang),
            facts["building"]["id"],
            facts["other"]["id"] if facts["other"] else None,
            facts["measured"],
            facts["permitted"],
            facts["excess"],
            unit_word(facts["unit"]).text(lang),
            Verdict.from_key(facts["verdict"]).label(lang),
            facts["probability"],
            *facts["at"],
            facts["why"],
        )


REPORT = ReportFormat(msg("Workbook"), write_xlsx, is_binary=True)
