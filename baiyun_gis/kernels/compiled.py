"""How every kernel is compiled and kept on disk."""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import njit
from numba.core.caching import FunctionCache

Function = TypeVar("Function", bound=Callable[..., object])


_IMPORT = re.compile(r"^from \S*?(\w+) import", re.MULTILINE)


@cache
def _imported(path: Path) -> tuple[Path, ...]:
    """The kernel files a kernel file takes something from."""
    names = _IMPORT.findall(path.read_text(encoding="utf-8"))
    found = {path.with_name(f"{name}.py") for name in names}
    return tuple(sorted(one for one in found if one.is_file()))


@cache
def _digest_of(path: Path) -> str:
    """One digest over a kernel file and all that it is built from."""
    needed, left = {path}, [path]
    while left:
        more = [one for one in _imported(left.pop()) if one not in needed]
        needed.update(more)
        left += more
    digest = hashlib.sha256()
    for one in sorted(needed):
        digest.update(one.name.encode() + one.read_bytes())
    return digest.hexdigest()


class _KernelCache(FunctionCache):
    """Compiled kernels on disk, valid for exactly these sources.

    Numba looks at a kernel's own file only. A kernel that calls one in another file would go on
    running that one's old code after an update, and give old numbers. Files it takes nothing from
    do not count, so that an update compiles only what it changed.
    """

    def __init__(self, function: Callable[..., object]) -> None:
        super().__init__(function)
        self._sources = _digest_of(Path(inspect.getfile(function)))

    def _index_key(self, sig: Any, codegen: Any) -> tuple[Any, ...]:
        return (*super()._index_key(sig, codegen), self._sources)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The kernel kept for a signature; None where none is, or what is kept names a class that
        an update took away: then all of it is of older sources."""
        try:
            return super().load_overload(sig, target_context)
        except (AttributeError, ImportError):
            self.flush()
            return None


def put_in_place(function: Function) -> Function:
    """Numba-compile a small kernel that others call in their inner loops: its code is put there.

    Arrays handed to a kernel are counted on the way in and out, which costs more than a small
    kernel does.
    """
    return _made(function, forceinline=True)


def compiled(function: Function) -> Function:
    """Numba-compile a kernel: kept on disk, without the interpreter lock, IEEE division.

    Division by zero gives infinity or NaN as in NumPy; the kernels test for it where it can
    happen. Branches that raise would double the code of the inner loops. Where no folder can be
    written, the kernel is compiled anew in every process.
    """
    return _made(function)


def _made(function: Function, **options: Any) -> Function:
    kernel: Any = njit(nogil=True, error_model="numpy", **options)(function)
    try:
        kernel._cache = _KernelCache(function)
    except RuntimeError:
        return cast(Function, kernel)
    return cast(Function, kernel)
