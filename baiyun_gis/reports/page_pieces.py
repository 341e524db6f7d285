"""Pieces that several parts of the page share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from baiyun_gis.language import Lang
from baiyun_gis.model.colours import UTILITY_COLOURS
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.reports.words import kind_word, side_word

_COLOUR_OF = {utility.key: colour for utility, colour in UTILITY_COLOURS.items()}


def facts_list(lines: Iterable[tuple[str, str]]) -> str:
    """Titles and values one below the other."""
    inner = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in lines)
    return f'<dl class="facts">{inner}</dl>\n'


def number_cell(value: float | None, *, digits: int = 3) -> str:
    """A table cell with a number; a dash where it is unknown."""
    if value is None:
        return '<td class="n" data-value="">–</td>'
    return f'<td class="n" data-value="{value}">{decimal(value, digits=digits)}</td>'


def share_cell(value: float | None) -> str:
    """A table cell with a probability in percent; a dash where it is unknown."""
    if value is None:
        return '<td class="n" data-value="">–</td>'
    return f'<td class="n" data-value="{value}">{value:.0%}</td>'


def kind_with_swatch(kind: str, lang: Lang) -> str:
    """The name of a kind behind a dot in its colour."""
    colour = _COLOUR_OF.get(kind, "#8a7f72")
    return f'<span class="swatch" style="--c:{colour}"></span>{escape(kind_word(kind, lang))}'


def side_with_swatch(conflict: Mapping[str, Any], side: str, lang: Lang) -> str:
    """The kind and name of a conflict's side; empty where there is none."""
    facts = conflict[side]
    if facts["kind"]:
        return f"{kind_with_swatch(facts['kind'], lang)} {escape(facts['id'])}".rstrip()
    return escape(side_word(conflict, side, lang))


def coloured_legend(lang: Lang) -> str:
    """What the colours of the lines mean."""
    items = "".join(f"<li>{kind_with_swatch(u.key, lang)}</li>" for u in Utility)
    return f'<ul class="legend">{items}</ul>\n'


def decimal(value: float, *, digits: int = 3) -> str:
    """A number as it is printed: a true minus sign, and no minus before a zero."""
    words = f"{value:.{digits}f}"
    if not words.strip("-0."):
        return words.lstrip("-")
    return words.replace("-", "−")
