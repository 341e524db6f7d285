"""Everything wrong with a rule set somebody wrote or edited: which file, which row, what."""

from __future__ import annotations

from pathlib import Path

from baiyun_gis.errors import RuleError
from baiyun_gis.language import msg
from baiyun_gis.rules.loader import MANIFEST, Reading, read_folder
from baiyun_gis.rules.tables import Problem


def validated(path: Path) -> Reading:
    """The rule set at `path` (folder, manifest or one table of it) and what is wrong with it.

    For one table only its own problems and the manifest's are told. Raises `RuleError` where
    there is nothing to read.
    """
    if path.is_dir():
        reading = read_folder(path)
        problems = (*reading.problems, *_strays(path, reading))
        return Reading(reading.rule_set, problems, reading.tables)
    if not path.is_file():
        raise RuleError("{path}: there is no such file or folder", path=str(path))
    if path.name == MANIFEST:
        return read_folder(path.parent)
    if not (path.parent / MANIFEST).is_file():
        raise RuleError(
            "{path}: a table can be checked only beside its {manifest}, which names its kinds",
            path=str(path),
            manifest=MANIFEST,
        )
    reading = read_folder(path.parent)
    strays = [stray for stray in _strays(path.parent, reading) if stray.file == path.name]
    own = [p for p in reading.problems if p.file in {path.name, MANIFEST}]
    return Reading(reading.rule_set, (*own, *strays), reading.tables)


def _strays(folder: Path, reading: Reading) -> list[Problem]:
    """Tables in the folder that the manifest does not name, so that nobody reads them."""
    if reading.rule_set is None:
        return []
    return [
        Problem(file.name, 0, msg("no check reads this table; name it in [tables] of the manifest"))
        for file in sorted(folder.glob("*.csv"))
        if file.name not in reading.tables
    ]
