"""Pipe bodies as triangles: sections swept along axes, bends mitred, free ends capped."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from layers.primitives import TubeBatch

F32 = NDArray[np.float32]
_UP = np.array([0.0, 0.0, 1.0], dtype=np.float32)


def sides_for(vertices: int) -> int:
    """How many sides a round pipe gets, so that a city still turns smoothly."""
    for limit, sides in ((20_000, 16), (120_000, 10), (400_000, 6)):
        if vertices <= limit:
            return sides
    return 4


def tube_mesh(batch: TubeBatch, *, sides: int) -> tuple[F32, NDArray[np.int64], NDArray[np.int64]]:
    """Vertices (v, 3), triangles (t, 3) and the pipe (row of the batch) of each triangle.

    Circles get `sides` corners, rectangles four with upright walls.
    """
    parts = [
        _swept(batch, np.flatnonzero(~batch.is_rectangle), sides=sides, is_round=True),
        _swept(batch, np.flatnonzero(batch.is_rectangle), sides=4, is_round=False),
    ]
    shift = np.cumsum([0, len(parts[0][0])])
    return (
        np.concatenate([p[0] for p in parts]),
        np.concatenate([p[1] + s for p, s in zip(parts, shift, strict=True)]),
        np.concatenate([p[2] for p in parts]),
    )


def _swept(
    batch: TubeBatch, pipes: NDArray[np.int64], *, sides: int, is_round: bool
) -> tuple[F32, NDArray[np.int64], NDArray[np.int64]]:
    counts = np.diff(batch.offsets)[pipes]
    pipes, counts = pipes[counts > 1], counts[counts > 1]
    offsets = np.concatenate([[0], np.cumsum(counts)])
    if not len(pipes):
        return np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int64), np.zeros(0, np.int64)
    vertex = np.arange(offsets[-1]) + np.repeat(batch.offsets[:-1][pipes] - offsets[:-1], counts)
    axis = batch.xyz[vertex]
    owner = np.repeat(np.arange(len(pipes)), counts)
    side, up, stretch = _frames(axis, owner, is_round=is_round)
    half_width = batch.half_width_m[pipes][owner][:, None, None]
    half_height = batch.half_height_m[pipes][owner][:, None, None]
    angle = (
        np.linspace(0, 2 * np.pi, sides, endpoint=False)
        if is_round
        else np.deg2rad([45.0, 135.0, 225.0, 315.0])
    )
    across = np.cos(angle).astype(np.float32)
    along_up = np.sin(angle).astype(np.float32)
    if not is_round:
        across, along_up = np.sign(across), np.sign(along_up)
    ring = (
        axis[:, None, :]
        + side[:, None, :] * across[None, :, None] * half_width * stretch[:, None, None]
        + up[:, None, :] * along_up[None, :, None] * half_height
    )
    triangles, of_pipe = _walls_and_caps(owner, offsets, sides)
    return ring.reshape(-1, 3).astype(np.float32), triangles, pipes[of_pipe]


def _frames(axis: F32, owner: NDArray[np.int64], *, is_round: bool) -> tuple[F32, F32, F32]:
    step = np.diff(axis, axis=0)
    length = np.linalg.norm(step, axis=1, keepdims=True)
    unit = np.divide(step, length, out=np.zeros_like(step), where=length > 0)
    inside = owner[1:] == owner[:-1]
    unit[~inside] = 0
    before = np.concatenate([np.zeros((1, 3), np.float32), unit])
    after = np.concatenate([unit, np.zeros((1, 3), np.float32)])
    tangent = before + after
    norm = np.linalg.norm(tangent, axis=1, keepdims=True)
    tangent = np.divide(tangent, norm, out=np.zeros_like(tangent), where=norm > 1e-6)
    both = (np.abs(before).sum(1) > 0) & (np.abs(after).sum(1) > 0)
    half_cos = np.sqrt(np.clip((1 + (before * after).sum(1)) / 2, 0.1, 1.0))
    stretch = np.where(both, 1.0 / half_cos, 1.0).astype(np.float32)
    side = np.cross(tangent, _UP)
    size = np.linalg.norm(side, axis=1, keepdims=True)
    side = np.where(size > 1e-4, side / np.maximum(size, 1e-9), np.array([1, 0, 0], np.float32))
    up = np.cross(side, tangent) if is_round else np.broadcast_to(_UP, axis.shape)
    return side.astype(np.float32), np.asarray(up, dtype=np.float32), stretch


def _walls_and_caps(
    owner: NDArray[np.int64], offsets: NDArray[np.int64], sides: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    first = np.flatnonzero(owner[1:] == owner[:-1])
    corner = np.arange(sides)
    following = (corner + 1) % sides
    a = first[:, None] * sides + corner
    b = first[:, None] * sides + following
    c, d = a + sides, b + sides
    walls = np.stack([np.stack([a, c, b], -1), np.stack([b, c, d], -1)], axis=2).reshape(-1, 3)
    fan = np.stack([np.zeros(sides - 2, np.int64), corner[1:-1], corner[2:]], -1)
    start = offsets[:-1, None, None] * sides + fan[None]
    stop = (offsets[1:, None, None] - 1) * sides + fan[None, :, ::-1]
    count = len(offsets) - 1
    caps = np.concatenate([start.reshape(-1, 3), stop.reshape(-1, 3)])
    cap_owner = np.repeat(np.concatenate([np.arange(count), np.arange(count)]), sides - 2)
    wall_owner = np.repeat(owner[first], 2 * sides)
    return np.concatenate([walls, caps]), np.concatenate([wall_owner, cap_owner])
