"""The sketch in the dark theme: other light, the same hues."""

from __future__ import annotations

from PySide6.QtGui import QColor

from ui.panels.sketch import at_night


def test_paper_and_ink_change_places_and_hues_stay():
    drawn = at_night('<path fill="#ffffff" stroke="#1d2733" color="#1B9E3E"/>')
    paper, ink, pipe = (QColor(drawn.split('"')[at]) for at in (1, 3, 5))
    assert paper.lightnessF() < 0.2
    assert ink.lightnessF() > 0.7
    assert abs(pipe.hslHue() - QColor("#1B9E3E").hslHue()) <= 2
