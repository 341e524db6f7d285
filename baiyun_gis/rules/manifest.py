"""The manifest of a rule set, `rule_set.toml`: names, kinds, layings, thresholds, tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from baiyun_gis.errors import RuleError
from baiyun_gis.language import Message
from baiyun_gis.model.vocabulary import Burial, PressureClass, Utility, Vocabulary
from baiyun_gis.plugins import CHECKS
from baiyun_gis.rules.labels import label
from baiyun_gis.rules.requirement import RuleState
from baiyun_gis.rules.ruleset import KNOWN_CHECKS, DeepFoundation, PressureBound, Settings
from baiyun_gis.rules.selector import THINGS, Selector

T = TypeVar("T", bound=Vocabulary)


@dataclass(frozen=True, slots=True)
class Laying:
    """A named group of ways to lay a line."""

    label: Message
    burials: frozenset[int]


@dataclass(frozen=True, slots=True)
class Manifest:
    """A parsed manifest; `kinds` are selectors that rows narrow further."""

    id: str
    title: Message
    edition: str
    publisher: Message
    language: str
    settings: Settings
    kinds: Mapping[str, Selector]
    layings: Mapping[str, Laying]
    tables: Mapping[str, str]
    remarks: tuple[Message, ...]


def parsed_manifest(content: Mapping[str, Any]) -> Manifest:
    """A manifest from parsed TOML. Raises `RuleError` naming the key that is wrong."""
    layings = {
        name: Laying(_label(body, name, f"burials.{name}"), _codes(Burial, body, "burials"))
        for name, body in _tables(content, "burials").items()
    }
    if "laid" not in layings:
        raise RuleError(
            "[burials.laid] is missing: it lists the ways of laying that rows without one mean"
        )
    laid = layings["laid"].burials
    kinds = {name: _kind(name, body, laid) for name, body in _tables(content, "kinds").items()}
    return Manifest(
        id=_text(content, "id"),
        title=_label(_table(content, "title"), "title", "title"),
        edition=_text(content, "edition"),
        publisher=_label(_table(content, "publisher"), "publisher", "publisher"),
        language=str(content.get("language", "en")),
        settings=_settings(content, laid),
        kinds=kinds,
        layings=layings,
        tables=_checked_tables(content),
        remarks=tuple(
            label(str(r.get("en", "")), str(r.get("zh", ""))) for r in content.get("remarks", [])
        ),
    )


def _kind(name: str, body: Mapping[str, Any], laid: frozenset[int]) -> Selector:
    where = f"kinds.{name}"
    if name in THINGS:
        raise RuleError("[{where}] is the name of a thing that is not a line", where=where)
    utilities = _codes(Utility, body, "utilities") if "utilities" in body else _ALL
    burials = _codes(Burial, body, "burials") if "burials" in body else laid
    return Selector(
        kind=name,
        label=_label(body, name, where),
        utilities=utilities,
        burials=burials,
        pressures=_codes(PressureClass, body, "pressures") if "pressures" in body else None,
        said=frozenset({"burial"}) if "burials" in body else frozenset(),
    )


_ALL = frozenset(int(utility) for utility in Utility if utility is not Utility.UNKNOWN)


def _settings(content: Mapping[str, Any], laid: frozenset[int]) -> Settings:
    body = _table(content, "settings")
    unknown = _table(content, "unknown")
    pressure_from = str(body.get("pressure_from", "class"))
    if pressure_from not in {"class", "mpa"}:
        raise RuleError(
            "[settings] pressure_from is 'class' or 'mpa', not '{got}'", got=pressure_from
        )
    return Settings(
        crossing_angle_deg=_number(body, "crossing_angle_deg", above=0.0, up_to=90.0),
        tolerance_m=_number(body, "tolerance_m", above=0.0, up_to=1.0),
        gas_pressure=_bounds(content),
        pressure_from=pressure_from,
        laid=laid,
        unknown_burial=tuple(sorted(_codes(Burial, unknown, "burials"))),
        unknown_pressure=tuple(sorted(_codes(PressureClass, unknown, "pressures"))),
        deep_foundation=_deep_foundation(content),
    )


def _deep_foundation(content: Mapping[str, Any]) -> DeepFoundation | None:
    """What the set asks of lines deeper than a foundation, None where it says nothing."""
    if "deep_foundation" not in content:
        return None
    body = _table(content, "deep_foundation")
    return DeepFoundation(
        clause=_text(body, "clause"),
        state=member_of(RuleState, _text(body, "state")),
        friction_deg=_number(body, "friction_deg", above=0.0, up_to=89.0),
        working_space_m=_number(body, "working_space_m", above=0.0, up_to=10.0),
        least_m=_number(body, "least_m", above=0.0, up_to=100.0) if "least_m" in body else 0.0,
    )


def _bounds(content: Mapping[str, Any]) -> tuple[PressureBound, ...]:
    bounds: list[PressureBound] = []
    for body in content.get("gas_pressure", []):
        key = "below_mpa" if "below_mpa" in body else "up_to_mpa"
        bounds.append(
            PressureBound(
                pressure_class=member_of(PressureClass, str(body.get("class", ""))),
                up_to_mpa=_number(body, key, above=0.0, up_to=1000.0),
                is_inclusive=key == "up_to_mpa",
            )
        )
    limits = [bound.up_to_mpa for bound in bounds]
    if limits != sorted(limits):
        raise RuleError("[[gas_pressure]] must go from low to high")
    return tuple(bounds)


def _checked_tables(content: Mapping[str, Any]) -> dict[str, str]:
    tables = {str(name): str(check) for name, check in _table(content, "tables").items()}
    if not tables:
        raise RuleError("[tables] is empty: it says which file holds the rows of which check")
    for name, check in tables.items():
        if check not in KNOWN_CHECKS and check not in CHECKS.names():
            there = dict.fromkeys([*KNOWN_CHECKS, *CHECKS.names()])
            raise RuleError(
                "[tables] {name}: '{check}' is not a check; there are {checks}",
                name=name,
                check=check,
                checks=", ".join(there),
            )
        if "/" in name or "\\" in name or not name.endswith(".csv"):
            raise RuleError("[tables] {name}: tables are CSV files beside the manifest", name=name)
    return tables


def _table(content: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    body = content.get(key, {})
    if not isinstance(body, dict):
        raise RuleError("'{key}' must be a table", key=key)
    return body  # pyright: ignore[reportUnknownVariableType]


def _tables(content: Mapping[str, Any], key: str) -> dict[str, Mapping[str, Any]]:
    return {name: _table(_table(content, key), name) for name in _table(content, key)}


def _text(content: Mapping[str, Any], key: str) -> str:
    value = content.get(key)
    if not isinstance(value, str) or not value.strip():
        raise RuleError("'{key}' is missing or empty", key=key)
    return value.strip()


def _label(body: Mapping[str, Any], fallback: str, where: str) -> Message:
    en, zh = body.get("en", fallback.replace("_", " ")), body.get("zh", "")
    if not isinstance(en, str) or not isinstance(zh, str):
        raise RuleError("[{where}] names are text", where=where)
    return label(en, zh)


def _number(body: Mapping[str, Any], key: str, *, above: float, up_to: float) -> float:
    value = body.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise RuleError("'{key}' is missing or not a number", key=key)
    if not above < value <= up_to:
        raise RuleError(
            "'{key}' must be above {above} and at most {up_to}, not {value}",
            key=key,
            above=above,
            up_to=up_to,
            value=value,
        )
    return float(value)


def _codes(vocabulary: type[Vocabulary], body: Mapping[str, Any], key: str) -> frozenset[int]:
    return frozenset(int(member_of(vocabulary, str(word))) for word in body.get(key, []))


def member_of(vocabulary: type[T], key: str) -> T:
    try:
        return vocabulary.from_key(key)
    except KeyError:
        raise RuleError(
            "'{word}' is not known; there are {words}",
            word=key,
            words=", ".join(member.key for member in vocabulary),
        ) from None
