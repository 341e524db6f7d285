"""Reports to files: one function, the format by name."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from baiyun_gis.errors import ExportError, UsageError
from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.language import Lang
from baiyun_gis.project import ProjectState

FORMATS = ("json", "csv", "xlsx", "geojson", "html")


def write_report(
    report: CheckReport,
    state: ProjectState,
    path: Path | str,
    *,
    format: str,  # noqa: A002  the promised name
    lang: Lang = "en",
) -> None:
    """Write the report to `path` in one of `FORMATS`; the file appears whole or not at all.

    `state` is the project that was checked. Raises `UsageError` for an unknown format and
    `ExportError` when the file cannot be written.
    """
    if format not in FORMATS:
        raise UsageError(
            "there is no report format '{format}'; there are: {known}",
            format=format,
            known=", ".join(FORMATS),
        )
    path = Path(path)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if format == "xlsx":
            from baiyun_gis.reports.report_xlsx import write_xlsx

            with fresh.open("wb") as file:
                write_xlsx(report, state, file, lang=lang)
        else:
            newline = "" if format == "csv" else "\n"
            with fresh.open("w", encoding="utf-8", newline=newline) as file:
                write_text(report, state, file, format=format, lang=lang)
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
    match format:
        case "json":
            from baiyun_gis.reports.report_json import write_json

            write_json(report, state, file, lang=lang)
        case "csv":
            from baiyun_gis.reports.report_csv import write_csv

            write_csv(report, state, file, lang=lang)
        case "geojson":
            from baiyun_gis.reports.report_geojson import write_geojson

            write_geojson(report, state, file, lang=lang)
        case "html":
            from baiyun_gis.reports.report_html import write_html

            write_html(report, state, file, lang=lang)
        case _:
            raise UsageError(
                "there is no report format '{format}'; there are: {known}",
                format=format,
                known=", ".join(FORMATS),
            )
