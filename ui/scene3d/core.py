"""The scene without any window: renderer, actors, camera, picking, pictures.

Coordinates are the primitives' own (project coordinates less the scene's origin). Level
exaggeration scales z of every actor, never the data.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLRenderer  # isort: skip  first, before Qt's own
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkRenderingCore import (
    vtkCellPicker,
    vtkLight,
    vtkProp3D,
    vtkRenderer,
    vtkRenderWindow,
    vtkWindowToImageFilter,
)

from layers.primitives import (
    LabelBatch,
    LineBatch,
    MeshBatch,
    PointBatch,
    PolygonBatch,
    Primitive,
    TubeBatch,
)
from ui.scene3d.actors import (
    halo_actors,
    line_actors,
    mesh_actors,
    point_actors,
    polygon_actors,
    tube_actors,
)
from ui.scene3d.labels import label_actors
from ui.scene3d.polydata import FEATURE

Point3 = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Look:
    """The scene's own colours (0 to 1): sky above, depth below, building edges, paper of texts."""

    top: Point3
    bottom: Point3
    edge: Point3
    paper: Point3


LOOKS = {
    "light": Look((0.80, 0.87, 0.94), (0.97, 0.98, 0.99), (0.36, 0.41, 0.48), (1.0, 1.0, 1.0)),
    "dark": Look((0.08, 0.10, 0.14), (0.15, 0.18, 0.23), (0.62, 0.68, 0.76), (0.07, 0.09, 0.12)),
}


GAP = "gap"
"""The layer of the gap in focus: it is seen even through the bodies it lies between."""
FRAME_MARGIN = 1.03
ON_TOP = frozenset({"conflicts", "selection"})
"""Layers whose bodies, points, lines and texts nothing may hide: a marker within a pipe is seen."""


class SceneCore:
    """What is drawn, and from where; a Qt view or a picture puts it into a window."""

    def __init__(self, *, theme: str = "light") -> None:
        self.renderer: vtkRenderer = vtkOpenGLRenderer()
        self.overlay = self._upper_layer(1)
        """Gap lines and the markers' white rims, over all bodies."""
        self.marks = self._upper_layer(2)
        """Markers and texts, over everything."""
        self._props: dict[str, list[vtkProp3D]] = {}
        self._layer_of: dict[int, str] = {}
        self._marked: list[tuple[vtkRenderer, vtkProp3D]] = []
        self._exaggeration = 1.0
        self._theme = theme
        self._picker = vtkCellPicker()
        self._picker.SetTolerance(0.003)
        self._light_up()
        self.set_theme(theme)

    def _upper_layer(self, number: int) -> vtkRenderer:
        renderer: vtkRenderer = vtkOpenGLRenderer()
        renderer.SetLayer(number)
        renderer.SetActiveCamera(self.renderer.GetActiveCamera())
        renderer.InteractiveOff()
        return renderer

    def set_theme(self, theme: str) -> None:
        """Change the background; the layers' colours come with new primitives."""
        self._theme = theme
        look = LOOKS[theme]
        self.renderer.GradientBackgroundOn()
        self.renderer.SetBackground(*look.bottom)
        self.renderer.SetBackground2(*look.top)

    def set_primitives(self, primitives: Iterable[Primitive]) -> None:
        """Draw these and nothing else."""
        for layer in tuple(self._props):
            self._remove(layer)
        for primitive in primitives:
            self._add(primitive)
        self._clip()

    def replace_layer(self, layer: str, primitives: Iterable[Primitive]) -> None:
        """Draw one layer anew and leave the rest as it is."""
        self._remove(layer)
        for primitive in primitives:
            self._add(primitive)
        self._clip()

    def _remove(self, layer: str) -> None:
        for prop in self._props.pop(layer, ()):
            self._layer_of.pop(id(prop), None)
            for renderer in self._renderers:
                renderer.RemoveViewProp(prop)

    def _add(self, primitive: Primitive) -> None:
        for home, props in self._homes_of(primitive):
            for prop in props:
                prop.SetScale(1.0, 1.0, self._exaggeration)
                home.AddViewProp(prop)
                self._props.setdefault(primitive.layer, []).append(prop)
                self._layer_of[id(prop)] = primitive.layer

    def set_highlight(self, primitives: Iterable[Primitive]) -> None:
        """Show these over everything, in place of those shown so before; nobody picks them."""
        for home, prop in self._marked:
            home.RemoveViewProp(prop)
        self._marked.clear()
        for primitive in primitives:
            for home, props in self._homes_of(primitive):
                for prop in props:
                    prop.SetScale(1.0, 1.0, self._exaggeration)
                    prop.PickableOff()
                    home.AddViewProp(prop)
                    self._marked.append((home, prop))
        self._clip()

    def set_layer_opacity(self, layer: str, opacity: float) -> None:
        """Make a layer more or less see-through without drawing it anew."""
        for prop in self._props.get(layer, ()):
            get = getattr(prop, "GetProperty", None)
            if get is not None:
                get().SetOpacity(opacity)

    def set_exaggeration(self, factor: float) -> None:
        """Stretch levels by a factor, for looking only."""
        self._exaggeration = factor
        for props in self._props.values():
            for prop in props:
                prop.SetScale(1.0, 1.0, factor)
        for _, prop in self._marked:
            prop.SetScale(1.0, 1.0, factor)
        self._clip()

    @property
    def bounds(self) -> tuple[float, ...] | None:
        """x0, x1, y0, y1, z0, z1 of what is drawn; None while nothing is."""
        boxes = [r.ComputeVisiblePropBounds() for r in self._renderers]
        known = [box for box in boxes if box[0] <= box[1]]
        if not known:
            return None
        return tuple(
            (min if side % 2 == 0 else max)(box[side] for box in known) for side in range(6)
        )

    def look_at(self, target: Point3, *, distance: float, azimuth: float, elevation: float) -> None:
        """Stand `distance` metres off; compass azimuth and elevation in degrees (below < 0)."""
        turn, rise = np.deg2rad(azimuth), np.deg2rad(elevation)
        flat = np.cos(rise) * distance
        camera = self.renderer.GetActiveCamera()
        x, y, z = target[0], target[1], target[2] * self._exaggeration
        camera.SetFocalPoint(x, y, z)
        camera.SetPosition(
            x - flat * np.sin(turn), y - flat * np.cos(turn), z + distance * np.sin(rise)
        )
        steep = abs(elevation) > 89.0
        camera.SetViewUp(*((np.sin(turn), np.cos(turn), 0.0) if steep else (0.0, 0.0, 1.0)))
        self._clip()

    def framing(self, *, azimuth: float, elevation: float) -> tuple[Point3, float]:
        """Target and distance from which everything is in view; far from nothing, 10 m."""
        box = self.bounds
        if box is None:
            return (0.0, 0.0, 0.0), 10.0
        corners = np.array([(x, y, z) for x in box[:2] for y in box[2:4] for z in box[4:]])
        centre = corners.mean(axis=0)
        turn, rise = np.deg2rad(azimuth), np.deg2rad(elevation)
        right = np.array([np.cos(turn), -np.sin(turn), 0.0])
        back = np.array([-np.cos(rise) * np.sin(turn), -np.cos(rise) * np.cos(turn), np.sin(rise)])
        off = corners - centre
        half = np.tan(np.deg2rad(self.renderer.GetActiveCamera().GetViewAngle() / 2))
        high = np.abs(off @ np.cross(back, right)) / half
        wide = np.abs(off @ right) / (half * self._aspect)
        distance = float((off @ back + np.maximum(high, wide)).max())
        x, y, z = (float(v) for v in centre)
        return (x, y, z / self._exaggeration), max(distance * FRAME_MARGIN, 10.0)

    def pick(self, x: float, y: float) -> tuple[str, int] | None:
        """Layer and feature under a display point (pixels from the lower left)."""
        if not any(self._picker.Pick(x, y, 0.0, r) for r in reversed(self._renderers)):
            return None
        actor, cell = self._picker.GetActor(), self._picker.GetCellId()
        data = self._picker.GetDataSet()
        rows = data.GetCellData().GetArray(FEATURE) if data is not None else None
        if rows is None or cell < 0:
            return None
        return self._layer_of.get(id(actor), ""), int(rows.GetValue(cell))

    def picture(self, *, width_px: int, height_px: int) -> NDArray[np.uint8]:
        """The scene as an RGB picture (h, w, 3), top row first, with no screen."""
        window = off_screen_window(width_px, height_px)
        self.put_into(window)
        self.renderer.SetUseDepthPeeling(1)
        self.renderer.SetMaximumNumberOfPeels(6)
        self.renderer.SetOcclusionRatio(0.02)
        self.renderer.SetUseFXAA(1)
        self._clip()
        window.Render()
        grab = vtkWindowToImageFilter()
        grab.SetInput(window)
        grab.ReadFrontBufferOff()
        grab.Update()
        image = grab.GetOutput()
        pixels = vtk_to_numpy(image.GetPointData().GetScalars())
        rows = pixels.reshape(height_px, width_px, -1)[::-1, :, :3].copy()
        self.take_out_of(window)
        window.Finalize()
        return rows

    def put_into(self, window: vtkRenderWindow) -> None:
        """Show this scene in a window: the bodies, and over them what nothing may hide."""
        window.SetNumberOfLayers(len(self._renderers))
        for renderer in self._renderers:
            window.AddRenderer(renderer)

    def take_out_of(self, window: vtkRenderWindow) -> None:
        """Leave the window, so that it can go."""
        for renderer in reversed(self._renderers):
            window.RemoveRenderer(renderer)

    def _clip(self) -> None:
        """Near and far limits that hold everything in both renderers."""
        box = self.bounds
        if box is not None:
            self.renderer.ResetCameraClippingRange(box)

    @property
    def _aspect(self) -> float:
        """Width over height of the picture."""
        window = cast("vtkRenderWindow | None", self.renderer.GetRenderWindow())
        width, height = window.GetSize() if window is not None else (1, 1)
        return width / height if width and height else 1.0

    @property
    def _renderers(self) -> tuple[vtkRenderer, ...]:
        """Lowest first."""
        return (self.renderer, self.overlay, self.marks)

    def _homes_of(self, primitive: Primitive) -> Iterable[tuple[vtkRenderer, Sequence[vtkProp3D]]]:
        """What a primitive becomes, and which renderer draws it."""
        props = self._props_for(primitive)
        if isinstance(primitive, LabelBatch) or primitive.layer == GAP:
            yield self.marks, props
        elif primitive.layer not in ON_TOP:
            yield self.renderer, props
        elif isinstance(primitive, PointBatch):
            yield self.overlay, halo_actors(primitive)
            yield self.marks, props
        else:
            yield self.overlay, props

    def _props_for(self, primitive: Primitive) -> Sequence[vtkProp3D]:
        match primitive:
            case TubeBatch():
                return tube_actors(primitive)
            case PolygonBatch():
                return polygon_actors(primitive, edge=LOOKS[self._theme].edge)
            case MeshBatch():
                return mesh_actors(primitive)
            case LineBatch():
                return line_actors(primitive)
            case PointBatch():
                return point_actors(primitive)
            case LabelBatch():
                return label_actors(primitive, paper=LOOKS[self._theme].paper)
            case _:
                return ()

    def _light_up(self) -> None:
        self.renderer.RemoveAllLights()
        self.renderer.AutomaticLightCreationOff()
        self.overlay.AutomaticLightCreationOff()
        self.marks.AutomaticLightCreationOff()
        for place, strength in (((-0.5, -0.7, 1.0), 0.75), ((0.8, 0.4, 0.3), 0.3)):
            light = vtkLight()
            light.SetLightTypeToSceneLight()
            light.SetPosition(*place)
            light.SetFocalPoint(0, 0, 0)
            light.SetIntensity(strength)
            self.renderer.AddLight(light)
            self.overlay.AddLight(light)
        for renderer, strength in ((self.renderer, 0.35), (self.overlay, 0.35), (self.marks, 1.0)):
            head = vtkLight()
            head.SetLightTypeToHeadlight()
            head.SetIntensity(strength)
            renderer.AddLight(head)


def off_screen_window(width_px: int, height_px: int) -> vtkRenderWindow:
    """A render window with no screen: EGL or software where there is no display."""
    import os

    if not os.environ.get("DISPLAY") and os.name == "posix":
        os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")
    window = vtkRenderWindow()
    window.SetOffScreenRendering(1)
    window.SetMultiSamples(0)
    window.SetSize(width_px, height_px)
    window.SetAlphaBitPlanes(1)
    return window
