"""Text for people, in English and Simplified Chinese, without any toolkit.

Every sentence is written once in English as a template; `messages/*.zh.toml` hold the Chinese.
A `Message` keeps template and values apart, so that it can be shown in either language later.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Literal

Lang = Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence with its values; `text("zh")` gives it in Chinese."""

    template: str
    values: dict[str, Any] = field(default_factory=dict[str, Any])

    def text(self, lang: Lang = "en") -> str:
        """The sentence in `lang`; values that are messages themselves follow along."""
        template = self.template if lang == "en" else chinese_for(self.template)
        if not self.values:
            return template
        shown = {
            name: value.text(lang) if isinstance(value, Message) else value
            for name, value in self.values.items()
        }
        return template.format_map(shown)

    def __str__(self) -> str:
        return self.text("en")


def msg(template: str, /, **values: Any) -> Message:
    """A message from an English template and its values (`{name}` in `str.format` style)."""
    return Message(template, values)


def chinese_for(template: str) -> str:
    """The Chinese template for an English one; the English where none is known."""
    return _catalogue().get(template, template)


@cache
def _catalogue() -> dict[str, str]:
    merged: dict[str, str] = {}
    folder = resources.files("baiyun_gis") / "messages"
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".zh.toml"):
            merged.update(tomllib.loads(entry.read_text(encoding="utf-8")))
    return merged
