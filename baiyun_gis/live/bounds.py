"""What lies where and how deep, as far as a neighbourhood is chosen by it."""

from __future__ import annotations

import numpy as np

from baiyun_gis.checks.joints import SHORT_M
from baiyun_gis.checks.leaving import beside_another
from baiyun_gis.checks.snapshot import ABOVE_GROUND
from baiyun_gis.live.boxes import pipe_boxes
from baiyun_gis.live.kept import is_within
from baiyun_gis.live.network import Links
from baiyun_gis.model.columns import F64, I64, Bool, Str, text_array
from baiyun_gis.model.tables import BuildingTable, PipeTable
from baiyun_gis.project import ProjectState
from baiyun_gis.time.lifespan import alive


def lies_in(xy: F64, boxes: F64) -> Bool:
    """Which points lie in any of the boxes (m, 4)."""
    x, y = xy[:, :1], xy[:, 1:]
    inside = (x >= boxes[:, 0]) & (x <= boxes[:, 2]) & (y >= boxes[:, 1]) & (y <= boxes[:, 3])
    return np.asarray(inside.any(axis=1), dtype=np.bool_)


def holds_all(known: I64 | None, wanted: I64 | None) -> bool:
    """Whether all that is wanted is among the known; None stands for everything."""
    if known is None:
        return True
    return wanted is not None and is_within(wanted, known)


def has_short(pipes: PipeTable) -> bool:
    """Whether any is so short that it counts as a fitting, with room for rounding."""
    if not len(pipes.xy):
        return True
    boxes = pipe_boxes(pipes)
    size = np.hypot(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    return not bool((size > SHORT_M + 0.01).all())


def beside(pipes: PipeTable, row_of_slot: I64, links: Links, as_of: np.datetime64) -> Bool:
    """Which ends of pipes leave their joint beside another line; shape (slots, 2)."""
    there = links.slots < len(row_of_slot)
    rows = np.where(there, row_of_slot[np.where(there, links.slots, 0)], -1)
    there &= rows >= 0
    rows = np.where(there, rows, 0)
    there &= alive(pipes.valid_from[rows], pipes.valid_to[rows], as_of)
    there &= ~np.isin(pipes.burial[rows], ABOVE_GROUND)
    _, joint = np.unique(links.joint, return_inverse=True)
    return beside_another(pipes, rows, joint.reshape(-1), there).reshape(-1, 2)


def highest(buildings: BuildingTable, rows: I64 | slice = slice(None)) -> float:
    """The highest underside of a foundation; −inf where none is known."""
    base = buildings.ground_m[rows] - buildings.foundation_depth_m[rows]
    return float(np.max(base[~np.isnan(base)], initial=-np.inf))


def lowest(pipes: PipeTable) -> float:
    """A level no line's underside is below; inf where none is known."""
    height = np.fmax(pipes.outer_height_m, pipes.outer_width_m)
    half = np.max(height[~np.isnan(height)], initial=0.0) / 2
    return float(np.min(pipes.axis_level[~np.isnan(pipes.axis_level)], initial=np.inf) - half)


def witnesses(state: ProjectState, as_of: np.datetime64) -> tuple[I64, I64, Str]:
    """Rows of the first building, and of the first structure of each kind, detail and shape that
    is there, and what these structures are: a cut-out holds them, as checks may ask whether the
    project has any at all."""
    import shapely

    structures = state.structures
    there = alive(structures.valid_from, structures.valid_to, as_of)
    shape = shapely.get_type_id(structures.geometry).astype(np.int64) + 1
    key = (structures.kind.astype(np.int64) * 16 + shape) * 2 + there
    _, detail = np.unique(structures.detail.astype(str), return_inverse=True)
    whole = key + detail.reshape(-1).astype(np.int64) * (1 << 20)
    first = np.sort(np.unique(whole, return_index=True)[1]).astype(np.int64)
    sorts = text_array(f"{key[row]} {structures.detail[row]}" for row in first.tolist())
    return np.arange(min(len(state.buildings), 1)), first, sorts
