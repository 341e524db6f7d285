"""How the mouse and keys move the camera: up stays up, also from below ground."""

from __future__ import annotations

import numpy as np

from ui.scene3d.core import Point3, SceneCore


class Orbit:
    """A camera that turns round a target; azimuth and elevation in degrees, distance in metres."""

    def __init__(self, core: SceneCore) -> None:
        self._core = core
        self.target: Point3 = (0.0, 0.0, 0.0)
        self.distance = 100.0
        self.azimuth = 20.0
        self.elevation = 42.0

    def apply(self) -> None:
        """Put the camera where this says."""
        self._core.look_at(
            self.target,
            distance=self.distance,
            azimuth=self.azimuth,
            elevation=self.elevation,
        )

    def turn(self, dx_px: float, dy_px: float) -> None:
        """Turn by a drag; half a degree a pixel, never over the top."""
        self.azimuth = (self.azimuth + dx_px * 0.4) % 360.0
        self.elevation = float(np.clip(self.elevation + dy_px * 0.3, -89.9, 89.9))
        self.apply()

    def pan(self, dx_px: float, dy_px: float, *, height_px: int) -> None:
        """Slide the target in the plane one looks along, so that it follows the pointer."""
        metres = self.distance * 0.54 / max(height_px, 1)
        turn = np.deg2rad(self.azimuth)
        right = np.array([np.cos(turn), -np.sin(turn), 0.0])
        ahead = np.array([np.sin(turn), np.cos(turn), 0.0])
        steep = max(abs(np.sin(np.deg2rad(self.elevation))), 0.25)
        sign = 1.0 if self.elevation >= 0 else -1.0
        shift = -right * dx_px * metres + sign * ahead * dy_px * metres / steep
        x, y, z = self.target
        self.target = (x + float(shift[0]), y + float(shift[1]), z)
        self.apply()

    def zoom(self, steps: float) -> None:
        """Come nearer (positive) or go away, a fifth a step."""
        self.distance = float(np.clip(self.distance * 0.83**steps, 0.5, 200_000.0))
        self.apply()

    def frame_all(self) -> None:
        """Everything in view."""
        self.azimuth, self.elevation = 20.0, 40.0
        self.target, self.distance = self._core.framing(
            azimuth=self.azimuth, elevation=self.elevation
        )
        self.apply()

    def fly_to(
        self,
        target: Point3,
        *,
        radius_m: float,
        azimuth: float | None = None,
        elevation: float | None = None,
    ) -> None:
        """Stand so that a ball of `radius_m` round the target fills the view."""
        self.target = target
        self.distance = max(radius_m, 1.0) * 3.2
        self.azimuth = self.azimuth if azimuth is None else azimuth
        self.elevation = min(max(self.elevation, 18.0), 55.0) if elevation is None else elevation
        self.apply()

    def look(self, *, azimuth: float | None = None, elevation: float | None = None) -> None:
        """Turn to a compass direction or height and keep the target."""
        if azimuth is not None:
            self.azimuth = azimuth
        if elevation is not None:
            self.elevation = elevation
        self.apply()
