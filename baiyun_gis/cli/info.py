"""`baiyun-gis info`: what is in a project or in any source that can be imported."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from baiyun_gis.cli.progress import lang_of, terminal_job
from baiyun_gis.language import Lang, Message, msg
from baiyun_gis.storage.geopackage import is_project

_TITLES = {
    "pipes": msg("pipes"),
    "nodes": msg("nodes"),
    "buildings": msg("buildings"),
    "permits": msg("permits"),
    "structures": msg("structures"),
}
_KINDS = {"pipes": "utility", "nodes": "kind", "structures": "kind"}


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "info",
        help="what is in a project or a source",
        description="Tables, counts, reference system, extent, time span and unknown levels of a "
        "project, or of any source that can be imported.",
        epilog="Example: baiyun-gis info city.gpkg --json",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "source", nargs="+", type=Path, metavar="SOURCE-or-PROJECT", help="a project or sources"
    )
    parser.add_argument("--crs", default="", help="reference system of sources that name none")
    parser.add_argument("--encoding", default="", help="text encoding, such as gb18030")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print what is there; 0."""
    with terminal_job(args) as job:
        paths = tuple(args.source)
        if len(paths) == 1 and is_project(paths[0]):
            from baiyun_gis.storage.project_file import open_project

            state = open_project(paths[0], read_only=True)
            facts = described(state, crs=state.meta.crs, vertical_datum=state.meta.vertical_datum)
            facts["project"] = {"title": state.meta.title, "revision": state.revision}
        else:
            facts = _of_sources(paths, args, job)
    lang = lang_of(args)
    if args.json:
        sys.stdout.write(json.dumps(facts, ensure_ascii=False, indent=1) + "\n")
    else:
        _print(facts, lang)
    return 0


def _of_sources(paths: tuple[Path, ...], args: argparse.Namespace, job: Any) -> dict[str, Any]:
    from dataclasses import replace

    from baiyun_gis.io.import_report import ImportReport
    from baiyun_gis.io.imported import ImportOptions
    from baiyun_gis.io.pipeline import read_sources
    from baiyun_gis.model.levels import settle

    found = read_sources(paths, ImportOptions(crs=args.crs, encoding=args.encoding), job)
    found = replace(found, pipes=settle(found.pipes))
    facts = described(found, crs=found.crs, vertical_datum=found.vertical_datum)
    report = ImportReport(found.reports, {}, found.crs)
    facts["sources"] = report.to_json(lang_of(args))["sources"]
    return facts


def described(tables: Any, *, crs: str, vertical_datum: str) -> dict[str, Any]:
    """The facts `info --json` gives, of a project state or an import.

    `extent` is west, south, east, north in `crs`, null where nothing has a place.
    """
    from baiyun_gis.project import TABLES

    shown: dict[str, Any] = {}
    extents: list[tuple[float, float, float, float]] = []
    for kind in TABLES:
        table = getattr(tables, kind.table_name)
        if len(table):
            shown[kind.table_name] = _described(table)
            extents.append(_extent(table))
    facts: dict[str, Any] = {
        "crs": crs,
        "vertical_datum": vertical_datum,
        "extent": _joined(extents),
        "tables": shown,
    }
    if tables.rasters:
        facts["rasters"] = [
            {"id": r.id, "kind": r.kind.key, "epoch": _day(r.epoch), "crs": r.crs}
            for r in tables.rasters
        ]
    return facts


def _described(table: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {"count": len(table)}
    name = table.table_name
    if name in _KINDS:
        facts["kinds"] = _counts(table, _KINDS[name])
    if name == "pipes":
        facts["unknown_levels"] = int((~table.has_level).sum())
        facts["unknown_sections"] = _unknown(table.outer_width_m)
        links = {k: n for k, n in _text_counts(table.subtype).items() if k.isalpha()}
        facts["subtypes"] = links
    if name == "nodes":
        facts["unknown_ground"] = _unknown(table.ground_m)
    if name == "buildings":
        facts["unknown_heights"] = _unknown(table.height_m)
    facts["time"] = _time(table)
    return facts


def _unknown(values: Any) -> int:
    import numpy as np

    return int(np.isnan(values).sum())


def _counts(table: Any, column: str) -> dict[str, int]:
    """How many rows of each member of a vocabulary, most first."""
    from collections import Counter

    from baiyun_gis.model.columns import specs_of

    vocabulary = next(s.vocabulary for s in specs_of(type(table)) if s.name == column)
    assert vocabulary is not None
    counts = Counter(getattr(table, column).tolist())
    return {vocabulary(code).key: n for code, n in sorted(counts.items(), key=_most_first)}


def _text_counts(values: Any) -> dict[str, int]:
    from collections import Counter

    counts = Counter(v for v in values if v)
    return dict(sorted(counts.items(), key=_most_first))


def _most_first(item: tuple[Any, int]) -> tuple[int, Any]:
    return -item[1], item[0]


def _time(table: Any) -> list[str | None]:
    """The first and the last day that a life span names."""
    import numpy as np

    days = np.concatenate([table.valid_from, table.valid_to])
    known = days[~np.isnat(days)]
    return [_day(known.min()), _day(known.max())] if len(known) else [None, None]


def _day(day: Any) -> str | None:
    import numpy as np

    return None if np.isnat(day) else str(day)


def _extent(table: Any) -> tuple[float, float, float, float]:
    import numpy as np

    if hasattr(table, "geometry"):
        import shapely

        west, south, east, north = shapely.total_bounds(table.geometry)
        return float(west), float(south), float(east), float(north)
    finite = table.xy[np.isfinite(table.xy).all(axis=1)]
    if not len(finite):
        nowhere = float("nan")
        return nowhere, nowhere, nowhere, nowhere
    (west, south), (east, north) = finite.min(axis=0), finite.max(axis=0)
    return float(west), float(south), float(east), float(north)


def _joined(extents: list[tuple[float, float, float, float]]) -> list[float] | None:
    known = [e for e in extents if e[0] == e[0]]
    if not known:
        return None
    west, south, east, north = zip(*known, strict=True)
    return [min(west), min(south), max(east), max(north)]


def _print(facts: dict[str, Any], lang: Lang) -> None:
    unknown = msg("unknown")
    _say(msg("Reference system: {crs}", crs=facts["crs"] or unknown), lang)
    _say(msg("Vertical datum: {datum}", datum=facts["vertical_datum"] or unknown), lang)
    if facts["extent"]:
        west, south, east, north = (f"{value:.3f}" for value in facts["extent"])
        _say(
            msg(
                "Extent: {west} to {east} east, {south} to {north} north",
                west=west,
                east=east,
                south=south,
                north=north,
            ),
            lang,
        )
    for name, table in facts["tables"].items():
        _print_table(name, table, lang)
    for raster in facts.get("rasters", ()):
        _say(
            msg(
                "raster {id}: {kind}, {epoch}",
                id=raster["id"],
                kind=raster["kind"],
                epoch=raster["epoch"] or unknown,
            ),
            lang,
        )


def _print_table(name: str, table: dict[str, Any], lang: Lang) -> None:
    title, count = _TITLES[name], table["count"]
    kinds = _labels(name, table.get("kinds", {}), lang)
    if kinds:
        _say(msg("{table}: {count} ({kinds})", table=title, count=count, kinds=kinds), lang)
    else:
        _say(msg("{table}: {count}", table=title, count=count), lang)
    if table.get("unknown_levels"):
        _say(msg("  without a known level: {count}", count=table["unknown_levels"]), lang)
    first, last = table["time"]
    if first:
        _say(msg("  from {first} to {last}", first=first, last=last), lang)


def _labels(name: str, kinds: dict[str, int], lang: Lang) -> str:
    """Kinds with their counts in the reader's language."""
    if not kinds:
        return ""
    from baiyun_gis.model.vocabulary import NodeKind, StructureKind, Utility

    vocabulary = {"pipes": Utility, "nodes": NodeKind}.get(name, StructureKind)
    comma = "，" if lang == "zh" else ", "
    return comma.join(f"{vocabulary.from_key(k).label(lang)} {n}" for k, n in kinds.items())


def _say(text: Message, lang: Lang) -> None:
    sys.stdout.write(text.text(lang) + "\n")
