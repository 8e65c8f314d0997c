"""Colours of one picture moved towards another's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stylize.result import Pixels

__all__ = ["recolour"]

# Keeps the covariance of a grey or one-coloured picture invertible; far below one 8-bit step.
_RIDGE = 1e-5


def recolour(photo: Pixels, styles: Sequence[Pixels], blend: Sequence[float]) -> Pixels:
    """`photo` with the mean and covariance of the colours of `styles`, mixed by `blend`.

    The linear map between two Gaussians that moves colours least (Monge-Kantorovitch; Pitié &
    Kokaram 2007, "The linear Monge-Kantorovitch linear colour mapping"):
    A = Σ^-½ (Σ^½ Σ* Σ^½)^½ Σ^-½, applied to x - μ, plus μ*. Clipped to [0,1].
    """
    mean, covariance = _moments(photo)
    stats = [_moments(style) for style in styles]
    target_mean = sum(share * stat[0] for share, stat in zip(blend, stats, strict=True))
    target = sum(share * stat[1] for share, stat in zip(blend, stats, strict=True))
    root = _power(covariance, 0.5)
    inverse = _power(covariance, -0.5)
    transport = inverse @ _power(root @ target @ root, 0.5) @ inverse
    moved = (photo.reshape(-1, 3) - mean) @ transport.T + target_mean
    return np.clip(moved, 0, 1).reshape(photo.shape).astype(np.float32)


def _moments(image: Pixels) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    flat = image.reshape(-1, 3).astype(np.float64)
    return flat.mean(0), np.cov(flat, rowvar=False) + _RIDGE * np.eye(3)


def _power(matrix: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(matrix)
    powered: NDArray[np.float64] = (vectors * np.maximum(values, 0) ** exponent) @ vectors.T
    return powered
