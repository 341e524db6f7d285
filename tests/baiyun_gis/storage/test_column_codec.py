from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from baiyun_gis.errors import ProjectError
from baiyun_gis.model.columns import text_array
from baiyun_gis.storage.column_codec import pack, unpack


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text()), st.lists(st.floats(width=64)))
def test_any_text_and_number_comes_back_exactly(words: list[str], numbers: list[float]) -> None:
    values = {"t": text_array(words), "n": np.array(numbers, dtype=np.float64)}
    back = unpack(pack(values))
    assert back["t"].tolist() == words
    assert back["n"].tobytes() == values["n"].tobytes()


@pytest.mark.parametrize(
    "values",
    [
        np.zeros((0, 3)),
        np.full((5, 2), np.nan),
        np.array([1.5, 1.5, 1.5]),
        np.arange(6, dtype=np.int32).reshape(3, 2),
        np.array(["2020-01-01", "NaT"], dtype="datetime64[D]"),
        np.array([True, False, True]),
        text_array(["same"] * 100),
        text_array(["a", "b"] * 100),
        text_array(["a", "", "b\x1f", "c"]),
        text_array(["a", "", "bc"]),
        text_array(["管线", "", "a"]),
        text_array([""]),
        text_array([]),
    ],
)
def test_arrays_of_every_kind_come_back(values: np.ndarray) -> None:
    back = unpack(pack({"x": values}))["x"]
    assert back.dtype == values.dtype
    assert back.shape == values.shape
    assert back.tolist() == values.tolist() or back.tobytes() == values.tobytes()


def test_geometry_and_its_absence_come_back() -> None:
    shapes = np.array([shapely.box(0, 0, 1, 1), None, shapely.Point(1, 2)], dtype=object)
    back = unpack(pack({"g": shapes}))["g"]
    assert back[1] is None
    assert back[0].equals(shapes[0])
    assert back[2].equals(shapes[2])


def test_damaged_bytes_are_refused_with_a_sentence() -> None:
    data = pack({"t": text_array(["a", "bc"]), "n": np.arange(5.0)})
    for cut in range(len(data)):
        with pytest.raises(ProjectError, match="damaged"):
            unpack(data[:cut])


def test_no_pickled_object_is_ever_read() -> None:
    head = b'[{"name":"x","sizes":[4],"form":"plain","dtype":"|O","shape":[1]}]'
    with pytest.raises(ProjectError, match="damaged"):
        unpack(len(head).to_bytes(4, "little") + head + b"abcd")
