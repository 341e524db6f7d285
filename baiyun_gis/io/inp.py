"""The INP text shared by EPANET and SWMM: sections of rows of words, comments after `;`.

Both programs match section names by their first letters, ignore case and take blanks or tabs
between words. Rows are cut into words only for the sections that are asked for, so long time
series cost nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from baiyun_gis.errors import EncodingError, FormatError, InputError
from baiyun_gis.io.shapefile import is_everyday

_HEAD_BYTES = 4_000_000
_SECTION = re.compile(rb"^[ \t\xef\xbb\xbf]*\[\s*([A-Za-z_]+)", re.MULTILINE)
_WORD = re.compile(r'"([^"]*)"|(\S+)')

_SECTIONS = (
    "TITLE JUNCTIONS RESERVOIRS TANKS PIPES PUMPS VALVES EMITTERS DEMANDS STATUS PATTERNS "
    "CURVES CONTROLS RULES ENERGY QUALITY SOURCES REACTIONS MIXING TIMES REPORT OPTIONS "
    "COORDINATES VERTICES LABELS BACKDROP TAGS END OUTFALLS STORAGE DIVIDERS CONDUITS "
    "ORIFICES WEIRS OUTLETS XSECTIONS TRANSECTS LOSSES POLLUTANTS LANDUSES COVERAGES "
    "LOADINGS BUILDUP WASHOFF TREATMENT INFLOWS DWF RDII HYDROGRAPHS TIMESERIES MAP "
    "POLYGONS SYMBOLS RAINGAGES TEMPERATURE EVAPORATION SUBCATCHMENTS SUBAREAS "
    "INFILTRATION LID_CONTROLS LID_USAGE AQUIFERS GROUNDWATER GWF SNOWPACKS ADJUSTMENTS "
    "FILES PROFILES STREETS INLETS INLET_USAGE EVENTS"
)
KNOWN_SECTIONS = tuple(_SECTIONS.split())


@dataclass(frozen=True, slots=True)
class InpRow:
    """One row of a section: its line in the file (from 1), its words, the comment after them."""

    line: int
    words: tuple[str, ...]
    comment: str = ""

    def word(self, index: int) -> str:
        """The word at `index`, empty where the row is shorter."""
        return self.words[index] if index < len(self.words) else ""


@dataclass(frozen=True, slots=True)
class InpFile:
    """An INP file cut into sections; a section may stand in several places."""

    path: Path
    encoding: str
    lines: tuple[str, ...]
    spans: dict[str, list[tuple[int, int]]] = field(
        default_factory=dict[str, list[tuple[int, int]]]
    )
    """Section name → ranges of line indices (from 0, end excluded)."""

    def has(self, *names: str) -> bool:
        """Whether any of these sections holds at least one row."""
        return any(next(self.rows(name), None) is not None for name in names)

    def rows(self, section: str) -> Iterator[InpRow]:
        """The rows of a section, comment and blank lines left out."""
        for start, stop in self.spans.get(section, ()):
            for index in range(start, stop):
                body, _, comment = self.lines[index].partition(";")
                words = tuple(m[1] or m[2] or "" for m in _WORD.finditer(body))
                if words:
                    yield InpRow(index + 1, words, comment.strip())

    def text(self, section: str) -> tuple[str, ...]:
        """The lines of a section that are neither blank nor comment, as written."""
        return tuple(
            line.strip()
            for start, stop in self.spans.get(section, ())
            for line in self.lines[start:stop]
            if line.strip() and not line.lstrip().startswith(";")
        )

    def options(self) -> dict[str, str]:
        """[OPTIONS] as upper-case name → value."""
        return {row.words[0].upper(): row.word(1) for row in self.rows("OPTIONS")}


def section_names(path: Path) -> set[str]:
    """The sections named in the first 4 MB of a file, for telling what it is."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    return {canonical_section(found.decode("ascii")) for found in _SECTION.findall(head)}


def canonical_section(name: str) -> str:
    """The full name of a section written short or in any case; itself when unknown."""
    upper = name.strip().upper()
    if upper in KNOWN_SECTIONS or len(upper) < 4:
        return upper
    return next((known for known in KNOWN_SECTIONS if known.startswith(upper)), upper)


def read_inp(path: Path, encoding: str = "") -> InpFile:
    """The file cut into sections.

    Raises `InputError` when it cannot be opened, `EncodingError` when the named encoding does
    not fit and `FormatError` when it has no sections.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError("{path}: cannot be read ({reason})", path=path, reason=error) from error
    text, used = _decoded(raw.rstrip(b"\0\x1a"), path, encoding)
    lines = tuple(text.splitlines())
    spans = _spans(lines)
    if not spans:
        raise FormatError(
            "{path}: no [SECTION] headings, so it is no EPANET or SWMM input file", path=path
        )
    return InpFile(path, used, lines, spans)


def _spans(lines: tuple[str, ...]) -> dict[str, list[tuple[int, int]]]:
    heads = [(i, s) for i, s in enumerate(map(str.lstrip, lines)) if s.startswith(("[", "\ufeff["))]
    spans: dict[str, list[tuple[int, int]]] = {}
    stops = [*(i for i, _ in heads), len(lines)][1:] if heads else []
    for (start, head), after in zip(heads, stops, strict=True):
        name = canonical_section(head.lstrip("\ufeff[ \t").partition("]")[0].partition(";")[0])
        spans.setdefault(name, []).append((start + 1, after))
    return spans


def _decoded(raw: bytes, path: Path, encoding: str) -> tuple[str, str]:
    """Text and encoding: as told, else UTF-8, GB18030 where it gives Chinese, Windows-1252."""
    if encoding:
        try:
            return raw.decode(encoding), encoding
        except (UnicodeDecodeError, LookupError) as error:
            raise EncodingError(
                "{path}: the text is not {encoding}; leave the encoding out to have it found",
                path=path,
                encoding=encoding,
            ) from error
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace"), "utf-16"
    try:
        return raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace"), "cp1252"
    if _reads_as_chinese(text):
        return text, "gb18030"
    return raw.decode("cp1252", errors="replace"), "cp1252"


def _reads_as_chinese(text: str) -> bool:
    """Whether what is not ASCII is common Chinese text: the GB2312 part of GB18030."""
    foreign = "".join(ch for ch in text if ord(ch) > 127)
    common = sum(1 for ch in foreign if is_everyday(ch))
    return bool(foreign) and common >= 0.9 * len(foreign)


def number(word: str) -> float:
    """The number a word stands for; raises `ValueError` for anything that is not finite."""
    value = float(word)
    if value != value or value in {float("inf"), float("-inf")}:
        raise ValueError(word)
    return value
