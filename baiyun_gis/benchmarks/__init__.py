"""The project's own measurements, each beside a peer in the same run; figures are ratios to read.

One file a measurement, one line in `BENCHMARKS`. Nothing here passes or fails: `baiyun-gis bench`
prints, people judge.
"""

from __future__ import annotations

from collections.abc import Callable

from baiyun_gis.benchmarks.check import measured_check
from baiyun_gis.benchmarks.clearance import measured_clearance
from baiyun_gis.benchmarks.measurement import Measurement
from baiyun_gis.benchmarks.pairs import measured_pairs
from baiyun_gis.benchmarks.scale import measured_scale
from baiyun_gis.live.measured import measured_edit

BENCHMARKS: dict[str, Callable[[int], Measurement]] = {
    "check": measured_check,
    "clearance": measured_clearance,
    "pairs": measured_pairs,
    "scale": measured_scale,
    "edit": measured_edit,
}

__all__ = ["BENCHMARKS", "Measurement"]
