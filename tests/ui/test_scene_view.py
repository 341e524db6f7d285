"""The 3D view as a widget on a real (virtual) screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from window_builders import report_on, small_street
from window_driver import pause

from layers.primitives import Primitive
from layers.request import DrawRequest
from layers.selection import selection_bodies
from layers.stack import default_stack
from ui.scene3d.view import SceneView

pytestmark = [pytest.mark.window, pytest.mark.xdist_group("window")]
ORIGIN = (50.0, 0.0, 0.0)
SEWER = 2


def street_primitives(*, theme: str = "light") -> tuple[Primitive, ...]:
    """The small street with its findings, as bodies."""
    state = small_street()
    ask = DrawRequest(None, 1.0, np.datetime64("NaT", "D"), dimension=3, origin=ORIGIN)
    ask = replace(ask, theme="dark" if theme == "dark" else "light")
    return default_stack().draw(state, report_on(state), ask)


@pytest.fixture
def view(qapp: QApplication, qtbot: QtBot) -> Iterator[SceneView]:
    """A scene of 640 × 480 with the small street in it."""
    shown = SceneView()
    shown.setGeometry(0, 0, 640, 520)
    shown.show()
    qtbot.waitExposed(shown)
    shown.set_primitives(street_primitives())
    yield shown
    shown.close()
    shown.deleteLater()
    pause(30)


def spread(picture: np.ndarray) -> int:
    """How many different colours a picture has."""
    return len(np.unique(picture.reshape(-1, 3), axis=0))


def canvas_click(view: SceneView, at: QPoint) -> list[tuple[str, int]]:
    """What a click there picks."""
    picked: list[tuple[str, int]] = []
    view.picked.connect(lambda layer, row: picked.append((layer, row)))
    QTest.mouseClick(view._canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    view.picked.disconnect()
    return picked


def aim_at_sewer(view: SceneView) -> QPoint:
    """Stand below the sewer's free end, where nothing else is; the middle of the canvas."""
    view.fly_to((0.0, -25.0, 6.0), 1.0)
    pause(60)
    return view._canvas.rect().center()


def test_bodies_are_drawn_over_the_sky(view: SceneView) -> None:
    full = view.picture()
    view.set_primitives(())
    empty = view.picture()
    assert full.shape == empty.shape
    assert (full != empty).any(axis=2).mean() > 0.01
    assert spread(full) > 5 * spread(empty) // 4


def test_the_first_look_holds_everything(view: SceneView) -> None:
    """No body is cut by the edge of the picture."""
    bodies = view.picture().astype(int)
    view.set_primitives(())
    changed = (np.abs(bodies - view.picture().astype(int)) > 6).any(axis=2)
    edge = np.concatenate([changed[0], changed[-1], changed[:, 0], changed[:, -1]])
    assert changed.any()
    assert not edge.any()


def test_a_click_on_a_pipe_picks_that_pipe(view: SceneView) -> None:
    middle = aim_at_sewer(view)
    assert canvas_click(view, middle) == [("pipes", SEWER)]


def test_a_click_beside_everything_picks_nothing(view: SceneView) -> None:
    view.fly_to((0.0, 0.0, 8.0), 200.0)
    pause(60)
    assert canvas_click(view, QPoint(3, 3)) == [("", -1)]


def test_a_drag_turns_and_picks_nothing(view: SceneView) -> None:
    before = view.camera()
    start, goal = QPoint(200, 200), QPoint(260, 230)
    picked: list[object] = []
    view.picked.connect(lambda *hit: picked.append(hit))
    QTest.mousePress(view._canvas, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view._canvas, goal)
    QTest.mouseRelease(view._canvas, Qt.MouseButton.LeftButton, pos=goal)
    target, distance, azimuth, elevation = view.camera()
    assert (target, distance) == before[:2]
    assert azimuth != before[2]
    assert elevation != before[3]
    assert not picked


def test_flying_puts_the_place_in_the_middle_and_near(view: SceneView) -> None:
    view.fly_to((12.0, 3.0, 7.5), 5.0)
    target, distance, _, elevation = view.camera()
    assert target == (12.0, 3.0, 7.5)
    assert 5.0 < distance < 40.0
    assert elevation > 0
    focal = view.core.renderer.GetActiveCamera().GetFocalPoint()
    assert focal == pytest.approx((12.0, 3.0, 7.5))


def test_new_primitives_leave_the_camera_where_it_is(view: SceneView) -> None:
    view.fly_to((12.0, 3.0, 7.5), 5.0)
    before = view.camera()
    view.set_primitives(street_primitives())
    assert view.camera() == before


def test_the_theme_changes_the_sky(view: SceneView) -> None:
    light = view.picture()[2].mean()
    view.set_theme("dark")
    view.set_primitives(street_primitives(theme="dark"))
    assert view.picture()[2].mean() < light / 2


def test_buttons_turn_the_camera_above_and_below(view: SceneView) -> None:
    for name, low, high in (("above", 80, 90), ("below", -90, -10), ("slant", 20, 60)):
        button = view.findChild(object, f"look_{name}")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert low < view.camera()[3] <= high, name


def test_the_ground_can_be_seen_through_as_far_as_wished(view: SceneView) -> None:
    from PySide6.QtWidgets import QSlider

    slider = view.findChild(QSlider)
    assert isinstance(slider, QSlider)
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Home)
    assert view._toolbar.ground_opacity == 0.0


def test_what_is_picked_out_is_seen_through_the_ground_and_never_picked(view: SceneView) -> None:
    state = small_street()
    ask = DrawRequest(None, 1.0, np.datetime64("NaT", "D"), dimension=3, origin=ORIGIN)
    view.set_primitives(())
    view.fly_to((0.0, -15.0, 6.0), 6.0)
    pause(60)
    before = view.picture()
    view.set_highlight(selection_bodies(state, {"pipes": np.array([SEWER])}, ask))
    assert (view.picture() != before).any(axis=2).mean() > 0.01
    assert canvas_click(view, view._canvas.rect().center()) == [("", -1)]
    view.set_highlight(())
    assert (view.picture() == before).all()


def test_one_layer_is_drawn_anew_and_the_rest_stays(view: SceneView) -> None:
    whole = view.picture()
    marks = [part for part in street_primitives() if part.layer == "conflicts"]
    view.replace_layer("conflicts", ())
    assert (view.picture() != whole).any()
    view.replace_layer("conflicts", marks)
    assert (view.picture() == whole).all()


def test_a_released_view_leaves_no_graphics_and_no_warning(
    qapp: QApplication, qtbot: QtBot, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        view = SceneView(theme="dark")
        view.resize(300, 240)
        view.show()
        qtbot.waitExposed(view)
        view.set_primitives(street_primitives())
        pause(60)
        view.close()
        view.deleteLater()
        pause(60)
    told = capfd.readouterr()
    assert not [line for line in told.err.splitlines() if "rror" in line or "arn" in line]
