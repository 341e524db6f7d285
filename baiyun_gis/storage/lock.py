"""One writer at a time: `<project>.lock` says which process holds the project.

Readers never need it. A lock whose process is gone (same computer) is taken over; one of another
computer stands until its owner lets go or a person deletes the file.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from baiyun_gis.errors import ProjectError, ProjectLocked

_TRIES = 50
_PAUSE_S = 0.02


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds a project; `birth` tells it from a later one with its number."""

    pid: int
    birth: str
    host: str

    @property
    def is_gone(self) -> bool:
        """Certainly not running any more; never said of another computer's process."""
        return self.host == platform.node() and process_birth(self.pid) != self.birth


def this_process() -> Holder:
    """The running process as a holder."""
    return Holder(os.getpid(), process_birth(os.getpid()), platform.node())


def lock_path(project: Path) -> Path:
    """Where the lock of a project lies."""
    return project.with_name(f"{project.name}.lock")


def holder_of(project: Path) -> Holder | None:
    """Who holds the project now; None when nobody does."""
    try:
        holder = _parsed(lock_path(project).read_bytes())
    except OSError:
        return None
    return None if holder is None or holder.is_gone else holder


def take(project: Path) -> bool:
    """Hold the project for this process; False when it does so already.

    Raises `ProjectLocked` when another process holds it, `ProjectError` when the folder cannot be
    written.
    """
    me = this_process()
    try:
        with _alone(lock_path(project)) as file:
            file_holder = _parsed(_all(file))
            if file_holder == me:
                return False
            if file_holder is not None and not file_holder.is_gone:
                raise ProjectLocked(
                    "{path}: is being edited by another program (process {pid} on {host}); close"
                    " it there, or delete {lock} if that process no longer exists",
                    path=str(project),
                    pid=file_holder.pid,
                    host=file_holder.host,
                    lock=lock_path(project).name,
                )
            os.ftruncate(file, 0)
            os.lseek(file, 0, os.SEEK_SET)
            os.write(file, json.dumps(asdict(me)).encode())
            os.fsync(file)
    except OSError as error:
        raise ProjectError(
            "{path}: cannot be written ({why}); check the folder, free space and whether another"
            " program has the file open, or save under another name",
            path=str(project),
            why=error.strerror or str(error),
        ) from error
    return True


def release(project: Path) -> None:
    """Let go of the project, if this process holds it."""
    path = lock_path(project)
    with contextlib.suppress(OSError):
        if _parsed(path.read_bytes()) != this_process():
            return
        with _alone(path) as file:
            os.ftruncate(file, 0)
            if sys.platform != "win32":
                path.unlink()
        if sys.platform == "win32":
            path.unlink()


@contextmanager
def held(project: Path) -> Generator[None]:
    """Hold the project for the block; one already held by this process stays held after it."""
    is_new = take(project)
    try:
        yield
    finally:
        if is_new:
            release(project)


def process_birth(pid: int) -> str:
    """When a process of this computer began, in the system's own words; empty when not running."""
    if sys.platform == "win32":
        return _birth_on_windows(pid)
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return "" if Path("/proc/self/stat").exists() else _running_somewhere(pid)
    fields = stat[stat.rindex(")") + 2 :].split()
    return "" if fields[0] in "ZX" else f"{_boot_id()}:{fields[19]}"


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _running_somewhere(pid: int) -> str:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        return "running"
    return "running"


def _birth_on_windows(pid: int) -> str:
    if sys.platform != "win32":
        return ""
    import ctypes
    from ctypes import wintypes

    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.OpenProcess.restype = wintypes.HANDLE
    handle = kernel.OpenProcess(0x1000, False, pid)  # noqa: FBT003  query limited information
    if not handle:
        return ""
    try:
        times = [wintypes.FILETIME() for _ in range(4)]
        code = wintypes.DWORD()
        kernel.GetExitCodeProcess(wintypes.HANDLE(handle), ctypes.byref(code))
        if code.value != 259:  # STILL_ACTIVE
            return ""
        kernel.GetProcessTimes(wintypes.HANDLE(handle), *(ctypes.byref(t) for t in times))
        return f"{times[0].dwHighDateTime}:{times[0].dwLowDateTime}"
    finally:
        kernel.CloseHandle(wintypes.HANDLE(handle))


@contextmanager
def _alone(path: Path) -> Generator[int]:
    """The lock file, open, with no other process looking at it; made when absent."""
    for _ in range(_TRIES):
        file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
        try:
            if _exclusive(file) and _is_still(path, file):
                try:
                    yield file
                    return
                finally:
                    _shared(file)
        finally:
            os.close(file)
        time.sleep(_PAUSE_S)
    raise ProjectLocked(
        "{path}: another program is opening the project right now; try again",
        path=str(path.with_suffix("")),
    )


def _exclusive(file: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(file, 1 << 20, os.SEEK_SET)
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
            os.lseek(file, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # Some network folders have no locks of this kind: the file's own words must do.
        return sys.platform != "win32"
    return True


def _shared(file: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(file, 1 << 20, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)


def _is_still(path: Path, file: int) -> bool:
    try:
        there, ours = path.stat(), os.fstat(file)
    except OSError:
        return False
    return (there.st_ino, there.st_dev) == (ours.st_ino, ours.st_dev)


def _all(file: int) -> bytes:
    os.lseek(file, 0, os.SEEK_SET)
    return os.read(file, 4096)


def _parsed(data: bytes) -> Holder | None:
    try:
        facts = json.loads(data)
        return Holder(int(facts["pid"]), str(facts["birth"]), str(facts["host"]))
    except (ValueError, KeyError, TypeError):
        return None
