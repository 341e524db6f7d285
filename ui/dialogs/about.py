"""What this program is, its version and licence."""

from __future__ import annotations

from importlib import metadata

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui import icons
from ui.dialogs.frame import FramedDialog
from ui.panels.parts import labelled, wrapped


def version() -> str:
    """The version installed; empty in a bare checkout."""
    try:
        return metadata.version("baiyun-gis")
    except metadata.PackageNotFoundError:
        return ""


class AboutDialog(FramedDialog):
    """Name, version, what it stands on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent, width_px=440)
        self.setWindowTitle(self.tr("About Baiyun GIS"))
        mark = QLabel()
        mark.setPixmap(icons.pixmap("logo", "#FFFFFF", size_px=64, ratio=2.0))
        texts = QVBoxLayout()
        name = labelled("Baiyun GIS", "title")
        texts.addWidget(name)
        if version():
            shown = self.tr("Version {number}").format(number=version())
            texts.addWidget(labelled(shown, "muted"))
        texts.addStretch(1)
        line = QHBoxLayout()
        line.setSpacing(16)
        line.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(texts, 1)
        self.body.addLayout(line)
        self.body.addWidget(
            wrapped(
                self.tr(
                    "Underground lines, buildings and permits of a district: what is in conflict "
                    "with what, by which clause, by how much, and how sure it is. Works offline."
                )
            )
        )
        parts = "Qt {qt} · VTK {vtk} · NumPy {numpy}".format(
            qt=qVersion(), vtk=metadata.version("vtk"), numpy=metadata.version("numpy")
        )
        self.body.addWidget(labelled(parts, "faint"))
        self.body.addWidget(labelled(self.tr("Licence: Apache 2.0"), "faint"))
        self.add_buttons()
