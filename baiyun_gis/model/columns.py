"""Frozen column tables: many features as arrays, one array an attribute.

A table is a frozen dataclass whose fields are columns. Each field says in its metadata what
it holds, so storage, import and export go over `specs_of(Table)` and never list names again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, KeysView, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self, cast

import numpy as np
from numpy.typing import NDArray

from baiyun_gis.arrays import F32, F64, I8, I32, I64, Bool, Day, Geom, Str
from baiyun_gis.errors import ModelError
from baiyun_gis.model.vocabulary import Vocabulary

Kind = Literal["text", "real", "code", "flag", "index", "day", "polygon", "point", "vertex"]

NO_DAY = np.datetime64("NaT", "D")
_DTYPES: dict[str, Any] = {
    "text": object,
    "real": np.float64,
    "code": np.int8,
    "flag": np.bool_,
    "index": np.int32,
    "day": "datetime64[D]",
    "polygon": object,
    "point": np.float64,
    "vertex": np.float64,
}
_FILLS: dict[str, Any] = {
    "text": "",
    "real": np.nan,
    "code": 0,
    "flag": False,
    "index": -1,
    "day": NO_DAY,
    "polygon": None,
    "point": np.nan,
    "vertex": np.nan,
}


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


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """What one column holds: kind, unit, vocabulary, Chinese title, the standard's field name."""

    name: str
    kind: Kind
    fill: Any
    unit: str = ""
    vocabulary: type[Vocabulary] | None = None
    zh: str = ""
    standard: str = ""
    doc: str = ""
    width: int = 1

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(_DTYPES[self.kind])

    def filled(self, count: int) -> NDArray[Any]:
        """A new array of `count` unknown values."""
        out = np.empty((count, self.width) if self.width > 1 else count, dtype=_DTYPES[self.kind])
        out.fill(self.fill)
        return out


def column(
    kind: Kind,
    zh: str,
    *,
    unit: str = "",
    vocabulary: type[Vocabulary] | None = None,
    standard: str = "",
    doc: str = "",
    fill: Any = None,
    width: int = 1,
) -> Any:
    """A dataclass field that is a column."""
    return dataclasses.field(
        metadata={
            "kind": kind,
            "zh": zh,
            "unit": unit,
            "vocabulary": vocabulary,
            "standard": standard,
            "doc": doc,
            "fill": _FILLS[kind] if fill is None else fill,
            "width": width,
        }
    )


_EMPTY: dict[type[Any], Any] = {}
_LAYOUTS: dict[type[Any], tuple[tuple[str, np.dtype[Any]], ...]] = {}


def _layout_of(table: type[Columns]) -> tuple[tuple[str, np.dtype[Any]], ...]:
    """Names and types of the columns; asked of every table that is made."""
    known = _LAYOUTS.get(table)
    if known is None:
        known = tuple((spec.name, spec.dtype) for spec in specs_of(table))
        _LAYOUTS[table] = known
    return known


_TYPES: dict[type[Any], dict[str, np.dtype[Any]]] = {}


def _names_and_types(table: type[Columns]) -> dict[str, np.dtype[Any]]:
    known = _TYPES.get(table)
    if known is None:
        known = dict(_layout_of(table))
        _TYPES[table] = known
    return known


def _names_of(table: type[Columns]) -> KeysView[str]:
    """The names of the columns with one value a row."""
    return _names_and_types(table).keys()


_FIELDS: dict[type[Any], dict[str, None]] = {}


def _fields_of(table: type[Columns]) -> KeysView[str]:
    """The names of all fields of a table, those that are not one value a row included."""
    known = _FIELDS.get(table)
    if known is None:
        known = dict.fromkeys(f.name for f in dataclasses.fields(table))
        _FIELDS[table] = known
    return known.keys()


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """What all tables share. Per-feature columns all have the same length."""

    table_name: ClassVar[str] = ""

    def __post_init__(self) -> None:
        self._freeze()

    def _freeze(self) -> None:
        self._freeze_some(_names_of(type(self)), -1)

    def _copied(self, columns: Mapping[str, Any]) -> Self:
        """A table of the same fields but for some, which are taken as they are."""
        new = object.__new__(type(self))
        for name in _fields_of(type(self)):
            value = columns[name] if name in columns else getattr(self, name)
            object.__setattr__(new, name, value)
        return new

    def _freeze_some(self, names: KeysView[str], count: int) -> None:
        """Make columns what the layout says, `count` values each (−1: as many as the first)."""
        dtypes = _names_and_types(type(self))
        for name in names:
            dtype, given = dtypes[name], getattr(self, name)
            values = given if type(given) is np.ndarray else np.asarray(given)
            if values.dtype is not dtype and values.dtype != dtype:
                values = values.astype(dtype)
            if count < 0:
                count = len(values)
            elif len(values) != count:
                raise ModelError(
                    "table {table}: column {column} has {got} values, not {want}",
                    table=self.table_name,
                    column=name,
                    got=len(values),
                    want=count,
                )
            if values.flags.writeable:
                values = values.view()
                values.setflags(write=False)
            if values is not given:
                object.__setattr__(self, name, values)

    def __len__(self) -> int:
        return len(getattr(self, _layout_of(type(self))[0][0]))

    @classmethod
    def build(cls, count: int, /, **columns: Any) -> Self:
        """A table of `count` rows; columns that are not given hold their unknown value.

        Scalars are repeated. Raises `ModelError` for names the table does not have.
        """
        extra = columns.keys() - _fields_of(cls)
        if extra:
            raise ModelError("no such columns: {names}", names=", ".join(sorted(extra)))
        values: dict[str, Any] = {}
        for spec in specs_of(cls):
            name = spec.name
            given = columns.pop(name, None)
            if type(given) is np.ndarray:
                values[name] = given
            elif given is None or np.isscalar(given) or isinstance(given, Vocabulary):
                whole = values[name] = spec.filled(count)
                if given is not None:
                    whole[...] = given
                whole.setflags(write=False)  # fresh, so it need not be viewed
            else:
                values[name] = given
        return cls(**values, **columns)

    @classmethod
    def empty(cls) -> Self:
        """The table of no rows; tables do not change, so there is one of each."""
        if cls not in _EMPTY:
            _EMPTY[cls] = cls.build(0)
        return cast("Self", _EMPTY[cls])

    def take(self, rows: NDArray[Any]) -> Self:
        """The rows of an index or mask, in that order."""
        picked = {name: getattr(self, name)[rows] for name, _ in _layout_of(type(self))}
        for values in picked.values():
            values.setflags(write=False)  # fresh, so it need not be viewed
        return self._copied(picked)

    def with_columns(self, **columns: Any) -> Self:
        """The same table with some columns changed."""
        names = _names_of(type(self))
        if len(columns) < len(names) and columns.keys() <= names:
            new = self._copied(columns)
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
        joined = {
            name: np.concatenate([getattr(table, name) for table in tables])
            for name, _ in _layout_of(cls)
        }
        joined |= cls._ragged(tables)
        for values in joined.values():
            values.setflags(write=False)  # fresh and of the right type: those of tables are
        return tables[0]._copied(joined)

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


_SPECS: dict[type, tuple[ColumnSpec, ...]] = {}


def specs_of(table: type[Columns]) -> tuple[ColumnSpec, ...]:
    """The per-feature columns of a table, in order."""
    known = _SPECS.get(table)
    if known is None:
        known = tuple(
            ColumnSpec(
                name=f.name,
                kind=f.metadata["kind"],
                fill=f.metadata["fill"],
                unit=f.metadata["unit"],
                vocabulary=f.metadata["vocabulary"],
                zh=f.metadata["zh"],
                standard=f.metadata["standard"],
                doc=f.metadata["doc"],
                width=f.metadata["width"],
            )
            for f in dataclasses.fields(table)
            if "kind" in f.metadata
        )
        _SPECS[table] = known
    return known


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
