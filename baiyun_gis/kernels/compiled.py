"""How every kernel is compiled and kept on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import njit
from numba.core.caching import FunctionCache

Function = TypeVar("Function", bound=Callable[..., object])


def _digest_of_sources() -> str:
    """One digest over all kernel files."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


_SOURCES = _digest_of_sources()


class _KernelCache(FunctionCache):
    """Compiled kernels on disk, valid for exactly these sources.

    Numba looks at a kernel's own file only. A kernel that calls one in another file would go on
    running that one's old code after an update, and give old numbers.
    """

    def _index_key(self, sig: Any, codegen: Any) -> tuple[Any, ...]:
        return (*super()._index_key(sig, codegen), _SOURCES)


def compiled(function: Function) -> Function:
    """Numba-compile a kernel: kept on disk, without the interpreter lock, IEEE division.

    Division by zero gives infinity or NaN as in NumPy; the kernels test for it where it can
    happen. Branches that raise would double the code of the inner loops. Where no folder can be
    written, the kernel is compiled anew in every process.
    """
    kernel: Any = njit(nogil=True, error_model="numpy")(function)
    try:
        kernel._cache = _KernelCache(function)
    except RuntimeError:
        return cast(Function, kernel)
    return cast(Function, kernel)
