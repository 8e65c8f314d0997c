"""Untrusted bytes → pixels, under limits and always decoded to the last row."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError, features

from images.colour import to_pixels
from images.complete import is_cut
from images.errors import ImageError
from images.limits import Limits
from images.quiet import quiet_pillow

__all__ = ["FORMATS", "Decoded", "decode", "load"]

FORMATS = (
    "JPEG",
    "PNG",
    "WEBP",
    "GIF",
    "TIFF",
    "BMP",
    *(["AVIF"] if features.check("avif") else []),
)
"""The formats that Pillow may try; its defaults would run Ghostscript on EPS."""

_NAMES = {"MPO": "jpeg"}
_EXTENSIONS = {"jpeg": ".jpg", "tiff": ".tif"}
# What Pillow's readers let through on malformed bytes, besides OSError.
_MALFORMED = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    EOFError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
)
_ORIENTATIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


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


def decode(data: bytes, limits: Limits = _DEFAULT) -> Decoded:
    """Decode untrusted `data` in full.

    The header is held against `limits` before a pixel is decoded. EXIF orientation is applied, ICC
    profiles are converted to sRGB, alpha is composited on white, 16-bit samples are scaled, of an
    animation the first frame is taken. Raises `ImageError`, and nothing else, for bytes that are no
    such picture.
    """
    limits.check_bytes(len(data))
    with quiet_pillow:
        picture = _open(data)
        limits.check_shape(picture.height, picture.width)
        if is_cut(data):
            raise _truncated()
        return _decoded(picture)


def load(path: Path, limits: Limits = _DEFAULT) -> Decoded:
    """`decode` for the file at `path`; every `ImageError` carries the path.

    A path that cannot be read (missing, a folder, no permission) has the reason "not_image".
    """
    try:
        limits.check_bytes(path.stat().st_size if path.is_file() else 1)
        return decode(path.read_bytes(), limits)
    except ImageError as error:
        raise ImageError(error.reason, f"{path}: {error}") from error
    except OSError as error:
        said = error.strerror or type(error).__name__
        raise ImageError(
            "not_image", f"{path}: cannot be read ({said}); check the path and its permissions"
        ) from error


def _open(data: bytes) -> Image.Image:
    try:
        return Image.open(BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise ImageError(
            "too_large",
            "the picture's header promises more pixels than can be decoded; use a smaller copy",
        ) from error
    except _MALFORMED as error:
        if is_cut(data):
            raise _truncated() from error
        raise _not_image(error) from error


def _decoded(picture: Image.Image) -> Decoded:
    try:
        frames = _frames(picture)
        picture.load()
        pixels = to_pixels(_upright(picture))
    except Image.DecompressionBombError as error:
        raise ImageError(
            "too_large", "a frame of the picture has too many pixels; use a smaller copy"
        ) from error
    except _MALFORMED as error:
        if "truncated" in str(error) or "broken" in str(error) or isinstance(error, EOFError):
            raise _truncated() from error
        raise _not_image(error) from error
    name = _NAMES.get(picture.format or "", (picture.format or "").lower())
    return Decoded(pixels, name, _EXTENSIONS.get(name, f".{name}"), frames)


def _frames(picture: Image.Image) -> int:
    try:
        count = int(getattr(picture, "n_frames", 1))
        picture.seek(0)
    except _MALFORMED:
        return 1
    return count


def _upright(picture: Image.Image) -> Image.Image:
    try:
        turn = _ORIENTATIONS.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except _MALFORMED:
        return picture
    if turn is None:
        return picture
    # A turned copy keeps `info`: the profile and the transparent colour are still needed.
    return picture.transpose(turn)


def _truncated() -> ImageError:
    return ImageError(
        "truncated", "the picture breaks off before its end; download or copy it again"
    )


def _not_image(error: Exception) -> ImageError:
    known = ", ".join(FORMATS)
    what = (
        "the bytes are no picture"
        if isinstance(error, UnidentifiedImageError)
        else "the picture is damaged"
    )
    return ImageError(
        "not_image", f"{what} in a format that is read here ({known}); use another file"
    )
