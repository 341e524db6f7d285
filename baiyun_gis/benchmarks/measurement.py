"""One measurement as a value, and how commands and functions are timed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from baiyun_gis.errors import CheckError


@dataclass(frozen=True, slots=True)
class Measurement:
    """One figure: seconds, peak memory, and the peer's seconds beside it."""

    name: str
    segments: int
    seconds: float
    peak_mib: float | None = None
    peer: str = ""
    peer_seconds: float | None = None
    facts: dict[str, float] = field(default_factory=dict[str, float])

    @property
    def ratio(self) -> float | None:
        """How many times longer the peer took."""
        return None if self.peer_seconds is None else self.peer_seconds / self.seconds

    def to_json(self) -> dict[str, Any]:
        """The figures as plain values, the ratio among them."""
        return asdict(self) | {"ratio": self.ratio}


@dataclass(frozen=True, slots=True)
class Command:
    """What one command of ours took: seconds by the clock and by the processors, peak MiB."""

    seconds: float
    cpu_s: float | None
    peak_mib: float | None


def timed_command(*words: object) -> Command:
    """Run `baiyun-gis` with these words in a process of its own.

    Raises `CheckError` when the command could not do its work.
    """
    return _timed([sys.executable, "-m", "baiyun_gis", *(str(word) for word in words)])


def timed_module(module: str, *words: object) -> Command:
    """Run a module of ours in a process of its own; errors as `timed_command`."""
    return _timed([sys.executable, "-m", module, *(str(word) for word in words)])


def clocked(work: Callable[[], int]) -> tuple[int, float]:
    """What a function answers, and the seconds it took."""
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def _timed(command: list[str]) -> Command:
    start = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603  our own command
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    cpu: float | None = None
    peak: float | None = None
    if hasattr(os, "wait4"):
        message = process.stderr.read() if process.stderr is not None else b""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu = usage.ru_utime + usage.ru_stime
        peak = usage.ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
    else:
        _, message = process.communicate()
    seconds = time.perf_counter() - start
    if process.stderr is not None:
        process.stderr.close()
    # A program that breaks ends with 1, as one that finds conflicts does.
    if process.returncode not in (0, 1) or b"Traceback" in message:
        raise CheckError(
            "The measured command failed: {message}",
            message=message.decode(errors="replace").strip(),
        )
    return Command(seconds, cpu, peak)


BUILDINGS_A_MILLION = 20_000
"""Buildings in a district of a million segments that speed is promised for."""


def sample_project(folder: str, segments: int, seed: int) -> tuple[Path, Command]:
    """A made-up district of that size in a folder, and what making it took.

    It has `BUILDINGS_A_MILLION` buildings for a million segments.
    """
    whole = Path(folder) / "whole.gpkg"
    words = ("--segments", str(segments), "--seed", str(seed), "--out", whole)
    made = timed_command("sample", *words)
    project = Path(folder) / f"district-{segments}.gpkg"
    buildings = max(1, segments * BUILDINGS_A_MILLION // 1_000_000)
    timed_module("baiyun_gis.benchmarks.fewer_buildings", whole, buildings, project)
    whole.unlink()
    return project, made
