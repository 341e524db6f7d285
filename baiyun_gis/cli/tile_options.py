"""The options of `check` for tiles: how to divide, and who checks the tiles."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from baiyun_gis.cli.numbers import count_of
from baiyun_gis.errors import UsageError

if TYPE_CHECKING:
    from baiyun_gis.tiles.cluster import Workers
    from baiyun_gis.tiles.tiling import Tiling

AUTO = "auto"


def add_tile_options(parser: Any) -> None:
    """Add --tiles, --workers and --cluster."""
    group = parser.add_argument_group(
        "tiles",
        "the same answer worked out part by part, so that no process needs the whole city",
    )
    group.add_argument(
        "--tiles",
        metavar="N|SIZE",
        nargs="?",
        const=AUTO,
        default="",
        help="so many tiles, or squares such as 2000m; tiles of 250,000 segments if left out",
    )
    group.add_argument(
        "--workers",
        metavar="N",
        type=count_of,
        default=0,
        help="processes of this machine (one per processor); 1 needs no Dask",
    )
    group.add_argument(
        "--cluster", metavar="ADDRESS", default="", help="a Dask scheduler, tcp://HOST:8786"
    )


def asks_for_tiles(args: argparse.Namespace) -> bool:
    """Is the run to be divided."""
    return bool(args.tiles or args.workers or args.cluster)


def tiling_of(args: argparse.Namespace) -> Tiling:
    """How to divide; raises `UsageError`."""
    from baiyun_gis.tiles.tiling import Tiling

    least = 1 if args.cluster else workers_of(args)
    text = args.tiles or AUTO
    if text == AUTO:
        return Tiling(least=least)
    size = re.fullmatch(r"(\d+(?:\.\d+)?)\s*m", text)
    if size is not None and float(size[1]) > 0:
        return Tiling(side_m=float(size[1]))
    try:
        return Tiling(count=count_of(text))
    except argparse.ArgumentTypeError as error:
        raise UsageError(
            "--tiles takes a number of tiles such as 16 or a size such as 2000m, not '{text}'",
            text=text,
        ) from error


def workers_of(args: argparse.Namespace) -> int:
    """How many processes of this machine."""
    return args.workers or os.cpu_count() or 1


@contextmanager
def tile_workers(args: argparse.Namespace) -> Generator[Workers, None, None]:
    """Who checks the tiles, as the options say."""
    from baiyun_gis.tiles.cluster import cluster_workers, local_workers, only_here

    if args.cluster:
        with cluster_workers(args.cluster) as workers:
            yield workers
    elif workers_of(args) == 1:
        yield only_here()
    else:
        with local_workers(workers_of(args)) as workers:
            yield workers
