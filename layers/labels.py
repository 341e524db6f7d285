"""Labels along lines: kind, size, where there is room for them."""

from __future__ import annotations

import numpy as np

from baiyun_gis.model.columns import F64, I64, Str
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.vocabulary import Utility
from layers import style
from layers.geometry import local
from layers.primitives import LabelBatch
from layers.request import DrawRequest

MOST_LABELS = 400


def pipe_labels(pipes: PipeTable, rows: I64, request: DrawRequest) -> LabelBatch:
    """One label in the middle of each line long enough to carry it, longest first."""
    mid, angle, length = _middles(pipes, rows)
    across = np.radians(angle + 90)
    beside = np.stack([np.cos(across), np.sin(across)], axis=1)
    mid = mid + beside * (np.nan_to_num(pipes.outer_width_m[rows]) / 2)[:, None]
    room = length > 70 * request.metres_per_px
    order = np.flatnonzero(room)
    order = order[np.argsort(-length[order], kind="stable")][:MOST_LABELS]
    chosen = rows[order]
    colors = style.utility_colors(request)[pipes.utility[chosen]]
    return LabelBatch(
        "pipes",
        local(mid[order], request),
        line_texts(pipes, chosen, request.lang),
        colors,
        np.full(len(order), 11.0, dtype=np.float32),
        angle[order].astype(np.float32),
        length[order].astype(np.float32),
        chosen.astype(np.int32),
    )


def line_texts(pipes: PipeTable, rows: I64, lang: str) -> Str:
    """Short texts such as `给水 DN300` for a few lines."""
    names = {int(u): u.label(lang) for u in Utility}
    texts = [
        " ".join(part for part in (names[int(u)], _size(float(dn), str(size))) if part)
        for u, dn, size in zip(
            pipes.utility[rows], pipes.nominal_mm[rows], pipes.size_text[rows], strict=True
        )
    ]
    return np.array(texts, dtype=object)


def _size(nominal_mm: float, size_text: str) -> str:
    if size_text and not size_text.replace(".", "").isdigit():
        return size_text
    return "" if np.isnan(nominal_mm) else f"DN{nominal_mm:g}"


def _middles(pipes: PipeTable, rows: I64) -> tuple[F64, F64, F64]:
    """Middle point, reading angle and length of the middle piece of each line."""
    first = pipes.offsets[:-1][rows]
    last = pipes.offsets[1:][rows] - 1
    a = first + np.maximum((last - first - 1) // 2, 0)
    b = np.minimum(a + 1, last)
    start, end = pipes.xy[a], pipes.xy[b]
    step = end - start
    angle = np.degrees(np.arctan2(step[:, 1], step[:, 0]))
    angle = np.where(angle > 90, angle - 180, np.where(angle <= -90, angle + 180, angle))
    return (start + end) / 2, angle, np.hypot(step[:, 0], step[:, 1])
