"""Compiled kernels on disk follow the sources."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import baiyun_gis.kernels.compiled as compiled_module

CALLED = "from kernels.compiled import compiled\n\n\n@compiled\ndef called():\n    return {value}\n"
CALLING = (
    "from kernels.called import called\nfrom kernels.compiled import compiled\n\n\n"
    "@compiled\ndef calling():\n    return called()\n"
)
RUN = (
    "from kernels.calling import calling; print(calling(), sum(calling.stats.cache_hits.values()))"
)

NAMED = (
    "from typing import NamedTuple\nfrom kernels.compiled import compiled\n\n\n"
    "class {name}(NamedTuple):\n    value: float\n\n\n"
    "@compiled\ndef taken(of):\n    return of.value\n\n\n"
    "def calling():\n    return taken({name}(1.0))\n\n\ncalling.stats = taken.stats\n"
)


def answer(folder: Path) -> str:
    """What a new process prints: the kernel's answer, and how often it was found on disk."""
    done = subprocess.run(
        [sys.executable, "-c", RUN], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def package_in(folder: Path) -> Path:
    """A package of kernels with nothing in it but how they are compiled."""
    package = folder / "kernels"
    package.mkdir()
    (package / "__init__.py").touch()
    shutil.copy(str(compiled_module.__file__), package / "compiled.py")
    return package


@pytest.mark.slow
def test_a_change_in_a_called_file_is_not_answered_from_the_old_code(tmp_path: Path) -> None:
    package = package_in(tmp_path)
    (package / "calling.py").write_text(CALLING, encoding="utf-8")
    (package / "called.py").write_text(CALLED.format(value=1), encoding="utf-8")
    assert answer(tmp_path) == "1 0"
    assert answer(tmp_path) == "1 1"
    (package / "called.py").write_text(CALLED.format(value=2), encoding="utf-8")
    assert answer(tmp_path) == "2 0"


@pytest.mark.slow
def test_what_is_kept_of_a_class_that_is_gone_is_compiled_anew(tmp_path: Path) -> None:
    package = package_in(tmp_path)
    for name, known in (("One", 0), ("One", 1), ("Two", 0), ("Two", 1)):
        (package / "calling.py").write_text(NAMED.format(name=name), encoding="utf-8")
        assert answer(tmp_path) == f"1.0 {known}"
