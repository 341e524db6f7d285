"""How surely two flat-topped bodies lie over each other at all, their places in plan in doubt.

What lies beside another has no vertical clearance to it, however high it lies. For round walls
the disc itself says so (`two_places`); flat ones keep their height up to the edge. Errors in plan
and in height have nothing to do with each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.kernels.asides import asides
from baiyun_gis.kernels.chances import chances_of_both
from baiyun_gis.kernels.segments import Segments
from baiyun_gis.model.columns import F64, I32

_KNOWN_M = 1e-9


@dataclass(frozen=True, slots=True)
class Sideways:
    """How far two axes lie aside of each other at two places, metres; all shape (n,).

    `aside` and `sigma` are by place; `width_m` is the sum of the half widths.
    """

    aside: tuple[F64, F64]
    sigma: tuple[F64, F64]
    correlation: F64
    width_m: F64

    def over(self, place: int) -> F64:
        """The chance that they lie over each other at a place (0 or 1)."""
        from scipy.special import ndtr

        aside, sigma = self.aside[place], self.sigma[place]
        with np.errstate(divide="ignore", invalid="ignore"):
            doubtful = ndtr((self.width_m - aside) / sigma) - ndtr((-self.width_m - aside) / sigma)
        return np.where(sigma > _KNOWN_M, doubtful, np.abs(aside) < self.width_m)

    def over_either(self) -> F64:
        """The chance that they do at one of the two at least."""
        one, two = self.over(0), self.over(1)
        known = (self.sigma[0] <= _KNOWN_M) | (self.sigma[1] <= _KNOWN_M)
        sigma = [np.maximum(s, _KNOWN_M) for s in self.sigma]
        rho = np.clip(self.correlation, -1 + 1e-6, 1 - 1e-6)
        beyond = np.zeros(len(one))
        for way in (1.0, -1.0):  # both beyond one edge; beyond both at once is next to nothing
            h, k = (
                np.clip((way * a - self.width_m) / s, -30.0, 30.0)
                for a, s in zip(self.aside, sigma, strict=True)
            )
            beyond += chances_of_both(h, k, rho)
        apart = 1.0 - (1.0 - one) * (1.0 - two)
        return np.where(known, apart, np.clip(1.0 - beyond, np.maximum(one, two), 1.0))


def sideways(
    seg: Segments, i: I32, j: I32, errors: F64, *, places: tuple[F64, F64], width_m: F64
) -> Sideways:
    """The axes of `j` seen from those of `i`, at stations (n, 2) on both of two places.

    `errors` (n, 16) as for `two_places`; errors of a point that both share cancel.
    """
    one, two, of_one, of_two, correlation = asides(seg, i, j, errors, places)
    return Sideways((one, two), (of_one, of_two), correlation, width_m)
