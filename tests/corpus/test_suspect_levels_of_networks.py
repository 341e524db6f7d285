"""Suspects in real networks are few, and all of them are told with evidence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from baiyun_gis.diagnosis.causes import Cause
from baiyun_gis.diagnosis.evidence import evidence_of
from baiyun_gis.diagnosis.suspects import suspect_levels
from baiyun_gis.io.imported import ImportOptions
from baiyun_gis.io.pipeline import import_into
from baiyun_gis.jobs import silent
from baiyun_gis.model.columns import NO_DAY
from baiyun_gis.project import ProjectState

pytestmark = pytest.mark.corpus


@pytest.mark.parametrize("name", ["giswater/giswater_ud_sample.gpkg", "sewer/swmmr/Example2.inp"])
def test_a_real_network_is_not_accused_wholesale(corpus: Path, name: str) -> None:
    state, _ = import_into(ProjectState(), (corpus / name,), ImportOptions(), silent())
    found = suspect_levels(state, as_of=NO_DAY)
    first = np.flatnonzero(found.suspects.rank == 0)
    assert found.ends_judged > 0
    assert len(first) <= 0.05 * found.ends_judged
    assert all(evidence_of(found, int(row)) for row in first)


def test_a_conduit_with_its_ends_swapped_is_found_in_a_public_sample(corpus: Path) -> None:
    # Conduit 100014 is recorded 15.20 to 17.05, from a point whose others are at 17.05 to one
    # whose others are at 15.20.
    path = corpus / "giswater" / "giswater_ud_sample.gpkg"
    state, _ = import_into(ProjectState(), (path,), ImportOptions(), silent())
    suspects = suspect_levels(state, as_of=NO_DAY).suspects
    rows = np.flatnonzero((suspects.rank == 0) & (suspects.cause == Cause.REVERSED))
    assert "100014" in set(suspects.pipe_id[rows])
