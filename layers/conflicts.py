"""Conflicts: markers coloured by how sure they are; near, the gap between nearest points."""

from __future__ import annotations

import numpy as np

from baiyun_gis.findings.conflicts import CheckReport, ConflictTable
from baiyun_gis.findings.decisions import DecisionState
from baiyun_gis.findings.standing import standing
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import F64, I64
from baiyun_gis.model.vocabulary import Verdict
from baiyun_gis.project import ProjectState
from layers import style
from layers.geometry import local, points_in_extent
from layers.ground import ground_or_reference
from layers.primitives import LabelBatch, LegendItem, LineBatch, PointBatch, Primitive
from layers.request import DrawRequest

GAPS_FROM_M_PER_PX = 0.15
LABELS_FROM_M_PER_PX = 0.08
_SETTLED = (DecisionState.ACCEPTED, DecisionState.EXCLUDED, DecisionState.RESOLVED)


class ConflictsLayer:
    """The findings of the last conflict run, one part a verdict."""

    id = "conflicts"
    theme_group = "results"

    @property
    def title(self) -> Message:
        return msg("Conflicts")

    def count(self, state: ProjectState, report: CheckReport | None) -> int:
        return 0 if report is None else len(report.conflicts)

    def sublayers(self, state: ProjectState) -> tuple[tuple[str, Message, int], ...]:
        return tuple((verdict.key, title, 0) for verdict, title in VERDICT_TITLES.items())

    def draw(
        self, state: ProjectState, report: CheckReport | None, request: DrawRequest
    ) -> tuple[Primitive, ...]:
        if report is None or not len(report.conflicts):
            return ()
        rows = visible_rows(state, report.conflicts, request)
        if not len(rows):
            return ()
        markers = _markers(state, report.conflicts, rows, request)
        if request.dimension == 2 and request.metres_per_px > GAPS_FROM_M_PER_PX:
            return (markers,)
        drawn: list[Primitive] = [markers]
        gaps = _gaps(state, report.conflicts, rows, request)
        if gaps is not None:
            drawn.insert(0, gaps)
        if request.dimension == 3 and request.metres_per_px <= LABELS_FROM_M_PER_PX:
            drawn.append(_texts(state, report.conflicts, rows, request))
        return tuple(drawn)

    def legend(
        self, state: ProjectState, report: CheckReport | None, request: DrawRequest
    ) -> tuple[LegendItem, ...]:
        if report is None:
            return ()
        counts = np.bincount(report.conflicts.verdict, minlength=len(Verdict))
        return tuple(
            LegendItem(
                title.text(request.lang),
                "point",
                style.verdict_color(verdict, request.theme),
                int(counts[verdict]),
            )
            for verdict, title in VERDICT_TITLES.items()
            if counts[verdict]
        )


VERDICT_TITLES: dict[Verdict, Message] = {
    Verdict.CERTAIN: msg("Certain"),
    Verdict.LIKELY: msg("Likely"),
    Verdict.POSSIBLE: msg("Possible"),
    Verdict.CANNOT_JUDGE: msg("Cannot judge"),
}


def visible_rows(state: ProjectState, conflicts: ConflictTable, request: DrawRequest) -> I64:
    """Rows this request draws, least sure first, so that the surest lie on top."""
    keep = points_in_extent(conflicts.at, request, grow_m=10 * request.metres_per_px)
    keep &= standing(state, conflicts, request.as_of)
    hidden = [int(v) for v in Verdict if v.key in request.hidden]
    if hidden:
        keep &= ~np.isin(conflicts.verdict, hidden)
    rows = np.flatnonzero(keep)
    return rows[np.argsort(conflicts.verdict[rows], kind="stable")]


def marker_places(state: ProjectState, conflicts: ConflictTable, rows: I64) -> F64:
    """Where markers stand in 3D, shape (n, 3); on the ground where no level is known."""
    at = conflicts.at[rows].copy()
    at[:, 2] = ground_or_reference(at[:, 2], state)
    return at


def _markers(
    state: ProjectState, conflicts: ConflictTable, rows: I64, request: DrawRequest
) -> PointBatch:
    settled = np.isin(conflicts.decision[rows], [int(s) for s in _SETTLED])
    colors = style.verdict_colors(request.theme)[conflicts.verdict[rows]]
    colors[settled] = style.named_color("settled", request.theme)
    unjudged = conflicts.verdict[rows] == Verdict.CANNOT_JUDGE
    near = 13.0 if request.metres_per_px < 0.5 else 10.0 if request.metres_per_px < 2 else 7.0
    places = marker_places(state, conflicts, rows)
    return PointBatch(
        "conflicts",
        local(places if request.dimension == 3 else places[:, :2], request),
        rows.astype(np.int32),
        colors,
        np.where(settled | unjudged, near * 0.7, near).astype(np.float32),
        np.full(len(rows), "marker", dtype=object),
    )


def _gaps(
    state: ProjectState, conflicts: ConflictTable, rows: I64, request: DrawRequest
) -> LineBatch | None:
    """A line between the nearest points of each conflict that has them."""
    ends = np.stack([conflicts.near_a[rows], conflicts.near_b[rows]], axis=1)
    rows = rows[~np.isnan(ends[:, :, :2]).any(axis=(1, 2))]
    if not len(rows):
        return None
    ends = np.stack([conflicts.near_a[rows], conflicts.near_b[rows]], axis=1).reshape(-1, 3)
    ends[:, 2] = ground_or_reference(ends[:, 2], state)
    return LineBatch(
        "conflicts",
        local(ends if request.dimension == 3 else ends[:, :2], request),
        np.arange(len(rows) + 1, dtype=np.int64) * 2,
        rows.astype(np.int32),
        style.repeated(style.named_color("gap", request.theme), len(rows)),
        np.full(len(rows), 2.0, dtype=np.float32),
        np.zeros(len(rows), dtype=np.bool_),
    )


def _texts(
    state: ProjectState, conflicts: ConflictTable, rows: I64, request: DrawRequest
) -> LabelBatch:
    """The measured number at each conflict; the surest of a group only."""
    _, first = np.unique(conflicts.group[rows[::-1]].astype(str), return_index=True)
    rows = np.sort(rows[::-1][first])
    places = marker_places(state, conflicts, rows)
    unknown = msg("level unknown").text(request.lang)
    actual = conflicts.actual_m[rows]
    texts = [unknown if np.isnan(value) else f"{value:.3f} m" for value in actual]
    count = len(rows)
    return LabelBatch(
        "conflicts",
        local(places, request),
        np.array(texts, dtype=object),
        style.verdict_colors("light")[conflicts.verdict[rows]],
        np.full(count, 15.0, dtype=np.float32),
        np.zeros(count, dtype=np.float32),
        conflicts.verdict[rows].astype(np.float32),
        rows.astype(np.int32),
    )


LAYER = ConflictsLayer()
