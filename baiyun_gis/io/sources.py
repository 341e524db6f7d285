"""From what the user names (files, folders, archives) to groups of files, each with its reader."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from baiyun_gis.errors import FormatError, InputError
from baiyun_gis.io.imported import Reader
from baiyun_gis.plugins import READERS

MAX_UNPACKED_BYTES = 4_000_000_000
MAX_ENTRIES = 20_000
MAX_RATIO = 1000

_SIDECARS = (
    ".dbf", ".shx", ".prj", ".cpg", ".qpj", ".qix", ".sbn", ".sbx", ".qmd", ".qml", ".sld", ".lyr",
    ".gfs", ".xsd", ".aux.xml", ".shp.xml", ".ovr", ".tfw", ".jgw", ".pgw", ".wld", ".gpkg-wal",
    ".gpkg-shm", ".gpkg-journal", ".idx",
)  # fmt: skip
_TOGETHER = ("survey",)
"""Readers whose files in one folder are one source: point and line tables."""


@dataclass(frozen=True, slots=True)
class SourceGroup:
    """Files that one reader reads together."""

    reader: Reader
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be read, and the files that nobody reads."""

    groups: tuple[SourceGroup, ...]
    unclaimed: tuple[Path, ...]


def plan(paths: Sequence[Path], *, scratch: Path) -> Plan:
    """Groups in a stable order. Archives are unpacked below `scratch`.

    Raises `InputError` when a path does not exist.
    """
    files: list[Path] = []
    for path in paths:
        if not path.exists():
            raise InputError("{path} does not exist", path=str(path))
        files.extend(_expanded(path, scratch, top=True))
    files = list(dict.fromkeys(files))
    claimed: dict[tuple[str, str], list[Path]] = {}
    readers: dict[str, Reader] = {}
    unclaimed: list[Path] = []
    for file in files:
        reader = reader_for(file)
        if reader is None:
            unclaimed.append(file)
            continue
        readers[reader.name] = reader
        together = reader.name in _TOGETHER
        key = (reader.name, str(file.parent) if together else str(file))
        claimed.setdefault(key, []).append(file)
    groups = tuple(
        SourceGroup(readers[name], tuple(members)) for (name, _), members in claimed.items()
    )
    return Plan(groups, tuple(unclaimed))


def reader_for(path: Path) -> Reader | None:
    """The reader that is surest that a file is for it, None when none is."""
    best: tuple[float, Reader] | None = None
    for _, reader in READERS:
        claim = float(reader.claims(path))
        if claim > 0 and (best is None or claim > best[0]):
            best = (claim, reader)
    return None if best is None else best[1]


def _expanded(path: Path, scratch: Path, *, top: bool) -> Iterable[Path]:
    if path.is_dir():
        if path.suffix.lower() == ".gdb":
            yield path
            return
        for entry in sorted(path.iterdir(), key=lambda p: p.name):
            if not entry.name.startswith((".", "~$", "__MACOSX")) and not entry.is_symlink():
                yield from _expanded(entry, scratch, top=False)
    elif path.suffix.lower() == ".zip":
        inside = unpacked(path, scratch)
        yield from _expanded(inside, scratch, top=False)
    elif top or not is_sidecar(path):
        yield path


def is_sidecar(path: Path) -> bool:
    """The file belongs to another one of the same name and is read with it."""
    name = path.name.lower()
    if name.endswith((".vat.dbf", ".vat.cpg")):  # the value table of a raster
        return True
    if name.endswith(".dbf") and not path.with_suffix(".shp").exists():
        return False
    return name.endswith(_SIDECARS)


def unpacked(archive: Path, scratch: Path) -> Path:
    """The folder below `scratch` that holds the files of a ZIP archive.

    Raises `FormatError` for damaged archives, names that lead outside, and bombs.
    """
    number = sum(1 for _ in scratch.iterdir())
    folder = scratch / f"{number:03d}-{archive.stem}"
    try:
        with zipfile.ZipFile(archive) as zipped:
            infos = [i for i in zipped.infolist() if not i.is_dir()]
            _refuse_bomb(archive, infos)
            targets = [_target(archive, folder, info) for info in infos]
            for info, target in zip(infos, targets, strict=True):
                target.parent.mkdir(parents=True, exist_ok=True)
                with zipped.open(info) as source, target.open("wb") as out:
                    _copied(archive, source, out, info.file_size)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise FormatError(
            "{path} is not a sound ZIP archive ({error})", path=archive.name, error=str(error)[:80]
        ) from None
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _refuse_bomb(archive: Path, infos: list[zipfile.ZipInfo]) -> None:
    total = sum(i.file_size for i in infos)
    packed = max(sum(i.compress_size for i in infos), 1)
    ratio_is_odd = total > 100_000_000 and total / packed > MAX_RATIO
    if len(infos) > MAX_ENTRIES or total > MAX_UNPACKED_BYTES or ratio_is_odd:
        raise FormatError(
            "{path} unpacks to an unreasonable size and was not opened", path=archive.name
        )


def _target(archive: Path, folder: Path, info: zipfile.ZipInfo) -> Path:
    """Where an entry goes; names from old Chinese Windows come as code page 437."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("gb18030")
        except (UnicodeEncodeError, UnicodeDecodeError):
            name = info.filename
    parts = PurePosixPath(name.replace("\\", "/")).parts
    is_link = stat.S_ISLNK(info.external_attr >> 16)
    if not parts or is_link or any(p in {"..", "/"} or ":" in p or "\x00" in p for p in parts):
        raise FormatError(
            "{path} holds an entry that leads outside ({name}); it was not opened",
            path=archive.name,
            name=name[:80],
        )
    return folder.joinpath(*parts)


def _copied(archive: Path, source: IO[bytes], out: IO[bytes], limit: int) -> None:
    """Copy an entry, never more than its header says."""
    left = limit
    while True:
        block = source.read(1 << 20)
        if not block:
            return
        left -= len(block)
        if left < 0:
            raise FormatError(
                "{path} unpacks to an unreasonable size and was not opened", path=archive.name
            )
        out.write(block)
