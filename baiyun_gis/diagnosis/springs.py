"""What ties levels to each other: springs, each a residual that is small where levels are right.

A spring is a linear form of end levels minus what is expected: neighbours along a line lie on
one slope or at one depth, lines of a chamber meet as lines of their sizes usually do, depths are
those of the kind. How small is small is learnt from the network itself: per class the median and
the median absolute deviation, and the share that lies far out although nothing is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from baiyun_gis.arrays import F64, I8, I64, Bool
from baiyun_gis.kernels.spring_gains import best_free_shifts, gains, log_densities

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

SURVEY_SIGMA_M = 0.02
"""No residual is trusted to be smaller: levels of visible points are good to 0.03 m at 2 σ."""

FAR_SIGMAS = 5.0
LEAST_FAR_SHARE = 0.01
WIDTH_M = 20.0
"""What lies far out is taken to be spread over this much."""

ENOUGH = 40
"""Classes with fewer members borrow the spread of all springs of their sort."""


class Tie(IntEnum):
    """The sorts of springs."""

    JOINT = 0
    ALONG = 1
    PIPE = 2
    FALL = 3
    DEPTH = 4
    BELOW_GROUND = 5
    ABOVE_BOTTOM = 6
    CONFLICT = 7


ONE_SIDED = (Tie.BELOW_GROUND, Tie.ABOVE_BOTTOM, Tie.CONFLICT)

WEIGHT = np.array([0.8, 0.8, 0.5, 0.5, 0.4, 1.0, 1.0, 0.6])
"""Springs of several sorts rest on the same levels, so none counts in full."""


class Parts(NamedTuple):
    """Springs of one sort: `ends` and `coefficients` are (m, k), the rest (m,)."""

    tie: Tie
    ends: I64
    coefficients: F64
    expected_m: F64
    sigma_m: F64
    far_share: F64


def learnt(
    tie: Tie, ends: I64, coefficients: F64, base_m: F64, *, klass: I64, level_m: F64,
    least_m: float = SURVEY_SIGMA_M,
) -> Parts:  # fmt: skip
    """Springs whose usual value and spread are those of their class in the network.

    `base_m` is taken off the linear form first; `least_m` is the least standard deviation.
    """
    klass = pooled(klass)
    residual = np.einsum("mk,mk->m", coefficients, level_m[ends]) - base_m
    usual = class_medians(residual, klass)
    sigma, far = spread_of(residual - usual, klass, least_m)
    return Parts(tie, ends, coefficients, base_m + usual, sigma, far)


@dataclass(frozen=True, slots=True)
class Springs:
    """Springs as a sparse matrix over ends: residual = matrix · level − expected.

    A one-sided spring holds only against negative residuals. `far_share` is how often a spring
    of its class lies far out although no level is wrong.
    """

    matrix: csr_matrix
    by_end: csr_matrix
    """The matrix turned over (ends × springs)."""

    expected_m: F64
    sigma_m: F64
    far_share: F64
    weight: F64
    tie: I8
    one_sided: Bool

    def __len__(self) -> int:
        return len(self.expected_m)

    def residual_m(self, level_m: F64) -> F64:
        """Residuals at these end levels (2 n,), shape (springs,)."""
        return np.asarray(self.matrix @ np.nan_to_num(level_m)) - self.expected_m

    def log_likelihood(self, residual_m: F64) -> F64:
        """Weighted log density of the residuals of all springs, shape (springs,)."""
        return log_densities(residual_m, *self._law)

    def log_likelihood_of(self, residual_m: F64, rows: I64) -> F64:
        """Weighted log density of residuals of the springs `rows`."""
        sigma, far, weight, one_sided, width_m = self._law
        return log_densities(
            residual_m, sigma[rows], far[rows], weight[rows], one_sided[rows], width_m
        )

    def gain(self, unit: I64, shift_m: F64, touch: Touch, residual_m: F64, now: F64) -> F64:
        """Gain in log likelihood of moving each unit by its shift, over all springs it moves;
        `now` is the log likelihood of the residuals as they stand."""
        return gains(unit, shift_m, *touch, residual_m, now, *self._law)

    def free_shifts(self, touch: Touch, residual_m: F64, now: F64) -> F64:
        """The best shift of every unit, whatever its cause, shape (units,)."""
        return best_free_shifts(*touch, residual_m, now, *self._law)

    @property
    def _law(self) -> tuple[F64, F64, F64, Bool, float]:
        return self.sigma_m, self.far_share, self.weight, self.one_sided, WIDTH_M


class Touch(NamedTuple):
    """Which springs each unit moves and how much: rows of a CSR matrix (units × springs)."""

    start: I64
    spring: I64
    coefficient: F64


def springs_of(parts: list[Parts], count: int) -> Springs:
    """One system of springs over `count` ends."""
    from scipy.sparse import csr_matrix

    sizes = [len(p.expected_m) for p in parts]
    widths = np.repeat([p.ends.shape[1] for p in parts], sizes)
    matrix = csr_matrix(
        (
            np.concatenate([p.coefficients.ravel() for p in parts]),
            np.concatenate([p.ends.ravel() for p in parts]),
            np.concatenate([[0], np.cumsum(widths)]),
        ),
        shape=(sum(sizes), count),
    )
    tie = np.repeat([int(p.tie) for p in parts], sizes).astype(np.int8)
    return Springs(
        matrix,
        csr_matrix(matrix.T),
        np.concatenate([p.expected_m for p in parts]),
        np.concatenate([p.sigma_m for p in parts]),
        np.concatenate([p.far_share for p in parts]),
        WEIGHT[tie],
        tie,
        np.isin(tie, ONE_SIDED),
    )


def class_medians(values: F64, klass: I64) -> F64:
    """For every value the median of its class, shape (n,)."""
    if not len(values):
        return values
    order = np.lexsort((values, klass))
    _, start, inverse, count = np.unique(
        klass[order], return_index=True, return_inverse=True, return_counts=True
    )
    ranked = values[order]
    middle = 0.5 * (ranked[start + (count - 1) // 2] + ranked[start + count // 2])
    out = np.empty(len(values))
    out[order] = middle[inverse]
    return out


def pooled(klass: I64) -> I64:
    """Classes with those of fewer than `ENOUGH` members as one class, −1."""
    _, inverse, count = np.unique(klass, return_inverse=True, return_counts=True)
    return np.where(count[inverse] < ENOUGH, -1, klass)


def spread_of(residual: F64, klass: I64, least_m: float) -> tuple[F64, F64]:
    """Standard deviation and share far out of each class, per member, from medians."""
    sigma = np.hypot(1.4826 * class_medians(np.abs(residual), klass), least_m)
    _, inverse, count = np.unique(klass, return_inverse=True, return_counts=True)
    far = np.bincount(inverse, weights=np.abs(residual) > FAR_SIGMAS * sigma)
    share = np.clip((far + 0.5) / (count + 1.0), LEAST_FAR_SHARE, 0.5)
    return sigma, share[inverse]
