"""A perceptual hash: pictures that look alike have hashes that differ in few bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from images.turns import is_sideways

__all__ = ["Box", "difference_hash", "hash_of_luma", "luma_of"]

Box = tuple[float, float, float, float]
"""Left, upper, right and lower border in pixels, which may lie inside a pixel."""

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)

_GAP = 6.0
"""How many times larger than 9×8 the picture is averaged to before Lanczos.

With 3 the averages' borders show: the same picture at a quarter of its size changed up to 6 bits.
"""


def difference_hash(pixels: NDArray[np.float32]) -> str:
    """Return 16 hexadecimal digits: for 8×8 places, whether the picture grows brighter to the
    right.

    `pixels` is float (H, W, 3) in [0, 1]. The luma is rounded to 8 bits first, so that a flat
    picture hashes to zeros instead of to rounding noise.
    """
    return hash_of_luma(luma_of(pixels), (0, 0, pixels.shape[1], pixels.shape[0]))


def hash_of_luma(luma: Image.Image, box: Box, turn: Image.Transpose | None = None) -> str:
    """Return the difference hash of what lies in `box` of `luma` once `turn` is applied.

    `luma` is a picture of mode F with levels of 0 to 255.
    """
    size = (8, 9) if is_sideways(turn) else (9, 8)
    small = luma.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=_GAP)
    upright = np.asarray(small if turn is None else small.transpose(turn))
    levels = np.round(np.clip(upright, 0, 255)).astype(np.int16)
    bits = (levels[:, 1:] > levels[:, :-1]).ravel()
    return bytes(np.packbits(bits)).hex()


def luma_of(pixels: NDArray[np.float32]) -> Image.Image:
    """Return the brightness of `pixels`, float (H, W, 3) in [0, 1], for `hash_of_luma`."""
    return Image.fromarray(np.asarray(pixels, np.float32) @ (_LUMA * np.float32(255)))
