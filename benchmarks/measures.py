"""What can be measured of a stylized image without another network."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stylize.result import Pixels

__all__ = ["colour_distance", "edge_correlation", "luma", "luma_ssim"]

LUMA = np.array([0.299, 0.587, 0.114], "float32")
"""Weights of red, green and blue in lightness as television has it (ITU-R BT.601)."""


def luma(image: Pixels) -> NDArray[np.float32]:
    """Lightness (H,W) of an RGB image (H,W,3), in [0,1]."""
    lightness: NDArray[np.float32] = image @ LUMA
    return lightness


def luma_ssim(picture: Pixels, content: Pixels) -> float:
    """Structural similarity of lightness of two (H,W,3) images: 1 if equal, about 0 if unrelated.

    Wang et al. 2004, "Image quality assessment: from error visibility to structural similarity".
    """
    from skimage.metrics import structural_similarity

    return float(structural_similarity(luma(picture), luma(content), data_range=1.0))


def edge_correlation(picture: Pixels, content: Pixels) -> float:
    """Correlation of the strengths of edges (Sobel on lightness) of two (H,W,3) images: -1 to 1.

    It stays high where outlines are kept, however their colours changed. 0 for a flat picture.
    """
    from skimage.filters import sobel

    a, b = (sobel(luma(image)).ravel().astype(np.float64) for image in (picture, content))
    a, b = a - a.mean(), b - b.mean()
    norm = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / norm) if norm > 0 else 0.0


def colour_distance(
    picture: Pixels, style: Pixels, projections: int = 64, levels: int = 256, seed: int = 0
) -> float:
    """Sliced 2-Wasserstein distance between the colours of two images of any size.

    Rabin et al. 2011, "Wasserstein barycenter and its application to texture mixing": along each
    of `projections` fixed random directions, sorted colours are compared; the root of the mean
    square. 0 for the same colours anywhere in the picture; a shift of all colours by d gives
    about |d|/√3. In units of RGB in [0,1].
    """
    directions = np.random.default_rng(seed).normal(size=(3, projections))
    directions /= np.linalg.norm(directions, axis=0)
    at = (np.arange(levels) + 0.5) / levels
    sorted_a, sorted_b = (
        np.quantile(image.reshape(-1, 3) @ directions, at, axis=0) for image in (picture, style)
    )
    return float(np.sqrt(np.mean((sorted_a - sorted_b) ** 2)))
