"""Reports to files: one function, the format by name."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from baiyun_gis.errors import ExportError, UsageError
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.language import Lang
from baiyun_gis.plugins import REPORTS
from baiyun_gis.project import ProjectState
from baiyun_gis.reports.format import ReportFormat


def report_format(name: str) -> ReportFormat:
    """The format of this name. Raises `UsageError` naming those there are."""
    if name not in REPORTS.names():
        raise UsageError(
            "there is no report format '{format}'; there are: {known}",
            format=name,
            known=", ".join(REPORTS.names()),
        )
    found: ReportFormat = REPORTS.get(name)
    return found


def write_report(
    report: CheckReport,
    state: ProjectState,
    path: Path | str,
    *,
    format: str,  # noqa: A002  the promised name
    lang: Lang = "en",
) -> None:
    """Write the report to `path` in a format of `plugins.REPORTS`; it appears whole or not at all.

    `state` is the project that was checked. Raises `UsageError` for an unknown format and
    `ExportError` when the file cannot be written.
    """
    form = report_format(format)
    path = Path(path)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if form.is_binary:
            with fresh.open("wb") as file:
                form.write(report, state, file, lang=lang)
        else:
            with fresh.open("w", encoding="utf-8", newline=form.newline) as file:
                form.write(report, state, file, lang=lang)
        fresh.replace(path)
    except OSError as error:
        raise ExportError(
            "{path}: cannot be written ({why}); check the folder and whether another program has"
            " the file open",
            path=str(path),
            why=error.strerror or str(error),
        ) from error
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def write_text(
    report: CheckReport,
    state: ProjectState,
    file: TextIO,
    *,
    format: str,  # noqa: A002  the promised name
    lang: Lang,
) -> None:
    """Write a report in one of the text formats to an open file."""
    report_format(format).write(report, state, file, lang=lang)
