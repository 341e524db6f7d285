"""Frozen column tables: many features as arrays, one array an attribute.

A table is a frozen dataclass whose fields are columns. Each field says in its metadata what
it holds, so storage, import and export go over `specs_of(Table)` and never list names again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, KeysView, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, ClassVar, Self, cast

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.altered import altered
from baiyun_gis.arrays import F32, F64, I8, I32, I64, Bool, Day, Geom, Str
from baiyun_gis.errors import ModelError
from baiyun_gis.model.column_specs import (
    FEW,
    NO_DAY,
    ColumnSpec,
    Kind,
    column,
    is_one,
    repeated,
)
from baiyun_gis.model.vocabulary import Vocabulary

__all__ = [
    "F32",
    "F64",
    "I8",
    "I32",
    "I64",
    "NO_DAY",
    "Bool",
    "ColumnSpec",
    "Columns",
    "Day",
    "Geom",
    "Kind",
    "Str",
    "codes_from_keys",
    "column",
    "distinct_words",
    "is_one_of",
    "keys_from_codes",
    "specs_of",
    "text_array",
]


def _frozen(given: Any, dtype: np.dtype[Any]) -> NDArray[Any]:
    """The values in this type, read-only; copied only where they are of another."""
    values: NDArray[Any] = given if type(given) is np.ndarray else np.asarray(given)
    if values.dtype is not dtype and values.dtype != dtype:
        values = values.astype(dtype)
    if values.flags.writeable:
        values = values.view()
        values.setflags(write=False)
    return values


_EMPTY: dict[type[Any], Any] = {}


@cache
def _names_and_types(table: type[Columns]) -> dict[str, np.dtype[Any]]:
    return {spec.name: spec.dtype for spec in specs_of(table)}


def _names_of(table: type[Columns]) -> KeysView[str]:
    return _names_and_types(table).keys()


@cache
def _spec_of(table: type[Columns], name: str) -> ColumnSpec:
    return next(spec for spec in specs_of(table) if spec.name == name)


def _unknown(table: type[Columns], count: int, but: Collection[str] = ()) -> dict[str, Any]:
    """The columns of a table of which nothing is known, read-only."""
    specs = (spec for spec in specs_of(table) if spec.name not in but)
    return {s.name: repeated(s.kind, s.width, s.fill, count) for s in specs}


_blank = lru_cache(maxsize=512)(_unknown)


@cache
def _fields_of(table: type[Columns]) -> KeysView[str]:
    """The names of all fields of a table, those that are not one value a row included."""
    return dict.fromkeys(f.name for f in dataclasses.fields(table)).keys()


@cache
def _columns_of(table: type[Columns]) -> Callable[[Columns], tuple[NDArray[Any], ...]]:
    """What gives the columns of such a table, in order of their names."""
    return attrgetter(*_names_of(table))


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """What all tables share. Per-feature columns all have the same length."""

    table_name: ClassVar[str] = ""

    def __post_init__(self) -> None:
        self._freeze()

    def _freeze(self) -> None:
        self._freeze_some(_names_of(type(self)), -1)

    def _freeze_some(self, names: KeysView[str], count: int) -> None:
        """Make columns what the layout says, `count` values each (−1: as many as the first)."""
        dtypes = _names_and_types(type(self))
        for name in names:
            given = getattr(self, name)
            values = _frozen(given, dtypes[name])
            count = len(values) if count < 0 else count
            if len(values) != count:
                raise self._uneven(name, len(values), count)
            if values is not given:
                object.__setattr__(self, name, values)

    @classmethod
    def _uneven(cls, name: str, got: int, want: int) -> ModelError:
        return ModelError(
            "table {table}: column {column} has {got} values, not {want}",
            table=cls.table_name,
            column=name,
            got=got,
            want=want,
        )

    def __len__(self) -> int:
        return len(getattr(self, specs_of(type(self))[0].name))

    @classmethod
    def build(cls, count: int, /, **columns: Any) -> Self:
        """A table of `count` rows; columns that are not given hold their unknown value.

        Scalars are repeated. Raises `ModelError` for names the table does not have.
        """
        if not columns.keys() <= _fields_of(cls):
            extra = columns.keys() - _fields_of(cls)
            raise ModelError("no such columns: {names}", names=", ".join(sorted(extra)))
        blank = _blank(cls, count) if count <= FEW else _unknown(cls, count, columns.keys())
        values = {**blank, **columns}
        types = _names_and_types(cls)
        for name, given in columns.items():
            dtype = types.get(name)
            if dtype is None:
                continue  # not one value a row
            if type(given) is np.ndarray or not is_one(given):
                values[name] = value = _frozen(given, dtype)
                if len(value) != count:
                    raise cls._uneven(name, len(value), count)
            else:
                spec = _spec_of(cls, name)
                value = spec.fill if given is None else given
                values[name] = repeated(spec.kind, spec.width, value, count)
        if len(_fields_of(cls)) > len(types):
            return cls(**values)
        new = object.__new__(cls)
        for name, value in values.items():
            object.__setattr__(new, name, value)
        return new

    @classmethod
    def empty(cls) -> Self:
        """The table of no rows; tables do not change, so there is one of each."""
        if cls not in _EMPTY:
            _EMPTY[cls] = cls.build(0)
        return cast("Self", _EMPTY[cls])

    def take(self, rows: NDArray[Any]) -> Self:
        """The rows of an index or mask, in that order."""
        if not len(rows):
            return self.empty()
        names, columns = _names_of(type(self)), _columns_of(type(self))(self)
        picked = {name: values[rows] for name, values in zip(names, columns, strict=True)}
        for values in picked.values():
            values.setflags(write=False)  # fresh, so it need not be viewed
        return altered(self, **picked)

    def with_columns(self, **columns: Any) -> Self:
        """The same table with some columns changed."""
        names = _names_of(type(self))
        if len(columns) < len(names) and columns.keys() <= names:
            new = altered(self, **columns)
            new._freeze_some(columns.keys(), len(self))
            return new
        kept = {name: getattr(self, name) for name in _fields_of(type(self)) if name not in columns}
        return type(self)(**kept, **columns)

    @classmethod
    def concat(cls, tables: Sequence[Self]) -> Self:
        """All rows of all tables, in order."""
        if not tables:
            return cls.empty()
        filled = [table for table in tables if len(table)]
        if len(filled) <= 1 or len(tables) == 1:
            return filled[0] if filled else tables[0]
        tables = filled
        columns = zip(*map(_columns_of(cls), tables), strict=True)
        whole: Iterable[Any] = map(np.concatenate, columns)
        joined = dict(zip(_names_of(cls), whole, strict=True))
        joined |= cls._ragged(tables)
        for values in joined.values():
            values.setflags(write=False)  # fresh and of the right type: those of tables are
        return altered(tables[0], **joined)

    @classmethod
    def _ragged(cls, tables: Sequence[Columns]) -> dict[str, Any]:
        """The parts of a joined table that are not one value a row; none for most tables."""
        del tables
        return {}

    def row(self, index: int) -> dict[str, Any]:
        """One feature as names and values, codes as their vocabulary members."""
        out: dict[str, Any] = {}
        for spec in specs_of(type(self)):
            value = getattr(self, spec.name)[index]
            out[spec.name] = spec.vocabulary(int(value)) if spec.vocabulary else value
        return out


@cache
def specs_of(table: type[Columns]) -> tuple[ColumnSpec, ...]:
    """The per-feature columns of a table, in order."""
    names = [spec.name for spec in dataclasses.fields(ColumnSpec) if spec.name != "name"]
    return tuple(
        ColumnSpec(name=f.name, **{name: f.metadata[name] for name in names})
        for f in dataclasses.fields(table)
        if "kind" in f.metadata
    )


def text_array(values: Iterable[str]) -> Str:
    """A text column from strings."""
    return np.array(list(values), dtype=object)


def codes_from_keys(vocabulary: type[Vocabulary], keys: Iterable[str]) -> I8:
    """A code column from file keys; unknown keys become 0."""
    by_key: Mapping[str, int] = {member.key: int(member) for member in vocabulary}
    return np.fromiter((by_key.get(key, 0) for key in keys), dtype=np.int8)


def keys_from_codes(vocabulary: type[Vocabulary], codes: I8) -> Str:
    """File keys from a code column."""
    names = _KEYS.get(vocabulary)
    if names is None:
        names = np.full(max(int(member) for member in vocabulary) + 1, "", dtype=object)
        for member in vocabulary:
            names[int(member)] = member.key
        _KEYS[vocabulary] = names
    return cast(Str, names[codes])


_KEYS: dict[type[Vocabulary], Str] = {}


def is_one_of(codes: I8, members: tuple[Vocabulary, ...]) -> Bool:
    """Which codes of a column are one of these members."""
    flags = _AMONG.get(members)
    if flags is None:
        flags = np.zeros(256, dtype=np.bool_)
        flags[[int(member) for member in members]] = True
        _AMONG[members] = flags
    return flags[codes]


_AMONG: dict[tuple[Vocabulary, ...], Bool] = {}


def has_text(values: Str) -> Bool:
    """Which texts of a column are not empty."""
    whole = np.ascontiguousarray(values)
    if not len(whole):
        return np.zeros(0, dtype=np.bool_)
    # The empty text is mostly one object: only what is another is compared as text.
    out: Bool = np.frombuffer(whole, dtype=np.intp) != id("")
    some = np.flatnonzero(out)
    out[some] = whole[some] != ""
    return out


def distinct_words(values: Str) -> tuple[list[str], I32]:
    """The different texts of a column in order of first rows, and each row's place among them.

    Columns of few words mostly hold the same text object over and over, so objects are told
    apart first and texts only then.
    """
    from baiyun_gis.kernels.ordering import few_numbered

    whole = np.ascontiguousarray(values)
    if not len(whole):
        return [], np.zeros(0, dtype=np.int32)
    numbers = few_numbered(np.frombuffer(whole, dtype=np.intp))
    if numbers is None:
        rows: list[str] = whole.tolist()
        place = {word: at for at, word in enumerate(dict.fromkeys(rows))}
        code = np.fromiter(map(place.__getitem__, rows), np.int32, len(rows))
        return list(place), code
    code, first = numbers
    objects: list[str] = whole[first].tolist()
    place = {word: at for at, word in enumerate(dict.fromkeys(objects))}
    return list(place), np.array([place[word] for word in objects], dtype=np.int32)[code]
