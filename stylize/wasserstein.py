"""The Gaussian-Wasserstein (Bures) distance of two layers' statistics, as a style loss.

A layer's features are taken for a Gaussian of mean μ (N,C) and second moment E[ff'] (N,C,C), so of
covariance Σ = E[ff'] - μμ' + εI. The squared 2-Wasserstein distance of two Gaussians is (Dowson &
Landau 1982, "The Fréchet distance between multivariate normal distributions")

    |μ - μ*|² + tr(Σ + Σ* - 2(Σ*^½ Σ Σ*^½)^½),

here over C. Any R with RR' = Σ* serves in place of Σ*^½, for (R'ΣR)^½ has the same trace, so a
Cholesky factor of the target does, and only one matrix root is left. The gradient is not taken
through its iterations but is known:

    ∂ tr(R'ΣR)^½ / ∂Σ = ½ R (R'ΣR)^-½ R'.

Twice that is the linear map which carries the one Gaussian to the other, so that features are
drawn to where transport takes them. It is bounded on the features where there are fewer positions
than channels. Matrix products must be float32 to the last bit: TF32, a default on some GPUs, makes
the root diverge.
"""

from __future__ import annotations

import math
from typing import Any

from keras import ops

__all__ = ["inverse_root", "relative_wasserstein", "wasserstein"]

Tensor = Any

RIDGE = 1e-4
"""Added to the diagonal of both covariances."""

ROUNDING = 2e-7
"""Added too, times the trace of the target's E[ff']: keeps what float32 made of it definite."""

ITERATIONS = 12

SMALLEST = 1e-3
"""The least singular value, relative to the largest, for which the iterations are scaled."""

SHIFT = 2e-8
"""Added to the relative eigenvalues of R'ΣR, which rounding may have made negative."""

_TINY = 1e-12


def wasserstein(
    mean: Tensor, second: Tensor, target_mean: Tensor, target_second: Tensor, ridge: float = RIDGE
) -> Tensor:
    """mean((μ-μ*)²) + tr(Σ + Σ* - 2(R'ΣR)^½)/C: 0 for equal Gaussians, (N,).

    Means are (N,C), second moments (N,C,C) float32; the target's N may be 1. No gradient is taken
    in the target. In float32 it is within 1 % of tr(Σ*)/C of the exact distance, on either side.
    """
    target_mean, target_second = (ops.stop_gradient(x) for x in (target_mean, target_second))
    ridge = ridge + ROUNDING * _trace(target_second)
    covariance = _covariance(mean, second, ridge)
    target = _covariance(target_mean, target_second, ridge)
    spread = _trace(covariance) + _trace(target) - 2 * _overlap(covariance, target)
    return ops.mean(ops.square(mean - target_mean), -1) + spread / second.shape[-1]


def relative_wasserstein(
    mean: Tensor, second: Tensor, target_mean: Tensor, target_second: Tensor
) -> Tensor:
    """`wasserstein` over mean(μ*²) + tr(Σ*)/C, which is the target's mean square: (N,).

    0 at the target, 1 for no features at all, whatever the network's scale: ε is relative too.
    """
    power = ops.stop_gradient(_trace(target_second)) / second.shape[-1] + _TINY
    by_mean, by_second = ops.sqrt(power)[:, None], power[:, None, None]
    return wasserstein(
        mean / by_mean, second / by_second, target_mean / by_mean, target_second / by_second
    )


def inverse_root(matrix: Tensor, iterations: int = ITERATIONS) -> Tensor:
    """A^-½ of symmetric positive (N,C,C) matrices by coupled Newton-Schulz iterations.

    A/‖A‖ = Y₀, Z₀ = I; T = (3ρI - ρ³ZY)/2, Y ← YT, Z ← TZ: Z tends to (A/‖A‖)^-½ (Higham 2008,
    "Functions of Matrices", (6.35), where ρ = 1). The scaling ρ lets a singular value of 1e-3 reach
    1 in eight iterations, not in seventeen; 0 stays what it is, so that Z is bounded.
    """
    eye = ops.eye(matrix.shape[-1], dtype=matrix.dtype)
    norm = ops.sqrt(ops.sum(ops.square(matrix), axis=(1, 2), keepdims=True)) + _TINY
    y, z = matrix / norm + SHIFT * eye, None
    for rho in _scaling(iterations):
        zy = y if z is None else ops.matmul(z, y)
        step = 1.5 * rho * eye - 0.5 * rho**3 * zy
        y, z = ops.matmul(y, step), step if z is None else ops.matmul(step, z)
    return z / ops.sqrt(norm)


def _scaling(iterations: int) -> list[float]:
    """ρ of each iteration, for singular values in [x,1]: 1 and x go to the same value.

    ρ² = 3/(1 + x + x²) from p(ρx) = p(ρ), p(t) = (3t - t³)/2 (Chen & Chow 2014, "A stable scaling
    of Newton-Schulz for improving the sign function computation of a Hermitian matrix").
    """
    scaling, least = [], SMALLEST
    for _ in range(iterations):
        rho = math.sqrt(3 / (1 + least + least**2))
        scaling.append(rho)
        least = min(1.0, 0.5 * rho * least * (3 - (rho * least) ** 2))
    return scaling


def _overlap(covariance: Tensor, target: Tensor) -> Tensor:
    """tr(R'ΣR)^½ with its closed-form gradient in Σ: (N,)."""
    factor = ops.cholesky(target)
    across = ops.transpose(factor, (0, 2, 1))
    inner = ops.matmul(ops.matmul(across, ops.stop_gradient(covariance)), factor)
    inner = (inner + ops.transpose(inner, (0, 2, 1))) / 2
    transport = ops.matmul(ops.matmul(factor, inverse_root(inner)), across)
    # <transport, Σ> is the trace itself, and half of it has the gradient.
    half = ops.sum(ops.stop_gradient(transport) * covariance, axis=(1, 2)) / 2
    return half + ops.stop_gradient(half)


def _covariance(mean: Tensor, second: Tensor, ridge: Tensor) -> Tensor:
    eye = ops.eye(second.shape[-1], dtype=second.dtype)
    return second - mean[:, :, None] * mean[:, None, :] + ridge[:, None, None] * eye


def _trace(matrix: Tensor) -> Tensor:
    return ops.trace(matrix, axis1=1, axis2=2)
