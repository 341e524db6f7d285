"""Where the ground is, for things drawn in 3D that have no level of their own.

This is for drawing only: nothing here is ever a level that a check could use.
"""

from __future__ import annotations

import numpy as np

from baiyun_gis.model.columns import F64
from baiyun_gis.project import ProjectState
from layers.geometry import Remembered

_references: Remembered[float] = Remembered()


def ground_reference_m(state: ProjectState) -> float:
    """The project's typical ground level, 0 where no ground level is known at all."""
    return _references.of(state.pipes.start_ground_m, lambda: _reference(state))


def _reference(state: ProjectState) -> float:
    for values in (
        np.concatenate([state.pipes.start_ground_m, state.nodes.ground_m]),
        state.buildings.ground_m,
        state.pipes.axis_level,
    ):
        known = values[~np.isnan(values)]
        if len(known):
            return float(np.median(known))
    return 0.0


def ground_or_reference(recorded: F64, state: ProjectState) -> F64:
    """Recorded ground levels, the project's typical ground where there is none."""
    return np.where(np.isnan(recorded), ground_reference_m(state), recorded)
