"""What an import did: per source rows read, taken, set aside and why, and what was inferred."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from baiyun_gis.io.imported import Quarantined, SourceReport
from baiyun_gis.language import Lang, Message


@dataclass(frozen=True, slots=True)
class ImportReport:
    """All sources of one import and how many features came of them, by table."""

    sources: tuple[SourceReport, ...]
    tables: dict[str, int] = field(default_factory=dict[str, int])
    crs: str = ""
    notes: tuple[Message, ...] = ()

    @property
    def taken(self) -> int:
        """Features and rasters that came into the project."""
        return sum(self.tables.values())

    def to_json(self, lang: Lang = "en") -> dict[str, Any]:
        """The report as `import --report` writes it."""
        return {
            "schema": "baiyun-gis/import-report/1",
            "crs": self.crs,
            "sources": [_source(source, lang) for source in self.sources],
            "tables": dict(self.tables),
            "notes": [note.text(lang) for note in self.notes],
        }


def rows_quarantined(source: SourceReport) -> int:
    """Rows set aside; a row with several reasons counts once."""
    return len({(q.sheet, q.row) for q in source.quarantined})


def _source(source: SourceReport, lang: Lang) -> dict[str, Any]:
    return {
        "path": source.path,
        "format": source.format,
        "rows_read": source.rows_read,
        "rows_taken": source.rows_taken,
        "rows_quarantined": rows_quarantined(source),
        "quarantined": [_row(q, lang) for q in source.quarantined],
        "inferred": [
            {
                "what": i.what,
                "value": i.value,
                "confidence": round(i.confidence, 3),
                "why": i.why.text(lang),
            }
            for i in source.inferred
        ],
        "asked": [
            {
                "what": q.what,
                "question": q.text.text(lang),
                "options": list(q.options),
                "taken": q.taken,
            }
            for q in source.asked
        ],
        "fields": dict(source.fields),
        "notes": [note.text(lang) for note in source.notes],
    }


def _row(bad: Quarantined, lang: Lang) -> dict[str, Any]:
    row: dict[str, Any] = {
        "row": bad.row,
        "column": bad.column,
        "value": bad.value,
        "reason": bad.reason.text(lang),
    }
    return row | ({"sheet": bad.sheet} if bad.sheet else {})
