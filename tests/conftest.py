"""Fixtures every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

OUTSIDE_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of outside files; a test that asks for it is skipped where it is absent."""
    if not OUTSIDE_DATA.is_dir():
        pytest.skip("the outside test files (shared/data beside the checkout) are not here")
    return OUTSIDE_DATA
