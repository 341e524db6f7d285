"""The command line: one file a command in `baiyun_gis.cli`."""

from __future__ import annotations

import argparse
import importlib
import io
import locale
import os
import sys
from collections.abc import Sequence

from baiyun_gis.cli.progress import lang_of
from baiyun_gis.errors import BaiyunError
from baiyun_gis.memory import keep_at_hand

COMMANDS = (
    "app",
    "demo",
    "new",
    "imports",
    "info",
    "check",
    "avoid",
    "explain",
    "compare",
    "carry",
    "rules",
    "buildings",
    "levels",
    "dig",
    "sample",
    "render",
    "export",
    "bench",
    "doctor",
)

_MODULES = {name: name for name in COMMANDS if name not in {"app", "imports"}} | {
    "open": "app",
    "import": "imports",
}
"""The module of each command."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is what the command's help promises, 2 for errors."""
    _speak_any_language()
    words = _with_default_command(list(sys.argv[1:] if argv is None else argv))
    parser = build_parser(words[0])
    args = parser.parse_args(words)
    keep_at_hand()
    try:
        return int(args.run(args))
    except BaiyunError as error:
        if args.debug:
            raise
        _say(error.text(lang_of(args)))
        return 2
    except KeyboardInterrupt:
        _say("已停止" if args.lang == "zh" else "Stopped")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def build_parser(first: str = "") -> argparse.ArgumentParser:
    """The whole command line; of a command that is named `first` that one alone, since the others
    would take half a second to load."""
    parser = argparse.ArgumentParser(
        prog="baiyun-gis",
        description="Baiyun GIS: underground lines, buildings and what is in conflict with what.",
        epilog="With no command the desktop app opens. Example: baiyun-gis check city.gpkg",
    )
    _add_common(parser, top=True)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    module = _MODULES.get(first)
    for name in COMMANDS if module is None else (module,):
        importlib.import_module(f"baiyun_gis.cli.{name}").register(commands)
    for sub in dict.fromkeys(commands.choices.values()):
        _add_common(sub, top=False)
        for inner in sub._actions:  # pyright: ignore[reportPrivateUsage]
            if isinstance(inner, argparse._SubParsersAction):  # pyright: ignore[reportPrivateUsage]
                for word in dict.fromkeys(inner.choices.values()):
                    _add_common(word, top=False)
    return parser


def _add_common(parser: argparse.ArgumentParser, *, top: bool) -> None:
    default = _locale_lang() if top else argparse.SUPPRESS
    no = False if top else argparse.SUPPRESS
    parser.add_argument("--lang", choices=("zh", "en"), default=default, help="language of output")
    parser.add_argument("--debug", action="store_true", default=no, help="show tracebacks")


def _with_default_command(words: list[str]) -> list[str]:
    named = [w for w in words if not w.startswith("-")]
    if any(w in {"-h", "--help"} for w in words) and not named:
        return words
    if not named:
        return [*words, "open"]
    first = next(w for w in named if w not in {"zh", "en"}) if set(named) - {"zh", "en"} else ""
    if first and first not in _MODULES and first.lower().endswith(".gpkg"):
        return ["open", *words]
    return words if first else [*words, "open"]


def _locale_lang() -> str:
    tag = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    if not tag and sys.platform == "win32":
        tag = locale.getlocale()[0] or ""
    return "zh" if tag.lower().startswith(("zh", "chinese")) else "en"


def _speak_any_language() -> None:
    """Output that the console's code page has no letters for is no error; files are UTF-8."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower() not in {
            "utf-8",
            "utf8",
        }:
            piped = None if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=piped, errors="replace")


def _say(sentence: str) -> None:
    sys.stderr.write(f"baiyun-gis: {sentence}\n")


if __name__ == "__main__":
    sys.exit(main())
