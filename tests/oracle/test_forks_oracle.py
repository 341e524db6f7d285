"""Lines that meet and run on alongside each other, against points along both axes.

Around the place where two lines meet nothing is a clash; beyond, whatever is in one place is. What
is beyond is four widths off, and at most a third and a little more; so the deepest place further
off than that is found, and nothing is said that is not there beyond four widths. Both are looked
for here on points every centimetre, with no part of the engine.
`BAIYUN_ORACLE_FORKS` asks for more than the usual ones, `BAIYUN_ORACLE_FIRST` for others.
"""

from __future__ import annotations

import os
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from check_cases import checked
from oracle.random_forks import WAYS, Fork, random_forks

from baiyun_gis.findings.conflicts import CheckReport

FORKS = int(os.environ.get("BAIYUN_ORACLE_FORKS", "400"))
FIRST = int(os.environ.get("BAIYUN_ORACLE_FIRST", "0"))
STEP_M, TOLERANCE_M, ROUNDING_M = 0.01, 0.001, 0.003


@pytest.fixture(scope="module", params=[FIRST, FIRST + 1])
def forks(request: pytest.FixtureRequest) -> tuple[CheckReport, list[Fork]]:
    state, forks = random_forks(request.param, FORKS)
    return checked(state), forks


def points_along(axis: np.ndarray) -> np.ndarray:
    parts = []
    for p, q in pairwise(axis):
        steps = max(int(np.ceil(np.hypot(*(q - p)[:2]) / STEP_M)), 1)
        parts.append(p + np.linspace(0, 1, steps + 1)[:, None] * (q - p))
    return np.vstack(parts)


def depths(fork: Fork, beyond_m: float, places: np.ndarray) -> float:
    """How deep the two lie in each other at most, further than that from all places."""
    points, worst = points_along(fork.axes[0]), -np.inf
    both = sum(fork.radii)
    for p, q in pairwise(fork.axes[1]):
        way = q - p
        t = (points - p) @ way / (way @ way)
        foot = p + t[:, None] * way
        inside = (t >= 0) & (t <= 1)
        for place in places:
            inside &= np.hypot(*(points[:, :2] - place).T) > beyond_m
            inside &= np.hypot(*(foot[:, :2] - place).T) > beyond_m
        if inside.any():
            worst = max(worst, both - np.linalg.norm(points - foot, axis=1)[inside].min())
    return worst


def places_of(fork: Fork, *, spare_m: float) -> np.ndarray:
    """Where the two meet: as they were laid, and wherever an end of one lies on the other.

    With `spare_m` more or less than there is, so that rounding decides nothing.
    """
    doubt = max(2 * np.hypot(fork.sigma_m, fork.sigma_m), 0.01) + spare_m
    out = [*fork.places]
    for own, other, half in ((0, 1, fork.radii[1]), (1, 0, fork.radii[0])):
        for end in (fork.axes[own][0], fork.axes[own][-1]):
            apart, level = to_axis(fork.axes[other], end)
            if apart <= half + doubt and abs(level - end[2]) <= sum(fork.radii) + spare_m:
                out.append(end[:2])
    return np.array(out).reshape(-1, 2)


def to_axis(axis: np.ndarray, point: np.ndarray) -> tuple[float, float]:
    """Plan distance of a point from an axis, and the level of the axis there."""
    best = np.inf, np.nan
    for p, q in pairwise(axis):
        way = (q - p)[:2]
        t = float(np.clip((point[:2] - p[:2]) @ way / (way @ way), 0, 1))
        apart = float(np.hypot(*(point[:2] - p[:2] - t * way)))
        best = min(best, (apart, p[2] + t * (q[2] - p[2])))
    return best


def bounds(fork: Fork) -> tuple[float, float]:
    """How deep they lie in each other beyond their places: at least, and at most."""
    widths = sum(fork.radii)
    reach = widths if fork.way == "fitting" else 4 * widths
    doubt = 2 * np.hypot(fork.sigma_m, fork.sigma_m)
    far = 1.3 * (4 * widths + doubt) + 2 * max(fork.radii) + 0.5
    least = depths(fork, far, places_of(fork, spare_m=0.005))
    # The further of two points abeam of each other counts, at 15° by so much.
    return least, depths(fork, 0.96 * reach, places_of(fork, spare_m=-0.005))


def deepest(report: CheckReport, fork: Fork) -> tuple[float, int]:
    """The deepest collision of the two that was found, and how many there are."""
    found = report.conflicts
    rows = [
        row
        for row in np.flatnonzero((found.check == "collision") & found.violated)
        if {found.a_id[row], found.b_id[row]} == {fork.a, fork.b}
    ]
    return max((float(found.shortfall_m[row]) for row in rows), default=-np.inf), len(rows)


def is_replaced(report: CheckReport, fork: Fork) -> bool:
    """A planned line along the trace of the other comes in its place: nothing is compared."""
    return fork.is_planned and deepest(report, fork)[1] == 0


def test_what_is_in_one_place_beyond_a_contact_is_found_and_nothing_else(
    forks: tuple[CheckReport, list[Fork]],
) -> None:
    report, pairs = forks
    wrong: list[str] = []
    clashes: Counter[str] = Counter()
    clear: Counter[str] = Counter()
    for fork in pairs:
        least, most = bounds(fork)
        depth, count = deepest(report, fork)
        if least > TOLERANCE_M + ROUNDING_M and not is_replaced(report, fork):
            clashes[fork.way] += 1
            if depth < least - ROUNDING_M:
                wrong.append(f"{fork.a} {fork.way}: {depth} found, at least {least} there")
        if most < TOLERANCE_M:
            clear[fork.way] += 1
        if count and depth > most + ROUNDING_M:
            wrong.append(f"{fork.a} {fork.way}: {depth} found, at most {most} there")
    assert wrong == []
    assert all(clear[way] > 0 for way in WAYS if way != "both")
    assert all(clashes[way] > 0 for way in WAYS if way not in {"levels", "apart"})


def test_lines_that_part_by_fifteen_degrees_or_more_are_silent(
    forks: tuple[CheckReport, list[Fork]],
) -> None:
    report, pairs = forks
    for fork in pairs:
        if fork.way in {"ends", "beside", "tee", "joined"}:
            u, v = (axis[1] - axis[0] for axis in fork.axes)
            turn = abs(u[0] * v[1] - u[1] * v[0]) / (np.hypot(*u[:2]) * np.hypot(*v[:2]))
            if turn > np.sin(np.radians(15.0)):
                assert deepest(report, fork)[1] == 0, fork


def test_one_fork_is_one_finding(forks: tuple[CheckReport, list[Fork]]) -> None:
    report, pairs = forks
    several = [
        fork for fork in pairs if deepest(report, fork)[1] > 1 and fork.way in {"ends", "tee"}
    ]
    assert several == []


def test_ends_that_nearly_meet_are_told_as_data_and_the_ledger_closes(
    forks: tuple[CheckReport, list[Fork]],
) -> None:
    report, pairs = forks
    found = report.conflicts
    told = {
        frozenset((found.a_id[row], found.b_id[row]))
        for row in np.flatnonzero(found.check == "unjoined_ends")
    }
    nearly = [fork for fork in pairs if fork.way == "ends" and fork.sigma_m > 0]
    assert nearly
    assert all(frozenset((fork.a, fork.b)) in told for fork in nearly)
    assert report.ledger.closes
