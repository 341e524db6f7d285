"""Texts in the scene, with a font that holds Chinese."""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkRenderingCore import vtkBillboardTextActor3D
from vtkmodules.vtkRenderingFreeType import vtkFreeTypeTools  # noqa: F401  registers the text

from layers.primitives import LabelBatch
from ui.fonts import chinese_font_file

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
        style.SetJustificationToCentered()
        style.SetVerticalJustificationToBottom()
        actor.PickableOff()
        actors.append(actor)
    return actors
