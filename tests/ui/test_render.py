"""Pictures with no window: of the map and of the scene."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QFont, QFontDatabase, QImage
from window_builders import report_on, small_street

from baiyun_gis.errors import RenderError
from baiyun_gis.model.columns import text_array
from baiyun_gis.model.vocabulary import Utility
from baiyun_gis.project import ProjectState
from layers import style
from ui.canvas2d.paint import paint_map
from ui.render import Camera, PictureWish, render_map, render_scene

EXTENT = (0.0, -30.0, 100.0, 32.5)
WISH = PictureWish(size=(800, 500), extent=EXTENT, has_legend=False)
NO_DAY = np.datetime64("NaT", "D")


def pixels(path: Path) -> np.ndarray:
    """A picture as RGB, shape (h, w, 3)."""
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB888)
    assert not image.isNull()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def place(picture: np.ndarray, x: float, y: float) -> np.ndarray:
    """The pixels within 3 of a map place, shape (n, 3)."""
    height, width = picture.shape[:2]
    column = round((x - EXTENT[0]) / (EXTENT[2] - EXTENT[0]) * width)
    row = round((EXTENT[3] - y) / (EXTENT[3] - EXTENT[1]) * height)
    return picture[row - 3 : row + 4, column - 3 : column + 4].reshape(-1, 3)


def nearest(pixels_there: np.ndarray, utility: Utility) -> float:
    """How far the best pixel is from a utility's colour, 0 to 441."""
    wanted = np.array(style.utility_color(utility, scheme="cjj61", theme="light")[:3], float)
    return float(np.linalg.norm(pixels_there - wanted, axis=1).min())


def test_the_map_has_each_pipe_in_its_colour_at_its_place(tmp_path: Path) -> None:
    render_map(small_street(), None, tmp_path / "map.png", WISH)
    picture = pixels(tmp_path / "map.png")
    assert picture.shape == (500, 800, 3)
    for utility, x, y in (
        (Utility.WATER, 80.0, 0.0),
        (Utility.GAS, 80.0, 2.0),
        (Utility.SEWAGE, 50.0, -20.0),
    ):
        assert nearest(place(picture, x, y), utility) < 12, utility
        assert nearest(place(picture, 90.0, 28.0), utility) > 60, utility


def test_the_map_leaves_out_what_is_not_there_that_day(tmp_path: Path) -> None:
    wish = replace(WISH, as_of=np.datetime64("2009-12-31"))
    render_map(small_street(), None, tmp_path / "map.png", wish)
    there = place(pixels(tmp_path / "map.png"), 80.0, 2.0)
    assert nearest(there, Utility.GAS) > 60


def test_the_same_map_has_the_same_bytes(tmp_path: Path) -> None:
    state = small_street()
    report = report_on(state)
    for name in ("a.png", "b.png"):
        render_map(state, report, tmp_path / name, PictureWish(size=(640, 400)))
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_the_scene_shows_bodies_from_the_camera_wished_for(tmp_path: Path) -> None:
    state = small_street()
    sewer = Camera(target=(50.0, -25.0, 6.0), distance_m=8.0, azimuth_deg=60.0)
    empty = Camera(target=(50.0, -900.0, 6.0), distance_m=8.0, elevation_deg=5.0, azimuth_deg=180.0)
    for name, camera in (("sewer", sewer), ("empty", empty)):
        wish = replace(WISH, camera=camera)
        render_scene(state, None, tmp_path / f"{name}.png", wish)
    seen, nothing = pixels(tmp_path / "sewer.png"), pixels(tmp_path / "empty.png")
    assert seen.shape == (500, 800, 3)
    brown = np.array(style.utility_color(Utility.SEWAGE, scheme="cjj61", theme="light")[:3], float)
    middle = seen[230:270, 380:420].reshape(-1, 3).astype(float).mean(axis=0)
    hue = middle / middle.sum() - brown / brown.sum()
    assert np.abs(hue).max() < 0.12
    assert seen.std() > 3 * nothing.std()


def test_light_and_dark_differ(tmp_path: Path) -> None:
    state = small_street()
    for draw in (render_map, render_scene):
        means = []
        for theme in ("light", "dark"):
            path = tmp_path / f"{draw.__name__}-{theme}.png"
            draw(state, None, path, replace(WISH, theme=theme))  # type: ignore[arg-type]
            means.append(pixels(path).mean())
        assert means[1] < 0.6 * means[0], draw.__name__


@pytest.mark.parametrize("draw", [render_map, render_scene])
def test_an_empty_project_is_told_not_drawn(draw, tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="empty"):
        draw(ProjectState(), None, tmp_path / "nothing.png")
    assert not (tmp_path / "nothing.png").exists()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"picture\.unknown"):
        render_map(small_street(), None, tmp_path / "picture.unknown", WISH)


def legend_picture(tmp_path: Path, lang: str) -> np.ndarray:
    path = tmp_path / f"legend-{lang}.png"
    wish = replace(WISH, has_legend=True, lang="zh" if lang == "zh" else "en")
    render_map(small_street(), None, path, wish)
    return pixels(path)


def test_the_legend_speaks_the_language_wished_for(tmp_path: Path) -> None:
    chinese, english = legend_picture(tmp_path, "zh"), legend_picture(tmp_path, "en")
    render_map(small_street(), None, tmp_path / "bare.png", WISH)
    bare = pixels(tmp_path / "bare.png")
    corner = np.s_[16:200, 16:140]
    assert (chinese[corner] != english[corner]).any()
    assert (chinese[corner] != bare[corner]).any()


def test_the_legend_covers_nothing_of_the_project(tmp_path: Path) -> None:
    wish = PictureWish(size=(1200, 700))
    render_map(small_street(), None, tmp_path / "map.png", wish)
    picture = pixels(tmp_path / "map.png").astype(int)
    paper = picture[-1, 0]
    drawn = (np.abs(picture - paper) > 12).any(axis=2)
    assert drawn[350, 300:].any()
    assert not drawn[300:560, 250:292].any()  # between legend and project


def label_boxes(text: str) -> np.ndarray:
    """A road name on the map as ink, with the font that pictures use."""
    from ui.render import _font, graphics

    application = graphics()
    state = small_street()
    pipes = state.pipes.with_columns(road=text_array([text] * len(state.pipes)))
    image = paint_map(
        (_label(text),), extent=(0, 0, 100, 50), size=(400, 200), font=_font(), theme="light"
    )
    assert len(pipes) == 3
    del application
    image = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(200, image.bytesPerLine())
    return rows[:, :400] < 128


def _label(text: str):
    from layers.primitives import LabelBatch

    return LabelBatch(
        "pipes", np.array([[50.0, 25.0]], np.float32), text_array([text]),
        np.array([[0, 0, 0, 255]], np.uint8), np.array([28.0], np.float32),
        np.zeros(1, np.float32), np.zeros(1, np.float32), np.zeros(1, np.int32),
    )  # fmt: skip


MISSING = "\U000f1234"
"""A character of the private planes, which no font has: it is drawn as the missing glyph."""


@pytest.mark.parametrize("text", ["污", "给", "廊", "净"])
def test_chinese_is_drawn_with_its_own_strokes_and_no_boxes(text: str) -> None:
    drawn, box = label_boxes(text), label_boxes(MISSING)
    assert drawn.sum() > 40
    assert not np.array_equal(drawn, box)
    assert not np.array_equal(drawn, label_boxes("水"))


def test_the_font_of_pictures_knows_chinese() -> None:
    from ui.render import _font, graphics

    application = graphics()
    families = _font().families()
    systems = {s for f in families for s in QFontDatabase.writingSystems(f)}
    assert QFontDatabase.WritingSystem.SimplifiedChinese in systems
    assert isinstance(_font(), QFont)
    del application
