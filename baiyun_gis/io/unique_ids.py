"""Ids stay what the source says; where one is taken already it gets a suffix."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from baiyun_gis.io.imported import Imported
from baiyun_gis.model.columns import Columns
from baiyun_gis.project import TABLES, ProjectState


def with_unique_ids(state: ProjectState, part: Imported) -> tuple[Imported, int]:
    """Ids that the project or this import has already get a suffix, which lineage records."""
    tables: dict[str, Columns] = {}
    renamed = 0
    for kind in TABLES:
        name = kind.table_name
        table: Any = getattr(part, name)
        taken = set(getattr(state.table(name), "id"))  # noqa: B009 — every table has ids
        ids, lineage, count = _suffixed(table.id, table.lineage, taken)
        renamed += count
        tables[name] = table.with_columns(id=ids, lineage=lineage) if count else table
    return replace(part, **tables), renamed


def _suffixed(ids: Any, lineage: Any, taken: set[str]) -> tuple[Any, Any, int]:
    if not taken and len(set(ids)) == len(ids):
        return ids, lineage, 0
    out, remarks, count = ids.copy(), lineage.copy(), 0
    last: dict[str, int] = {}
    own = set(ids)
    for index, text in enumerate(ids):
        if text not in taken:
            taken.add(text)
            continue
        number = last.get(text, 1) + 1
        while f"{text}~{number}" in taken or f"{text}~{number}" in own:
            number += 1
        last[text] = number
        out[index] = f"{text}~{number}"
        taken.add(out[index])
        was = f"id was {text}"
        remarks[index] = f"{remarks[index]}; {was}" if remarks[index] else was
        count += 1
    return out, remarks, count
