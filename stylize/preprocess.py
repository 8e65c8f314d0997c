"""RGB in [0,1] ↔ the space VGG16 and VGG19 were trained in: BGR, 0–255, mean-centred.

The means are those of Simonyan & Zisserman (arXiv:1409.1556), as in
``keras.applications.vgg19.preprocess_input``. Only arithmetic is used, so that the pair works alike
on NumPy arrays and on the tensors of any backend.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stylize.errors import PaintError

__all__ = ["MEAN_BGR", "check_batch", "deprocess", "preprocess"]

MEAN_BGR: NDArray[np.float32] = np.array([103.939, 116.779, 123.68], "float32")
"""Mean blue, green and red of ImageNet, 0–255."""


def preprocess(rgb: Any) -> Any:
    """RGB (…,3) in [0,1] to BGR, 0–255, mean-centred; the inverse of `deprocess`."""
    return rgb[..., ::-1] * np.float32(255) - MEAN_BGR


def deprocess(bgr: Any) -> Any:
    """BGR (…,3), 0–255, mean-centred to RGB in [0,1]; the inverse of `preprocess`."""
    return ((bgr + MEAN_BGR) / np.float32(255))[..., ::-1]


def check_batch(batch: NDArray[Any], tolerance: float = 1e-3) -> None:
    """Hold an assembled batch to VGG space: float32 (N,H,W,3) within [0,255] less the means.

    Raises `PaintError` naming what is off: RGB in [0,1], the wrong layout, NaN.
    """
    if batch.dtype != np.float32 or batch.ndim != 4 or batch.shape[-1] != 3:
        raise PaintError(
            f"VGG needs a float32 (N,H,W,3) batch, {batch.dtype} {batch.shape} came: preprocess it."
        )
    low, high = batch.min(axis=(0, 1, 2)), batch.max(axis=(0, 1, 2))
    in_range = np.all(low >= -MEAN_BGR - tolerance) and np.all(high <= 255 - MEAN_BGR + tolerance)
    if not in_range:
        raise PaintError(
            f"VGG needs BGR in 0–255 less the means, values from {low} to {high} came: "
            "preprocess it."
        )
