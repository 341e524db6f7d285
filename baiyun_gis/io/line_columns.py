"""The kept rows of a line table, as columns by role."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.io.attributes import LEVEL_MISSING, reals_from, texts_from
from baiyun_gis.io.imported import ImportOptions
from baiyun_gis.io.inference import Findings
from baiyun_gis.io.stated_units import in_metres
from baiyun_gis.io.survey_layout import SurveyTable
from baiyun_gis.io.values import unreadable
from baiyun_gis.language import msg
from baiyun_gis.model.columns import F64, I64, Str
from baiyun_gis.model.tables import NodeTable
from baiyun_gis.model.vocabulary import LevelDatum
from baiyun_gis.units import metres_in


@dataclass(slots=True)
class LineColumns:
    """The kept rows of a line table, by role."""

    table: SurveyTable
    found: Findings
    rows: I64
    start: I64
    end: I64
    nodes: NodeTable
    options: ImportOptions

    def texts(self, role: str) -> Str:
        if not self.has(role):
            return np.full(len(self.rows), "", dtype=object)
        column = self.table.raw.column(self.table.lines.index_of(role))
        return texts_from([column[i] for i in self.rows.tolist()])

    def has(self, role: str) -> bool:
        return self.table.lines.of(role) is not None

    def unit(self, role: str) -> str:
        column = self.table.lines.of(role)
        return column.unit if column else ""

    def datum(self, role: str) -> int:
        column = self.table.lines.of(role)
        return int(LevelDatum.from_key(column.datum)) if column and column.datum else 0

    def reals(self, role: str, *, missing: tuple[float, ...] = LEVEL_MISSING) -> F64:
        """Numbers of a role, NaN where unknown; cells that are no numbers are remarked on."""
        texts = self.texts(role)
        values = reals_from(texts, missing=missing)
        column = self.table.lines.of(role)
        wrong = int(unreadable(texts, values).sum()) if column else 0
        if column and wrong:
            note = msg(
                "{column}: {count} cells are not numbers and count as unknown",
                column=column.column,
                count=wrong,
            )
            if note not in self.found.notes:
                self.found.notes.append(note)
        return values

    def metres(self, role: str, *, default: str = "m") -> F64:
        """Lengths and levels of a role in metres: a cell's own unit counts before the header's."""
        unit_m = metres_in(self.unit(role) or default)
        return in_metres(self.texts(role), self.reals(role), unit_m)

    def said(self, name: str) -> str:
        """What the user set for a column."""
        return self.options.settings.get(name, "")
