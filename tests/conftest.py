"""Fixtures every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

# A slow machine is no fault of the code, and the same code gets the same answer every time.
settings.register_profile("house", deadline=None, derandomize=True, database=None)
settings.load_profile("house")

OUTSIDE_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of outside files; a test that asks for it is skipped where it is absent."""
    if not OUTSIDE_DATA.is_dir():
        pytest.skip("the outside test files (shared/data beside the checkout) are not here")
    return OUTSIDE_DATA
