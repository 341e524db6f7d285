"""The one way in: sources → readers → one reference system → levels settled → the project."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from baiyun_gis.errors import CrsError, FormatError, InputError
from baiyun_gis.io.import_report import ImportReport
from baiyun_gis.io.imported import Imported, ImportOptions, Inference, SourceReport
from baiyun_gis.io.merging import merged
from baiyun_gis.io.placing import (
    in_system,
    is_waiting,
    name_of,
    system_given,
    systems_of,
    with_system,
)
from baiyun_gis.io.profiles import with_profile
from baiyun_gis.io.project_points import given_back, with_lent_ends
from baiyun_gis.io.settings import checked_settings, with_settings
from baiyun_gis.io.sources import Plan, SourceGroup, plan
from baiyun_gis.io.unique_ids import with_unique_ids
from baiyun_gis.jobs import Job
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import Columns, text_array
from baiyun_gis.model.levels import settle
from baiyun_gis.project import TABLES, ProjectState, appended

__all__ = ["ImportReport", "import_into", "read_sources"]


def read_sources(paths: Sequence[Path], options: ImportOptions, job: Job) -> Imported:
    """All sources as one import, for a preview: nothing is added to any project.

    Parts in other systems than the first are brought to it. Lines may end at the nodes of
    `options.project_nodes`; those are not among the import's. Raises `InputError` when nothing
    could be read.
    """
    parts, reports = _read(paths, _settled(options, ""), job)
    crs = next((part.crs for part in parts if part.crs), "")
    moved = [
        given_back(in_system(part, part.crs or crs, crs or part.crs), None)[0] for part in parts
    ]
    whole = merged(moved) if moved else Imported(())
    return replace(whole, reports=(*whole.reports, *reports))


def import_into(
    state: ProjectState, paths: Sequence[Path], options: ImportOptions, job: Job
) -> tuple[ProjectState, ImportReport]:
    """The project with what could be taken from the sources, and the report of it.

    A project without a reference system takes that of the first source that has one. Raises
    `InputError` (with the first reason) when nothing at all could be taken, `CrsError` when
    coordinates could lie in several systems and nobody says which.
    """
    options = replace(_settled(options, state.meta.crs), project_nodes=state.nodes)
    parts, failed = _read(paths, options, job.part(0.0, 0.8))
    before = {t.table_name: len(state.table(t.table_name)) for t in TABLES}
    before["rasters"] = len(state.rasters)
    state, notes = with_system(state, parts, options)
    reports: list[SourceReport] = []
    for index, part in enumerate(parts):
        job.step(0.8 + 0.2 * index / max(len(parts), 1), msg("Adding to the project"))
        try:
            state, settled = _added(state, part, options)
        except CrsError as error:
            if len(parts) == 1:
                raise
            settled = [_refused(report, error.message) for report in part.reports]
            failed = [*failed, *settled]
            continue
        reports.extend(settled)
    tables = {
        name: now - before[name]
        for name, now in [
            *((t.table_name, len(state.table(t.table_name))) for t in TABLES),
            ("rasters", len(state.rasters)),
        ]
        if now - before[name]
    }
    report = ImportReport((*reports, *failed), tables, state.meta.crs, notes)
    if not report.taken:
        raise _nothing_taken(report, paths)
    job.step(1.0, msg("Done"))
    return state, report


def _nothing_taken(report: ImportReport, paths: Sequence[Path]) -> InputError:
    noted = [(s, n) for s in report.sources for n in s.notes]
    read = sum(s.rows_read for s in report.sources)
    if read:
        bad = next((q for s in report.sources for q in s.quarantined), None)
        return InputError(
            "None of the {count} rows of {names} could be taken; the first: row {row}, {reason}",
            count=read,
            names=", ".join(p.name for p in paths),
            row=bad.row if bad else "?",
            reason=bad.reason if bad else "?",
        )
    if noted:
        return FormatError(
            "{name}: {reason}", name=Path(noted[-1][0].path).name, reason=noted[-1][1]
        )
    return FormatError(
        "{names}: nothing in there can be imported", names=", ".join(p.name for p in paths)
    )


def _settled(options: ImportOptions, project_crs: str) -> ImportOptions:
    """The options with those of the profile, the values to set checked."""
    options = with_profile(options)
    return replace(
        options,
        settings=checked_settings(options.settings),
        project_crs=options.project_crs or project_crs,
    )


def _read(
    paths: Sequence[Path], options: ImportOptions, job: Job
) -> tuple[list[Imported], list[SourceReport]]:
    """What each group of files gave, and reports of those that gave nothing."""
    parts: dict[int, Imported] = {}
    failed: list[SourceReport] = []
    first: InputError | None = None
    with tempfile.TemporaryDirectory(prefix="baiyun-import-") as scratch:
        inside = Path(scratch)
        found = plan([Path(p) for p in paths], scratch=inside)
        for index, group in enumerate(found.groups):
            share = job.part(index / len(found.groups), (index + 1) / len(found.groups))
            try:
                parts[index] = _checked(_read_group(group, options, share), inside)
            except InputError as error:
                first = first or error
                failed.append(_failed(group, error))
                continue
            if not options.project_crs:
                given = system_given(parts[index], options)
                options = replace(options, project_crs=given)
        for index, part in tuple(parts.items()):
            if options.project_crs and is_waiting(part):  # a later source gave the system
                parts[index] = _checked(_read_group(found.groups[index], options, job), inside)
        whole = [_without_scratch(part, inside) for part in parts.values()]
    failed.extend(_not_read(found))
    if not whole:
        raise first or _unknown_formats(found, paths)
    return whole, failed


def _read_group(group: SourceGroup, options: ImportOptions, job: Job) -> Imported:
    job.step(0.0, msg("Reading {name}", name=group.paths[0].name))
    return group.reader.read(group.paths, options, job)


def _checked(part: Imported, scratch: Path) -> Imported:
    """Rasters are read in place, so they cannot come from inside an archive."""
    if any(Path(r.path).is_relative_to(scratch) for r in part.rasters):
        raise FormatError(
            "{name} lies inside an archive; unpack it first, rasters are read where they lie",
            name=Path(part.rasters[0].path).name,
        )
    return part


def _without_scratch(part: Imported, scratch: Path) -> Imported:
    """Reports name files inside archives by their place in the archive."""
    reports = tuple(
        replace(r, path="/".join(Path(r.path).relative_to(scratch).parts))
        if Path(r.path).is_relative_to(scratch)
        else r
        for r in part.reports
    )
    return replace(part, reports=reports)


def _failed(group: SourceGroup, error: InputError) -> SourceReport:
    names = ", ".join(p.name for p in group.paths[:5])
    return SourceReport(names, group.reader.name, notes=(error.message,))


def _not_read(found: Plan) -> list[SourceReport]:
    note = msg("No reader knows this kind of file; it was passed over")
    return [SourceReport(p.name, "", notes=(_old_format(p) or note,)) for p in found.unclaimed]


def _old_format(path: Path) -> Message | None:
    suffix = path.suffix.lower()
    if suffix == ".xls":
        return msg("Old Excel files (.xls) are not read; save it as .xlsx")
    if suffix in {".mdb", ".accdb"}:
        return msg("Access databases are not read; export the tables as CSV or XLSX")
    if suffix == ".dwg":
        return msg("DWG drawings are not read; save it as DXF")
    return None


def _unknown_formats(found: Plan, paths: Sequence[Path]) -> InputError:
    if found.unclaimed:
        path = found.unclaimed[0]
        why = _old_format(path) or msg("no reader knows this kind of file")
        return FormatError("{name}: {reason}", name=path.name, reason=why)
    return FormatError(
        "{names}: nothing in there can be imported", names=", ".join(Path(p).name for p in paths)
    )


def _refused(report: SourceReport, why: Message) -> SourceReport:
    return replace(report, rows_taken=0, notes=(*report.notes, why))


def _added(
    state: ProjectState, part: Imported, options: ImportOptions
) -> tuple[ProjectState, list[SourceReport]]:
    """The state with one import's rows, brought to the project's system."""
    source, target, remarks = systems_of(state, part, options)
    part, ends = given_back(in_system(part, source, target), state.nodes)
    part = _prepared(part, options)
    part, renamed = with_unique_ids(state, part)
    meta = state.meta
    datum = options.settings.get("vertical_datum", "") or part.vertical_datum
    if datum and meta.vertical_datum and datum != meta.vertical_datum:
        raise CrsError(
            "The heights are in {source}, the project's in {target}; convert them first, their "
            "difference is not known for sure",
            source=datum,
            target=meta.vertical_datum,
        )
    if datum and not meta.vertical_datum:
        meta = replace(meta, vertical_datum=datum)
    reports = [_with_remarks(r, remarks, 0 if i else renamed) for i, r in enumerate(part.reports)]
    tables = {t.table_name: getattr(part, t.table_name) for t in TABLES}
    state = appended(state.with_(meta=meta), **tables, rasters=part.rasters)
    return with_lent_ends(state, ends), reports


def _with_remarks(
    report: SourceReport, remarks: tuple[list[Inference], list[Message]], renamed: int
) -> SourceReport:
    inferred, notes = remarks
    if renamed:
        notes = [
            *notes,
            msg("{count} ids were there already and got a suffix ~2, ~3 …", count=renamed),
        ]
    return replace(report, inferred=(*report.inferred, *inferred), notes=(*report.notes, *notes))


def _prepared(part: Imported, options: ImportOptions) -> Imported:
    """Set values in every row, the file's name as source, levels settled."""
    tables: dict[str, Columns] = {}
    name = name_of(part)
    for kind in TABLES:
        table: Columns = with_settings(getattr(part, kind.table_name), options.settings)
        source = getattr(table, "source", None)
        if source is not None and len(table):
            stamped = np.where(source == "", name, source)
            table = table.with_columns(source=text_array(stamped))
        tables[kind.table_name] = table
    pipes = settle(tables["pipes"])  # type: ignore[arg-type]
    return replace(part, **(tables | {"pipes": pipes}))
