"""`baiyun-gis import`: any supported source into a project, with a report of what became of it."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from baiyun_gis.cli.progress import lang_of, terminal_job
from baiyun_gis.errors import ExportError, UsageError
from baiyun_gis.io.import_report import ImportReport, rows_quarantined
from baiyun_gis.io.imported import ImportOptions, SourceReport
from baiyun_gis.io.report_words import spoken
from baiyun_gis.language import Lang, Message, msg

_SHOWN_ROWS = 10


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "import",
        help="any supported source into a project",
        description="Reads survey tables, shapefiles, GeoPackage, GeoJSON, DXF, EPANET, SWMM, "
        "CityJSON and rasters into a project. Folders and ZIP archives are read whole. "
        "Exit 0: something was taken; 2: nothing could be.",
        epilog="Example: baiyun-gis import survey/ --project city.gpkg --crs EPSG:4547 "
        "--set status=planned --report import.json",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "sources", nargs="+", type=Path, metavar="SOURCE", help="files, folders or ZIP archives"
    )
    parser.add_argument(
        "--project",
        required=True,
        type=Path,
        metavar="P",
        help="the project file (*.gpkg); created when it is not there",
    )
    parser.add_argument(
        "--into",
        default="",
        metavar="TABLE",
        choices=(
            *("", "pipes", "nodes", "buildings", "permits", "structures"),
            *("terrain", "surface", "imagery"),
        ),
        help="the table that features go into, where the source does not say",
    )
    parser.add_argument(
        "--profile", default="", metavar="FILE-or-NAME", help="a saved mapping of columns (TOML)"
    )
    parser.add_argument(
        "--save-profile", type=Path, metavar="FILE", help="write the mapping used as a profile"
    )
    parser.add_argument(
        "--crs",
        default="",
        help="reference system of the sources, such as EPSG:4547; a TOML file "
        "with the parameters of a local grid; or 'local'",
    )
    parser.add_argument("--encoding", default="", help="text encoding, such as gb18030")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        dest="settings",
        help="a value for every row, such as utility=gas",
    )
    parser.add_argument("--report", type=Path, metavar="R.json", help="write the report as JSON")
    parser.add_argument("--dry-run", action="store_true", help="read and report, save nothing")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Import; 0 when something was taken (errors end with 2)."""
    from baiyun_gis.io.pipeline import import_into
    from baiyun_gis.io.profiles import profile_of, save_profile
    from baiyun_gis.project import ProjectMeta, ProjectState
    from baiyun_gis.storage.project_file import open_project, save_project

    lang = lang_of(args)
    options = ImportOptions(
        crs=args.crs,
        encoding=args.encoding,
        into=args.into,
        profile=args.profile,
        settings=_settings(args.settings),
    )
    is_new = not args.project.exists()
    if is_new:
        if args.project.suffix.lower() != ".gpkg":
            raise UsageError("{path}: a project's name ends in .gpkg", path=str(args.project))
        state = ProjectState(meta=ProjectMeta(title=args.project.stem, path=args.project))
    else:
        state = open_project(args.project)
    with terminal_job(args) as job:
        after, report = import_into(state, tuple(args.sources), options, job.part(0.0, 0.9))
        if not args.dry_run:
            after = after.with_(
                meta=replace(after.meta, path=args.project), revision=state.revision + 1
            )
            save_project(after, args.project, job=job.part(0.9, 1.0))
    if args.report:
        _write_json(args.report, report, lang)
    if args.save_profile:
        save_profile(
            profile_of(report.sources, options, title=args.project.stem), args.save_profile
        )
    _print(report, lang)
    _say(_closing(args, is_new=is_new, crs=after.meta.crs), lang)
    return 0


def _settings(pairs: list[str]) -> dict[str, str]:
    settings: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise UsageError("--set wants FIELD=VALUE, not {pair}", pair=pair)
        settings[name.strip()] = value.strip()
    return settings


def _closing(args: argparse.Namespace, *, is_new: bool, crs: str) -> Message:
    if args.dry_run:
        return msg("Nothing was saved (dry run)")
    if is_new:
        return msg("New project {path}, reference system {crs}", path=args.project, crs=crs or "–")
    return msg("Saved into {path}, reference system {crs}", path=args.project, crs=crs or "–")


def _write_json(path: Path, report: ImportReport, lang: Lang) -> None:
    try:
        path.write_text(
            json.dumps(report.to_json(lang), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
    except OSError as error:
        raise ExportError(
            "{path} cannot be written: {error}", path=str(path), error=error.strerror or ""
        ) from None


def _print(report: ImportReport, lang: Lang) -> None:
    for source in report.sources:
        _print_source(source, lang)
    for note in report.notes:
        _say(note, lang)
    counts = ", ".join(f"{spoken(name, lang)} {count}" for name, count in report.tables.items())
    _say(msg("Taken into the project: {counts}", counts=counts or "–"), lang)


def _print_source(source: SourceReport, lang: Lang) -> None:
    head = (
        f"{Path(source.path).name} ({spoken(source.format, lang)})"
        if source.format
        else source.path
    )
    line = msg(
        "{source}: {read} rows read, {taken} taken, {bad} set aside",
        source=head,
        read=source.rows_read,
        taken=source.rows_taken,
        bad=rows_quarantined(source),
    )
    _say(line if source.rows_read else msg("{source}: nothing taken", source=head), lang)
    for item in source.inferred:
        _say(
            msg(
                "  inferred: {what} = {value} ({confidence}): {why}",
                what=spoken(item.what, lang),
                value=spoken(item.value, lang),
                confidence=f"{item.confidence:.0%}",
                why=item.why,
            ),
            lang,
        )
    for question in source.asked:
        taken = spoken(question.taken, lang) or "–"
        _say(msg("  asked: {question} Taken: {taken}", question=question.text, taken=taken), lang)
    for note in source.notes:
        _say(msg("  note: {note}", note=note), lang)
    for bad in source.quarantined[:_SHOWN_ROWS]:
        sheet = f"[{bad.sheet}] " if bad.sheet else ""
        _say(
            msg(
                "  set aside: {sheet}row {row}, {column} = {value}: {reason}",
                sheet=sheet,
                row=bad.row,
                column=bad.column or "–",
                value=bad.value or "–",
                reason=bad.reason,
            ),
            lang,
        )
    more = len(source.quarantined) - _SHOWN_ROWS
    if more > 0:
        _say(msg("  … and {count} more; --report lists them all", count=more), lang)


def _say(text: Message, lang: Lang) -> None:
    sys.stdout.write(text.text(lang) + "\n")
