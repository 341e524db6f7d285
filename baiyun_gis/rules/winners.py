"""Which row wins for concrete lines, and what the gaps in a record leave open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from baiyun_gis.model.columns import F64, I32, I64, Bool
from baiyun_gis.rules.classes import (
    LineClass,
    PipeClasses,
    alternatives,
    as_lines,
    mask_of,
    vision_of,
)
from baiyun_gis.rules.ruleset import RuleRow, RuleSet


@dataclass(frozen=True, slots=True)
class Profiles:
    """Classes as sets of profiles; lines of one profile match exactly the same rows.

    `on_a`, `on_b` (rows, p): which profiles each side of each row speaks of. `may_be` (c, k)
    lists the profiles of each group of classes, filled up by repeating its first; `missing` what
    nobody recorded of it. Classes of one group (`group_of`, shape (c,)) are alike to these rows.
    """

    on_a: Bool
    on_b: Bool
    may_be: I64
    missing: tuple[frozenset[str], ...]
    group_of: I64


def profiles_of(rule_set: RuleSet, rows: Sequence[RuleRow], classes: PipeClasses) -> Profiles:
    """The profiles of the classes as these rows see them."""
    vision = vision_of(rule_set)
    filled = [alternatives(line, vision, rule_set.settings) for line in classes.classes]
    atoms = list(dict.fromkeys(_key(line) for lines in filled for line in lines))
    number = {atom: index for index, atom in enumerate(atoms)}
    first = {_key(line): line for lines in filled for line in lines}
    lines = as_lines([first[atom] for atom in atoms])
    on_a = np.array([mask_of(row.a, lines) for row in rows]).reshape(len(rows), len(atoms))
    on_b = np.array([mask_of(row.b, lines) for row in rows]).reshape(len(rows), len(atoms))
    shapes, profile_of = _distinct_columns(np.concatenate([on_a, on_b]))
    options = [
        list(dict.fromkeys(int(profile_of[number[_key(line)]]) for line in lines))
        for lines in filled
    ]
    missing = [
        frozenset(line.missing(vision.wanted.get(int(line.utility), frozenset())))
        for line in classes.classes
    ]
    keys = [(tuple(option), lack) for option, lack in zip(options, missing, strict=True)]
    groups = {key: index for index, key in enumerate(dict.fromkeys(keys))}
    width = max((len(option) for option, _ in groups), default=1)
    padded = [[*option, *([option[0]] * (width - len(option)))] for option, _ in groups]
    return Profiles(
        on_a=shapes[: len(rows)],
        on_b=shapes[len(rows) :],
        may_be=np.array(padded, dtype=np.int64).reshape(len(groups), width),
        missing=tuple(lack for _, lack in groups),
        group_of=np.array([groups[key] for key in keys], dtype=np.int64),
    )


def _distinct_columns(table: Bool) -> tuple[Bool, I64]:
    """The different columns of a table, and which of them each column is."""
    if not table.size:
        return table[:, :1], np.zeros(table.shape[1], dtype=np.int64)
    columns, number = np.unique(table, axis=1, return_inverse=True)
    return columns, number.reshape(-1).astype(np.int64)


def _key(line: LineClass) -> tuple[object, ...]:
    return (
        line.utility,
        line.burial,
        repr(line.size_mm),
        line.pressure,
        repr(line.voltage_kv),
        line.material,
    )


@dataclass(frozen=True, slots=True)
class PairWinners:
    """The winning row for every pair of profiles (p, p), and for pairs of groups (g, g).

    Rows are counted from 0, -1 none; `is_turned` where side a of the row is the second line.
    `is_open` where the number depends on something nobody recorded.
    """

    of_profiles: I32
    row: I32
    is_turned: Bool
    is_open: Bool


def strength_of(rows: Sequence[RuleRow]) -> F64:
    """The larger wins: the narrower row, of equally narrow rows the stricter."""
    return np.array([row.specificity * 1e6 + row.min_m for row in rows], dtype=float)


def pair_winners(rows: Sequence[RuleRow], profiles: Profiles) -> PairWinners:
    """The winning row for all pairs; the strictest over what the pair may be."""
    count = profiles.on_a.shape[1]
    best = np.full((count, count), -1, dtype=np.int32)
    turned = np.zeros((count, count), dtype=np.bool_)
    strength = np.full((count, count), -np.inf)
    for index, row_strength in enumerate(strength_of(rows)):
        for is_turned in (False, True):
            a, b = profiles.on_a[index], profiles.on_b[index]
            cells = np.ix_(b, a) if is_turned else np.ix_(a, b)
            better = row_strength > strength[cells]
            strength[cells] = np.where(better, row_strength, strength[cells])
            best[cells] = np.where(better, np.int32(index), best[cells])
            turned[cells] = np.where(better, is_turned, turned[cells])
    return _strictest(rows, profiles, best, turned)


def _strictest(rows: Sequence[RuleRow], profiles: Profiles, best: I32, turned: Bool) -> PairWinners:
    numbers = np.append([row.min_m for row in rows], -1.0)  # the last stands for "no row"
    may_be = profiles.may_be
    size = len(may_be)
    highest = np.full((size, size), -np.inf)
    lowest = np.full((size, size), np.inf)
    row = np.full((size, size), -1, dtype=np.int32)
    is_turned = np.zeros((size, size), dtype=np.bool_)
    for left in may_be.T:
        for right in may_be.T:
            cells = np.ix_(left, right)
            asked = numbers[best[cells]]
            better = asked > highest
            row = np.where(better, best[cells], row)
            is_turned = np.where(better, turned[cells], is_turned)
            highest = np.maximum(highest, asked)
            lowest = np.minimum(lowest, asked)
    return PairWinners(best, row.astype(np.int32), is_turned, highest > lowest)
