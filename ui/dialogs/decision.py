"""A decision on findings: the reason, who decides, until when."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QDate
from PySide6.QtWidgets import (
    QCheckBox,
    QDateEdit,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from baiyun_gis.model.columns import NO_DAY
from ui.dialogs.frame import FramedDialog


class DecisionDialog(FramedDialog):
    """Nothing is accepted or excluded without a reason."""

    def __init__(
        self, title: str, *, author: str, has_until: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(title, parent)
        self._reason = QPlainTextEdit()
        self._reason.setFixedHeight(92)
        self._reason.setPlaceholderText(
            self.tr("Why it may stay: a drawing, a survey, an agreement…")
        )
        self._reason.setTabChangesFocus(True)
        self._author = QLineEdit(author)
        self._has_until = QCheckBox(self.tr("Until"))
        self._until = QDateEdit(QDate.currentDate().addYears(1))
        self._until.setCalendarPopup(True)
        self._until.setDisplayFormat("yyyy-MM-dd")
        self._until.setEnabled(False)
        self._has_until.toggled.connect(self._until.setEnabled)
        form = QFormLayout()
        form.setSpacing(10)
        form.addRow(self.tr("Reason"), self._reason)
        form.addRow(self.tr("Decided by"), self._author)
        if has_until:
            form.addRow(self._has_until, self._until)
        self.body.addLayout(form)
        buttons = self.add_buttons(title)
        self._ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._reason.textChanged.connect(self._judge)
        self._author.textChanged.connect(self._judge)
        self._judge()
        self._reason.setFocus()

    def _judge(self) -> None:
        self._ok.setEnabled(bool(self.reason and self.author))

    @property
    def reason(self) -> str:
        return self._reason.toPlainText().strip()

    @property
    def author(self) -> str:
        return self._author.text().strip()

    @property
    def until(self) -> np.datetime64:
        """The last day the decision holds; NaT for good."""
        if not self._has_until.isChecked():
            return NO_DAY
        return np.datetime64(self._until.date().toString("yyyy-MM-dd"), "D")
