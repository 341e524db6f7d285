"""The columns of the project file in words, from the tables themselves: `docs/project-file.md`."""

from __future__ import annotations

from collections.abc import Iterator

from baiyun_gis.findings.conflicts import ConflictTable, SuspicionTable
from baiyun_gis.findings.decisions import DecisionTable
from baiyun_gis.model.columns import Columns, ColumnSpec
from baiyun_gis.project import TABLES
from baiyun_gis.storage.rows import NODE_REFERENCES, attribute_specs

_KINDS = {
    "text": "text",
    "real": "number",
    "flag": "0 or 1",
    "day": "date",
    "polygon": "WKB",
    "point": "number",
    "index": "row",
    "code": "code",
}


def described_columns() -> str:
    """All layers and columns as Markdown, with unit, domain and the standard's field name."""
    lines: list[str] = []
    for table in (*TABLES, ConflictTable, SuspicionTable, DecisionTable):
        lines += _table(table)
    return "\n".join(lines) + "\n"


def _table(table: type[Columns]) -> Iterator[str]:
    yield f"### `{table.table_name}`"
    yield ""
    yield (table.__doc__ or "").splitlines()[0]
    yield ""
    yield "| column | 中文 | holds | unit | CJJ 61 field | note |"
    yield "|---|---|---|---|---|---|"
    for spec in attribute_specs(table):
        cells = (f"`{_name(spec)}`", spec.zh, _domain(spec), spec.unit, spec.standard, spec.doc)
        yield f"| {' | '.join(cells)} |"
        if spec.name in NODE_REFERENCES:
            yield f"| `{NODE_REFERENCES[spec.name]}` | {spec.zh}点号 | text | | | for reading |"
    yield ""


def _name(spec: ColumnSpec) -> str:
    if spec.width == 1:
        return spec.name
    return "`, `".join(f"{spec.name}_{axis}" for axis in ("x", "y", "z")[: spec.width])


def _domain(spec: ColumnSpec) -> str:
    if spec.name in NODE_REFERENCES:
        return "`fid` of the node"
    if spec.vocabulary is None:
        return "whole number" if spec.kind == "code" else _KINDS[spec.kind]
    return ", ".join(f"`{member.key}` {member.zh}" for member in spec.vocabulary)
