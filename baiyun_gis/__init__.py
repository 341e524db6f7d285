"""Baiyun GIS: underground lines, buildings, and what is in conflict with what.

    import baiyun_gis as bg
    state = bg.open_project("city.gpkg")
    report = bg.check(state, rules="gb50289-2016", as_of="2020-01-01")
    report.to_frame()  # a GeoDataFrame

Everything heavy is imported when it is first used.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from baiyun_gis.errors import BaiyunError
    from baiyun_gis.findings.conflicts import CheckReport
    from baiyun_gis.jobs import Job
    from baiyun_gis.project import Document, ProjectState
    from baiyun_gis.rules.loader import load_rule_set
    from baiyun_gis.rules.ruleset import RuleSet
    from baiyun_gis.storage.project_file import open_project, save_project

__version__ = "0.1.0"

DEFAULT_RULES = "gb50289-2016"

_PUBLIC = {
    "open_project": "baiyun_gis.storage.project_file",
    "save_project": "baiyun_gis.storage.project_file",
    "load_rule_set": "baiyun_gis.rules.loader",
    "ProjectState": "baiyun_gis.project",
    "Document": "baiyun_gis.project",
    "CheckReport": "baiyun_gis.findings.conflicts",
    "BaiyunError": "baiyun_gis.errors",
}

__all__ = [
    "DEFAULT_RULES",
    "BaiyunError",
    "CheckReport",
    "Document",
    "ProjectState",
    "__version__",
    "check",
    "load_rule_set",
    "open_project",
    "save_project",
]


def check(
    state: ProjectState,
    *,
    rules: str | RuleSet = DEFAULT_RULES,
    as_of: str | Any = "NaT",
    only: Sequence[str] = (),
    where: str = "",
    created: str = "",
    job: Job | None = None,
) -> CheckReport:
    """Everything that is in conflict in `state` by a rule set on a day.

    `rules` is a rule set, its name or a path; `as_of` an ISO day or "NaT" for everything ever
    recorded. Raises `RuleError` for an unknown rule set and `UsageError` for an unknown check or
    day.
    """
    import numpy as np

    from baiyun_gis.checks.engine import run_checks
    from baiyun_gis.errors import UsageError
    from baiyun_gis.rules.loader import load_rule_set

    rule_set = load_rule_set(rules) if isinstance(rules, str) else rules
    try:
        day = np.datetime64(as_of, "D")
    except ValueError:
        raise UsageError(
            "as_of must be a day such as 2020-01-31, not '{given}'", given=as_of
        ) from None
    return run_checks(
        state,
        rule_set,
        as_of=day,
        only=only,
        where=where,
        created=created,
        job=job,
    )


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'baiyun_gis' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])
