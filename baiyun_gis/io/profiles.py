"""Saved mappings of tables nobody knows beforehand: which column plays which role, and options.

A profile is a TOML file:

    title = "Survey office X, 2019 layout"
    crs = "EPSG:4526"              # optional
    encoding = "gb18030"           # optional

    [fields]                       # source column = role; "" leaves a column out
    "序列A" = "id"

    [settings]                     # model column = value for every row
    status = "in_use"
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import Any, cast

from baiyun_gis.errors import ExportError, InputError
from baiyun_gis.io.imported import ImportOptions, SourceReport


@dataclass(frozen=True, slots=True)
class Profile:
    """Column roles and options for tables of one layout."""

    title: str = ""
    crs: str = ""
    encoding: str = ""
    fields: dict[str, str] = field(default_factory=dict[str, str])
    settings: dict[str, str] = field(default_factory=dict[str, str])


def load_profile(name_or_path: str) -> Profile:
    """A profile from a file, else the built-in one of that name; raises `InputError`."""
    path = Path(name_or_path)
    if path.is_file():
        text = path.read_text(encoding="utf-8-sig")
    else:
        builtin = resources.files("baiyun_gis") / "io" / "data" / "profiles"
        entry = builtin / f"{path.name}.toml"
        if path.name != name_or_path or not entry.is_file():
            raise InputError(
                "There is no import profile {name}; give a TOML file or one of: {known}",
                name=name_or_path,
                known=", ".join(builtin_profiles()),
            )
        text = entry.read_text(encoding="utf-8")
    try:
        return _from_toml(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, TypeError, ValueError) as error:
        raise InputError(
            "Import profile {name}: {error}", name=name_or_path, error=str(error)
        ) from None


def builtin_profiles() -> tuple[str, ...]:
    """Names of the profiles that come with the program."""
    folder = resources.files("baiyun_gis") / "io" / "data" / "profiles"
    return tuple(
        sorted(e.name.removesuffix(".toml") for e in folder.iterdir() if e.name.endswith(".toml"))
    )


def _from_toml(data: dict[str, Any]) -> Profile:
    known = {"title", "crs", "encoding", "fields", "settings"}
    extra = sorted(set(data) - known)
    if extra:
        raise ValueError(f"unknown keys: {', '.join(extra)}")
    parts = {key: cast(dict[str, Any], data.get(key, {})) for key in ("fields", "settings")}
    return Profile(
        title=str(data.get("title", "")),
        crs=str(data.get("crs", "")),
        encoding=str(data.get("encoding", "")),
        fields={str(k): str(v) for k, v in parts["fields"].items()},
        settings={str(k): str(v) for k, v in parts["settings"].items()},
    )


def with_profile(options: ImportOptions) -> ImportOptions:
    """The options with what the named profile says; what the user says directly wins."""
    if not options.profile:
        return options
    profile = load_profile(options.profile)
    return replace(
        options,
        crs=options.crs or profile.crs,
        encoding=options.encoding or profile.encoding,
        settings=profile.settings | options.settings,
    )


def profile_of(
    reports: Sequence[SourceReport], options: ImportOptions, *, title: str = ""
) -> Profile:
    """The profile that repeats an import: the mapping its reports show, and its options."""
    fields: dict[str, str] = {}
    for report in reports:
        for column, role in report.fields.items():
            if role and role != "extra":
                fields.setdefault(column, role)
    return Profile(title, options.crs, options.encoding, fields, dict(options.settings))


def save_profile(profile: Profile, path: Path) -> None:
    """Write a profile as TOML; raises `ExportError`."""
    lines = [
        f"{key} = {_quoted(value)}"
        for key, value in (
            ("title", profile.title),
            ("crs", profile.crs),
            ("encoding", profile.encoding),
        )
        if value
    ]
    for name, table in (("fields", profile.fields), ("settings", profile.settings)):
        if table:
            lines += ["", f"[{name}]", *(f"{_quoted(k)} = {_quoted(v)}" for k, v in table.items())]
    try:
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise ExportError(
            "{path} cannot be written: {error}", path=path.name, error=error.strerror or ""
        ) from None


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
