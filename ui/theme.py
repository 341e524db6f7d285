"""Light and dark: colour tokens, the palette and the style sheet made from them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from layers.request import Theme
from ui import icons
from ui.fonts import FAMILIES


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme."""

    window: str
    panel: str
    raised: str
    hover: str
    border: str
    strong_border: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_text: str
    accent_soft: str
    good: str
    warning: str
    warning_soft: str
    danger: str
    selection: str


LIGHT = Tokens(
    window="#EEF1F5",
    panel="#FFFFFF",
    raised="#F6F8FA",
    hover="#E9EEF5",
    border="#DDE2E9",
    strong_border="#C3CAD5",
    text="#1B2330",
    muted="#5A6676",
    faint="#949FAE",
    accent="#1769D2",
    accent_text="#FFFFFF",
    accent_soft="#E3EEFC",
    good="#1F8A4C",
    warning="#A86400",
    warning_soft="#FFF3DC",
    danger="#C4202F",
    selection="#D6E6FB",
)
DARK = Tokens(
    window="#0F1318",
    panel="#191E26",
    raised="#1F252E",
    hover="#28303B",
    border="#2B333E",
    strong_border="#3D4754",
    text="#E6EAF0",
    muted="#A2ADBB",
    faint="#697586",
    accent="#4C9BFF",
    accent_text="#08111D",
    accent_soft="#1B2F4A",
    good="#4CC47E",
    warning="#F2B84B",
    warning_soft="#3A2F18",
    danger="#FF6B74",
    selection="#23405F",
)
_shown: list[Theme] = ["light"]


def tokens(theme: Theme | None = None) -> Tokens:
    """The colours of a theme, of the one shown when none is named."""
    return DARK if (theme or shown_theme()) == "dark" else LIGHT


def shown_theme() -> Theme:
    """The theme the application wears."""
    return _shown[0]


def themed_icon(name: str) -> QIcon:
    """An icon in the colours of the theme shown."""
    colors = tokens()
    return icons.icon(name, colors.muted, disabled=colors.strong_border, checked=colors.accent)


def accent_icon(name: str) -> QIcon:
    """An icon for a button filled with the accent colour."""
    colors = tokens()
    return icons.icon(name, colors.accent_text, disabled=colors.faint)


def chinese_font_family() -> str:
    """A family on this machine that has Chinese; empty where there is none."""
    installed = set(QFontDatabase.families())
    for family in FAMILIES:
        if family in installed:
            return family
    having = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)
    return having[0] if having else ""


def wear(app: QApplication, theme: Theme, *, art_folder: Path) -> None:
    """Dress the application in a theme; `art_folder` takes the few pictures the sheet refers to."""
    _shown[0] = theme
    colors = tokens(theme)
    app.setStyle("Fusion")
    app.setPalette(palette(colors))
    app.setStyleSheet(style_sheet(colors, _art(colors, theme, art_folder)))


def set_font(app: QApplication) -> None:
    """One font with Chinese for the whole program, 9 points."""
    font = QFont(app.font())
    family = chinese_font_family()
    if family:
        font.setFamilies([family])
    font.setPointSizeF(9.0)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    app.setFont(font)


def palette(colors: Tokens) -> QPalette:
    """The palette for what the style sheet does not reach."""
    made = QPalette()
    role = QPalette.ColorRole
    for which, value in (
        (role.Window, colors.window),
        (role.WindowText, colors.text),
        (role.Base, colors.panel),
        (role.AlternateBase, colors.raised),
        (role.Text, colors.text),
        (role.PlaceholderText, colors.faint),
        (role.Button, colors.raised),
        (role.ButtonText, colors.text),
        (role.Highlight, colors.selection),
        (role.HighlightedText, colors.text),
        (role.ToolTipBase, colors.panel),
        (role.ToolTipText, colors.text),
        (role.Link, colors.accent),
        (role.Mid, colors.border),
        (role.Light, colors.panel),
        (role.Dark, colors.strong_border),
    ):
        made.setColor(which, QColor(value))
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(colors.faint))
    return made


def _art(colors: Tokens, theme: Theme, folder: Path) -> dict[str, str]:
    """Small pictures as files, because a style sheet can only name files."""
    folder.mkdir(parents=True, exist_ok=True)
    made: dict[str, str] = {}
    for name, color, size in (
        ("chevron_down", colors.muted, 12),
        ("chevron_right", colors.muted, 12),
        ("chevron_up", colors.muted, 12),
        ("tick", colors.accent_text, 14),
        ("dash", colors.accent_text, 14),
    ):
        path = folder / f"{name}-{theme}.png"
        icons.pixmap(name, color, size_px=size, ratio=2.0).save(str(path))
        made[name] = path.as_posix()
    return made


def style_sheet(colors: Tokens, art: dict[str, str]) -> str:
    """The application's style sheet in these colours."""
    c = colors
    return f"""
    QWidget {{ color: {c.text}; }}
    QMainWindow, QDialog {{ background: {c.window}; }}
    QMainWindow::separator {{ background: {c.window}; width: 5px; height: 5px; }}
    QMainWindow::separator:hover {{ background: {c.accent_soft}; }}
    QToolTip {{ background: {c.panel}; color: {c.text}; border: 1px solid {c.strong_border};
        padding: 4px 6px; }}
    QMenuBar {{ background: {c.panel}; padding: 1px 6px; }}
    QMenuBar::item {{ padding: 5px 9px; border-radius: 5px; background: transparent; }}
    QMenuBar::item:selected {{ background: {c.hover}; }}
    QMenu {{ background: {c.panel}; border: 1px solid {c.strong_border}; padding: 5px; }}
    QMenu::item {{ padding: 6px 26px 6px 10px; border-radius: 5px; }}
    QMenu::item:selected {{ background: {c.accent_soft}; }}
    QMenu::item:disabled {{ color: {c.faint}; }}
    QMenu::icon {{ padding-left: 6px; }}
    QMenu::separator {{ height: 1px; background: {c.border}; margin: 5px 8px; }}
    QToolBar {{ background: {c.panel}; border: 0; border-bottom: 1px solid {c.border};
        padding: 4px 8px; spacing: 2px; }}
    QToolBar::separator {{ background: {c.border}; width: 1px; margin: 6px 6px; }}
    QToolButton {{ border: 1px solid transparent; border-radius: 6px; padding: 5px 8px;
        background: transparent; }}
    QToolButton:hover {{ background: {c.hover}; }}
    QToolButton:pressed, QToolButton:checked {{ background: {c.accent_soft}; color: {c.accent}; }}
    QToolButton:disabled {{ color: {c.faint}; }}
    QToolButton::menu-indicator {{ image: none; }}
    QToolButton[primary="true"] {{ background: {c.accent}; color: {c.accent_text};
        font-weight: 600; padding: 5px 12px; }}
    QToolButton[primary="true"]:hover {{ border-color: {c.text}; }}
    QToolButton[primary="true"]:disabled {{ background: {c.hover}; color: {c.faint}; }}
    QStatusBar {{ background: {c.panel}; border-top: 1px solid {c.border};
        padding-left: 8px; }}
    QStatusBar::item {{ border: 0; }}
    QStatusBar QLabel {{ color: {c.muted}; padding: 0 7px; }}
    QDockWidget {{ color: {c.text}; }}
    #dockTitle {{ background: {c.panel}; border-bottom: 1px solid {c.border}; }}
    #dockTitle QLabel {{ font-weight: 600; padding: 1px 0; }}
    #dockTitle QToolButton {{ padding: 2px; }}
    #panel, #panelBody {{ background: {c.panel}; }}
    QLabel[role="muted"] {{ color: {c.muted}; }}
    QLabel[role="faint"] {{ color: {c.faint}; }}
    QLabel[role="title"] {{ font-size: 15px; font-weight: 600; }}
    QLabel[role="heading"] {{ color: {c.muted}; font-weight: 600; }}
    QLabel[role="number"] {{ font-size: 17px; font-weight: 600; }}
    QLabel[role="chip"] {{ background: {c.hover}; color: {c.muted}; border-radius: 4px;
        padding: 2px 7px; }}
    QFrame[role="card"] {{ background: {c.raised}; border: 1px solid {c.border};
        border-radius: 8px; }}
    QFrame[role="banner"] {{ background: {c.warning_soft}; border: 0; border-radius: 6px; }}
    QFrame[role="banner"] QLabel {{ color: {c.warning}; }}
    QFrame[role="rule"] {{ background: {c.border}; max-height: 1px; min-height: 1px; border: 0; }}
    QPushButton {{ background: {c.panel}; border: 1px solid {c.strong_border}; border-radius: 6px;
        padding: 5px 12px; min-height: 18px; }}
    QPushButton:hover {{ background: {c.hover}; }}
    QPushButton:pressed {{ background: {c.accent_soft}; }}
    QPushButton:disabled {{ color: {c.faint}; border-color: {c.border}; }}
    QPushButton:focus {{ border-color: {c.accent}; }}
    QPushButton[primary="true"], QPushButton:default {{ background: {c.accent};
        color: {c.accent_text}; border-color: {c.accent}; font-weight: 600; }}
    QPushButton[primary="true"]:disabled, QPushButton:default:disabled {{ background: {c.hover};
        color: {c.faint}; border-color: {c.border}; }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QPushButton[flat="true"] {{ border: 0; background: transparent; color: {c.accent}; }}
    QLineEdit, QComboBox, QDateEdit, QSpinBox, QDoubleSpinBox, QPlainTextEdit {{
        background: {c.panel}; border: 1px solid {c.strong_border}; border-radius: 6px;
        padding: 4px 8px; selection-background-color: {c.accent};
        selection-color: {c.accent_text}; }}
    QLineEdit:focus, QComboBox:focus, QDateEdit:focus, QPlainTextEdit:focus {{
        border-color: {c.accent}; }}
    QLineEdit:disabled, QComboBox:disabled, QDateEdit:disabled {{ color: {c.faint};
        background: {c.raised}; }}
    QComboBox::drop-down, QDateEdit::drop-down {{ border: 0; width: 22px; }}
    QComboBox::down-arrow, QDateEdit::down-arrow {{ image: url({art["chevron_down"]});
        width: 12px; height: 12px; }}
    QSpinBox::up-button, QSpinBox::down-button {{ border: 0; background: transparent;
        width: 22px; }}
    QSpinBox::up-arrow {{ image: url({art["chevron_up"]}); width: 10px; height: 10px; }}
    QSpinBox::down-arrow {{ image: url({art["chevron_down"]}); width: 10px; height: 10px; }}
    QComboBox QAbstractItemView {{ background: {c.panel}; border: 1px solid {c.strong_border};
        padding: 4px; outline: 0; selection-background-color: {c.accent_soft};
        selection-color: {c.text}; }}
    QAbstractScrollArea {{ background: {c.panel}; border: 0; }}
    QPlainTextEdit {{ border: 1px solid {c.strong_border}; border-radius: 6px; }}
    QPlainTextEdit:focus {{ border-color: {c.accent}; }}
    QListWidget#helpPages::item {{ padding: 7px 10px; }}
    QTreeView, QTableView, QListView, QTextBrowser {{ background: {c.panel}; border: 0; outline: 0;
        alternate-background-color: {c.raised}; selection-background-color: {c.selection};
        selection-color: {c.text}; gridline-color: {c.border}; }}
    QTreeView::item, QListView::item {{ padding: 3px 2px; border: 0; }}
    QTableView::item {{ padding: 0 6px; border: 0; }}
    QTreeView::item:hover, QListView::item:hover {{ background: {c.hover}; }}
    QTreeView::item:selected, QListView::item:selected, QTableView::item:selected {{
        background: {c.selection}; color: {c.text}; }}
    QTreeView::branch {{ background: transparent; }}
    QTreeView::branch:has-children:closed {{ image: url({art["chevron_right"]}); }}
    QTreeView::branch:has-children:open {{ image: url({art["chevron_down"]}); }}
    QHeaderView {{ background: {c.raised}; border: 0; }}
    QHeaderView::section {{ background: {c.raised}; color: {c.muted}; border: 0;
        border-bottom: 1px solid {c.border}; border-right: 1px solid {c.border};
        padding: 5px 7px; }}
    QHeaderView::up-arrow {{ image: url({art["chevron_up"]}); width: 10px; height: 10px; }}
    QHeaderView::down-arrow {{ image: url({art["chevron_down"]}); width: 10px; height: 10px; }}
    QTableCornerButton::section {{ background: {c.raised}; border: 0; }}
    QCheckBox, QRadioButton {{ spacing: 7px; background: transparent; }}
    QCheckBox::indicator, QTreeView::indicator, QListView::indicator {{ width: 14px; height: 14px;
        border: 1px solid {c.strong_border}; border-radius: 4px; background: {c.panel}; }}
    QCheckBox::indicator:checked, QTreeView::indicator:checked, QListView::indicator:checked {{
        background: {c.accent}; border-color: {c.accent}; image: url({art["tick"]}); }}
    QTreeView::indicator:indeterminate {{ background: {c.accent}; border-color: {c.accent};
        image: url({art["dash"]}); }}
    QTabBar {{ background: transparent; }}
    QTabBar::tab {{ background: transparent; color: {c.muted}; padding: 6px 13px; border: 0;
        border-bottom: 2px solid transparent; }}
    QTabBar::tab:hover {{ color: {c.text}; }}
    QTabBar::tab:selected {{ color: {c.accent}; border-bottom-color: {c.accent}; }}
    QTabWidget::pane {{ border: 0; border-top: 1px solid {c.border}; }}
    QScrollBar:vertical {{ background: transparent; width: 11px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 11px; margin: 0; }}
    QScrollBar::handle {{ background: {c.strong_border}; border-radius: 4px; margin: 2px;
        min-height: 26px; min-width: 26px; }}
    QScrollBar::handle:hover {{ background: {c.faint}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QAbstractScrollArea::corner {{ background: transparent; border: none; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QSlider::groove:horizontal {{ height: 4px; background: {c.border}; border-radius: 2px; }}
    QSlider::sub-page:horizontal {{ background: {c.accent}; border-radius: 2px; }}
    QSlider::sub-page:horizontal:disabled {{ background: {c.border}; }}
    QSlider::handle:horizontal {{ background: {c.panel}; border: 2px solid {c.accent};
        width: 12px; height: 12px; margin: -6px 0; border-radius: 8px; }}
    QSlider::handle:horizontal:disabled {{ border-color: {c.strong_border}; }}
    QProgressBar {{ background: {c.border}; border: 0; border-radius: 3px; height: 6px;
        max-height: 6px; }}
    QProgressBar::chunk {{ background: {c.accent}; border-radius: 3px; }}
    QSplitter::handle {{ background: {c.window}; }}
    QSplitter::handle:hover {{ background: {c.accent_soft}; }}
    #sceneToolbar QToolButton {{ padding: 4px 6px; }}
    #mapTools {{ background: {c.panel}; border: 1px solid {c.border}; border-radius: 8px; }}
    #mapTools QToolButton {{ padding: 5px; }}
    #viewTitle {{ background: {c.panel}; border: 1px solid {c.border}; border-radius: 6px;
        color: {c.muted}; padding: 3px 9px; font-weight: 600; }}
    #palette {{ background: {c.panel}; border: 1px solid {c.strong_border}; border-radius: 10px; }}
    """
