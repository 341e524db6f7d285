"""PostGIS as a peer: a server of its own in a temporary folder, reached by a socket file."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from baiyun_gis.arrays import I64
from baiyun_gis.benchmarks.peers import PeerAnswer, radii, sorted_keys
from baiyun_gis.errors import CheckError
from baiyun_gis.kernels.segments import Segments

_SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
shared_buffers = 512MB
work_mem = 256MB
maintenance_work_mem = 512MB
fsync = off
synchronous_commit = off
max_wal_size = 4GB
jit = off
"""

_LOAD = """
CREATE TABLE raw (id bigint, r float8, x0 float8, y0 float8, z0 float8,
                  x1 float8, y1 float8, z1 float8);
\\copy raw FROM 'bodies.csv' CSV
CREATE TABLE pipes AS
    SELECT id, r, ST_MakeLine(ST_MakePoint(x0, y0, z0), ST_MakePoint(x1, y1, z1)) AS geom FROM raw;
"""

# The radii differ from row to row, so the index is asked with the largest and the distance with
# each pair's own.
_QUERY = """
CREATE INDEX ON pipes USING gist (geom gist_geometry_ops_nd);
ANALYZE pipes;
CREATE TABLE found AS
    SELECT a.id AS i, b.id AS j
    FROM pipes a JOIN pipes b
      ON b.geom &&& ST_Expand(a.geom, a.r + :largest + :within)
     AND a.id < b.id AND ST_3DDWithin(a.geom, b.geom, a.r + b.r + :within);
"""


# Lines that meet at a right angle in one point: PostGIS 3.3 answers NULL for their distance.
_SILENT = """
COPY (
    SELECT a.id, b.id
    FROM pipes a JOIN pipes b
      ON b.geom &&& ST_Expand(a.geom, a.r + :largest + :within)
     AND a.id < b.id AND ST_3DDistance(a.geom, b.geom) IS NULL
) TO STDOUT CSV;
"""


def postgis_pairs(seg: Segments, within_m: float) -> PeerAnswer | None:
    """Pairs by `ST_3DDWithin` over an n-dimensional index; None where PostGIS is not installed."""
    programs = _programs()
    if programs is None or not hasattr(os, "geteuid"):
        return None
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        folder = Path(name)
        with _server(programs, folder) as user:
            psql = _Session(programs, folder, user)
            if not psql.has_postgis():
                return None
            return _asked(psql, seg, within_m)


def _asked(psql: _Session, seg: Segments, within_m: float) -> PeerAnswer:
    radius = radii(seg)
    rows = np.column_stack([radius, seg.x0, seg.y0, seg.z0, seg.x1, seg.y1, seg.z1])
    lines = (f"{row},{','.join(map(repr, v))}" for row, v in enumerate(rows.tolist()))
    (psql.folder / "bodies.csv").write_text("\n".join(lines) + "\n", encoding="ascii")
    start = time.perf_counter()
    psql.run(_LOAD)
    made = time.perf_counter()
    limits = {"largest": float(radius.max()), "within": within_m}
    psql.run(_QUERY, **limits)
    done = time.perf_counter()
    pairs = _rows(psql.run("COPY found TO STDOUT CSV"))
    silent = _rows(psql.run(_SILENT, **limits))
    return PeerAnswer(
        "PostGIS ST_3DDWithin",
        psql.run("SELECT postgis_lib_version()").strip(),
        done - made,
        made - start,
        pairs[:, 0],
        pairs[:, 1],
        silent=sorted_keys(silent[:, 0], silent[:, 1]),
    )


def _rows(listed: str) -> I64:
    """Pairs of numbers as they come from `COPY … CSV`, shape (n, 2)."""
    words = listed.replace("\n", ",").strip(",")
    numbers = np.array(words.split(",") if words else [], dtype=np.int64)
    return numbers.reshape(-1, 2)


def _programs() -> Path | None:
    """The folder of the server's programs; Debian does not put all of them on the search path."""
    found = shutil.which("initdb")
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    folders = [Path(found).parent, Path(found).resolve().parent, *known] if found else known
    for folder in folders:
        if all((folder / name).exists() for name in ("initdb", "pg_ctl", "psql")):
            return folder
    return None


@contextmanager
def _server(programs: Path, folder: Path) -> Generator[str | None, None, None]:
    """A running server whose data and socket lie in `folder`; gives the user it runs as."""
    user = _other_user()
    if user is not None:
        shutil.chown(folder, user)
    data = folder / "data"
    _command(
        user, folder, programs / "initdb", "-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8"
    )
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(_SETTINGS.format(folder=folder))
    control = (programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log")
    _command(user, folder, *control, "start")
    try:
        yield user
    finally:
        _command(user, folder, *control, "-m", "immediate", "stop")


def _other_user() -> str | None:
    """Who runs the server where this runs as root: it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _command(user: str | None, folder: Path, *words: object, text: str = "") -> str:
    done = subprocess.run(  # noqa: S603  fixed programs, no shell
        [str(word) for word in words],
        cwd=folder,
        input=text,
        user=user,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CheckError("{program} failed: {why}", program=str(words[0]), why=done.stderr.strip())
    return done.stdout


class _Session:
    """Statements to the server, each run in a client of its own."""

    def __init__(self, programs: Path, folder: Path, user: str | None) -> None:
        self.folder, self._programs, self._user = folder, programs, user

    def run(self, text: str, **numbers: float) -> str:
        """What a script of fixed statements answers; numbers stand in it as :name."""
        words: list[object] = [self._programs / "psql", "-XqtA", "-v", "ON_ERROR_STOP=1"]
        for name, value in numbers.items():
            words += ["-v", f"{name}={value!r}"]
        words += ["-h", self.folder, "-U", "bench", "-d", "postgres"]
        return _command(self._user, self.folder, *words, text=text)

    def has_postgis(self) -> bool:
        """Install the extension in the database; False where the server has none."""
        known = self.run("SELECT count(*) FROM pg_available_extensions WHERE name = 'postgis'")
        if known.strip() == "0":
            return False
        self.run("CREATE EXTENSION postgis")
        return True
