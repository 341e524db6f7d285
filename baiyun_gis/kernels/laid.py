"""Axes laid out as straight pieces with their sections: what a run looks at, in two passes.

The first goes over all lines and says what each has; the second writes the pieces of those that
are wanted, with all that belongs to a piece.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I8, I32, I64, Bool
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.compiled import compiled
from baiyun_gis.kernels.segments import (
    FLAT0,
    FLAT1,
    HEIGHT,
    PIPE,
    RECTANGLE,
    WIDTH,
    X0,
    X1,
    Y0,
    Y1,
    Z0,
    Z1,
    Segments,
    flatten_near_ends,
    keeping,
    owned,
)


class Lines(NamedTuple):
    """What axes have, line by line: plan chainage of all vertices and length (m), how many
    straight pieces, and whether there is one and every vertex has a place."""

    chainage_m: F64
    length_m: F64
    pieces: I32
    is_laid: Bool


@compiled
def _is_piece(xy: F64, level: F64, k: Any, least: float) -> bool:
    """Whether a vertex and the next are further apart than `least`; upright counts too."""
    dx, dy = xy[k + 1, 0] - xy[k, 0], xy[k + 1, 1] - xy[k, 1]
    dz = level[k + 1] - level[k]
    if math.isnan(dz):
        dz = 0.0
    return math.sqrt(dx * dx + dy * dy + dz * dz) > least


@compiled
def _lines(
    first: int, last: int, offsets: I64, xy: F64, level: F64, least: float, chainage: F64,
    length: F64, pieces: I32, laid: Bool,
) -> None:  # fmt: skip
    for line in range(first, last):
        along, count, is_placed = 0.0, 0, True
        for k in range(offsets[line], offsets[line + 1]):
            is_placed = is_placed and math.isfinite(xy[k, 0] + xy[k, 1])
            if k > offsets[line]:
                dx, dy = xy[k, 0] - xy[k - 1, 0], xy[k, 1] - xy[k - 1, 1]
                step = math.sqrt(dx * dx + dy * dy)
                along += step if math.isfinite(step) else 0.0
                count += _is_piece(xy, level, k - 1, least)
            chainage[k] = along
        length[line] = along
        pieces[line] = count
        laid[line] = is_placed and count > 0


def lines_of(offsets: I64, xy: F64, level: F64, *, least_m: float) -> Lines:
    """What all axes have; pieces no longer than `least_m` are none, levels may be unknown (NaN).

    A step to or from a vertex without coordinates has no length and is no piece.
    """
    count = len(offsets) - 1
    chainage, length = np.empty(len(xy)), np.empty(count)
    pieces, laid = np.empty(count, dtype=np.int32), np.empty(count, dtype=np.bool_)
    axes = owned(offsets, np.int64), owned(xy, np.float64), owned(level, np.float64)
    run_in_chunks(_lines, count, *axes, least_m, chainage, length, pieces, laid)
    return Lines(chainage, length, pieces, laid)


class Sections(NamedTuple):
    """Outer sections as recorded, by line: shape, width and height (m). `is_box` says by shape
    what is measured as an upright rectangle, and of `unsaid` shape is what has two sizes."""

    shape: I8
    width: F64
    height: F64
    is_box: Bool
    unsaid: int


@compiled
def _section(width: Any, height: Any, is_box: Any, is_unsaid: Any) -> tuple[float, float, bool]:
    """Outer width, outer height (NaN unknown) and whether it is a rectangle."""
    if is_unsaid and width != height and not math.isnan(width + height):
        is_box = True
    if not is_box:
        width = height if math.isnan(width) else width
        height = width if math.isnan(height) else height
    return width if width > 0.0 else np.nan, height if height > 0.0 else np.nan, is_box


@compiled
def _sections(
    first: int, last: int, sections: Sections, width: F64, height: F64, is_box: Bool
) -> None:  # fmt: skip
    shape, wide, high, boxes, unsaid = sections
    for line in range(first, last):
        width[line], height[line], is_box[line] = _section(
            wide[line], high[line], boxes[shape[line]], shape[line] == unsaid
        )


def sections_of(sections: Sections) -> tuple[F64, F64, Bool]:
    """Outer widths and heights (m, NaN unknown) and which are upright rectangles, by line.

    A circle known by one size has it both ways.
    """
    count = len(sections.shape)
    width, height = np.empty(count), np.empty(count)
    is_box = np.empty(count, dtype=np.bool_)
    run_in_chunks(_sections, count, _whole(sections), width, height, is_box)
    return width, height, is_box


def _whole(sections: Sections) -> Sections:
    return Sections(
        owned(sections.shape, np.int8), owned(sections.width, np.float64),
        owned(sections.height, np.float64), sections.is_box, int(sections.unsaid),
    )  # fmt: skip


class Axes(NamedTuple):
    """Axes of lines: line i owns vertices `offsets[i]:offsets[i + 1]` and has ends 2 i and 2 i + 1;
    `joint` labels ends, `degree` counts those of a joint. Deviations are of vertices (m)."""

    offsets: I64
    xy: F64
    level: F64
    chainage: F64
    joint: I32
    degree: I32
    sigma_xy: F64
    sigma_z: F64


class Belonging(NamedTuple):
    """What belongs to pieces beside their bodies: deviations at both ends (m), which are the first
    and last of their line, and what is known of them."""

    sigma_xy0: F64
    sigma_xy1: F64
    sigma_z0: F64
    sigma_z1: F64
    is_first: Bool
    is_last: Bool
    width_known: Bool
    height_known: Bool
    level_known: Bool


class _Bodies(NamedTuple):
    x0: F64
    y0: F64
    z0: F64
    x1: F64
    y1: F64
    z1: F64
    half_width: F64
    half_height: F64
    is_rectangle: Bool
    flat0: Bool
    flat1: Bool
    pipe: I32
    chain0: F64


@compiled
def _lay(
    first: int, last: int, axes: Axes, sections: Sections, start: I64, origin: tuple[float, float],
    least: float, table: F64, bodies: _Bodies, columns: Belonging,
) -> None:  # fmt: skip
    """Write the pieces of the lines in a range; line i has rows `start[i]:start[i + 1]`."""
    offsets, xy, level, chainage, joint, degree, sigma_xy, sigma_z = axes
    x0, y0, z0, x1, y1, z1, half_width, half_height, is_box, flat0, flat1, pipe, chain0 = bodies
    shape, wide, high, boxes, unsaid = sections
    xy0, xy1, up0, up1, is_first, is_last, width_known, height_known, level_known = columns
    for line in range(first, last):
        row, stop = start[line], start[line + 1]
        if row == stop:
            continue
        width, height, is_rectangle = _section(
            wide[line], high[line], boxes[shape[line]], shape[line] == unsaid
        )
        has_width, has_height = not math.isnan(width), not math.isnan(height)
        width, height = width / 2 if has_width else 0.0, height / 2 if has_height else 0.0
        is_rectangle = is_rectangle and (has_width or has_height)  # a bare axis has no sides
        for k in range(offsets[line], offsets[line + 1] - 1):
            if not _is_piece(xy, level, k, least):
                continue
            x, y, z = xy[k, 0] - origin[0], xy[k, 1] - origin[1], level[k]
            to_x, to_y, to_z = xy[k + 1, 0] - origin[0], xy[k + 1, 1] - origin[1], level[k + 1]
            x0[row], y0[row], z0[row], x1[row], y1[row], z1[row] = x, y, z, to_x, to_y, to_z
            half_width[row], half_height[row], is_box[row] = width, height, is_rectangle
            pipe[row], chain0[row] = line, chainage[k]
            is_first[row], is_last[row] = row == start[line], row == stop - 1
            flat0[row] = is_first[row] and degree[joint[2 * line]] <= 1
            flat1[row] = is_last[row] and degree[joint[2 * line + 1]] <= 1
            xy0[row], xy1[row] = sigma_xy[k], sigma_xy[k + 1]
            up0[row], up1[row] = sigma_z[k], sigma_z[k + 1]
            width_known[row], height_known[row] = has_width, has_height
            level_known[row] = not math.isnan(z) and not math.isnan(to_z)
            table[row, X0], table[row, Y0], table[row, Z0] = x, y, z
            table[row, X1], table[row, Y1], table[row, Z1] = to_x, to_y, to_z
            table[row, WIDTH], table[row, HEIGHT] = width, height
            table[row, RECTANGLE] = 1.0 if is_rectangle else 0.0
            table[row, FLAT0] = 1.0 if flat0[row] else 0.0
            table[row, FLAT1] = 1.0 if flat1[row] else 0.0
            table[row, PIPE] = line
            row += 1
        if flatten_near_ends(table, start[line], stop):
            for row in range(start[line], stop):
                flat0[row], flat1[row] = table[row, FLAT0] > 0.0, table[row, FLAT1] > 0.0


def laid_out(
    axes: Axes, sections: Sections, pieces: I32, *, origin: F64, least_m: float
) -> tuple[Segments, Belonging]:
    """The straight pieces of lines in order, ready for many questions, and what belongs to them.

    `pieces` is how many each line has that are longer than `least_m`, 0 to leave it out; `origin`
    (x, y) is taken off. Unknown levels are NaN, unknown sizes 0, so that distances in plan still
    come out. Ends that no other meets are flat, and joints near them where a line goes straight on.
    """
    start = np.zeros(len(pieces) + 1, dtype=np.int64)
    np.cumsum(pieces, out=start[1:])
    count = int(start[-1])
    x0, y0, z0, x1, y1, z1, half_width, half_height, chain0 = (np.empty(count) for _ in range(9))
    is_box, flat0, flat1 = (np.empty(count, dtype=np.bool_) for _ in range(3))
    pipe = np.empty(count, dtype=np.int32)
    bodies = _Bodies(
        x0, y0, z0, x1, y1, z1, half_width, half_height, is_box, flat0, flat1, pipe, chain0
    )
    xy0, xy1, up0, up1 = (np.empty(count) for _ in range(4))
    is_first, is_last, *known = (np.empty(count, dtype=np.bool_) for _ in range(5))
    columns = Belonging(xy0, xy1, up0, up1, is_first, is_last, *known)
    table = np.empty((count, PIPE + 1))
    lines = Axes(
        owned(axes.offsets, np.int64), owned(axes.xy, np.float64), owned(axes.level, np.float64),
        owned(axes.chainage, np.float64), owned(axes.joint, np.int32),
        owned(axes.degree, np.int32), owned(axes.sigma_xy, np.float64),
        owned(axes.sigma_z, np.float64),
    )  # fmt: skip
    corner = float(origin[0]), float(origin[1])
    rest = _whole(sections), start, corner, least_m, table, bodies, columns
    run_in_chunks(_lay, len(pieces), lines, *rest)
    return keeping(Segments(*bodies), table), columns
