"""The wheel holds exactly what it should."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


def test_wheel_holds_the_three_packages_and_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {t for t in tops if not t.endswith(".dist-info")} == {"baiyun_gis", "layers", "ui"}


def test_wheel_carries_rules_messages_translations_and_sample(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for needed in (
        "baiyun_gis/rules/builtin/gb50289-2016/",
        "baiyun_gis/messages/checks.zh.toml",
        "baiyun_gis/reports/conflict_report.schema.json",
        "baiyun_gis/sample_data/",
        "ui/i18n/zh_CN.qm",
        "ui/icons/",
    ):
        assert any(name.startswith(needed) for name in names), needed


def test_wheel_carries_no_tests_caches_or_machine_files(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert not [n for n in names if "__pycache__" in n or n.endswith((".nbi", ".nbc", ".pyc"))]
    assert not [n for n in names if "/tests/" in n]
