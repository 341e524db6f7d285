"""Nodes and links of an INP model put together: coordinates, bends, and rows that do not fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from baiyun_gis.errors import FormatError
from baiyun_gis.io.axes import Axes, axes_from_points
from baiyun_gis.io.imported import Quarantined
from baiyun_gis.io.inp import KNOWN_SECTIONS, InpFile, InpRow, number
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import F64, I32

_LINES = {"PIPES", "CONDUITS"}


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node as written: level and depth in the file's unit, NaN where not given."""

    id: str
    section: str
    row: InpRow
    level: float = float("nan")
    max_depth: float = float("nan")


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link as written, between two node names."""

    id: str
    section: str
    row: InpRow
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Network:
    """What could be taken of a model: nodes with places, links between them, and the rest."""

    nodes: tuple[NodeRow, ...]
    xy: F64
    """Shape (nodes, 2), in the file's coordinates."""
    links: tuple[LinkRow, ...]
    start: I32
    end: I32
    axes: Axes
    fittings: dict[int, LinkRow]
    """Node index → the pump, valve or the like whose ends both lie there."""
    fitting_count: int
    quarantined: tuple[Quarantined, ...]
    notes: tuple[Message, ...]

    @property
    def rows_taken(self) -> int:
        return len(self.nodes) + len(self.links) + self.fitting_count


def link_rows(inp: InpFile, *sections: str) -> list[LinkRow]:
    """The links of these sections: name and two nodes stand first in every one of them."""
    return [
        LinkRow(row.words[0], section, row, row.word(1), row.word(2))
        for section in sections
        for row in inp.rows(section)
    ]


def number_or_nan(row: InpRow, index: int, notes: list[Message], what: str) -> float:
    """The number at `index`; NaN where there is no word, NaN with a note where it is none."""
    word = row.word(index)
    if word in {"", "*"}:
        return float("nan")
    try:
        return number(word)
    except ValueError:
        notes.append(
            msg(
                "Line {line}: {what} {value!r} is not a number and stays unknown",
                line=row.line,
                what=what,
                value=word,
            )
        )
        return float("nan")


def assembled(
    inp: InpFile, nodes: Sequence[NodeRow], links: Sequence[LinkRow], *, ignoring_case: bool
) -> Network:
    """The network of these rows; SWMM takes names ignoring case, EPANET does not.

    Raises `FormatError` when there are no nodes, no coordinates, or no link fits any node.
    """
    return _Assembly(inp, ignoring_case=ignoring_case).network(nodes, links)


@dataclass(slots=True)
class _Assembly:
    """One model being put together."""

    inp: InpFile
    ignoring_case: bool = field(kw_only=True)
    bad: list[Quarantined] = field(default_factory=list[Quarantined])
    notes: list[Message] = field(default_factory=list[Message])
    at_nodes: list[LinkRow] = field(default_factory=list[LinkRow])

    def network(self, nodes: Sequence[NodeRow], links: Sequence[LinkRow]) -> Network:
        self._note_odd_sections()
        if not nodes and not links:
            raise FormatError(
                "{path}: the model is empty: no nodes and no links to import", path=self.inp.path
            )
        places = {self._key(name): (x, y) for name, x, y in self._points("COORDINATES")}
        if not places:
            raise FormatError(
                "{path}: the model has no [COORDINATES], so nothing can be put on a map; save "
                "it with coordinates and import it again",
                path=self.inp.path,
            )
        taken, index = self._placed(nodes, places)
        kept, ends, axes = self._joined(links, index, places)
        self._refuse_if_nothing_fits(links, [*kept, *self.at_nodes])
        self._note_counts(nodes, taken)
        self._note_counts(links, [*kept, *self.at_nodes])
        if self.at_nodes:
            self.notes.append(
                msg(
                    "{count} pumps, valves or the like have both ends at one place and are taken "
                    "as what stands at their first node",
                    count=len(self.at_nodes),
                )
            )
        stray = len(places.keys() - {self._key(node.id) for node in nodes})
        if stray:
            self.notes.append(msg("{count} [COORDINATES] rows belong to no node", count=stray))
        pairs = np.array(ends, dtype=np.int32).reshape(-1, 2)
        return Network(
            tuple(taken),
            np.array([places[self._key(n.id)] for n in taken], dtype=np.float64).reshape(-1, 2),
            tuple(kept),
            pairs[:, 0],
            pairs[:, 1],
            axes,
            {index[self._key(link.start)]: link for link in self.at_nodes},
            len(self.at_nodes),
            tuple(sorted(self.bad, key=lambda q: q.row)),
            tuple(self.notes),
        )

    def _key(self, name: str) -> str:
        return name.upper() if self.ignoring_case else name

    def _note_odd_sections(self) -> None:
        odd = sorted(set(self.inp.spans) - set(KNOWN_SECTIONS))
        if odd:
            names = ", ".join(f"[{name}]" for name in odd)
            self.notes.append(
                msg("Sections that EPANET and SWMM do not have were left out: {names}", names=names)
            )

    def _points(self, section: str) -> Iterator[tuple[str, float, float]]:
        for row in self.inp.rows(section):
            try:
                yield row.words[0], number(row.word(1)), number(row.word(2))
            except ValueError:
                self.notes.append(
                    msg(
                        "Line {line}: {what} {value!r} is not a number and stays unknown",
                        line=row.line,
                        what=f"[{section}] {row.words[0]}",
                        value=" ".join(row.words[1:3]),
                    )
                )

    def _refuse(self, item: NodeRow | LinkRow, column: str, value: str, reason: Message) -> None:
        raw = {str(i + 1): word for i, word in enumerate(item.row.words)}
        self.bad.append(Quarantined(item.row.line, column, value, reason, item.section, raw))

    def _placed(
        self, nodes: Sequence[NodeRow], places: dict[str, tuple[float, float]]
    ) -> tuple[list[NodeRow], dict[str, int]]:
        taken: list[NodeRow] = []
        index: dict[str, int] = {}
        for node in nodes:
            key = self._key(node.id)
            if key in index:
                first = taken[index[key]].row.line
                reason = msg("the node is already defined in line {line}", line=first)
                self._refuse(node, "ID", node.id, reason)
            elif key not in places:
                self._refuse(node, "ID", node.id, msg("the node has no [COORDINATES]"))
            else:
                index[key] = len(taken)
                taken.append(node)
        return taken, index

    def _joined(
        self,
        links: Sequence[LinkRow],
        index: dict[str, int],
        places: dict[str, tuple[float, float]],
    ) -> tuple[list[LinkRow], list[tuple[int, int]], Axes]:
        bends: dict[str, list[tuple[float, float]]] = {}
        for name, x, y in self._points("VERTICES"):
            bends.setdefault(self._key(name), []).append((x, y))
        kept: list[LinkRow] = []
        ends: list[tuple[int, int]] = []
        lines: list[list[tuple[float, ...]]] = []
        seen: dict[str, int] = {}
        for link in links:
            key, start, end = map(self._key, (link.id, link.start, link.end))
            line: list[tuple[float, ...]] = []
            if start in index and end in index:
                line = [places[start], *bends.get(key, ()), places[end]]
            reason = self._fault(link, index, line, seen.get(key))
            if reason is not None:
                self._refuse(link, "ID", link.id, reason)
                continue
            seen[key] = link.row.line
            if all(point == line[0] for point in line):
                self.at_nodes.append(link)
                continue
            kept.append(link)
            ends.append((index[start], index[end]))
            lines.append(line)
        return kept, ends, axes_from_points(lines)

    def _fault(
        self,
        link: LinkRow,
        index: dict[str, int],
        line: list[tuple[float, ...]],
        defined_in: int | None,
    ) -> Message | None:
        """Why a link cannot be taken; None when it can."""
        if defined_in is not None:
            return msg("the link is already defined in line {line}", line=defined_in)
        if not link.start or not link.end:
            return msg("the row is too short: name and two nodes are needed")
        for name in (link.start, link.end):
            if self._key(name) not in index:
                return msg("node {node} is not in the file or has no coordinates", node=name)
        is_line = link.section in _LINES
        if is_line and all(point == line[0] for point in line):
            return msg("both ends lie at the same place, so the link has no length on the map")
        return None

    def _refuse_if_nothing_fits(self, links: Sequence[LinkRow], kept: list[LinkRow]) -> None:
        if not links or kept:
            return
        sections = {link.section for link in links}
        first = next(q for q in self.bad if q.sheet in sections)
        raise FormatError(
            "{path}: none of the {count} links can be taken; line {line}: {reason}",
            path=self.inp.path,
            count=len(links),
            line=first.row,
            reason=first.reason,
        )

    def _note_counts(
        self, read: Sequence[NodeRow] | Sequence[LinkRow], taken: Sequence[NodeRow | LinkRow]
    ) -> None:
        good = Counter(item.section for item in taken)
        for section, count in Counter(item.section for item in read).items():
            self.notes.append(
                msg(
                    "[{section}]: {read} rows, {taken} taken",
                    section=section,
                    read=count,
                    taken=good[section],
                )
            )
