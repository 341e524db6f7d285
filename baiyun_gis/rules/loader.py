"""Rule sets by name or from a folder."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from baiyun_gis.errors import RuleError
from baiyun_gis.language import msg
from baiyun_gis.plugins import RULE_SETS
from baiyun_gis.rules.manifest import Manifest, parsed_manifest
from baiyun_gis.rules.ruleset import RuleRow, RuleSet
from baiyun_gis.rules.tables import Problem, decoded, read_table

MANIFEST = "rule_set.toml"


@dataclass(frozen=True, slots=True)
class Reading:
    """What came out of a folder: the rule set, if any, and everything wrong with it."""

    rule_set: RuleSet | None
    problems: tuple[Problem, ...]
    tables: tuple[str, ...] = ()


def available() -> tuple[str, ...]:
    """The names of all installed rule sets, the shipped ones first."""
    return RULE_SETS.names()


def load_rule_set(name_or_path: str | Path) -> RuleSet:
    """A rule set by its name, or from a folder with a `rule_set.toml`.

    Raises `RuleError` for a name nobody knows and for the first thing wrong in a folder.
    """
    if isinstance(name_or_path, str) and name_or_path in available():
        return _named(name_or_path)
    path = Path(name_or_path)
    folder = path.parent if path.name == MANIFEST else path
    if not folder.is_dir():
        raise RuleError(
            "There is no rule set '{name}'; there are {names}, or give a folder that holds a"
            " {manifest}",
            name=str(name_or_path),
            names=", ".join(available()),
            manifest=MANIFEST,
        )
    return _sound(read_folder(folder), str(folder))


def shipped(name: str) -> RuleSet:
    """A rule set that ships with the program."""
    folder = resources.files("baiyun_gis.rules.builtin") / name
    return _sound(read_folder(folder), name)


@lru_cache(maxsize=32)
def _named(name: str) -> RuleSet:
    thing = RULE_SETS.get(name)
    made: Any = thing() if callable(thing) else thing
    if isinstance(made, RuleSet):
        return made
    return _sound(read_folder(Path(made)), name)


def _sound(reading: Reading, name: str) -> RuleSet:
    if reading.rule_set is None or reading.problems:
        first = reading.problems[0]
        raise RuleError(
            "Rule set {name}: {problem} ({count} problems in all; see `baiyun-gis rules validate`)",
            name=name,
            problem=first.message(),
            count=len(reading.problems),
        )
    return reading.rule_set


def read_folder(folder: Path | Traversable) -> Reading:
    """The rule set in a folder, and everything wrong with it, file by file and row by row."""
    try:
        content = (folder / MANIFEST).read_bytes()
    except OSError:
        return Reading(None, (Problem(MANIFEST, 0, msg("the file is missing or unreadable")),))
    try:
        manifest = parsed_manifest(tomllib.loads(decoded(content)))
    except tomllib.TOMLDecodeError as error:
        what = msg("not valid TOML: {error}", error=str(error))
        return Reading(None, (Problem(MANIFEST, 0, what),))
    except RuleError as error:
        return Reading(None, (Problem(MANIFEST, 0, error.message),))
    return _tables(folder, manifest, content)


def _tables(folder: Path | Traversable, manifest: Manifest, content: bytes) -> Reading:
    rows: list[RuleRow] = []
    problems: list[Problem] = []
    contents = {MANIFEST: content}
    for file, check in manifest.tables.items():
        try:
            contents[file] = (folder / file).read_bytes()
            text = decoded(contents[file])
        except OSError:
            what = msg("the file is missing or unreadable")
            problems.append(Problem(file, 0, what))
            continue
        except RuleError as error:
            problems.append(Problem(file, 0, error.message))
            continue
        some, wrong = read_table(text, file=file, check=check, manifest=manifest)
        rows.extend(some)
        problems.extend(wrong)
    problems.extend(_doubles(rows))
    rule_set = RuleSet(
        id=manifest.id,
        title=manifest.title,
        edition=manifest.edition,
        sha256=digest(contents),
        settings=manifest.settings,
        rows=tuple(rows),
        publisher=manifest.publisher,
        language=manifest.language,
        remarks=manifest.remarks,
    )
    return Reading(rule_set, tuple(problems), tuple(manifest.tables))


def _doubles(rows: list[RuleRow]) -> list[Problem]:
    """Names used twice, and cells given twice."""
    problems: list[Problem] = []
    names: dict[str, RuleRow] = {}
    cells: dict[tuple[object, ...], RuleRow] = {}
    for row in rows:
        file, _, number = row.where.rpartition(":")
        first = names.setdefault(row.id, row)
        if first is not row:
            what = msg(
                "rule {rule} is there twice, first at {where}", rule=row.id, where=first.where
            )
            problems.append(Problem(file, int(number), what))
            continue
        twin = cells.setdefault(_cell_key(row), row)
        if twin is not row:
            what = msg(
                "rule {rule} speaks of the same cell as {other} at {where}",
                rule=row.id,
                other=twin.id,
                where=twin.where,
            )
            problems.append(Problem(file, int(number), what))
    return problems


def _cell_key(row: RuleRow) -> tuple[object, ...]:
    """A cell whichever way round: (gas, water) and (water, gas) are one."""
    sides = [_side_key(row.a), _side_key(row.b) if row.b else ()]
    return (row.check, row.surface, *sorted(sides, key=repr))


def _side_key(side: Any) -> tuple[object, ...]:
    return (
        side.kind if side.is_thing else tuple(sorted(side.utilities)),
        tuple(sorted(side.burials)),
        str(side.size_mm),
        tuple(sorted(side.pressures or ())),
        str(side.voltage_kv),
        tuple(sorted(side.materials or ())),
        side.detail,
    )


def digest(contents: Mapping[str, bytes]) -> str:
    """SHA-256 over names and contents; how lines end does not count."""
    total = hashlib.sha256()
    for name in sorted(contents):
        body = contents[name].replace(b"\r\n", b"\n")
        total.update(f"{name}\n{len(body)}\n".encode())
        total.update(body)
    return total.hexdigest()
