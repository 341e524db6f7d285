"""Pieces cut for the sake of checks err as the surveyed points about them, not on their own."""

from __future__ import annotations

import numpy as np
import pytest
from builders import network, pipe
from check_cases import NO_DAY, checked, gb
from oracle.random_forks import random_forks

from baiyun_gis.arrays import F64, I32
from baiyun_gis.checks.beyond_contacts import beyond_contacts
from baiyun_gis.checks.check import CheckContext
from baiyun_gis.checks.snapshot import Snapshot, snapshot_of
from baiyun_gis.checks.told_pairs import surveyed_of
from baiyun_gis.kernels.end_errors import ERRORS, POINT, SHARE, XY, Surveyed, Z, errors_of_pair
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.uncertainty import uncertainty_of
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.project import ProjectState


def end_errors_of(surveyed: Surveyed, i: I32, j: I32) -> F64:
    out = np.empty((len(i), ERRORS))
    for row, one in enumerate(out):
        errors_of_pair(surveyed, i[row], j[row], one)
    return out


def forks() -> ProjectState:
    """Lines that leave one joint, or one the middle of the other, or pass each other."""
    state = random_forks(5, 80)[0]
    rng = np.random.default_rng(6)
    sigma = {name: rng.uniform(0.02, 0.2, len(state.pipes)) for name in ("sigma_xy_m", "sigma_z_m")}
    return state.with_(pipes=state.pipes.with_columns(**sigma))


def snapshots() -> list[Snapshot]:
    """Cut where lines leave a joint, and cut beyond contacts."""
    state = forks()
    whole = snapshot_of(state, NO_DAY)
    further = beyond_contacts(CheckContext(whole, gb()))
    assert further is not None
    return [whole, further.snapshot]


def places_of(snapshot: Snapshot, k: np.ndarray, t: float) -> np.ndarray:
    """Coordinates of a station of segments, as the lines have them."""
    seg = snapshot.segments
    start = np.column_stack([seg.x0, seg.y0])[k]
    stop = np.column_stack([seg.x1, seg.y1])[k]
    return start + t * (stop - start) + snapshot.origin


def spread(errors: np.ndarray, one: tuple[int, float], two: tuple[int, float]) -> np.ndarray:
    """Covariance in plan and in height of what errs at a station of either side of pairs."""
    total = np.zeros((len(errors), 2))
    for first in range(2):
        for second in range(2):
            i, j = 2 * one[0] + first, 2 * two[0] + second
            weight = np.ones(len(errors))
            for (side, t), end in ((one, first), (two, second)):
                low, high = errors[:, SHARE + 2 * side], errors[:, SHARE + 2 * side + 1]
                at = low + t * (high - low)
                weight *= at if end else 1 - at
            same = errors[:, POINT + i] == errors[:, POINT + j]
            for column, of in enumerate((XY, Z)):
                total[:, column] += weight * same * errors[:, of + i] * errors[:, of + j]
    return total


def expected(state: ProjectState, line: int, at: np.ndarray) -> np.ndarray:
    """Variance at a place of a line: every vertex errs by itself, between them is interpolated."""
    known = uncertainty_of(state.pipes, state.nodes)
    own = slice(int(state.pipes.offsets[line]), int(state.pipes.offsets[line + 1]))
    xy, best = state.pipes.xy[own], (np.inf, np.zeros(2))
    for v in range(len(xy) - 1):
        way = xy[v + 1] - xy[v]
        t = float(np.clip((at - xy[v]) @ way / (way @ way), 0, 1))
        away = float(np.hypot(*(xy[v] + t * way - at)))
        ends = [known.sigma_xy_m[own], known.sigma_z_m[own]]
        var = np.array([((1 - t) * s[v]) ** 2 + (t * s[v + 1]) ** 2 for s in ends])
        best = min(best, (away, var), key=lambda pair: pair[0])
    assert best[0] < 1e-6
    return best[1]


@pytest.mark.parametrize("which", [0, 1])
def test_a_part_errs_as_the_points_before_and_behind_it(which: int) -> None:
    snapshot = snapshots()[which]
    assert len(snapshot.cut.row) > 100
    state = forks()
    k = np.arange(len(snapshot.segments.pipe), dtype=np.int32)
    errors = end_errors_of(surveyed_of(snapshot), k, k)
    for t in (0.0, 0.3, 1.0):
        told = spread(errors, (0, t), (0, t))
        places = places_of(snapshot, k, t)
        true = [expected(state, int(snapshot.segments.pipe[n]), places[n]) for n in k]
        np.testing.assert_allclose(told, true, rtol=1e-5)


@pytest.mark.parametrize("which", [0, 1])
def test_where_one_part_ends_and_the_next_begins_is_one_error(which: int) -> None:
    snapshot = snapshots()[which]
    seg, k = snapshot.segments, snapshot.cut.row[:-1]
    ends, starts = places_of(snapshot, k, 1.0), places_of(snapshot, k + 1, 0.0)
    k = k[(np.hypot(*(ends - starts).T) < 1e-7) & (seg.pipe[k] == seg.pipe[k + 1])]
    assert len(k) > 50
    errors = end_errors_of(surveyed_of(snapshot), k, k + 1)
    both = spread(errors, (0, 1.0), (1, 0.0))
    np.testing.assert_allclose(both, spread(errors, (0, 1.0), (0, 1.0)), rtol=1e-9)
    np.testing.assert_allclose(both, spread(errors, (1, 0.0), (1, 0.0)), rtol=1e-9)


@pytest.mark.parametrize("next_x", [0.0, 1e-7])
@pytest.mark.parametrize("doubled", ["a", "b", "ab"])
def test_a_doubled_vertex_at_the_joint_hides_nothing(doubled: str, next_x: float) -> None:
    def said(doubled: str) -> list[tuple[str, float]]:
        lines: list[PipeTable] = []
        for name, y in (("a", 0.0), ("b", 2.0)):
            points = [(0.0, 0.0, -2.0), (30.0, y, -2.0)]
            if name in doubled:
                points.insert(1, (next_x, 0.0, -2.0))
            lines.append(pipe(name, Utility.SEWAGE, points, d=0.4))
        found = checked(network(*lines)).conflicts
        rows = np.flatnonzero(found.b_id.astype(str) != "")
        return [(str(found.check[k]), round(float(found.actual_m[k]), 6)) for k in rows]

    assert said("")
    assert said(doubled) == said("")


def test_lines_that_meet_nothing_are_not_cut() -> None:
    alone = network(pipe("a", Utility.WATER, [(0.0, 0.0, -2.0), (30.0, 0.0, -2.0)], d=0.3))
    assert not len(snapshot_of(alone, NO_DAY).cut.row)
