"""Survey point and line tables: CSV, text and XLSX, one table or many that belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from baiyun_gis.crs.systems import is_same
from baiyun_gis.crs.transforms import transform
from baiyun_gis.errors import FormatError, InputError
from baiyun_gis.io.encodings import UTF16_MARKS, decode
from baiyun_gis.io.headers import with_header
from baiyun_gis.io.imported import Imported, ImportOptions, SourceReport
from baiyun_gis.io.inference import Findings
from baiyun_gis.io.profiles import load_profile
from baiyun_gis.io.project_points import rows_of_numbers
from baiyun_gis.io.survey_connections import split
from baiyun_gis.io.survey_ends import points_of_ends, with_end_numbers
from baiyun_gis.io.survey_layout import Layout, SurveyTable, recognised
from baiyun_gis.io.survey_lines import NO_POINT, Points, pipes_of
from baiyun_gis.io.survey_nodes import key_of, nodes_of, same_place, system_of
from baiyun_gis.io.tabular import RawSheet, RawTable, looks_tabular, read_delimited
from baiyun_gis.io.values import is_blank
from baiyun_gis.io.workbook import read_workbook
from baiyun_gis.jobs import Job
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import I64
from baiyun_gis.model.tables import NodeTable, PipeTable

_TEXT = (".csv", ".txt", ".tsv", ".tab", ".dat")
_BOOKS = (".xlsx", ".xlsm")


@dataclass(slots=True)
class _Work:
    """One table on its way: as recognised, its point part, its line part, and the findings."""

    whole: SurveyTable
    points: SurveyTable | None
    lines: SurveyTable | None
    found: Findings


class SurveyReader:
    """Reads survey tables; several files given together are one survey."""

    name = "survey"
    title = msg("Survey tables (CSV, XLSX)")
    suffixes: tuple[str, ...] = (*_TEXT, *_BOOKS)

    def claims(self, path: Path) -> float:
        """Text tables and workbooks by suffix; a text file must hold text."""
        suffix = path.suffix.lower()
        if suffix in _BOOKS:
            return 0.9
        if suffix not in _TEXT:
            return 0.0
        if suffix in {".csv", ".tsv", ".tab"}:
            return 0.8
        return 0.5 if looks_tabular(_whole_lines(path)) else 0.0

    def read(self, paths: tuple[Path, ...], options: ImportOptions, job: Job) -> Imported:
        """Points and lines of all tables in `paths`, in one system.

        Raises `FormatError` when no table is one of survey points or lines.
        """
        raws, reports = _raw_tables(paths, options, job)
        profile = load_profile(options.profile) if options.profile else None
        works: list[_Work] = []
        for raw in raws:
            fixed = profile.fields if profile else None
            table = recognised(raw, fixed=fixed)
            if table is None:
                reports.append(_unclaimed(raw))
            else:
                works.append(_prepared(table))
        if not works:
            raise FormatError(
                "{names}: no survey points or lines found; a point table needs a point number "
                "and two coordinates, a line table the numbers of both end points",
                names=", ".join(sorted({p.name for p in paths})),
            )
        job.step(0.5, msg("Joining lines to points"))
        return _imported(works, reports, options)


READER = SurveyReader()


def _whole_lines(path: Path) -> bytes:
    """The first lines of a text file as UTF-8, nothing of a file that holds no text.

    "Unicode text", as spreadsheets save it, is UTF-16 with a mark and full of zero bytes.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(UTF16_MARKS):
        head = decode(head[: len(head) // 2 * 2], encoding="utf-16").text.encode()
    elif b"\x00" in head:
        return b""
    return head.rpartition(b"\n")[0] or head


def _raw_tables(
    paths: Sequence[Path], options: ImportOptions, job: Job
) -> tuple[list[RawTable], list[SourceReport]]:
    raws: list[RawTable] = []
    reports: list[SourceReport] = []
    first_error: InputError | None = None
    for index, path in enumerate(paths):
        job.step(0.5 * index / len(paths), msg("Reading {name}", name=path.name))
        try:
            sheets = sheets_of(path, encoding=options.encoding)
        except InputError as error:
            first_error = first_error or error
            reports.append(SourceReport(str(path), "survey", notes=(error.message,)))
            continue
        for sheet in sheets:
            raw = with_header(sheet)
            if raw is None:
                reports.append(_headless(sheet))
            else:
                raws.append(raw)
    if not raws and first_error is not None:
        raise first_error
    return raws, reports


def sheets_of(path: Path, *, encoding: str = "") -> list[RawSheet]:
    """The sheets of a file; a text file is one sheet."""
    if path.suffix.lower() in _BOOKS:
        return read_workbook(path)
    return [read_delimited(path, encoding=encoding)]


def _prepared(table: SurveyTable) -> _Work:
    found = Findings(table.raw)
    found.notes.extend(table.raw.notes)
    found.inferred.extend(table.raw.inferred)
    for index, number in enumerate(table.raw.row_numbers):
        if number in table.raw.overlong:
            text = msg("The row has more cells than the header has columns")
            found.refuse(index, "", "", text)
    match table.layout:
        case Layout.CONNECTED:
            parts = split(table, found)
            return _Work(table, parts.points, parts.lines, found)
        case Layout.ENDS:
            numbered = with_end_numbers(table)
            return _Work(table, numbered, numbered, found)
        case Layout.LINES:
            return _Work(table, None, table, found)
        case Layout.NODES:
            return _Work(table, table, None, found)


def _with_own_system(works: list[_Work], options: ImportOptions) -> ImportOptions:
    """Tables whose coordinates do not say their system are tried in that of those that do."""
    if options.crs or options.project_crs:
        return options
    for work in works:
        if work.points is None:
            continue
        prefix = "start_" if work.points.layout is Layout.ENDS else ""
        fields = work.points.lines if prefix else work.points.nodes
        crs = system_of(work.points, fields, options, prefix=prefix)
        if crs:
            return replace(options, project_crs=crs)
    return options


def _imported(works: list[_Work], reports: list[SourceReport], options: ImportOptions) -> Imported:
    project_crs = options.project_crs
    options = _with_own_system(works, options)
    points, parts, crs = Points(), list[NodeTable](), ""
    for work in sorted(works, key=lambda w: w.whole.layout is Layout.ENDS):
        if work.points is None:
            continue
        found = _over(work, work.points)
        if work.points.layout is Layout.ENDS:
            part = points_of_ends(work.points, found, points, options)
        else:
            part = nodes_of(work.points, found, options)
        nodes = part.nodes
        if part.crs and crs and not is_same(part.crs, crs):
            nodes = nodes.with_columns(xy=transform(nodes.xy, part.crs, crs))
        crs = crs or part.crs
        points.add(work.whole.group, nodes.id, sum(map(len, parts)))
        _remember_refused(work, points)
        parts.append(nodes)
    nodes = NodeTable.concat(parts)
    whole, lent, crs = _with_lent(works, points, nodes, options.project_nodes, (crs, project_crs))
    pipes = [
        pipes_of(
            work.lines,
            _over(work, work.lines),
            points,
            whole,
            options,
            nearest=same_place(crs),
        )
        for work in works
        if work.lines is not None
    ]
    return Imported(
        reports=(*reports, *(_report(work) for work in works)),
        crs=crs,
        vertical_datum=options.settings.get("vertical_datum", ""),
        pipes=PipeTable.concat(pipes),
        nodes=whole,
        lent=lent,
    )


def _with_lent(
    works: list[_Work],
    points: Points,
    nodes: NodeTable,
    project: NodeTable,
    systems: tuple[str, str],
) -> tuple[NodeTable, I64, str]:
    """The import's nodes with those of the project that its lines name, where they come from,
    and the system they are in; `systems` are the import's own and the project's."""
    crs, project_crs = systems
    found = rows_of_numbers(project, _missing_numbers(works, points)) if len(project) else {}
    if not found or crs.lower().endswith(".toml"):
        return nodes, np.zeros(0, dtype=np.int64), crs
    rows = np.array([row for rows in found.values() for row in rows], dtype=np.int64)
    borrowed = project.take(rows)
    if crs and project_crs and not is_same(crs, project_crs):
        borrowed = borrowed.with_columns(xy=transform(borrowed.xy, project_crs, crs))
    keys = [key for key, rows in found.items() for _ in rows]
    points.lend(keys, borrowed.utility, len(nodes))
    lent = np.concatenate([np.full(len(nodes), -1, dtype=np.int64), rows])
    return NodeTable.concat([nodes, borrowed]), lent, crs or project_crs


def _missing_numbers(works: list[_Work], points: Points) -> set[str]:
    """Numbers of line ends that no point table of the import has."""
    missing: set[str] = set()
    for work in works:
        for role in ("start_id", "end_id"):
            field = work.lines.lines.of(role) if work.lines else None
            if work.lines is None or field is None:
                continue
            texts = set(work.lines.raw.column(field.index))
            gone = {t for t in texts if points.find(work.lines.group, t) == NO_POINT}
            missing |= {key_of(t) for t in gone if not is_blank(t)}
    return missing


def _over(work: _Work, part: SurveyTable) -> Findings:
    """The findings of a work, with row indices counted in `part` of its table."""
    work.found.raw = part.raw
    return work.found


def _remember_refused(work: _Work, points: Points) -> None:
    column = work.whole.nodes.of("id")
    if column is None:
        return
    for bad in work.found.quarantined:
        number = bad.raw.get(column.column, "")
        if number:
            points.refuse(number, f"{work.whole.raw.path.name}:{bad.row}")


def _report(work: _Work) -> SourceReport:
    table, found = work.whole, work.found
    read = len(table.raw)
    distinct = {(i.what, i.value): i for i in reversed(found.inferred)}
    return SourceReport(
        path=str(table.raw.path),
        format=_format(table.raw, table.layout.value),
        rows_read=read,
        rows_taken=read - found.refused_rows,
        quarantined=tuple(sorted(found.quarantined, key=lambda q: q.row)),
        inferred=tuple(reversed(distinct.values())),
        asked=tuple(found.asked[:1]),
        fields=table.mapped(),
        samples=tuple(table.raw.record(i) for i in range(min(5, read))),
        notes=(*found.notes, *_column_notes(table)),
    )


def _column_notes(table: SurveyTable) -> list[Message]:
    notes: list[Message] = []
    if table.unmapped():
        names = ", ".join(table.unmapped())
        notes.append(msg("Columns that are not understood and were left out: {names}", names=names))
    if table.extra():
        names = ", ".join(table.extra())
        notes.append(msg("Columns that the project has no place for: {names}", names=names))
    return notes


def _format(raw: RawTable, what: str) -> str:
    kind = raw.path.suffix.lower().lstrip(".")
    return f"{kind} [{raw.sheet}]: {what}" if raw.sheet else f"{kind}: {what}"


def _unclaimed(raw: RawTable) -> SourceReport:
    note = msg(
        "No survey points or lines are in here; columns: {names}", names=", ".join(raw.names[:20])
    )
    return SourceReport(
        str(raw.path), _format(raw, "?"), fields=dict.fromkeys(raw.names, ""), notes=(note,)
    )


def _headless(sheet: RawSheet) -> SourceReport:
    kind = sheet.path.suffix.lower().lstrip(".")
    shown = f"{kind} [{sheet.sheet}]" if sheet.sheet else kind
    note = msg("No row looks like a header of a survey table")
    return SourceReport(str(sheet.path), shown, notes=(note,))
