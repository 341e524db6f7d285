"""How many test holes may be dug."""

from __future__ import annotations

from PySide6.QtWidgets import QFormLayout, QSpinBox, QWidget

from ui.dialogs.frame import FramedDialog

MOST = 200


class HoleCountDialog(FramedDialog):
    """One number, and what it is for."""

    def __init__(self, parent: QWidget | None = None, *, count: int) -> None:
        super().__init__("", parent, width_px=420)
        self.setWindowTitle(self.tr("Plan test holes"))
        self.add_text(
            self.tr(
                "Finds the places where laying lines open, or measuring again in a chamber, "
                "settles most of what the check left undecided."
            )
        )
        self._count = QSpinBox()
        self._count.setRange(1, MOST)
        self._count.setValue(min(max(count, 1), MOST))
        self._count.setFixedWidth(110)
        form = QFormLayout()
        form.setSpacing(10)
        form.addRow(self.tr("Number of holes"), self._count)
        self.body.addLayout(form)
        self.add_text(self.tr("Traffic, permits and cost are not known to the plan."), "muted")
        self.add_buttons(self.tr("Plan"))
        self._count.setFocus()
        self._count.selectAll()

    @property
    def count(self) -> int:
        return self._count.value()
