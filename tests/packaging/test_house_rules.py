"""The rules of the house, held by the code itself."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLKITS = ("PySide6", "shiboken6", "pyqtgraph", "vtk", "vtkmodules")
SOURCES = sorted(p for room in ("baiyun_gis", "layers", "ui") for p in (ROOT / room).rglob("*.py"))

BLOCKED = """
import sys, importlib, pathlib
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in {toolkits!r}:
            raise ImportError('toolkit asked for: ' + name)
sys.meta_path.insert(0, Block())
for room in ('baiyun_gis', 'layers'):
    for file in sorted(pathlib.Path(room).rglob('*.py')):
        name = '.'.join(file.with_suffix('').parts)
        if not name.endswith('__main__'):
            importlib.import_module(name.removesuffix('.__init__'))
"""


def test_engine_and_layers_import_with_the_toolkits_blocked() -> None:
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", BLOCKED.format(toolkits=TOOLKITS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def test_a_broken_import_contract_is_caught(tmp_path: Path) -> None:
    for room in ("baiyun_gis", "layers", "ui"):
        shutil.copytree(
            ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "*.nb?")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    linter = Path(sys.executable).with_name("lint-imports")
    command = [str(linter), "--no-cache", "--config", "pyproject.toml"]

    def broken() -> bool:
        run = subprocess.run(
            command,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        )
        return run.returncode != 0

    assert not broken()
    with (tmp_path / "baiyun_gis" / "units.py").open("a", encoding="utf-8") as file:
        file.write("\n\ndef _late() -> None:\n    import PySide6.QtCore\n")
    assert broken()


def message_templates() -> Iterator[tuple[Path, str]]:
    """Every literal first argument of `msg(...)` and `...Error(...)` in engine and layers."""
    tree = (ROOT / "baiyun_gis/errors.py").read_text(encoding="utf-8")
    errors = set(re.findall(r"^class (\w+)\(", tree, re.MULTILINE))
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            first = node.args[0]
            is_literal = isinstance(first, ast.Constant) and isinstance(first.value, str)
            if name in errors | {"msg"} and is_literal:
                yield path, first.value


def catalogue() -> dict[str, str]:
    merged: dict[str, str] = {}
    for path in sorted((ROOT / "baiyun_gis" / "messages").glob("*.zh.toml")):
        merged.update(tomllib.loads(path.read_text(encoding="utf-8")))
    return merged


def test_every_message_has_its_chinese() -> None:
    known = catalogue()
    missing = {
        f"{path.relative_to(ROOT)}: {text}"
        for path, text in message_templates()
        if text not in known and re.search("[A-Za-z]{2}", re.sub(r"\{.*?\}", "", text))
    }
    assert not missing, "\n".join(sorted(missing))


def test_chinese_messages_use_the_same_values() -> None:
    fields = re.compile(r"\{(\w+)")
    both = "{en}"  # a name in a data table carries its own Chinese beside it
    wrong = [
        en
        for en, zh in catalogue().items()
        if en != both and set(fields.findall(en)) != set(fields.findall(zh))
    ]
    assert not wrong


def test_messages_that_nobody_says_are_gone() -> None:
    said = {
        node.value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert not [text for text in catalogue() if text not in said]


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_outgrows_its_room(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500


DANGEROUS = re.compile(
    r"(?<![\w.])(eval|exec)\(|\bpickle\b|shell=True|os\.system|allow_pickle=True|"
    r"xml\.dom|urllib\.request|\bimport (requests|socket|http)\b|yaml\.load\("
)


def test_no_eval_pickle_shell_or_network_in_the_sources() -> None:
    hits = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if DANGEROUS.search(line)
    ]
    assert not hits


def test_broad_excepts_stand_in_three_places_only() -> None:
    allowed = {"baiyun_gis/events.py", "baiyun_gis/plugins.py", "ui/jobs.py"}
    found = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in {"Exception", "BaseException"})
    }
    assert found <= allowed
