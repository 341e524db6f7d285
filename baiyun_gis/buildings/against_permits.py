"""Buildings against their permits: none, beyond the outline, too high, expired, overdue.

Every answer is evidence, never a verdict: the numbers, their accuracy and what was assumed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.buildings.permits import MatchedBy, Matches, begun, sound, usable_outline
from baiyun_gis.checks.verdicts import verdict_of
from baiyun_gis.findings.conflicts import SuspicionTable
from baiyun_gis.model.columns import F64, I64, Bool, Geom, Str
from baiyun_gis.project import ProjectState

DEFAULT_SIGMA_XY_M = 0.2
DEFAULT_SIGMA_HEIGHT_M = 0.3
SIGMA_STOREYS = 0.5
"""Standard deviations where nobody recorded one; the findings say so."""
_STEP_M = 0.5
_SLACK = 1e-9  # so that 12.3 - 12.0 does not exceed 0.3 in float64


@dataclass(frozen=True, slots=True)
class Against:
    """Buildings asked about (`asked`, shape (n,)) with their permits."""

    state: ProjectState
    matches: Matches
    asked: Bool
    as_of: np.datetime64


@dataclass(frozen=True, slots=True)
class Answer:
    """Suspicions of one kind, with how many buildings it was asked of and could not be judged."""

    kind: str
    found: SuspicionTable
    subjects: int
    cannot_judge: int


def no_permit(case: Against) -> Answer:
    """Buildings for which the project holds no permit; `measured` is the footprint in m²."""
    import shapely

    buildings = case.state.buildings
    rows = np.flatnonzero(case.asked & (case.matches.permit < 0))
    judged = usable_outline(buildings.geometry[rows]) | case.matches.number_missing[rows]
    lost = rows[~judged]
    rows = rows[judged]
    area = shapely.area(buildings.geometry[rows])
    remark = np.where(case.matches.number_missing[rows], "number_not_held", "").astype(object)
    found = _suspicions(
        case, "no_permit", rows, area, np.zeros(len(rows)), np.full(len(rows), np.nan),
        unit="m2", chance=np.ones(len(rows)), remark=remark,
    )  # fmt: skip
    return Answer("no_permit", found, int(case.asked.sum()), len(lost))


def beyond_outline(case: Against) -> Answer:
    """Footprints that reach out of the permitted outline by more than their accuracy, in metres."""
    import shapely

    buildings, permits = case.state.buildings, case.state.permits
    rows = np.flatnonzero(case.asked & (case.matches.permit >= 0))
    permit = case.matches.permit[rows]
    judged = usable_outline(buildings.geometry[rows]) & usable_outline(permits.geometry[permit])
    lost, rows, permit = int((~judged).sum()), rows[judged], permit[judged]
    subjects = len(rows) + lost
    reaches_out = case.matches.share[rows] < 1.0
    rows, permit = rows[reaches_out], permit[reaches_out]
    allowed = sound(permits.geometry[permit])
    outside = shapely.difference(sound(buildings.geometry[rows]), allowed)
    reach = _farthest_m(outside, allowed)
    sigma, assumed = _sigma(buildings.sigma_xy_m[rows], DEFAULT_SIGMA_XY_M)
    hit = reach > sigma + _SLACK
    area = shapely.area(outside[hit])
    remark = _joined(
        assumed[hit],
        _by_overlap(case, rows[hit]),
        np.array([f"outside_m2={value:.1f}" for value in area], dtype=object),
    )
    found = _suspicions(
        case, "beyond_outline", rows[hit], reach[hit], np.zeros(int(hit.sum())), sigma[hit],
        unit="m", remark=remark,
    )  # fmt: skip
    return Answer("beyond_outline", found, subjects, lost)


def _farthest_m(outside: Geom, allowed: Geom) -> F64:
    """How far each part outside reaches from the permitted outline.

    Taken at the corners and every half metre of its outline; exact for convex outlines.
    """
    import shapely

    points, owner = shapely.get_coordinates(shapely.segmentize(outside, _STEP_M), return_index=True)
    far = np.zeros(len(outside))
    np.maximum.at(far, owner, shapely.distance(shapely.points(points), allowed[owner]))
    return far


def too_high(case: Against) -> Answer:
    """Heights above the permitted height by more than their accuracy, in metres."""
    buildings = case.state.buildings
    rows, allowed, lost = _limited(case, case.state.permits.max_height_m, buildings.height_m)
    sigma, assumed = _sigma(buildings.sigma_height_m[rows], DEFAULT_SIGMA_HEIGHT_M)
    hit = buildings.height_m[rows] - allowed > sigma + _SLACK
    found = _suspicions(
        case, "too_high", rows[hit], buildings.height_m[rows][hit], allowed[hit], sigma[hit],
        unit="m", remark=_joined(assumed[hit], _by_overlap(case, rows[hit])),
    )  # fmt: skip
    return Answer("too_high", found, len(rows) + lost, lost)


def too_many_storeys(case: Against) -> Answer:
    """More storeys than permitted."""
    buildings = case.state.buildings
    rows, allowed, lost = _limited(case, case.state.permits.max_storeys, buildings.storeys)
    sigma = np.full(len(rows), SIGMA_STOREYS)
    hit = buildings.storeys[rows] - allowed > SIGMA_STOREYS
    found = _suspicions(
        case, "too_many_storeys", rows[hit], buildings.storeys[rows][hit], allowed[hit],
        sigma[hit], unit="storeys",
        remark=_joined(_repeated("storeys_assumed", int(hit.sum())), _by_overlap(case, rows[hit])),
    )  # fmt: skip
    return Answer("too_many_storeys", found, len(rows) + lost, lost)


def permit_expired(case: Against) -> Answer:
    """Buildings begun after their permit had ended; `measured` is days after its last day."""
    buildings, permits = case.state.buildings, case.state.permits
    rows = np.flatnonzero(case.asked & (case.matches.permit >= 0))
    ended = permits.valid_to[case.matches.permit[rows]]
    rows, ended = rows[~np.isnat(ended)], ended[~np.isnat(ended)]
    day = begun(buildings)[rows]
    lost = int(np.isnat(day).sum())
    late = _days(day - ended)
    hit = np.nan_to_num(late, nan=-1.0) >= 0
    dated = ~np.isnat(buildings.valid_from[rows][hit])
    remark = _joined(
        np.where(dated, "", "first_seen_only").astype(object), _by_overlap(case, rows[hit])
    )
    # only seen after the permit ended: it may have been built before
    chance = np.where(dated, 1.0, 0.5)
    found = _suspicions(
        case, "permit_expired", rows[hit], late[hit], np.zeros(int(hit.sum())),
        np.full(int(hit.sum()), np.nan), unit="days", chance=chance, remark=remark,
    )  # fmt: skip
    return Answer("permit_expired", found, len(rows), lost)


def temporary_overdue(case: Against) -> Answer:
    """Buildings that still stand on `as_of` though their temporary permit has ended, in days."""
    permits = case.state.permits
    rows = np.flatnonzero(case.asked & (case.matches.permit >= 0))
    permit = case.matches.permit[rows]
    rows, permit = rows[permits.is_temporary[permit]], permit[permits.is_temporary[permit]]
    ended = permits.valid_to[permit]
    lost = int(np.isnat(ended).sum())
    over = _days(case.as_of - ended)
    hit = np.nan_to_num(over, nan=-1.0) >= 0
    found = _suspicions(
        case, "temporary_overdue", rows[hit], over[hit], np.zeros(int(hit.sum())),
        np.full(int(hit.sum()), np.nan), unit="days", chance=np.ones(int(hit.sum())),
        remark=_by_overlap(case, rows[hit]),
    )  # fmt: skip
    return Answer("temporary_overdue", found, len(rows), lost)


def _limited(case: Against, limit: F64, value: F64) -> tuple[I64, F64, int]:
    """Buildings whose permit sets a limit and whose own number is known; how many are not."""
    rows = np.flatnonzero(case.asked & (case.matches.permit >= 0))
    allowed = limit[case.matches.permit[rows]]
    rows, allowed = rows[allowed > 0], allowed[allowed > 0]
    known = value[rows] > 0
    return rows[known], allowed[known], int((~known).sum())


def _days(span: np.ndarray) -> F64:
    out = span.astype("timedelta64[D]").astype(float)
    return np.where(np.isnat(span), np.nan, out)


def _sigma(recorded: F64, default: float) -> tuple[F64, Str]:
    known = recorded > 0
    remark = np.where(known, "", "sigma_assumed").astype(object)
    return np.where(known, recorded, default), remark


def _by_overlap(case: Against, rows: I64) -> Str:
    by = case.matches.by[rows]
    return np.where(by == MatchedBy.OVERLAP, "permit_by_overlap", "").astype(object)


def _repeated(key: str, count: int) -> Str:
    return np.full(count, key, dtype=object)


def _joined(*parts: Str) -> Str:
    """Remark keys of each row, `;` between them."""
    rows = zip(*parts, strict=True)
    return np.array([";".join(p for p in row if p) for row in rows] or [], dtype=object)


def _suspicions(
    case: Against,
    kind: str,
    rows: I64,
    measured: F64,
    permitted: F64,
    sigma: F64,
    *,
    unit: str,
    remark: Str,
    chance: F64 | None = None,
) -> SuspicionTable:
    import shapely
    from scipy.special import ndtr

    buildings, permits = case.state.buildings, case.state.permits
    excess = measured - permitted
    if chance is None:
        chance = ndtr(excess / sigma)
    permit = case.matches.permit[rows]
    has_permit = permit >= 0
    ids = np.append(permits.id, "")
    outline = buildings.geometry[rows]
    outline[shapely.is_empty(outline)] = None  # without any extent it lies nowhere
    centre = shapely.point_on_surface(outline)
    return SuspicionTable.build(
        len(rows),
        kind=kind,
        building_row=rows,
        building_id=buildings.id[rows],
        other_table=np.where(has_permit, "permits", "").astype(object),
        other_row=permit,
        other_id=ids[np.where(has_permit, permit, len(permits))],
        measured=measured,
        permitted=permitted,
        excess=excess,
        sigma=sigma,
        unit=unit,
        probability=chance,
        verdict=verdict_of(np.asarray(chance, dtype=float)),
        at=np.column_stack([shapely.get_x(centre), shapely.get_y(centre)]),
        first="",
        remark=remark,
    )
