"""Finding a font that holds Chinese, for those that must be told one."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

_NAMES = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "SourceHanSansSC-Regular.otf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "DroidSansFallbackFull.ttf",
    "msyh.ttc",
    "simhei.ttf",
    "simsun.ttc",
    "PingFang.ttc",
)
FAMILIES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "SimSun",
)


@cache
def chinese_font_file() -> Path | None:
    """A font file with Chinese on this machine; None where there is none."""
    folders = [
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        Path.home() / ".local/share/fonts",
        Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts",
        Path("/System/Library/Fonts"),
    ]
    found = {
        path.name: path
        for folder in folders
        if folder.is_dir()
        for path in folder.rglob("*")
        if path.name in _NAMES
    }
    return next((found[name] for name in _NAMES if name in found), None)
