"""Days as people type them on a command line."""

from __future__ import annotations

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
