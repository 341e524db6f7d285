"""The main job on the sample district: raw files in, conflicts out, reports and pictures.

Import the raw sample files as anyone's → check → report → pictures of the map and the scene.
"""

from __future__ import annotations

import hashlib
import importlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from baiyun_gis import DEFAULT_RULES, __version__
from baiyun_gis.errors import ExportError, InputError, RenderError
from baiyun_gis.jobs import Job, silent
from baiyun_gis.language import Lang, Message, msg
from baiyun_gis.model.vocabulary import Verdict
from baiyun_gis.plugins import RENDERERS
from baiyun_gis.project import ProjectState
from baiyun_gis.synthetic.recall import Recall, load_truth, recall_of
from baiyun_gis.synthetic.truth import TITLE

if TYPE_CHECKING:
    from baiyun_gis.findings.conflicts import CheckReport
    from baiyun_gis.io.import_report import ImportReport

PROJECT = "baiyun-demo.gpkg"
SUMMARY = "demo.json"
AS_OF = np.datetime64("2026-06-30", "D")
"""After the planned gas main of the sample is to be laid."""
CRS = "EPSG:4547"
VERTICAL_DATUM = "1985国家高程基准"
PLANNED_FROM = "2026-03-01"
_STEPS: tuple[tuple[str, dict[str, str]], ...] = (
    ("survey", {"vertical_datum": VERTICAL_DATUM}),
    ("buildings", {}),
    ("permits", {}),
    ("base", {}),
    ("rasters", {}),
    ("design", {"valid_from": PLANNED_FROM}),
)
"""Folders of the sample in the order they are imported, with what the user says of each."""
_REPORTS: tuple[tuple[str, str, Lang], ...] = (
    ("report.zh.html", "html", "zh"),
    ("report.en.html", "html", "en"),
    ("report.json", "json", "en"),
    ("report.csv", "csv", "zh"),
    ("report.xlsx", "xlsx", "zh"),
    ("report.geojson", "geojson", "en"),
)
_CLOSE_UP_M = 60.0


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the demo made and found."""

    project: Path
    reports: tuple[Path, ...]
    pictures: tuple[Path, ...]
    tables: dict[str, int]
    quarantined: int
    report: CheckReport
    recall: Recall | None
    notes: tuple[Message, ...] = ()


def sample_folder() -> Path:
    """The sample data: inside the installed package, else beside it in a checkout.

    Raises `InputError` when it is in neither place.
    """
    inside = Path(str(resources.files("baiyun_gis"))) / "sample_data"
    beside = Path(__file__).resolve().parents[1] / "sample_data"
    for folder in (inside, beside):
        if (folder / "truth.json").is_file():
            return folder
    raise InputError(
        "the sample data are missing; reinstall the program, or write them with "
        "'baiyun-gis sample --segments 4000 --seed 2024 --raw sample_data'"
    )


def run_demo(
    out: Path,
    *,
    sample: Path,
    lang: Lang = "en",
    as_of: np.datetime64 = AS_OF,
    created: str = "",
    job: Job | None = None,
) -> DemoResult:
    """Do the whole job on the files in `sample` and leave everything in `out`.

    Where the graphics of this computer cannot draw, a note says so and the rest is done. Raises
    `InputError` for sample files that cannot be read and `ExportError` when `out` cannot be
    written.
    """
    from baiyun_gis.checks.engine import run_checks
    from baiyun_gis.rules.loader import load_rule_set
    from baiyun_gis.storage.project_file import save_project

    job = job or silent()
    _made(out)
    truth = load_truth(sample / "truth.json")
    state, imports = imported(sample, job=job.part(0.0, 0.4))
    job.step(0.4, msg("Checking"))
    report = run_checks(
        state, load_rule_set(DEFAULT_RULES), as_of=as_of, created=created, job=job.part(0.4, 0.6)
    )
    project = out / PROJECT
    save_project(state, project, report=report, job=job.part(0.6, 0.65), saved_at=created)
    reports = _reports(report, state, out, job.part(0.65, 0.8))
    pictures, notes = _pictures(report, state, out, lang=lang, as_of=as_of, job=job.part(0.8, 1.0))
    result = DemoResult(
        project=project,
        reports=reports,
        pictures=pictures,
        tables={name: sum(i.tables.get(name, 0) for i in imports) for name in imports[0].tables}
        | {name: n for i in imports[1:] for name, n in i.tables.items() if name != "pipes"},
        quarantined=sum(len(s.quarantined) for i in imports for s in i.sources),
        report=report,
        recall=recall_of(truth, state, report),
        notes=notes,
    )
    _write_summary(result, sample, out / SUMMARY)
    return result


def imported(sample: Path, *, job: Job) -> tuple[ProjectState, list[ImportReport]]:
    """The raw files of the sample as a project, folder by folder."""
    from baiyun_gis.io.imported import ImportOptions
    from baiyun_gis.io.pipeline import import_into
    from baiyun_gis.project import ProjectMeta

    state = ProjectState(meta=ProjectMeta(title=TITLE, is_synthetic=True))
    reports: list[ImportReport] = []
    for number, (name, settings) in enumerate(_STEPS):
        part = job.part(number / len(_STEPS), (number + 1) / len(_STEPS))
        options = ImportOptions(crs=CRS, settings=settings)
        state, report = import_into(state, [sample / name], options, part)
        reports.append(report)
    return state, reports


def is_made(out: Path, sample: Path) -> bool:
    """Whether `out` holds the demo of this version on these sample files."""
    try:
        summary = json.loads((out / SUMMARY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return (out / PROJECT).is_file() and summary.get("of") == _identity(sample)


def _identity(sample: Path) -> str:
    digest = hashlib.sha256(__version__.encode())
    for path in sorted(p for p in sample.rglob("*") if p.is_file()):
        digest.update(f"{path.name} {path.stat().st_size}".encode())
    digest.update((sample / "truth.json").read_bytes())
    return digest.hexdigest()


def _made(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(
            "{path} cannot be written: {reason}", path=out, reason=error.strerror or error
        ) from error


def _reports(report: CheckReport, state: ProjectState, out: Path, job: Job) -> tuple[Path, ...]:
    from baiyun_gis.reports.writer import write_report

    paths: list[Path] = []
    for number, (name, kind, lang) in enumerate(_REPORTS):
        job.step(number / len(_REPORTS), msg("Writing {name}", name=name))
        write_report(report, state, out / name, format=kind, lang=lang)
        paths.append(out / name)
    return tuple(paths)


def _pictures(
    report: CheckReport,
    state: ProjectState,
    out: Path,
    *,
    lang: Lang,
    as_of: np.datetime64,
    job: Job,
) -> tuple[tuple[Path, ...], tuple[Message, ...]]:
    """Map and scene, of the whole district and around one conflict."""
    drawing: Any = importlib.import_module("ui.render")
    place = _worst_place(report)
    whole = {"lang": lang, "as_of": as_of}
    shots: list[tuple[str, str, dict[str, Any]]] = [
        ("map.png", "map", {}),
        ("scene.png", "scene", {}),
    ]
    if place is not None:
        x, y, z = place
        box = (x - _CLOSE_UP_M, y - 0.62 * _CLOSE_UP_M, x + _CLOSE_UP_M, y + 0.62 * _CLOSE_UP_M)
        camera = drawing.Camera(35.0, 22.0, 45.0, (x, y, z))
        shots.append(("map_conflict.png", "map", {"extent": box}))
        shots.append(("scene_conflict.png", "scene", {"extent": box, "camera": camera}))
    made: list[Path] = []
    for number, (name, view, more) in enumerate(shots):
        job.step(number / len(shots), msg("Drawing {name}", name=name))
        try:
            RENDERERS.get(view)(state, report, out / name, drawing.PictureWish(**whole, **more))
        except RenderError as error:
            return tuple(made), (error.message,)
        made.append(out / name)
    return tuple(made), ()


def _worst_place(report: CheckReport) -> tuple[float, float, float] | None:
    """Where the deepest collision lies: what the close-ups show."""
    conflicts = report.conflicts
    level = np.isfinite(conflicts.at).all(axis=1)
    rows = np.flatnonzero((conflicts.check == "collision") & level)
    if not len(rows):
        rows = np.flatnonzero((conflicts.verdict == Verdict.CERTAIN) & level)
    if not len(rows):
        return None
    row = rows[np.argmin(np.nan_to_num(conflicts.actual_m[rows], nan=np.inf))]
    x, y, z = conflicts.at[row]
    return float(x), float(y), float(z)


def conflict_counts(report: CheckReport) -> dict[str, int]:
    """Conflicts at least likely, by check; how many cannot be judged under "cannot_judge"."""
    sure = report.conflicts.check[report.conflicts.verdict >= Verdict.LIKELY]
    counts = dict(Counter(sure.tolist()).most_common())
    unknown = int((report.conflicts.verdict == Verdict.CANNOT_JUDGE).sum())
    return counts | ({"cannot_judge": unknown} if unknown else {})


def _write_summary(result: DemoResult, sample: Path, path: Path) -> None:
    recall = result.recall
    body = {
        "of": _identity(sample),
        "tables": result.tables,
        "quarantined": result.quarantined,
        "conflicts": conflict_counts(result.report),
        "suspicions": dict(Counter(result.report.suspicions.kind.tolist())),
        "recall": None
        if recall is None
        else {
            "planted": recall.planted,
            "found": recall.found,
            "missed": list(recall.missed),
            "unexplained": recall.unexplained,
        },
        "reports": _names(result.reports),
        "pictures": _names(result.pictures),
    }
    text = json.dumps(body, ensure_ascii=False, indent=1) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def _names(paths: Sequence[Path]) -> list[str]:
    return [path.name for path in paths]
