"""Every error this program raises on purpose.

BaiyunError
├── InputError          a file or value that cannot be used
│   ├── FormatError     not the format it claims to be, or damaged
│   ├── EncodingError   text that no encoding fits
│   └── CrsError        a coordinate or height system that is missing, unknown or does not fit
├── ModelError          columns that do not fit together
├── RuleError           a rule set that is wrong
├── CheckError          a check that could not run
├── ProjectError        the project file
│   ├── ProjectLocked   another writer has it open
│   └── ProjectVersion  written by a newer version
├── ExportError         a file that cannot be written
├── RenderError         no picture could be drawn
├── Cancelled           the user stopped a job
└── UsageError          a command used wrongly
"""

from __future__ import annotations

from typing import Any

from baiyun_gis.language import Lang, Message


class BaiyunError(Exception):
    """One sentence that says what, where, and what to do, in both languages."""

    def __init__(self, template: str, /, **values: Any) -> None:
        self.message = Message(template, values)
        super().__init__(self.message.text("en"))

    def text(self, lang: Lang = "en") -> str:
        """The sentence in `lang`."""
        return self.message.text(lang)


class InputError(BaiyunError): ...


class FormatError(InputError): ...


class EncodingError(InputError): ...


class CrsError(InputError): ...


class ModelError(BaiyunError): ...


class RuleError(BaiyunError): ...


class CheckError(BaiyunError): ...


class ProjectError(BaiyunError): ...


class ProjectLocked(ProjectError): ...


class ProjectVersion(ProjectError): ...


class ExportError(BaiyunError): ...


class RenderError(BaiyunError): ...


class Cancelled(BaiyunError): ...


class UsageError(BaiyunError): ...
