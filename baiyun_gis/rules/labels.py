"""Words of a rule set: labels that bring their own Chinese, and phrases built from them."""

from __future__ import annotations

from collections.abc import Sequence

from baiyun_gis.language import Message, msg
from baiyun_gis.model.vocabulary import Vocabulary


def label(en: str, zh: str = "") -> Message:
    """A name that brings its own Chinese, so rule sets need no catalogue; English if none is given.

    The catalogue turns the template `{en}` into `{zh}`.
    """
    return msg("{en}", en=en, zh=zh or en)


def word(member: Vocabulary) -> Message:
    """The label of a vocabulary member."""
    return label(member.label("en"), member.zh)


def with_details(name: Message, details: Sequence[Message]) -> Message:
    """A name followed by what narrows it, in brackets: `water (d > 200 mm)`."""
    if not details:
        return name
    return msg("{name} ({details})", name=name, details=listed(details))


def listed(items: Sequence[Message]) -> Message:
    """Several phrases as one list."""
    whole = items[0]
    for item in items[1:]:
        whole = msg("{first}, {rest}", first=whole, rest=item)
    return whole


def either(items: Sequence[Message]) -> Message:
    """Several phrases of which any one holds."""
    whole = items[0]
    for item in items[1:]:
        whole = msg("{first} or {rest}", first=whole, rest=item)
    return whole
