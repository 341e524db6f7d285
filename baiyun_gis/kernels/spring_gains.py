"""Gain in log likelihood of springs when what they hold is moved.

A residual's density is a Student's t with three degrees of freedom around 0 and, with the share
`far`, anything within `width_m`; times the spring's weight as a power.
"""

from __future__ import annotations

import numpy as np

from baiyun_gis.arrays import F64, I64, Bool
from baiyun_gis.kernels.compiled import compiled

_T3 = 0.3675525969478614
"""Density of Student's t with three degrees of freedom at 0."""

_STRONG = 0.3


@compiled
def _log_density(
    residual_m: float, sigma_m: float, far: float, width_m: float, one_sided: bool
) -> float:
    if one_sided and residual_m > 0.0:
        residual_m = 0.0
    scaled = residual_m / sigma_m
    tail = 1.0 + scaled * scaled / 3.0
    return np.log((1.0 - far) * _T3 / (tail * tail) / sigma_m + far / width_m)


@compiled
def log_densities(
    residual_m: F64, sigma_m: F64, far: F64, weight: F64, one_sided: Bool, width_m: float
) -> F64:
    """Weighted log densities of residuals, shape (n,)."""
    out = np.empty(len(residual_m))
    for i in range(len(residual_m)):
        out[i] = weight[i] * _log_density(residual_m[i], sigma_m[i], far[i], width_m, one_sided[i])
    return out


@compiled
def gains(
    unit: I64, shift_m: F64, start: I64, spring: I64, coefficient: F64, residual_m: F64,
    now: F64, sigma_m: F64, far: F64, weight: F64, one_sided: Bool, width_m: float,
) -> F64:  # fmt: skip
    """Gain of moving `unit[i]` by `shift_m[i]`, shape (n,).

    Rows `start[u]:start[u + 1]` of `spring` and `coefficient` say what unit `u` moves; `now` is
    the weighted log density of every spring as it stands.
    """
    out = np.zeros(len(unit))
    for i in range(len(unit)):
        total = 0.0
        for k in range(start[unit[i]], start[unit[i] + 1]):
            s = int(spring[k])
            moved = residual_m[s] + coefficient[k] * shift_m[i]
            total += weight[s] * _log_density(moved, sigma_m[s], far[s], width_m, one_sided[s])
            total -= now[s]
        out[i] = total
    return out


@compiled
def best_free_shifts(
    start: I64, spring: I64, coefficient: F64, residual_m: F64, now: F64, sigma_m: F64,
    far: F64, weight: F64, one_sided: Bool, width_m: float,
) -> F64:  # fmt: skip
    """For every unit the shift that brings one of its springs to rest and gains most, else 0."""
    out = np.zeros(len(start) - 1)
    for u in range(len(start) - 1):
        most = 0.0
        for j in range(start[u], start[u + 1]):
            if one_sided[spring[j]] or abs(coefficient[j]) < _STRONG:
                continue
            shift = -residual_m[spring[j]] / coefficient[j]
            total = 0.0
            for k in range(start[u], start[u + 1]):
                s = int(spring[k])
                moved = residual_m[s] + coefficient[k] * shift
                total += weight[s] * _log_density(moved, sigma_m[s], far[s], width_m, one_sided[s])
                total -= now[s]
            if total > most:
                most = total
                out[u] = shift
    return out
