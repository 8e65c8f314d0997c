"""Untrusted bytes → a small JPEG of them, with little work where the file's samples have 8 bits."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image

from images.colour import levels_of, to_levels
from images.fitting import upright
from images.limits import Limits
from images.opening import decoding, frames_of, open_picture
from images.quiet import quiet_pillow
from images.resize import fit_shape, resize

__all__ = ["small_copy"]

_DEFAULT = Limits()


def small_copy(data: bytes, size: int, limits: Limits = _DEFAULT) -> bytes:
    """Return a JPEG of untrusted `data`, at most `size` pixels on its longer side.

    What `thumbnail` makes of the decoded pixels, in about half the time; the file is smaller,
    since its colours have half the resolution. Raises `ImageError` for bytes that are no picture.
    """
    with quiet_pillow:
        picture = open_picture(data, limits)
        with decoding():
            frames_of(picture)
            levels = to_levels(upright(picture, size))
    shape = fit_shape(levels.shape[0], levels.shape[1], size)
    if levels.shape[:2] != shape:
        levels = levels_of(resize(levels.astype(np.float32) / np.float32(255), *shape))
    out = BytesIO()
    Image.fromarray(levels).save(out, "JPEG", quality=85)
    return out.getvalue()
