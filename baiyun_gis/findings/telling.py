"""All conflicts of a report in words, one by one: what many have in common is worded once."""

from __future__ import annotations

import numpy as np

from baiyun_gis.findings.conflicts import CheckReport, ConflictTable
from baiyun_gis.findings.headlines import figures_of, headline_of, place_between, place_of, span_of
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

_NAME, _OTHER, _START, _STOP = "\x1f", "\x1e", "\x1d", "\x1c"
"""Stand for ids and chainages while the words around them are put together."""
_PLACES = tuple((mark, f"{{{place}}}") for place, mark in enumerate((_NAME, _OTHER, _START, _STOP)))


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
        self._open: dict[tuple[object, ...], str | None] = {}
        self._errors = errors_of(report.conflicts, state)

    def why(self, row: int) -> str:
        """Conflict `row` explained in a few sentences."""
        conflicts = self._report.conflicts
        if conflicts.verdict[row] == Verdict.CANNOT_JUDGE:
            return self._why_open(row)
        names = str(conflicts.a_id[row]), str(conflicts.b_id[row])
        values = figures_of(conflicts, row)
        values["a"], values["b"] = self._side(row, "a", names[0]), self._side(row, "b", names[1])
        values["where"] = place_of(conflicts, row).text(self._lang)
        texts = self._texts([headline_of(conflicts, row, values)])
        texts += self._ruling(row)
        texts += self._texts(weighing_of(conflicts, self._state, row, self._errors))
        texts += self._closing(row, names)
        return self._joined(texts)

    def _why_open(self, row: int) -> str:
        """The same of one that cannot be judged: most differ in ids and chainages alone, so that
        the words of all that are alike are put together once."""
        c, (no_size, none_of_b) = self._report.conflicts, self._unsized
        span = span_of(c, row)
        key = (
            c.check[row], c.remark[row], c.requirement[row], c.level_a[row], c.level_b[row],
            c.a_table[row], c.a_kind[row], c.b_table[row], c.b_kind[row], c.b_id[row] == "",
            len(span), no_size[row], none_of_b[row],
        )  # fmt: skip
        if key not in self._open:
            where = place_between((_START, _STOP)[: len(span)])
            self._open[key] = self._pattern(self._open_texts(row, (_NAME, _OTHER), where))
        pattern, names = self._open[key], (str(c.a_id[row]), str(c.b_id[row]))
        if pattern is None:
            return self._joined(self._open_texts(row, names, place_between(span)))
        return pattern.format(*names, *span)

    def _open_texts(self, row: int, names: tuple[str, str], where: Message) -> list[str]:
        conflicts = self._report.conflicts
        values: dict[str, object] = {"where": where.text(self._lang)}
        values["a"] = self._side(row, "a", names[0])
        values["b"] = self._side(row, "b", names[1] if conflicts.b_id[row] else "")
        texts = self._texts([headline_of(conflicts, row, values)])
        unsized = [name for name, flag in zip(names, self._unsized, strict=True) if flag[row]]
        texts += self._texts(missing_of(conflicts, row, unsized))
        return [*texts, *self._ruling(row), *self._closing(row, names)]

    def _pattern(self, texts: list[str]) -> str | None:
        """Sentences with their places to be filled in; None where one begins with an id, the first
        letter of which is to be written large."""
        if self._lang != "zh" and any(text[:1] in (_NAME, _OTHER) for text in texts):
            return None
        whole = self._joined(texts).replace("{", "{{").replace("}", "}}")
        for mark, place in _PLACES:
            whole = whole.replace(mark, place)
        return whole

    def _joined(self, texts: list[str]) -> str:
        return ("" if self._lang == "zh" else " ").join(texts)

    def _texts(self, sentences: list[Message]) -> list[str]:
        texts = [sentence.text(self._lang) for sentence in sentences]
        return texts if self._lang == "zh" else [text[:1].upper() + text[1:] for text in texts]

    def _side(self, row: int, side: str, name: str) -> str:
        """What a side of this name is called; the words around it are those of its kind."""
        conflicts = self._report.conflicts
        if side == "a":
            table, kind = conflicts.a_table, conflicts.a_kind
        else:
            table, kind = conflicts.b_table, conflicts.b_kind
        key = str(table[row]), str(kind[row])
        around = self._around.get(key)
        if around is None:
            before, _, after = feature_name(*key, _NAME).text(self._lang).partition(_NAME)
            around = self._around[key] = before, after
        return f"{around[0]}{name}{around[1]}"

    def _ruling(self, row: int) -> list[str]:
        index = int(self._report.conflicts.requirement[row])
        if index not in self._rulings:
            rule = requirement_of(self._report, row)
            self._rulings[index] = [] if rule is None else self._texts(ruling_of(rule))
        return self._rulings[index]

    def _closing(self, row: int, names: tuple[str, str]) -> list[str]:
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
        return [self._levels(row, names), *self._closings[key]] if apart else self._closings[key]

    def _levels(self, row: int, names: tuple[str, str]) -> str:
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
        return f"{before}{names[0]}{between}{names[1]}{after}"


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
