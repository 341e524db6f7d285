"""Whatever moment the process dies at: the last saved project, then the journal."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from storage_builders import any_state, assert_same_state

from baiyun_gis.language import msg
from baiyun_gis.project import ProjectMeta
from baiyun_gis.session import Session
from baiyun_gis.storage.journal import journal_path
from baiyun_gis.storage.project_file import open_project, save_project

ROOT = Path(__file__).resolve().parents[3]
SAVING = """
import sys, itertools
from pathlib import Path
from storage_builders import any_state
from baiyun_gis.storage.project_file import save_project
path = Path(sys.argv[1])
states = [any_state(seed, count=300) for seed in (1, 2)]
print("ready", flush=True)
for number in itertools.count():
    save_project(states[number % 2], path)
"""
EDITING = """
import sys, itertools
from pathlib import Path
from baiyun_gis.language import msg
from baiyun_gis.project import ProjectMeta
from baiyun_gis.session import Session
session = Session.opened(Path(sys.argv[1]))
print("ready", flush=True)
for number in itertools.count(1):
    pipes = session.state.pipes
    note = pipes.note.copy(); note[:] = str(number)
    session.apply(msg("Step"), session.state.with_(
        pipes=pipes.with_columns(note=note), meta=ProjectMeta(title=str(number))))
    print(number, flush=True)
"""


def killed_at(script: str, path: Path, pause_s: float) -> str:
    """Run a script on a project and kill it `pause_s` after it is ready; gives what it printed."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": paths},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(pause_s)
    process.send_signal(signal.SIGKILL)
    said = process.stdout.read()
    process.stdout.close()
    assert process.wait() == -signal.SIGKILL
    return said


@pytest.mark.skipif(sys.platform == "win32", reason="killing at once is a POSIX signal")
@pytest.mark.parametrize("seed", range(6))
def test_killed_while_saving_the_project_is_the_one_before_or_after(
    tmp_path: Path, seed: int
) -> None:
    path = tmp_path / "p.gpkg"
    states = [any_state(number, count=300) for number in (1, 2)]
    save_project(states[0], path)
    killed_at(SAVING, path, random.Random(seed).uniform(0.0, 0.5))
    back = open_project(path)
    is_second = back.pipes.id.tolist() == states[1].pipes.id.tolist()
    assert_same_state(back, states[int(is_second)])
    save_project(back, path)
    assert [file.name for file in tmp_path.iterdir()] == ["p.gpkg"], "the remains are cleared"


@pytest.mark.skipif(sys.platform == "win32", reason="killing at once is a POSIX signal")
@pytest.mark.parametrize("seed", range(4))
def test_killed_while_editing_every_finished_step_is_there(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "p.gpkg"
    state = any_state(3, count=300).with_(meta=ProjectMeta(title="0"))
    save_project(state, path)
    said = killed_at(EDITING, path, random.Random(seed).uniform(0.05, 0.4))
    steps = len(said.split())
    session = Session.opened(path)
    try:
        number = int(session.state.meta.title)
        assert number in {steps, steps + 1}
        assert set(session.state.pipes.note) == ({str(number)} if number else set(state.pipes.note))
        assert session.is_modified == (number > 0)
    finally:
        session.close()
    assert open_project(path, read_only=True).meta.title == "0"


@pytest.mark.parametrize("cut", [1, 7, 40])
def test_a_torn_last_record_is_left_out_and_editing_goes_on(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "p.gpkg"
    save_project(any_state(), path)
    session = Session.opened(path)
    for title in ("one", "two"):
        meta = ProjectMeta(title=title, path=session.path)
        session.apply(msg("Step"), session.state.with_(meta=meta))
    session.close()
    journal = journal_path(path)
    journal.write_bytes(journal.read_bytes()[:-cut])
    again = Session.opened(path)
    assert again.state.meta.title == "one"
    again.apply(msg("Step"), again.state.with_(meta=ProjectMeta(title="three", path=path)))
    again.close()
    assert open_project(path).meta.title == "three"
