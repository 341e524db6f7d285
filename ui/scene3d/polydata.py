"""NumPy arrays to VTK poly data, without copies where VTK allows; feature rows ride along."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData

FEATURE = "feature"


def triangles_to_polydata(
    xyz: NDArray[np.float32],
    triangles: NDArray[np.integer[Any]],
    *,
    colors: NDArray[np.uint8] | None = None,
    features: NDArray[np.integer[Any]] | None = None,
) -> vtkPolyData:
    """A surface; `colors` (t, 4) and `features` (t,) are one a triangle."""
    data = vtkPolyData()
    data.SetPoints(_points(xyz))
    data.SetPolys(_cells(triangles))
    _attach(data, colors, features)
    return data


def lines_to_polydata(
    xyz: NDArray[np.float32],
    offsets: NDArray[np.integer[Any]],
    *,
    colors: NDArray[np.uint8] | None = None,
    features: NDArray[np.integer[Any]] | None = None,
) -> vtkPolyData:
    """Polylines; `offsets` (n + 1,) cut the vertices, colours and features are one a line."""
    data = vtkPolyData()
    data.SetPoints(_points(xyz))
    cells = vtkCellArray()
    cells.SetData(
        numpy_to_vtkIdTypeArray(np.ascontiguousarray(offsets, dtype=np.int64), deep=True),
        numpy_to_vtkIdTypeArray(np.arange(len(xyz), dtype=np.int64), deep=True),
    )
    data.SetLines(cells)
    _attach(data, colors, features)
    return data


def points_to_polydata(
    xyz: NDArray[np.float32],
    *,
    colors: NDArray[np.uint8] | None = None,
    features: NDArray[np.integer[Any]] | None = None,
) -> vtkPolyData:
    """Points, one vertex cell each."""
    data = vtkPolyData()
    data.SetPoints(_points(xyz))
    cells = vtkCellArray()
    count = len(xyz)
    cells.SetData(
        numpy_to_vtkIdTypeArray(np.arange(count + 1, dtype=np.int64), deep=True),
        numpy_to_vtkIdTypeArray(np.arange(count, dtype=np.int64), deep=True),
    )
    data.SetVerts(cells)
    _attach(data, colors, features)
    return data


def _points(xyz: NDArray[np.float32]) -> vtkPoints:
    points = vtkPoints()
    points.SetData(numpy_to_vtk(np.ascontiguousarray(xyz, dtype=np.float32), deep=True))
    return points


def _cells(triangles: NDArray[np.integer[Any]]) -> vtkCellArray:
    cells = vtkCellArray()
    count = len(triangles)
    flat = np.ascontiguousarray(triangles, dtype=np.int64).ravel()
    cells.SetData(
        numpy_to_vtkIdTypeArray(np.arange(0, 3 * count + 1, 3, dtype=np.int64), deep=True),
        numpy_to_vtkIdTypeArray(flat, deep=True),
    )
    return cells


def _attach(
    data: vtkPolyData,
    colors: NDArray[np.uint8] | None,
    features: NDArray[np.integer[Any]] | None,
) -> None:
    if colors is not None:
        array = numpy_to_vtk(np.ascontiguousarray(colors, dtype=np.uint8), deep=True)
        array.SetName("color")
        data.GetCellData().SetScalars(array)
    if features is not None:
        rows = numpy_to_vtk(np.ascontiguousarray(features, dtype=np.int32), deep=True)
        rows.SetName(FEATURE)
        data.GetCellData().AddArray(rows)
