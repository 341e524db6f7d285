"""Primitives as pixels."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QGuiApplication, QImage

from layers.primitives import LabelBatch, LineBatch, PointBatch, PolygonBatch, RasterBatch
from ui.canvas2d.draw_lines import distinct_segments
from ui.canvas2d.frame import Frame, fitted
from ui.canvas2d.furniture import length_text, scale_length_m
from ui.canvas2d.paint import Furniture, paint_map

EXTENT = (0.0, 0.0, 100.0, 50.0)
WHITE, RED, BLUE = QColor("#FFFFFF"), (255, 0, 0, 255), (0, 0, 255, 255)
pytestmark = pytest.mark.usefixtures("qapp")


def painted(*primitives: object, ratio: float = 1.0) -> QImage:
    return paint_map(
        primitives, extent=EXTENT, size=(200, 100), background=WHITE, device_pixel_ratio=ratio
    )  # type: ignore[arg-type]


def color(rgba: tuple[int, int, int, int], count: int = 1) -> np.ndarray:
    return np.array([rgba] * count, dtype=np.uint8)


def line(
    points: list[tuple[float, float]], *, width: float = 4.0, is_dashed: bool = False
) -> LineBatch:
    return LineBatch(
        "pipes", np.array(points, np.float32), np.array([0, len(points)]),
        np.zeros(1, np.int32), color(RED), np.array([width], np.float32), np.array([is_dashed]),
    )  # fmt: skip


def square(x0: float, y0: float, x1: float, y1: float) -> PolygonBatch:
    ring = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)], np.float32)
    return PolygonBatch(
        "buildings", ring, np.array([0, 5]), np.array([0, 1]), np.zeros(1, np.int32),
        color(BLUE), color(RED), np.zeros(1, np.float32), np.zeros(1, np.bool_),
    )  # fmt: skip


def at(image: QImage, x: int, y: int) -> tuple[int, int, int]:
    c = image.pixelColor(x, y)
    return (c.red(), c.green(), c.blue())


def test_a_line_lies_where_its_coordinates_say_with_north_up() -> None:
    image = painted(line([(10, 40), (90, 40)]))
    assert at(image, 100, 20) == RED[:3]
    assert at(image, 100, 80) == (255, 255, 255)
    assert at(image, 5, 20) == (255, 255, 255)


def test_a_picture_for_a_dense_screen_has_more_pixels_in_the_same_places() -> None:
    image = painted(line([(10, 40), (90, 40)]), ratio=2.0)
    assert (image.width(), image.height()) == (400, 200)
    assert at(image, 200, 40) == RED[:3]


def test_dashes_leave_gaps() -> None:
    row = [at(painted(line([(0, 25), (100, 25)], is_dashed=True)), x, 50) for x in range(200)]
    assert RED[:3] in row
    assert (255, 255, 255) in row


def test_many_lines_are_drawn_like_few() -> None:
    count = 70_000
    y = np.linspace(0, 50, count)
    rows = np.arange(count, dtype=np.int32)
    ends = np.stack([np.zeros(count), y, np.full(count, 100.0), y], axis=1).reshape(-1, 2)
    batch = LineBatch(
        "pipes", ends.astype(np.float32), np.arange(count + 1) * 2, rows,
        color(RED, count), np.full(count, 1.0, np.float32), np.zeros(count, np.bool_),
    )  # fmt: skip
    image = painted(batch)
    assert at(image, 100, 50) == RED[:3]


def test_of_segments_on_the_same_pixels_one_a_look_is_kept() -> None:
    ends = np.tile(np.array([[1.2, 1.0, 9.0, 9.1]]), (150_000, 1))
    codes = np.arange(150_000) % 3
    kept = distinct_segments(ends, codes)
    assert sorted(codes[kept].tolist()) == [0, 1, 2]


def test_a_polygon_is_filled_inside_only() -> None:
    image = painted(square(20, 10, 60, 40))
    assert at(image, 80, 50) == BLUE[:3]
    assert at(image, 150, 50) == (255, 255, 255)


def test_a_hole_stays_open() -> None:
    rings = np.array(
        [(10, 5), (90, 5), (90, 45), (10, 45), (10, 5),
         (40, 20), (40, 30), (60, 30), (60, 20), (40, 20)],
        np.float32,
    )  # fmt: skip
    batch = PolygonBatch(
        "buildings", rings, np.array([0, 5, 10]), np.array([0, 2]), np.zeros(1, np.int32),
        color(BLUE), color(RED), np.zeros(1, np.float32), np.zeros(1, np.bool_),
    )  # fmt: skip
    image = painted(batch)
    assert at(image, 100, 50) == (255, 255, 255)
    assert at(image, 40, 50) == BLUE[:3]


def test_overlapping_areas_of_one_look_leave_no_hole() -> None:
    a, b = square(10, 10, 60, 40), square(40, 10, 90, 40)
    both = PolygonBatch(
        "structures", np.concatenate([a.xy, b.xy]), np.array([0, 5, 10]), np.array([0, 1, 2]),
        np.arange(2, dtype=np.int32), color(BLUE, 2), color(RED, 2),
        np.zeros(2, np.float32), np.zeros(2, np.bool_),
    )  # fmt: skip
    assert at(painted(both), 100, 50) == BLUE[:3]


def test_a_marker_is_coloured_and_has_a_white_rim() -> None:
    batch = PointBatch(
        "conflicts", np.array([[50, 25]], np.float32), np.zeros(1, np.int32), color(RED),
        np.array([12.0], np.float32), np.array(["marker"], object),
    )  # fmt: skip
    image = paint_map((batch,), extent=EXTENT, size=(200, 100), background=QColor("#000000"))
    assert at(image, 100, 50) == RED[:3]
    assert min(at(image, 107, 50)) > 150


def test_a_raster_lies_in_its_extent_north_up() -> None:
    pixels = np.zeros((2, 2, 4), np.uint8)
    pixels[0] = (255, 0, 0, 255)
    pixels[1] = (0, 0, 255, 255)
    image = painted(RasterBatch("imagery", pixels, (0, 0, 50, 50)))
    assert at(image, 30, 5) == RED[:3]
    assert at(image, 30, 95) == BLUE[:3]
    assert at(image, 150, 50) == (255, 255, 255)


def test_labels_that_would_collide_are_left_out_the_important_one_stays() -> None:
    def labels(*texts: str, priority: list[float]) -> LabelBatch:
        count = len(texts)
        return LabelBatch(
            "pipes", np.array([[50, 25]] * count, np.float32), np.array(texts, object),
            color((0, 0, 0, 255), count), np.full(count, 14, np.float32),
            np.zeros(count, np.float32), np.array(priority, np.float32),
            np.arange(count, dtype=np.int32),
        )  # fmt: skip

    both = painted(labels("DN300", "WWWWWW", priority=[2.0, 1.0]))
    alone = painted(labels("DN300", priority=[2.0]))
    assert both == alone
    assert alone != painted()


def test_furniture_is_drawn_when_asked_for() -> None:
    plain = painted()
    furnished = paint_map(
        (), extent=EXTENT, size=(200, 100), background=WHITE, furniture=Furniture()
    )
    assert plain != furnished


@pytest.mark.parametrize(
    ("metres_per_px", "length"), [(1.0, 100.0), (0.1, 10.0), (0.5, 50.0), (3.1, 200.0)]
)
def test_the_scale_bar_is_the_longest_round_length_that_fits(
    metres_per_px: float, length: float
) -> None:
    assert scale_length_m(metres_per_px) == pytest.approx(length)


def test_lengths_are_written_as_people_write_them() -> None:
    assert [length_text(v) for v in (2000.0, 50.0, 0.5, 0.05)] == ["2 km", "50 m", "0.5 m", "5 cm"]


def test_a_fitted_extent_holds_the_whole_and_has_the_pictures_shape() -> None:
    x0, y0, x1, y1 = fitted((0, 0, 100, 10), 400, 200)
    assert x0 <= 0
    assert x1 >= 100
    assert (x1 - x0) / (y1 - y0) == pytest.approx(2.0)


def test_pixels_and_places_agree_at_the_corners() -> None:
    frame = Frame(EXTENT, 200, 100)
    np.testing.assert_allclose(frame.to_px(np.array([[0, 50], [100, 0]])), [[0, 0], [200, 100]])


def test_painting_works_in_another_thread() -> None:
    from threading import Thread

    images: list[QImage] = []
    thread = Thread(target=lambda: images.append(painted(square(20, 10, 60, 40))))
    thread.start()
    thread.join()
    assert at(images[0], 80, 50) == BLUE[:3]
    assert QGuiApplication.instance() is not None
