"""A new project: its name, reference system and vertical datum."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QDialogButtonBox, QFormLayout, QLineEdit, QWidget

from baiyun_gis.errors import BaiyunError
from baiyun_gis.project import ProjectMeta
from ui.dialogs.frame import FramedDialog
from ui.i18n import current_lang
from ui.panels.parts import wrapped

COMMON_SYSTEMS = (
    ("EPSG:4547", "CGCS2000 / 3-degree CM 114E"),
    ("EPSG:4548", "CGCS2000 / 3-degree CM 117E"),
    ("EPSG:4549", "CGCS2000 / 3-degree CM 120E"),
    ("EPSG:4546", "CGCS2000 / 3-degree CM 111E"),
    ("EPSG:4545", "CGCS2000 / 3-degree CM 108E"),
    ("EPSG:4544", "CGCS2000 / 3-degree CM 105E"),
    ("EPSG:32649", "WGS 84 / UTM 49N"),
    ("EPSG:32650", "WGS 84 / UTM 50N"),
)


class NewProjectDialog(FramedDialog):
    """Everything but the title may stay empty: the first import settles it then."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent, width_px=500)
        self.setWindowTitle(self.tr("New project"))
        self._title = QLineEdit()
        self._title.setPlaceholderText(self.tr("For example the district's name"))
        self._crs = system_chooser(self.tr("From the first import"))
        self._datum = QComboBox()
        self._datum.setEditable(True)
        self._datum.addItems(["", "1985", "Huanghai 1956", "Guangzhou"])
        self._problem = wrapped("", "muted")
        form = QFormLayout()
        form.setSpacing(10)
        form.addRow(self.tr("Title"), self._title)
        form.addRow(self.tr("Reference system"), self._crs)
        form.addRow(self.tr("Vertical datum"), self._datum)
        self.body.addLayout(form)
        self.body.addWidget(self._problem)
        buttons = self.add_buttons(self.tr("Create"))
        self._ok = buttons.button(QDialogButtonBox.StandardButton.Ok)

    @property
    def meta(self) -> ProjectMeta:
        return ProjectMeta(
            title=self._title.text().strip(),
            crs=chosen_system(self._crs),
            vertical_datum=self._datum.currentText().strip(),
        )

    def accept(self) -> None:
        """Only with a reference system that exists."""
        from baiyun_gis.crs.systems import horizontal

        crs = chosen_system(self._crs)
        try:
            if crs:
                horizontal(crs)
        except BaiyunError as error:
            self._problem.setText(error.text(current_lang()))
            return
        super().accept()


def system_chooser(empty: str) -> QComboBox:
    """A combo box of the usual systems that takes any other code too."""
    box = QComboBox()
    box.setEditable(True)
    box.addItem(empty, "")
    for code, name in COMMON_SYSTEMS:
        box.addItem(f"{code} — {name}", code)
    return box


def chosen_system(box: QComboBox) -> str:
    """The code chosen or typed; empty for the first, empty choice."""
    text = box.currentText().strip()
    at = box.findText(text)
    return str(box.itemData(at)) if at >= 0 else text
