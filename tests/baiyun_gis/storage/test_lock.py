from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from baiyun_gis.errors import ProjectLocked
from baiyun_gis.project import ProjectState
from baiyun_gis.storage import lock
from baiyun_gis.storage.project_file import open_project, save_project

ROOT = Path(__file__).resolve().parents[3]
HOLDING = """
import sys
from pathlib import Path
from baiyun_gis.storage import lock
lock.take(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.readline()
"""
RACING = """
import sys, time
from pathlib import Path
from baiyun_gis.errors import ProjectLocked
from baiyun_gis.storage import lock
time.sleep(max(0.0, float(sys.argv[2]) - time.time()))
try:
    lock.take(Path(sys.argv[1]))
    print("won", flush=True)
except ProjectLocked:
    print("lost", flush=True)
sys.stdin.readline()
"""


def start(script: str, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )


def end(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=30)


def test_another_process_that_holds_the_project_keeps_writers_out_and_lets_readers_in(
    tmp_path: Path,
) -> None:
    path = tmp_path / "p.gpkg"
    save_project(ProjectState(revision=5), path)
    other = start(HOLDING, str(path))
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(ProjectLocked, match=f"process {other.pid} "):
            save_project(ProjectState(), path)
        assert open_project(path).revision == 5
        holder = lock.holder_of(path)
        assert holder is not None
        assert holder.pid == other.pid
    finally:
        end(other)
    save_project(ProjectState(revision=6), path)
    assert open_project(path).revision == 6


def test_the_lock_of_a_dead_process_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "p.gpkg"
    dead = start(HOLDING, str(path))
    end(dead)
    assert lock.lock_path(path).exists()
    assert lock.holder_of(path) is None
    assert lock.take(path)
    lock.release(path)


def test_a_reused_process_number_does_not_keep_a_lock_alive(tmp_path: Path) -> None:
    path = tmp_path / "p.gpkg"
    me = lock.this_process()
    facts = {"pid": me.pid, "birth": f"{me.birth}-earlier", "host": me.host}
    lock.lock_path(path).write_text(json.dumps(facts))
    assert lock.take(path)
    lock.release(path)


def test_a_lock_of_another_computer_stands(tmp_path: Path) -> None:
    path = tmp_path / "p.gpkg"
    facts = {"pid": 1, "birth": "x", "host": "another-office-pc"}
    lock.lock_path(path).write_text(json.dumps(facts))
    with pytest.raises(ProjectLocked, match="another-office-pc"):
        lock.take(path)
    assert lock.lock_path(path).exists()


def test_a_lock_file_cut_short_by_a_crash_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "p.gpkg"
    lock.lock_path(path).write_text('{"pid": 1')
    assert lock.take(path)
    assert not lock.take(path), "this process holds it already"
    lock.release(path)
    assert not lock.lock_path(path).exists()


def test_of_many_that_find_a_dead_lock_just_one_gets_it(tmp_path: Path) -> None:
    import time

    path = tmp_path / "p.gpkg"
    end(start(HOLDING, str(path)))
    racers = [start(RACING, str(path), str(time.time() + 1.0)) for _ in range(5)]
    try:
        told = [racer.stdout.readline().strip() for racer in racers if racer.stdout]
    finally:
        for racer in racers:
            end(racer)
    assert sorted(told) == ["lost"] * 4 + ["won"]
