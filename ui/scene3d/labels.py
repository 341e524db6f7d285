"""Texts in the scene, with a font that holds Chinese."""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkRenderingCore import vtkBillboardTextActor3D
from vtkmodules.vtkRenderingFreeType import vtkFreeTypeTools

from layers.primitives import LabelBatch
from ui.fonts import chinese_font_file

assert vtkFreeTypeTools is not None  # importing it registers how VTK draws text
MOST = 80
VTK_FONT_FILE = 4


def label_actors(batch: LabelBatch) -> list[vtkBillboardTextActor3D]:
    """Billboards of the most important texts; none when no font holds Chinese."""
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
        style.SetColor(*(float(v) / 255 for v in batch.color[row][:3]))
        style.SetBackgroundColor(1.0, 1.0, 1.0)
        style.SetBackgroundOpacity(0.82)
        style.SetJustificationToCentered()
        style.SetVerticalJustificationToBottom()
        actor.SetDisplayOffset(0, 14)
        actor.PickableOff()
        actors.append(actor)
    return actors
