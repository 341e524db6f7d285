"""Two processes of this machine give the report of one, and talk to nobody else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

GUARDED = """
import sys

def watch(event, arguments):
    if event in ('socket.connect', 'socket.sendto', 'socket.bind', 'socket.getaddrinfo'):
        address = arguments[1] if event != 'socket.getaddrinfo' else arguments[0]
        host = address[0] if isinstance(address, tuple) else address
        if isinstance(host, bytes):
            host = host.decode()
        if host in ('127.0.0.1', None) or (isinstance(host, str) and host.startswith('/')):
            return
        sys.stderr.write(f'NETWORK {event} {arguments!r}')
        sys.stderr.flush()
        import os
        os._exit(9)

from baiyun_gis.__main__ import main

if __name__ == '__main__':
    sys.addaudithook(watch)
    sys.exit(main(sys.argv[1:]))
"""

WITHOUT_DASK = """
import sys
sys.modules['distributed'] = None
from baiyun_gis.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def run(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore", *(str(word) for word in words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tiles") / "p.gpkg"
    made = run("-m", "baiyun_gis", "sample", "--segments", "1000", "--seed", "4", "--out", path)
    assert made.returncode == 0, made.stderr
    return path


def words(project: Path, out: Path) -> list[object]:
    return ["check", project, "--as-of", "2026-01-01", "--created", "now", "--out", out]


def test_two_workers_give_the_report_of_one_and_open_sockets_on_this_machine_only(
    project: Path, tmp_path: Path
) -> None:
    pytest.importorskip("distributed", reason="Dask is not installed (extra 'cluster')")
    script = tmp_path / "guarded.py"
    script.write_text(GUARDED, encoding="utf-8")
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    whole = run("-m", "baiyun_gis", *words(project, one))
    parts = run(script, *words(project, two), "--tiles", "5", "--workers", "2")
    assert parts.returncode == whole.returncode == 1, parts.stderr
    left, right = (json.loads(path.read_text(encoding="utf-8")) for path in (one, two))
    assert "tiles" in right.pop("timings")
    left.pop("timings")
    assert json.dumps(left) == json.dumps(right)


def test_one_worker_needs_no_dask(project: Path, tmp_path: Path) -> None:
    script = tmp_path / "bare.py"
    script.write_text(WITHOUT_DASK, encoding="utf-8")
    alone = run(script, *words(project, tmp_path / "r.json"), "--tiles", "3", "--workers", "1")
    assert alone.returncode == 1, alone.stderr


def test_without_dask_the_command_says_in_one_sentence_what_to_install(
    project: Path, tmp_path: Path
) -> None:
    script = tmp_path / "bare.py"
    script.write_text(WITHOUT_DASK, encoding="utf-8")
    told = run(script, *words(project, tmp_path / "r.json"), "--workers", "2")
    assert told.returncode == 2
    assert "pip install 'baiyun-gis[cluster]'" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_size_that_is_none_is_explained(project: Path, tmp_path: Path) -> None:
    told = run("-m", "baiyun_gis", *words(project, tmp_path / "r.json"), "--tiles", "big")
    assert told.returncode == 2
    assert "2000m" in told.stderr
