"""Where rasters that live inside project files are unpacked for reading."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path


def default_folder() -> Path:
    """The user's cache folder for rasters, by the habits of the system; not created yet."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "baiyun-gis" / "rasters"


def writable(folder: Path) -> Path:
    """`folder`, created; one in the system's temporary folder where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    spare = Path(tempfile.gettempdir()) / "baiyun-gis-rasters"
    spare.mkdir(parents=True, exist_ok=True)
    return spare
