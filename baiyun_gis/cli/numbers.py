"""Numbers as people type them on a command line."""

from __future__ import annotations

import argparse


def count_of(text: str) -> int:
    """A whole number above 0, also written as 1e5."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if value != value or value < 1 or value != int(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(value)
