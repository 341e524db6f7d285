"""Pictures laid over surfaces."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkTexture


def texture_of(rgba: NDArray[np.uint8]) -> vtkTexture:
    """A texture from a picture (h, w, 4) whose first row is the north edge."""
    height, width = rgba.shape[:2]
    image = vtkImageData()
    image.SetDimensions(width, height, 1)
    pixels = np.ascontiguousarray(rgba[::-1, :, :3]).reshape(-1, 3)
    image.GetPointData().SetScalars(numpy_to_vtk(pixels, deep=True))
    texture = vtkTexture()
    texture.SetInputData(image)
    texture.InterpolateOn()
    return texture


def with_texture_coordinates(data: vtkPolyData, uv: NDArray[np.float32]) -> vtkPolyData:
    """The surface with a place in the picture for every vertex, (v, 2) from 0 to 1."""
    data.GetPointData().SetTCoords(numpy_to_vtk(np.ascontiguousarray(uv), deep=True))
    return data
