"""Hundreds of odd and damaged files: each gives a result that adds up, or one clear sentence."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from baiyun_gis.errors import InputError
from baiyun_gis.io.imported import ImportOptions
from baiyun_gis.io.pipeline import import_into
from baiyun_gis.jobs import silent
from baiyun_gis.project import ProjectState

pytestmark = pytest.mark.corpus

LONGEST_S = 20.0


def outcome(path: Path, **settings: str) -> str:
    """How an import of one file ended; counts of what was read must add up."""
    begun = time.monotonic()
    options = ImportOptions(crs="EPSG:4547", settings=settings)
    refusal: InputError | None = None
    try:
        state, report = import_into(ProjectState(), (path,), options, silent())
    except InputError as error:
        refusal = error
    if refusal is not None:
        sentence = refusal.text("zh")
        assert sentence.strip(), path
        assert "Traceback" not in sentence, path
        ended = "refused"
    else:
        assert not state.is_empty, path
        for source in report.sources:
            lost = {(q.sheet, q.row) for q in source.quarantined}
            assert source.rows_read == source.rows_taken + len(lost), (path, source.path)
        ended = "taken"
    assert time.monotonic() - begun < LONGEST_S, path
    return ended


@pytest.mark.parametrize(
    "folder", ["gdal_autotest", "ezdxf", "fiona", "pyogrio", "pyshp", "geojson_fixtures"]
)
def test_no_malformed_file_ends_in_a_traceback(folder: str, corpus: Path) -> None:
    files = sorted(p for p in (corpus / "malformed" / folder).rglob("*") if p.is_file())
    assert files
    ends = Counter(outcome(path) for path in files)
    assert sum(ends.values()) == len(files)


def test_no_drawing_ends_in_a_traceback_when_its_lines_are_wanted(corpus: Path) -> None:
    drawings = sorted((corpus / "malformed").rglob("*.dxf"))
    ends = Counter(outcome(path, utility="water") for path in drawings)
    assert ends["taken"] > 30
    assert sum(ends.values()) == len(drawings)


@pytest.mark.parametrize("folder", ["raster", "multi", "tracks", "peer", "sewer"])
def test_no_other_file_ends_in_a_traceback(folder: str, corpus: Path) -> None:
    for path in sorted(p for p in (corpus / folder).rglob("*") if p.is_file()):
        outcome(path)


@pytest.mark.parametrize(
    "name", ["rasterio/corrupt.tif", "georust_gdal/114p01_0100_deme_truncated.dem"]
)
def test_a_damaged_raster_is_refused(name: str, corpus: Path) -> None:
    assert outcome(corpus / "raster" / name) == "refused"
