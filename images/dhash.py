"""A perceptual hash: pictures that look alike have hashes that differ in few bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from images.resize import resize

__all__ = ["difference_hash"]

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def difference_hash(pixels: NDArray[np.float32]) -> str:
    """Return 16 hexadecimal digits: for 8×8 places, whether the picture grows brighter to the
    right.

    `pixels` is float (H, W, 3) in [0, 1]. The luma is rounded to 8 bits first, so that a flat
    picture hashes to zeros instead of to rounding noise.
    """
    luma = resize(pixels, 8, 9) @ _LUMA
    levels = np.round(luma * 255).astype(np.int16)
    bits = (levels[:, 1:] > levels[:, :-1]).ravel()
    return bytes(np.packbits(bits)).hex()
