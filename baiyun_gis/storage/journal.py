"""The journal: every edit since the last save, beside the project, replayed after a crash.

`<project>.journal` begins with the content of the file it builds on. Each record is one step of
the document as columns (see `storage.delta`) with its length and CRC; a record that a crash cut
short is left out, and everything before it stands.
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from baiyun_gis.errors import ProjectError
from baiyun_gis.project import ProjectState
from baiyun_gis.storage.column_codec import ColumnsError
from baiyun_gis.storage.delta import applied, difference

_MAGIC = b"baiyun-journal 1\n"
_RECORD = struct.Struct("<4sQI")
_MARK = b"step"


@dataclass(frozen=True, slots=True)
class Replay:
    """What a journal gave: the state after it, the steps in it, and whether it fits the file."""

    state: ProjectState
    steps: int = 0
    is_foreign: bool = False


class Journal:
    """The open journal of one project: `record` each new state."""

    def __init__(self, project: Path, state: ProjectState, *, base: str, keep: bool) -> None:
        """Begin at `state` on the saved content `base`; with `keep`, go on after what is there."""
        self.path = journal_path(project)
        self._base = base
        self._known = state
        self._is_begun = keep and self.path.exists()
        if self._is_begun:
            _trim(self.path)

    def record(self, state: ProjectState) -> None:
        """Write the step to `state` and wait until it is on disk; raises `ProjectError`."""
        payload = difference(self._known, state)
        record = _RECORD.pack(_MARK, len(payload), zlib.crc32(payload)) + payload
        try:
            if not self._is_begun:
                self.path.write_bytes(_MAGIC + json.dumps({"base": self._base}).encode() + b"\n")
                self._is_begun = True
            with self.path.open("ab") as file:
                file.write(record)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise ProjectError(
                "{path}: the journal of unsaved edits cannot be written ({why}); save the project",
                path=str(self.path),
                why=error.strerror or str(error),
            ) from error
        self._known = state


def journal_path(project: Path) -> Path:
    """Where the journal of a project lies."""
    return project.with_name(f"{project.name}.journal")


def base_of(project: Path) -> str:
    """The content that the project's journal builds on; empty when there is no journal."""
    try:
        with journal_path(project).open("rb") as file:
            return _base(file.readline(), file.readline())
    except OSError:
        return ""


def replayed(project: Path, state: ProjectState, *, base: str, contains: str = "") -> Replay:
    """`state` with the journal's steps done.

    A journal on another content than `base` is foreign and left alone, unless the file says that
    it `contains` it. Raises `ProjectError` when a whole record does not fit the state.
    """
    found = base_of(project)
    if not found or (contains and found == contains and found != base):
        return Replay(state)
    if found != base:
        return Replay(state, is_foreign=True)
    steps = 0
    path = journal_path(project)
    for payload in _payloads(path.read_bytes()):
        try:
            state = applied(state, payload)
        except ColumnsError as error:
            raise ProjectError(
                "{path}: the journal of unsaved edits is damaged ({why}); move the file away to"
                " open the project as last saved",
                path=str(path),
                why=str(error.message.values["what"]),
            ) from error
        steps += 1
    return Replay(state, steps)


def remove(project: Path) -> None:
    """End the journal: all it held is saved."""
    with contextlib.suppress(OSError):
        journal_path(project).unlink(missing_ok=True)


def set_aside(project: Path) -> Path:
    """Keep a journal that does not fit under another name; gives that name."""
    path = journal_path(project)
    for number in range(1, 1000):
        kept = path.with_name(f"{path.name}.{number}")
        if not kept.exists():
            path.rename(kept)
            return kept
    raise ProjectError("{path}: too many journals were set aside; delete some", path=str(path))


def _base(first: bytes, second: bytes) -> str:
    if first != _MAGIC:
        return ""
    try:
        return str(json.loads(second)["base"])
    except (ValueError, KeyError, TypeError):
        return ""


def _payloads(data: bytes) -> Iterator[bytes]:
    for start, end in _spans(data):
        yield data[start:end]


def _spans(data: bytes) -> Iterator[tuple[int, int]]:
    """Where whole records' contents lie, up to the first that is torn."""
    at = data.index(b"\n", len(_MAGIC)) + 1
    while at + _RECORD.size <= len(data):
        mark, length, crc = _RECORD.unpack_from(data, at)
        start, end = at + _RECORD.size, at + _RECORD.size + length
        if mark != _MARK or end > len(data) or zlib.crc32(data[start:end]) != crc:
            return
        yield start, end
        at = end


def _trim(path: Path) -> None:
    """Cut off a torn record, so that what follows can be read."""
    data = path.read_bytes()
    whole = data.index(b"\n", len(_MAGIC)) + 1
    for _, end in _spans(data):
        whole = end
    if whole < len(data):
        os.truncate(path, whole)
