"""Shapes and antialiased resampling, in float precision."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["fit_shape", "resize"]


def fit_shape(height: int, width: int, size: int, fit: str = "longer") -> tuple[int, int]:
    """Return the (height, width) of a picture whose `fit` side is at most `size`.

    Keeps the aspect, never enlarges, never goes below one pixel. Raises `ValueError` for sides or a
    size below 1 and for another `fit`.
    """
    if min(height, width, size) < 1:
        raise ValueError(f"sides and size must be at least 1, not {height}, {width} and {size}")
    if fit not in ("longer", "shorter"):
        raise ValueError(f'fit must be "longer" or "shorter", not {fit!r}')
    side = max(height, width) if fit == "longer" else min(height, width)
    if size >= side:
        return height, width
    return max(1, round(height * size / side)), max(1, round(width * size / side))


def resize(pixels: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Resample `pixels`, float (H, W, C) in [0, 1], to (height, width, C) float32.

    Lanczos with the support widened when shrinking (so that it antialiases), after an area
    reduction where the picture shrinks more than threefold; computed in float and clipped to [0,
    1], which Lanczos overshoots. Raises `ValueError` for a target below one pixel.
    """
    if min(height, width) < 1:
        raise ValueError(
            f"a picture cannot be resized to {width}×{height}; both sides must be at least 1"
        )
    source = np.asarray(pixels, np.float32)
    if source.shape[:2] == (height, width):
        return np.clip(source, 0, 1)
    planes = [_plane(source[..., channel], height, width) for channel in range(source.shape[2])]
    return np.clip(np.stack(planes, axis=-1), 0, 1)


def _plane(plane: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    picture = Image.fromarray(np.ascontiguousarray(plane))
    resized = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return np.asarray(resized, np.float32)
