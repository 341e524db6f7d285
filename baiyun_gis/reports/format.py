"""What a report format is; built-ins and plug-ins are found through `plugins.REPORTS`.

The name it is registered under is also the ending of its files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from baiyun_gis.findings.conflicts import CheckReport
from baiyun_gis.language import Lang, Message
from baiyun_gis.project import ProjectState


class Write(Protocol):
    """Writes a whole report to an open file, in `lang`."""

    def __call__(
        self, report: CheckReport, state: ProjectState, file: Any, *, lang: Lang
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """One format: its name for people, and what writes it.

    `newline` is what a text file makes of line ends, as `open` takes it; a binary format gets a
    file of bytes.
    """

    title: Message
    write: Write
    is_binary: bool = False
    newline: str = "\n"
