"""Rule tables: CSV rows to rule rows, with a problem for every row that cannot be used."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from baiyun_gis.errors import RuleError
from baiyun_gis.language import Message, msg
from baiyun_gis.model.vocabulary import Material, PressureClass, Surface
from baiyun_gis.rules.labels import either, label
from baiyun_gis.rules.manifest import Laying, Manifest, member_of
from baiyun_gis.rules.requirement import RuleState
from baiyun_gis.rules.ruleset import (
    BETWEEN_THINGS,
    KNOWN_CHECKS,
    ORDER_CHECKS,
    PAIR_CHECKS,
    PRESENCE_CHECKS,
    SIDEWAYS_M,
    THING_CHECKS,
    Changed,
    RuleRow,
)
from baiyun_gis.rules.selector import THINGS, Selector, parsed_range

SIDE_COLUMNS = ("", "_burial", "_size_mm", "_pressure", "_voltage_kv", "_material", "_detail")
COLUMNS = (
    "rule",
    *(f"a{end}" for end in SIDE_COLUMNS),
    *(f"b{end}" for end in SIDE_COLUMNS),
    "surface",
    "measured_to",
    "rank",
    "min_m",
    "min_slope",
    "min_deg",
    "with_plate_m",
    "unless_above_m",
    "order",
    "clause",
    "table",
    "state",
    "mandatory",
    "note",
    "source",
    "changed_by",
    "changed_at",
    "changed_why",
)
_MOST_M = 1000.0
_OF_PAIRS = PAIR_CHECKS + PRESENCE_CHECKS


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a rule set: which file, which row (0 for the whole file), and what."""

    file: str
    row: int
    what: Message

    def message(self) -> Message:
        """It as one sentence."""
        if self.row:
            return msg("{file}, row {row}: {what}", file=self.file, row=self.row, what=self.what)
        return msg("{file}: {what}", file=self.file, what=self.what)


def decoded(content: bytes) -> str:
    """Text of a table as spreadsheets save it: UTF-8, with or without a mark, or GB 18030."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError:
        raise RuleError("the text is neither UTF-8 nor GB 18030; save the table as UTF-8") from None


def read_table(
    text: str, *, file: str, check: str, manifest: Manifest
) -> tuple[list[RuleRow], list[Problem]]:
    """The rows of one table and what is wrong with the others. Row 1 is the heading."""
    reader = csv.reader(io.StringIO(text, newline=""))
    heading = [name.strip() for name in next(reader, [])]
    problems = [Problem(file, 1, what) for what in _heading_problems(heading)]
    if problems:
        return [], problems
    rows: list[RuleRow] = []
    for cells in reader:
        number = reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        try:
            rows.append(_row(_cells(heading, cells), f"{file}:{number}", check, manifest))
        except RuleError as error:
            problems.append(Problem(file, number, error.message))
    return rows, problems


def _heading_problems(heading: list[str]) -> Iterator[Message]:
    if "rule" not in heading:
        yield msg("the heading has no column 'rule'")
        return
    for name in heading:
        if name not in COLUMNS:
            yield msg("column '{name}' is not known", name=name)
    for name in sorted({name for name in heading if heading.count(name) > 1}):
        yield msg("column '{name}' is there twice", name=name)


def _cells(heading: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) > len(heading):
        raise RuleError("there are more cells than headings")
    return {name: cell.strip() for name, cell in zip(heading, cells, strict=False)}


def _row(cells: Mapping[str, str], where: str, check: str, manifest: Manifest) -> RuleRow:
    if not cells.get("rule"):
        raise RuleError("the rule has no name; give each row its own in column 'rule'")
    clause = cells.get("clause", "")
    if not clause:
        raise RuleError("rule {rule}: the clause is missing", rule=cells["rule"])
    a = _side(cells, "a", manifest)
    if a is None:
        raise RuleError("rule {rule}: side a is missing", rule=cells["rule"])
    if check == "structure_clearance" and a.is_thing:
        check = BETWEEN_THINGS
    row = RuleRow(
        id=cells["rule"],
        check=check,
        a=a,
        b=_side(cells, "b", manifest),
        min_m=_least(cells, check),
        min_deg=_degrees(cells) if check == "crossing_angle" else math.nan,
        clause=clause,
        table=cells.get("table", ""),
        state=_word(RuleState, cells, "state"),
        is_mandatory=_yes(cells, "mandatory"),
        note=cells.get("note", ""),
        source=cells.get("source", ""),
        with_plate_m=_metres(cells, "with_plate_m", may_lack=True),
        unless_above_m=_metres(cells, "unless_above_m", may_lack=True),
        order=_choice(cells, "order", ("", "a_above", "b_above")),
        surface=_surface(cells, check),
        measured_to=_measured_to(cells, check),
        rank=_rank(cells, check),
        changed=_changed(cells),
        where=where,
    )
    _fits(row)
    return row


def _least(cells: Mapping[str, str], check: str) -> float:
    """The number of a row as a length (see `RuleRow.min_m`), 0 for rows that carry none."""
    if check in ORDER_CHECKS + PRESENCE_CHECKS:
        return 0.0
    if check == "crossing_angle":
        return SIDEWAYS_M * math.sin(math.radians(_degrees(cells)))
    return _metres(cells, "min_slope" if check == "gravity_slope" else "min_m")


def _degrees(cells: Mapping[str, str]) -> float:
    value = _metres(cells, "min_deg")
    if value > 90.0:
        raise RuleError("'min_deg' is at most 90, not {value}", value=f"{value:g}")
    return value


def _fits(row: RuleRow) -> None:
    if row.check in _OF_PAIRS and (row.b is None or row.a.is_thing or row.b.is_thing):
        raise RuleError("rule {rule}: both sides must be kinds of lines", rule=row.id)
    if row.check in THING_CHECKS and row.b is None:
        raise RuleError("rule {rule}: side b is missing", rule=row.id)
    asks_one_line = row.check in KNOWN_CHECKS and row.check not in _OF_PAIRS + THING_CHECKS
    if asks_one_line and (row.b is not None or row.a.is_thing):
        raise RuleError("rule {rule}: only side a is asked for, and it is a line", rule=row.id)
    if row.with_plate_m > row.min_m:
        raise RuleError(
            "rule {rule}: the distance with a plate is larger than the one without", rule=row.id
        )
    if row.state is RuleState.USER and row.changed is None:
        raise RuleError(
            "rule {rule}: a number of state 'user' says who changed it, when and why"
            " (changed_by, changed_at, changed_why)",
            rule=row.id,
        )


def _side(cells: Mapping[str, str], side: str, manifest: Manifest) -> Selector | None:
    kind = cells.get(side, "")
    if not kind:
        return None
    detail = cells.get(f"{side}_detail", "")
    if kind in THINGS:
        volts = cells.get(f"{side}_voltage_kv", "")
        return Selector(
            kind,
            THINGS[kind],
            detail=detail,
            voltage_kv=parsed_range(volts) if volts else None,
            said=frozenset({"voltage"}) if volts else frozenset(),
        )
    if kind not in manifest.kinds:
        raise RuleError(
            "kind '{kind}' is not known; there are {kinds}",
            kind=kind,
            kinds=", ".join([*manifest.kinds, *THINGS]),
        )
    return narrowed(
        manifest.kinds[kind],
        manifest,
        burial=cells.get(f"{side}_burial", ""),
        size_mm=cells.get(f"{side}_size_mm", ""),
        pressure=cells.get(f"{side}_pressure", ""),
        voltage_kv=cells.get(f"{side}_voltage_kv", ""),
        material=cells.get(f"{side}_material", ""),
        detail=detail,
    )


def narrowed(
    kind: Selector,
    manifest: Manifest,
    *,
    burial: str,
    size_mm: str,
    pressure: str,
    voltage_kv: str,
    material: str,
    detail: str = "",
) -> Selector:
    """A kind narrowed by the cells of a row; several words are parted by `|`."""
    said = set(kind.said)
    found = replace(kind, detail=detail)
    if burial:
        groups = [_laying(word, manifest) for word in _words(burial)]
        found = replace(
            found,
            burials=frozenset[int]().union(*(group.burials for group in groups)),
            burial_label=_joined([group.label for group in groups]),
        )
        said.add("burial")
    if size_mm:
        found = replace(found, size_mm=parsed_range(size_mm))
        said.add("size")
    if pressure:
        found = replace(
            found,
            pressures=frozenset(int(member_of(PressureClass, w)) for w in _words(pressure)),
        )
        said.add("pressure")
    if voltage_kv:
        found = replace(found, voltage_kv=parsed_range(voltage_kv))
        said.add("voltage")
    if material:
        found = replace(
            found, materials=frozenset(int(member_of(Material, w)) for w in _words(material))
        )
        said.add("material")
    return replace(found, said=frozenset(said))


def _joined(labels: list[Message]) -> Message:
    return either(labels) if labels else label("")


def _laying(word: str, manifest: Manifest) -> Laying:
    if word not in manifest.layings:
        raise RuleError(
            "laying '{word}' is not known; there are {words}",
            word=word,
            words=", ".join(manifest.layings),
        )
    return manifest.layings[word]


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split("|") if word.strip()]


def _metres(cells: Mapping[str, str], name: str, *, may_lack: bool = False) -> float:
    text = cells.get(name, "")
    if not text and may_lack:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        raise RuleError("'{name}' is not a number: '{text}'", name=name, text=text) from None
    if not 0.0 < value <= _MOST_M:
        raise RuleError(
            "'{name}' must be above 0 and at most {most} m, not {text}",
            name=name,
            most=f"{_MOST_M:g}",
            text=text,
        )
    return value


def _word(vocabulary: type[RuleState], cells: Mapping[str, str], name: str) -> RuleState:
    return member_of(vocabulary, cells.get(name, ""))


def _yes(cells: Mapping[str, str], name: str) -> bool:
    return _choice(cells, name, ("no", "yes")) == "yes"


def _choice(cells: Mapping[str, str], name: str, words: tuple[str, ...]) -> str:
    text = cells.get(name, "")
    if text not in words:
        raise RuleError(
            "'{name}' is '{text}'; it can be {words}",
            name=name,
            text=text,
            words=", ".join(word or "empty" for word in words),
        )
    return text


def _surface(cells: Mapping[str, str], check: str) -> Surface:
    if check != "cover":
        return Surface.UNKNOWN
    words = (Surface.CARRIAGEWAY.key, Surface.NON_CARRIAGEWAY.key)
    return member_of(Surface, _choice(cells, "surface", words))


def _measured_to(cells: Mapping[str, str], check: str) -> str:
    if check != "building_clearance":
        return ""
    return _choice(cells, "measured_to", ("foundation", "outer_wall"))


def _rank(cells: Mapping[str, str], check: str) -> tuple[int, int]:
    if check not in ORDER_CHECKS:
        return (0, 0)
    first, _, last = cells.get("rank", "").partition("-")
    if not first.isdecimal() or (last and not last.isdecimal()):
        raise RuleError(
            "'rank' is a place in the list such as 3, or 7-8, not '{text}'",
            text=cells.get("rank", ""),
        )
    return int(first), int(last or first)


def _changed(cells: Mapping[str, str]) -> Changed | None:
    by, at, why = (cells.get(f"changed_{part}", "") for part in ("by", "at", "why"))
    if not (by or at or why):
        return None
    if not (by and at and why):
        raise RuleError("a change says who, when and why (changed_by, changed_at, changed_why)")
    return Changed(by, at, why)
