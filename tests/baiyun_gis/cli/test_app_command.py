"""The window is only opened with the program's own packages."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from baiyun_gis.cli.app import require_own_packages
from baiyun_gis.errors import RenderError


def test_the_programs_own_packages_are_accepted():
    require_own_packages()


def test_another_distributions_package_named_ui_is_refused_by_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "ui").mkdir()
    (tmp_path / "ui" / "__init__.py").write_text("", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in list(importlib.sys.modules) if name.split(".")[0] == "ui"]:
        monkeypatch.delitem(importlib.sys.modules, name)
    importlib.invalidate_caches()
    with pytest.raises(RenderError, match="environment of its own"):
        require_own_packages()
