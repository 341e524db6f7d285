"""A project with so many of its buildings and their permits, evenly taken.

`python -m baiyun_gis.benchmarks.fewer_buildings PROJECT COUNT OUT`: the made-up district has some
67,000 buildings a million segments, the size that speed is promised for has 20,000.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from baiyun_gis.project import ProjectState


def with_buildings(state: ProjectState, count: int) -> ProjectState:
    """The state with `count` of its buildings and the permits those name; all if it has fewer."""
    have = len(state.buildings)
    if have <= count:
        return state
    buildings = state.buildings.take(np.arange(count) * have // count)
    named = np.isin(state.permits.id.astype(str), buildings.permit.astype(str))
    return state.with_(buildings=buildings, permits=state.permits.take(np.flatnonzero(named)))


def main(project: str, count: str, out: str) -> None:
    """Write the smaller project."""
    from baiyun_gis.storage.project_file import open_project, save_project

    state = open_project(Path(project), read_only=True)
    save_project(with_buildings(state, int(count)), Path(out))


if __name__ == "__main__":
    main(*sys.argv[1:4])
