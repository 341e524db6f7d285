"""Days as people type them on a command line."""

from __future__ import annotations

from datetime import date

import numpy as np

from baiyun_gis.errors import UsageError


def day_of(text: str) -> np.datetime64:
    """An ISO day; empty is NaT. Raises `UsageError` for anything else."""
    try:
        return np.datetime64(text or "NaT", "D")
    except ValueError as error:
        raise UsageError(
            "--as-of must be a date such as 2026-01-31, not {given}.", given=text
        ) from error


def day_or_all(text: str) -> np.datetime64:
    """`--as-of` as a day: today where it is empty, NaT for 'all'."""
    if text == "all":
        return np.datetime64("NaT", "D")
    return day_of(text or date.today().isoformat())  # the command line is where the clock is
