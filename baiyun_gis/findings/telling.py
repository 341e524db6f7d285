"""All conflicts of a report in words, one by one: what many have in common is worded once."""

from __future__ import annotations

import numpy as np

from baiyun_gis.findings.conflicts import CheckReport, ConflictTable
from baiyun_gis.findings.headlines import figures_of, headline_of, place_of
from baiyun_gis.findings.reading import read_ready
from baiyun_gis.findings.sentences import (
    assumptions_of,
    basis_of,
    levels_apart,
    missing_of,
    names_levels,
    requirement_of,
    ruling_of,
    weighing_of,
)
from baiyun_gis.findings.settling import errors_of
from baiyun_gis.findings.words import feature_name
from baiyun_gis.language import Lang, Message
from baiyun_gis.model.vocabulary import Provenance, Verdict
from baiyun_gis.project import ProjectState

_NAME, _OTHER = "\x1f", "\x1e"
"""Stand for ids while the words around them are put together."""


class Teller:
    """Says of each conflict what `sentences.why` says, in one language."""

    def __init__(self, report: CheckReport, state: ProjectState, lang: Lang) -> None:
        self._report, self._state = read_ready(report), state
        self._lang: Lang = lang
        self._unsized = (
            _unsized(report.conflicts, state, "a").tolist(),
            _unsized(report.conflicts, state, "b").tolist(),
        )
        self._around: dict[tuple[str, str], tuple[str, str]] = {}
        self._rulings: dict[int, list[str]] = {}
        self._closings: dict[tuple[object, ...], list[str]] = {}
        self._apart: dict[tuple[int, int], tuple[str, str, str]] = {}
        self._errors = errors_of(report.conflicts, state)

    def why(self, row: int) -> str:
        """Conflict `row` explained in a few sentences."""
        conflicts = self._report.conflicts
        values = figures_of(conflicts, row)
        values["a"], values["b"] = self._side(row, "a"), self._side(row, "b")
        values["where"] = place_of(conflicts, row).text(self._lang)
        texts = self._texts([headline_of(conflicts, row, values)])
        if conflicts.verdict[row] == Verdict.CANNOT_JUDGE:
            texts += self._texts(missing_of(conflicts, row, self._nameless_sizes(row)))
            texts += self._ruling(row)
        else:
            texts += self._ruling(row)
            texts += self._texts(weighing_of(conflicts, self._state, row, self._errors))
        texts += self._closing(row)
        return ("" if self._lang == "zh" else " ").join(texts)

    def _texts(self, sentences: list[Message]) -> list[str]:
        texts = [sentence.text(self._lang) for sentence in sentences]
        return texts if self._lang == "zh" else [text[:1].upper() + text[1:] for text in texts]

    def _side(self, row: int, side: str) -> str:
        """What a side is called; the words around the id are those of its kind."""
        conflicts = self._report.conflicts
        if side == "a":
            table, kind, name = conflicts.a_table, conflicts.a_kind, conflicts.a_id
        else:
            table, kind, name = conflicts.b_table, conflicts.b_kind, conflicts.b_id
        key = str(table[row]), str(kind[row])
        around = self._around.get(key)
        if around is None:
            before, _, after = feature_name(*key, _NAME).text(self._lang).partition(_NAME)
            around = self._around[key] = before, after
        return f"{around[0]}{name[row]}{around[1]}"

    def _nameless_sizes(self, row: int) -> list[str]:
        """Ids of the pipes whose outer section is not recorded."""
        conflicts = self._report.conflicts
        sides = (conflicts.a_id, conflicts.b_id)
        flags = self._unsized
        return [str(ids[row]) for ids, flag in zip(sides, flags, strict=True) if flag[row]]

    def _ruling(self, row: int) -> list[str]:
        index = int(self._report.conflicts.requirement[row])
        if index not in self._rulings:
            rule = requirement_of(self._report, row)
            self._rulings[index] = [] if rule is None else self._texts(ruling_of(rule))
        return self._rulings[index]

    def _closing(self, row: int) -> list[str]:
        """What the finding rests on and took for granted; only ids differ from row to row."""
        report, conflicts = self._report, self._report.conflicts
        apart = names_levels(conflicts, row)
        level = conflicts.level_a[row]
        key = (conflicts.requirement[row], conflicts.remark[row], level, apart)
        key = (*key, conflicts.check[row], conflicts.b_table[row])
        if key not in self._closings:
            rule = requirement_of(report, row)
            sentences = assumptions_of(rule, conflicts, row)
            if not apart:
                sentences = [*basis_of(conflicts, row), *sentences]
            self._closings[key] = self._texts(sentences)
        return [self._levels(row), *self._closings[key]] if apart else self._closings[key]

    def _levels(self, row: int) -> str:
        """Where the levels of both lines come from."""
        conflicts = self._report.conflicts
        key = int(conflicts.level_a[row]), int(conflicts.level_b[row])
        if key not in self._apart:
            sources = Provenance(key[0]), Provenance(key[1])
            told = levels_apart(_NAME, sources[0], _OTHER, sources[1])
            before, _, rest = self._texts([told])[0].partition(_NAME)
            between, _, after = rest.partition(_OTHER)
            self._apart[key] = before, between, after
        before, between, after = self._apart[key]
        return f"{before}{conflicts.a_id[row]}{between}{conflicts.b_id[row]}{after}"


def _unsized(conflicts: ConflictTable, state: ProjectState, side: str) -> np.ndarray:
    """Conflicts a side of which is a pipe whose outer section is not recorded."""
    pipes = state.pipes
    out = np.zeros(len(conflicts), dtype=np.bool_)
    at = getattr(conflicts, f"{side}_row")
    is_pipe = (getattr(conflicts, f"{side}_table") == "pipes") & (at >= 0) & (at < len(pipes))
    rows = np.flatnonzero(is_pipe)
    same = pipes.id[at[rows]] == getattr(conflicts, f"{side}_id")[rows]
    rows = rows[np.asarray(same, dtype=np.bool_)]
    sized = (pipes.outer_width_m[at[rows]] > 0) & (pipes.outer_height_m[at[rows]] > 0)
    out[rows] = ~sized
    return out
