"""Nothing asks the network for anything while the program runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

GUARDED = """
import sys

def watch(event, arguments):
    if event in ('socket.connect', 'socket.getaddrinfo', 'socket.gethostbyname', 'socket.sendto'):
        address = arguments[1] if event == 'socket.connect' else arguments[0]
        if isinstance(address, (str, bytes)) and str(address).startswith('/'):
            return  # a socket of this machine's own file system, such as the screen's
        sys.stderr.write(f'NETWORK {event} {arguments!r}')
        sys.exit(9)

sys.addaudithook(watch)
import pyproj
from baiyun_gis.__main__ import main
project = sys.argv[1]
assert main(['sample', '--segments', '1000', '--seed', '5', '--out', project]) == 0
assert main(['check', project, '--format', 'html', '--out', project + '.html']) in (0, 1)
assert main(['buildings', project, '--format', 'json', '--out', project + '.json']) in (0, 1)
from baiyun_gis.crs.transforms import transform
import numpy as np
transform(np.array([[434000.0, 2566000.0]]), 'EPSG:4547', 'EPSG:4326')
assert not pyproj.network.is_network_enabled()
"""


def test_the_main_job_opens_no_connection(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", GUARDED, str(tmp_path / "p.gpkg")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
