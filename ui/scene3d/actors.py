"""One function a primitive: arrays in, VTK actors out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkFiltersCore import vtkPolyDataNormals
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from layers.primitives import LineBatch, MeshBatch, PointBatch, PolygonBatch, TubeBatch
from ui.scene3d.dashes import dashed
from ui.scene3d.extrusions import extruded, outlines
from ui.scene3d.polydata import lines_to_polydata, points_to_polydata, triangles_to_polydata
from ui.scene3d.textures import texture_of, with_texture_coordinates
from ui.scene3d.tubes import sides_for, tube_mesh

SOLID_FROM_ALPHA = 190  # a body this dense is drawn solid: sorting see-through walls is costly
CHUNK = 60_000  # triangles an actor: small enough that what is out of view is not drawn


def tube_actors(batch: TubeBatch) -> list[vtkActor]:
    """Pipe bodies, cut into chunks by place; assumed levels are half see-through."""
    actors: list[vtkActor] = []
    for assumed in (False, True):
        rows = np.flatnonzero(batch.is_assumed == assumed)
        if not len(rows):
            continue
        sides = sides_for(len(batch.xyz))
        for chunk in _chunks(batch, rows, sides):
            part = _tube_part(batch, chunk)
            xyz, triangles, owner = tube_mesh(part, sides=sides)
            data = triangles_to_polydata(
                xyz, triangles, colors=part.color[owner], features=part.feature[owner]
            )
            actor = _surface(_with_normals(data, split_deg=50.0))
            if assumed:
                actor.GetProperty().SetOpacity(0.45)
            actor.GetProperty().SetSpecular(0.25)
            actor.GetProperty().SetSpecularPower(30)
            actors.append(actor)
    return [*actors, *axis_actors(batch)]


def axis_actors(batch: TubeBatch) -> list[vtkActor]:
    """The axes as thin lines, so that a far-off pipe narrower than a pixel is still seen."""
    if not len(batch.feature):
        return []
    actor = _flat(
        lines_to_polydata(batch.xyz, batch.offsets, colors=batch.color, features=batch.feature)
    )
    actor.GetProperty().SetLineWidth(1.6)
    actor.PickableOff()
    return [actor]


def polygon_actors(batch: PolygonBatch, *, edge: tuple[float, float, float]) -> list[vtkActor]:
    """Extruded bodies with their roof lines."""
    if not len(batch.feature):
        return []
    actors: list[vtkActor] = []
    solid = batch.fill[:, 3] >= SOLID_FROM_ALPHA
    xyz, triangles, owner = extruded(batch)
    for is_solid in (True, False):
        mine = solid[owner] == is_solid
        if not mine.any():
            continue
        colors = batch.fill[owner[mine], :3]
        data = triangles_to_polydata(
            xyz, triangles[mine], colors=colors, features=batch.feature[owner[mine]]
        )
        actor = _surface(_with_normals(data, split_deg=30.0))
        if not is_solid:
            alpha = float(batch.fill[~solid, 3].mean()) / 255.0
            actor.GetProperty().SetOpacity(max(alpha, 0.02))
        actors.append(actor)
    line_xyz, offsets, line_owner = outlines(batch)
    strokes = batch.stroke[line_owner]
    lines = _flat(lines_to_polydata(line_xyz, offsets, colors=strokes))
    lines.GetProperty().SetColor(*edge)
    lines.GetProperty().SetLineWidth(float(batch.stroke_px.max(initial=1.0)))
    lines.GetMapper().SetResolveCoincidentTopologyToPolygonOffset()
    lines.GetMapper().SetRelativeCoincidentTopologyLineOffsetParameters(0.0, -4.0)
    lines.PickableOff()
    return [*actors, lines]


def mesh_actors(batch: MeshBatch) -> list[vtkActor]:
    """A surface of triangles, textured where it carries a picture."""
    if not len(batch.triangles):
        return []
    single = len(batch.color) == 1
    colors = None if single else batch.color
    data = triangles_to_polydata(batch.xyz, batch.triangles, colors=colors, features=batch.feature)
    actor = _surface(_with_normals(data, split_deg=40.0 if batch.feature is not None else 0.0))
    if batch.texture is not None and batch.texture_uv is not None:
        data = with_texture_coordinates(data, batch.texture_uv)
        actor = _surface(_with_normals(data, split_deg=0.0))
        actor.SetTexture(texture_of(batch.texture))
    if single:
        r, g, b, _ = (float(v) / 255 for v in batch.color[0])
        actor.GetProperty().SetColor(r, g, b)
    actor.GetProperty().SetOpacity(float(batch.color[:, 3].mean()) / 255)
    if batch.feature is None:
        actor.PickableOff()
    return [actor]


def line_actors(batch: LineBatch) -> list[vtkActor]:
    """Lines of one width each group; their pixels' width does not follow the distance."""
    actors: list[vtkActor] = []
    xyz = batch.xyz
    if xyz.shape[1] == 2:
        xyz = np.column_stack([xyz, np.zeros(len(xyz), np.float32)])
    for width in np.unique(batch.width_px):
        for broken in (False, True):
            rows = np.flatnonzero((batch.width_px == width) & (batch.is_dashed == broken))
            if not len(rows):
                continue
            vertex, offsets = _gather(batch.offsets, rows)
            points, owner = xyz[vertex], rows
            if broken:
                points, offsets, piece_of = dashed(points, offsets)
                owner = rows[piece_of]
            data = lines_to_polydata(
                points, offsets, colors=batch.color[owner], features=batch.feature[owner]
            )
            actor = _flat(data)
            actor.GetProperty().SetLineWidth(float(width))
            actors.append(actor)
    return actors


def point_actors(batch: PointBatch) -> list[vtkActor]:
    """Points as small balls of fixed size on the screen."""
    return [
        _points(batch, np.flatnonzero(batch.size_px == size), size_px=float(size) + 1.0)
        for size in np.unique(batch.size_px)
    ]


def halo_actors(batch: PointBatch) -> list[vtkActor]:
    """White balls a little larger than the markers, to be drawn before them."""
    marked = batch.symbol == "marker"
    return [
        _points(batch, rows, size_px=float(size) + 6.0, is_halo=True)
        for size in np.unique(batch.size_px)
        if len(rows := np.flatnonzero(marked & (batch.size_px == size)))
    ]


def _points(
    batch: PointBatch, rows: NDArray[np.int64], *, size_px: float, is_halo: bool = False
) -> vtkActor:
    colors = np.full((len(rows), 4), 255, np.uint8) if is_halo else batch.color[rows]
    data = points_to_polydata(batch.xyz[rows], colors=colors, features=batch.feature[rows])
    actor = _flat(data)
    actor.GetProperty().SetPointSize(size_px)
    actor.GetProperty().RenderPointsAsSpheresOn()
    return actor


def _surface(data: vtkPolyData) -> vtkActor:
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(data)
    mapper.SetScalarModeToUseCellData()
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.GetProperty().SetAmbient(0.28)
    actor.GetProperty().SetDiffuse(0.78)
    return actor


def _flat(data: vtkPolyData) -> vtkActor:
    actor = _surface(data)
    actor.GetProperty().LightingOff()
    return actor


def _with_normals(data: vtkPolyData, *, split_deg: float) -> vtkPolyData:
    normals = vtkPolyDataNormals()
    normals.SetInputData(data)
    normals.ConsistencyOff()
    normals.SetSplitting(split_deg > 0)
    normals.SetFeatureAngle(split_deg)
    normals.Update()
    return normals.GetOutput()


def _gather(
    offsets: NDArray[np.int64], rows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    counts = np.diff(offsets)[rows]
    cut = np.concatenate([[0], np.cumsum(counts)])
    return np.arange(cut[-1]) + np.repeat(offsets[:-1][rows] - cut[:-1], counts), cut


def _tube_part(batch: TubeBatch, rows: NDArray[np.int64]) -> TubeBatch:
    vertex, offsets = _gather(batch.offsets, rows)
    return TubeBatch(
        layer=batch.layer,
        xyz=batch.xyz[vertex],
        offsets=offsets,
        feature=batch.feature[rows],
        half_width_m=batch.half_width_m[rows],
        half_height_m=batch.half_height_m[rows],
        is_rectangle=batch.is_rectangle[rows],
        is_assumed=batch.is_assumed[rows],
        color=batch.color[rows],
    )


def _chunks(batch: TubeBatch, rows: NDArray[np.int64], sides: int) -> list[NDArray[np.int64]]:
    """Rows in groups near each other, by a coarse grid walked in order."""
    triangles = np.diff(batch.offsets)[rows] * 2 * sides
    pieces = int(np.ceil(triangles.sum() / CHUNK))
    if pieces <= 1:
        return [rows]
    start = batch.xyz[batch.offsets[:-1][rows]]
    cells = max(int(np.sqrt(pieces)), 1)
    low, high = start.min(0), start.max(0)
    span = np.maximum(high - low, 1e-3)
    cell = np.minimum(((start - low) / span * cells).astype(np.int64), cells - 1)
    key = cell[:, 0] * cells + cell[:, 1]
    order = np.argsort(key, kind="stable")
    return [rows[part] for part in np.split(order, np.flatnonzero(np.diff(key[order])) + 1)]
