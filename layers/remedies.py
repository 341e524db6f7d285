"""A proposed way out for the scene: the axis as it would lie, dashed, over all else."""

from __future__ import annotations

import numpy as np

from baiyun_gis.project import ProjectState
from baiyun_gis.remedies.remedy import Proposal
from layers import style
from layers.geometry import local
from layers.ground import ground_or_reference
from layers.primitives import LineBatch
from layers.request import DrawRequest
from layers.selection import GAP_ID

_HALO_PX, _LINE_PX = 7.0, 3.5


def proposed_lines(
    state: ProjectState, proposal: Proposal, request: DrawRequest
) -> tuple[LineBatch, ...]:
    """The proposed axis, dashed on a light ground."""
    points = proposal.preview.copy()
    points[:, 2] = ground_or_reference(points[:, 2], state)
    halo = style.named_color("halo", request.theme)
    ink = style.named_color("proposed", request.theme)
    return tuple(
        LineBatch(
            GAP_ID,
            local(points, request),
            np.array([0, len(points)], dtype=np.int64),
            np.array([proposal.subject.row], dtype=np.int32),
            style.repeated(color, 1),
            np.full(1, width, np.float32),
            np.full(1, is_dashed, np.bool_),
        )
        for color, width, is_dashed in ((halo, _HALO_PX, False), (ink, _LINE_PX, True))
    )
