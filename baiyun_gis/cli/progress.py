"""Progress on a terminal, quiet when piped."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Generator
from contextlib import contextmanager

from baiyun_gis.jobs import Job
from baiyun_gis.language import Lang, Message


def lang_of(args: argparse.Namespace) -> Lang:
    """The language a command speaks."""
    return "zh" if getattr(args, "lang", "en") == "zh" else "en"


@contextmanager
def terminal_job(args: argparse.Namespace) -> Generator[Job, None, None]:
    """A job that shows a bar on a terminal and nothing when output is piped."""
    if not sys.stderr.isatty() or getattr(args, "quiet", False):
        yield Job()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    lang = lang_of(args)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)

        def show(share: float, doing: Message) -> None:
            bar.update(task, completed=share, description=doing.text(lang))

        yield Job(show)
