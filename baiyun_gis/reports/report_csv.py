"""The conflicts as CSV: UTF-8 with a byte order mark, so that Excel reads the Chinese."""

from __future__ import annotations

import csv
from typing import TextIO

from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.language import Lang, msg
from baiyun_gis.project import ProjectState
from baiyun_gis.reports.format import ReportFormat
from baiyun_gis.reports.table import COLUMNS, rows, safe_cell, yes_or_no


def write_csv(report: CheckReport, state: ProjectState, file: TextIO, *, lang: Lang) -> None:
    """One row a conflict, under headings in `lang`; text is safe from being run as a formula."""
    file.write("\ufeff")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([column.title.text(lang) for column in COLUMNS])
    for values in rows(report, state, lang):
        writer.writerow(
            [
                yes_or_no(value, lang) if column.form == "flag" else safe_cell(value)
                for column, value in zip(COLUMNS, values, strict=True)
            ]
        )


REPORT = ReportFormat(msg("Table"), write_csv, newline="")
