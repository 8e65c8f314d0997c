"""Untrusted bytes → pixels, under limits and always decoded to the last row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from images.colour import to_pixels
from images.errors import ImageError
from images.fitting import fit_pixels, upright
from images.limits import Limits
from images.opening import FORMATS, decoding, format_of, frames_of, open_picture
from images.quiet import quiet_pillow

__all__ = ["FORMATS", "Decoded", "decode", "load"]


@dataclass(frozen=True)
class Decoded:
    """A decoded picture.

    Upright sRGB `pixels`, float32 (H, W, 3) in [0, 1]; `format` in lower case ("jpeg", "png");
    `extension` with its dot (".jpg"); `frames` in the file, of which the first was decoded.
    """

    pixels: NDArray[np.float32]
    format: str
    extension: str
    frames: int

    @property
    def height(self) -> int:
        """Rows of the upright picture."""
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        """Columns of the upright picture."""
        return int(self.pixels.shape[1])


_DEFAULT = Limits()


def decode(data: bytes, limits: Limits = _DEFAULT, size: int | None = None) -> Decoded:
    """Decode untrusted `data` in full.

    The header is held against `limits` before a pixel is decoded. EXIF orientation is applied, ICC
    profiles are converted to sRGB, alpha is composited on white, 16-bit samples are scaled, of an
    animation the first frame is taken. With `size` the pixels come with a longer side of at most
    `size`, as `fit_shape` says, in less time and memory than it takes to resize them later: a JPEG
    is shrunk while it is decoded.
    Raises `ImageError` for bytes that are no such picture, `ValueError` for a size below 1.
    """
    if size is not None and size < 1:
        raise ValueError(f"size must be at least 1 pixel, not {size}")
    with quiet_pillow:
        picture = open_picture(data, limits)
        with decoding():
            frames = frames_of(picture)
            name, extension = format_of(picture)
            pixels = to_pixels(upright(picture)) if size is None else fit_pixels(picture, size)
    return Decoded(pixels, name, extension, frames)


def load(path: str | Path, limits: Limits = _DEFAULT, size: int | None = None) -> Decoded:
    """`decode` for the file at `path`; every `ImageError` carries the path.

    A path that cannot be read (missing, a folder, no permission) has the reason "not_image".
    """
    try:
        file = Path(path)
        limits.check_bytes(file.stat().st_size if file.is_file() else 1)
        return decode(file.read_bytes(), limits, size)
    except ImageError as error:
        raise ImageError(error.reason, f"{path}: {error}") from error
    except OSError as error:
        said = error.strerror or type(error).__name__
        raise ImageError(
            "not_image", f"{path}: cannot be read ({said}); check the path and its permissions"
        ) from error
