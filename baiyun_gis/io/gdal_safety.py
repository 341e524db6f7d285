"""What GDAL may not do with a file from outside: reach the network, or follow it elsewhere."""

from __future__ import annotations

from functools import cache
from pathlib import Path

NO_NETWORK = {
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    # A proxy at the discard port of this machine: every request fails at once.
    "GDAL_HTTP_PROXY": "127.0.0.1:9",
    "GDAL_HTTPS_PROXY": "127.0.0.1:9",
    "GDAL_HTTP_TIMEOUT": "1",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
}
"""Configuration under which no driver opens a connection."""

_POINTERS = (
    b"<vrtdataset",
    b"<ogrvrtdatasource",
    b"<gdal_wms",
    b"<gdal_wcs",
    b"<wms_capabilities",
    b"<capabilities",
    b"<wcs_",
    b"<gdal_wmts",
    b"<ogrwfsdatasource",
    b"<ogcapi",
    b"<gdaltileindexdataset",
    b"<mrf_meta",
)


def names_another_place(path: Path) -> bool:
    """Whether a file only describes data that lie elsewhere (VRT, WMS, WFS …)."""
    with path.open("rb") as file:
        head = file.read(2048).lower().lstrip(b"\xef\xbb\xbf \t\r\n")
    start = head[head.find(b"?>") + 2 :].lstrip() if head.startswith(b"<?xml") else head
    return start.startswith(_POINTERS) or head.startswith((b'{"stac_version', b'{"gdalg'))


@cache
def isolate_vector_gdal() -> None:
    """Take the network from the vector library's GDAL, once a process."""
    import pyogrio

    pyogrio.set_gdal_config_options(NO_NETWORK)
