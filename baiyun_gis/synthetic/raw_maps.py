"""Maps of a district as files: buildings, permits, streets, terrain, surfaces, imagery."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from baiyun_gis.model.columns import Geom, Str
from baiyun_gis.model.tables import StructureTable
from baiyun_gis.model.vocabulary import StructureKind
from baiyun_gis.synthetic.chance import Chance
from baiyun_gis.synthetic.permit_faults import FIRST_EPOCH, SECOND_EPOCH
from baiyun_gis.synthetic.raw_tables import day

if TYPE_CHECKING:
    from baiyun_gis.synthetic.district import District
    from baiyun_gis.synthetic.terrain import Grid

CRS = "EPSG:4547"
_STAMP = "2024-12-02T09:00:00.000Z"
_ROOF = np.array([[176, 108, 92], [148, 152, 160], [120, 138, 158], [188, 172, 148]])
_COLOURS = {"grass": (142, 158, 108), "road": (112, 114, 118), "park": (92, 132, 78)}


def write_buildings(district: District, path: Path) -> None:
    """A shapefile with Chinese field names in GBK and no .cpg beside it."""
    import pyogrio

    table = district.state.buildings
    fields = {
        "建筑编号": table.id,
        "名称": table.name,
        "用途": table.use,
        "建筑高度": np.round(table.height_m, 2),
        "层数": table.storeys.astype(np.int32),
        "地坪高程": np.round(table.ground_m, 2),
        "基础埋深": np.round(table.foundation_depth_m, 1),
        "许可证号": table.permit,
        "平面精度": np.round(table.sigma_xy_m, 3),
        "高度精度": np.round(table.sigma_height_m, 2),
        "建成日期": np.array(day(table.valid_from), dtype=object),
    }
    with pyogrio_dates():
        pyogrio.write_dataframe(
            _frame(table.geometry, fields),
            path,
            driver="ESRI Shapefile",
            encoding="GBK",
            DBF_DATE_LAST_UPDATE=_STAMP[:10],
        )
    path.with_suffix(".cpg").unlink(missing_ok=True)


def write_permits(district: District, path: Path) -> None:
    """A GeoPackage of permits."""
    table = district.state.permits
    fields = {
        "许可证号": table.id,
        "被许可人": table.holder,
        "用途": table.use,
        "限高": table.max_height_m,
        "限定层数": table.max_storeys,
        "临时许可": np.where(table.is_temporary, "是", "否").astype(object),
        "发证日期": np.array(day(table.valid_from), dtype=object),
        "有效期至": np.array(day(table.valid_to), dtype=object),
    }
    _write_layer(path, "规划许可", table.geometry, fields)


def write_streets(district: District, path: Path) -> None:
    """A GeoPackage of carriageways, street centre lines and parks."""
    table = district.state.structures
    layers = {
        "机动车道": StructureKind.CARRIAGEWAY,
        "道路中心线": StructureKind.ROAD_CENTRE,
        "绿地": StructureKind.GREEN,
    }
    for name, kind in layers.items():
        chosen: StructureTable = table.take(table.kind == kind)
        _write_layer(path, name, chosen.geometry, {"编号": chosen.id, "名称": chosen.name})


def write_terrain(district: District, path: Path) -> None:
    """The terrain, float32 metres to the centimetre."""
    _write_grid(district.terrain(2.0), path)


def write_surfaces(district: District, folder: Path) -> None:
    """Surface models of both epochs, float32 metres to the decimetre."""
    for epoch in (FIRST_EPOCH, SECOND_EPOCH):
        year = str(epoch)[:4]
        _write_grid(district.surface(epoch, 1.0), folder / f"DSM_{year}.tif", digits=1)


def write_imagery(district: District, path: Path) -> None:
    """A drawn picture from above: roofs, streets, parks and grass."""
    from rasterio import Affine
    from rasterio.features import rasterize

    grid = district.terrain(0.5)
    transform = Affine(grid.cell_m, 0.0, grid.west_m, 0.0, -grid.cell_m, grid.north_m)
    state = district.state
    streets = state.structures.take(state.structures.kind == StructureKind.CARRIAGEWAY)
    parks = state.structures.take(state.structures.kind == StructureKind.GREEN)
    layers: list[tuple[Any, int]] = [(g, 2) for g in parks.geometry]
    layers += [(g, 1) for g in streets.geometry]
    layers += [(g, 3 + n % len(_ROOF)) for n, g in enumerate(state.buildings.geometry)]
    classes = rasterize(layers, out_shape=grid.values.shape, transform=transform, dtype="uint8")
    colours = np.vstack([list(_COLOURS.values())[:1], [_COLOURS["road"], _COLOURS["park"]], _ROOF])
    picture = colours[classes].astype(np.float64)
    texture = Chance(district.truth.seed).uniform("imagery", (*grid.values.shape, 1)) * 16 - 8
    rgb = np.clip(picture + texture, 0, 255).astype(np.uint8)
    _write_raster(path, np.moveaxis(rgb, 2, 0), grid, compress="JPEG", photometric="YCBCR")


class pyogrio_dates:  # noqa: N801 — reads as what it does in a `with`
    """GDAL writes a fixed date instead of now, for the time of a `with`."""

    def __enter__(self) -> None:
        import pyogrio

        self._before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _STAMP})

    def __exit__(self, *_: object) -> None:
        import pyogrio

        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": self._before})


def _write_layer(path: Path, layer: str, geometry: Geom, fields: dict[str, Any]) -> None:
    import pyogrio

    with pyogrio_dates():
        pyogrio.write_dataframe(
            _frame(geometry, fields), path, layer=layer, driver="GPKG", append=path.exists()
        )


def _frame(geometry: Geom, fields: dict[str, Any] | dict[str, Str]) -> Any:
    import geopandas

    return geopandas.GeoDataFrame(fields, geometry=list(geometry), crs=CRS)


def _write_grid(grid: Grid, path: Path, *, digits: int = 2) -> None:
    values = np.round(grid.values.astype(np.float64), digits).astype(np.float32)
    _write_raster(path, values[None], grid, compress="DEFLATE", predictor=3, zlevel=9)


def _write_raster(path: Path, bands: Any, grid: Grid, **options: Any) -> None:
    import rasterio
    from rasterio import Affine

    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=bands.shape[1],
        width=bands.shape[2],
        count=bands.shape[0],
        dtype=bands.dtype,
        crs=CRS,
        transform=Affine(grid.cell_m, 0.0, grid.west_m, 0.0, -grid.cell_m, grid.north_m),
        tiled=True,
        blockxsize=256,
        blockysize=256,
        **options,
    ) as file:
        file.write(bands)
