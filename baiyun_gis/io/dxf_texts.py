"""Sizes of drawn lines: from the layer's name, else from the size text that stands nearest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from baiyun_gis.io.axes import Axes
from baiyun_gis.io.dxf_entities import DxfText
from baiyun_gis.io.dxf_layers import SIZE, DxfLayer, dxf_layer
from baiyun_gis.io.imported import Inference
from baiyun_gis.io.line_tables import Said
from baiyun_gis.language import msg
from baiyun_gis.model.vocabulary import Utility

_LEAST_REACH_M = 2.0
_REACH_HEIGHTS = 4.0


def sizes_by_text(
    axes: Axes, layers: Sequence[DxfLayer], texts: Sequence[DxfText], unit: float, said: Said
) -> list[str]:
    """A size text for each line, empty where neither layer nor a near text says one.

    A text counts for the nearest line within four letter heights (2 m at least); one on a layer
    of a utility counts for lines of that utility only. The nearest text wins.
    """
    sizes = [layer.size for layer in layers]
    found = [(t, match[1]) for t in texts for match in [SIZE.search(t.text)] if match]
    open_lines = np.array([i for i, size in enumerate(sizes) if not size], dtype=np.int64)
    if not found or not len(open_lines):
        return sizes
    best: dict[int, tuple[float, str]] = {}
    for utility in {dxf_layer(text.layer).utility for text, _ in found}:
        own = [(t, s) for t, s in found if dxf_layer(t.layer).utility is utility]
        fitting = np.array(
            [
                i
                for i in open_lines
                if utility is Utility.UNKNOWN or layers[int(i)].utility is utility
            ],
            dtype=np.int64,
        )
        for line, distance, size in _nearest(axes, fitting, own, unit):
            if distance < best.get(line, (np.inf, ""))[0]:
                best[line] = (distance, size.replace(" ", ""))
    for line, (_, size) in best.items():
        sizes[line] = size
    if best:
        why = msg(
            "{count} lines have no size in their layer's name; the nearest text gives it",
            count=len(best),
        )
        said.inferred.append(Inference("size", "nearest text", 0.7, why))
    return sizes


def _nearest(
    axes: Axes, rows: np.ndarray, texts: Sequence[tuple[DxfText, str]], unit: float
) -> list[tuple[int, float, str]]:
    """Line, distance in metres and size for each text that stands within reach of a line."""
    import shapely

    if not len(rows):
        return []
    index = np.repeat(np.arange(len(axes)), np.diff(axes.offsets))
    every: Any = shapely.linestrings(axes.xy, indices=index)
    shapes = every[rows]
    places = shapely.points([[t.at[0] * unit, t.at[1] * unit] for t, _ in texts])
    reach = [max(_LEAST_REACH_M, _REACH_HEIGHTS * t.height * unit) for t, _ in texts]
    pairs, distance = shapely.STRtree(shapes).query_nearest(
        places, max_distance=max(reach), return_distance=True, all_matches=False
    )
    return [
        (int(rows[line]), float(d), texts[int(text)][1])
        for text, line, d in zip(*pairs, distance, strict=True)
        if d <= reach[int(text)]
    ]
