"""Tiles checked by other processes through Dask: of this machine, an office's or a cloud's.

The one place where the program talks to other processes over the network, and only when asked:
local workers by 127.0.0.1, a cluster by the address of its scheduler. What is sent are this
program's own arrays; a scheduler that you do not trust must not be given. Workers that see the
project under the same path read their rows from it themselves.
"""

from __future__ import annotations

import logging
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from baiyun_gis import __version__
from baiyun_gis.errors import CheckError, ProjectError, UsageError
from baiyun_gis.storage.project_file import saved_content
from baiyun_gis.tiles.run import Over, Work, one_by_one

_IN_FLIGHT = 2
"""Tiles a worker has at most: one that it checks and one that waits for it."""

LOCAL_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Workers:
    """Those who do the work: how it is given to them, and whether they can read a project."""

    over: Over
    sees: Callable[[Path], bool]


def only_here() -> Workers:
    """This process alone."""
    return Workers(one_by_one, lambda path: path.is_file())


@contextmanager
def local_workers(count: int) -> Generator[Workers, None, None]:
    """Checks tiles in `count` processes of this machine, one thread each.

    Raises `UsageError` where Dask is not installed.
    """
    distributed = _distributed()
    with (
        _quiet(),
        distributed.LocalCluster(
            n_workers=count,
            threads_per_worker=1,
            processes=True,
            host=LOCAL_HOST,
            dashboard_address=None,
            silence_logs=logging.ERROR,
            env={"NUMBA_NUM_THREADS": "1"},
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield Workers(_over(client), lambda path: path.is_file())


@contextmanager
def cluster_workers(address: str) -> Generator[Workers, None, None]:
    """Checks tiles on the workers of the scheduler at `address`, such as tcp://10.0.0.5:8786.

    Raises `UsageError` where Dask is not installed and `CheckError` where nobody answers, no
    worker is there or one has another version of this program.
    """
    distributed = _distributed()
    try:
        client = distributed.Client(address, timeout=20)
    except (OSError, ValueError) as error:
        raise CheckError(
            "No scheduler answers at {address} ({why})", address=address, why=str(error)
        ) from error
    with client:
        _require_same_version(client, address)
        yield Workers(_over(client), lambda path: _all_see(client, path))


def content_at(path: str) -> str:
    """What identifies the project at a path of the machine where this runs; empty for none."""
    try:
        return saved_content(Path(path))
    except ProjectError:
        return ""


def _all_see(client: Any, path: Path) -> bool:
    """Can every worker read this very project under the same path."""
    theirs: dict[str, str] = client.run(content_at, str(path.resolve()))
    return set(theirs.values()) == {saved_content(path)}


def _over(client: Any) -> Over:
    """Sends out work as workers become free; what comes of it comes in the items' order."""

    def over(work: Work, shared: Any, items: Iterable[Any]) -> Iterator[Any]:
        room = _IN_FLIGHT * max(len(client.scheduler_info(n_workers=-1)["workers"]), 1)
        given = client.scatter(shared, broadcast=True, hash=False)
        waiting: deque[tuple[int, Any]] = deque()
        for number, item in enumerate(items):
            if len(waiting) >= room:
                yield _answer(*waiting.popleft())
            sent = client.scatter(item, hash=False)
            waiting.append((number, client.submit(work, given, sent, pure=False, retries=1)))
            del sent, item
        while waiting:
            yield _answer(*waiting.popleft())

    return over


def _answer(number: int, future: Any) -> Any:
    from distributed.scheduler import KilledWorker

    try:
        return future.result()
    except KilledWorker as error:
        raise CheckError(
            "Tile {number} ended its workers, most likely for want of memory;"
            " make tiles smaller with --tiles",
            number=number,
        ) from error


def installed_version() -> str:
    """The version of this program where this runs."""
    return __version__


def _require_same_version(client: Any, address: str) -> None:
    try:
        versions: dict[str, str] = client.run(installed_version)
    except ModuleNotFoundError as error:
        raise CheckError(
            "The workers of {address} do not have this program: install it there",
            address=address,
        ) from error
    ours = installed_version()
    if not versions:
        raise CheckError("The scheduler at {address} has no workers", address=address)
    other = sorted({version for version in versions.values() if version != ours})
    if other:
        raise CheckError(
            "Workers of {address} have version {theirs}, this is {ours}",
            address=address,
            theirs=", ".join(other),
            ours=ours,
        )


def _distributed() -> Any:
    try:
        import distributed
    except ModuleNotFoundError as error:
        raise UsageError(
            "Checking with several processes needs Dask: pip install 'baiyun-gis[cluster]'"
        ) from error
    return distributed


@contextmanager
def _quiet() -> Generator[None, None, None]:
    """Without Dask's own notices on the terminal; it still says what went wrong."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.nanny")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            # Another run may have the port that Dask would show itself on.
            warnings.filterwarnings("ignore", message="Port .* is already in use")
            yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
