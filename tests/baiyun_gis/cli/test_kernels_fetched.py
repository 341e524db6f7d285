"""Kernels are fetched beside the reading of a large project: a head start, and no more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import baiyun_gis.cli.check as check
from baiyun_gis.__main__ import main
from baiyun_gis.kernels import warm


def test_a_run_does_not_fail_where_the_head_start_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, out = tmp_path / "small.gpkg", tmp_path / "report.json"
    assert main(["sample", "--segments", "1000", "--seed", "1", "--out", str(project)]) == 0
    asked: list[bool] = []

    def full_disk() -> None:
        asked.append(True)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(check, "_LARGE_BYTES", 0)
    monkeypatch.setattr(warm, "warm_up", full_disk)
    words = ["check", str(project), "--format", "json", "--out", str(out)]
    assert main(words) in (0, 1)
    assert asked
    assert "kernels" in json.loads(out.read_text(encoding="utf-8"))["timings"]
