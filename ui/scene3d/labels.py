"""Texts in the scene, with a font that holds Chinese."""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkRenderingCore import vtkBillboardTextActor3D
from vtkmodules.vtkRenderingFreeType import vtkFreeTypeTools

from baiyun_gis.model.columns import F64
from layers.primitives import LabelBatch
from ui.fonts import chinese_font_file

assert vtkFreeTypeTools is not None  # importing it registers how VTK draws text
MOST = 80
VTK_FONT_FILE = 4


def label_actors(
    batch: LabelBatch, *, paper: tuple[float, float, float]
) -> list[vtkBillboardTextActor3D]:
    """Billboards of the most important texts on `paper` (0 to 1); none without a Chinese font."""
    font = chinese_font_file()
    if font is None:
        return []
    actors: list[vtkBillboardTextActor3D] = []
    for row in np.argsort(-batch.priority, kind="stable")[:MOST]:
        actor = vtkBillboardTextActor3D()
        actor.SetInput(str(batch.text[row]))
        actor.SetPosition(*(float(v) for v in batch.xyz[row]))
        style = actor.GetTextProperty()
        style.SetFontFamily(VTK_FONT_FILE)
        style.SetFontFile(str(font))
        style.SetFontSize(int(batch.size_px[row]))
        style.SetColor(*_readable(batch.color[row][:3] / 255.0, paper))
        style.SetBackgroundColor(*paper)
        style.SetBackgroundOpacity(0.82)
        style.SetJustificationToCentered()
        style.SetVerticalJustificationToBottom()
        actor.SetDisplayOffset(0, 14)
        actor.PickableOff()
        actors.append(actor)
    return actors


def _readable(colour: F64, paper: tuple[float, float, float]) -> tuple[float, float, float]:
    """The colour of a text on its paper (0 to 1): nearer to white where the paper is dark."""
    share = 0.0 if sum(paper) > 1.5 else 0.5
    r, g, b = colour + share * (1.0 - colour)
    return float(r), float(g), float(b)
