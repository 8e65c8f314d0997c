"""Untrusted bytes → an opened Pillow picture, under limits and with one kind of error."""

from __future__ import annotations

import contextlib
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO

from PIL import Image, UnidentifiedImageError, features

from images.complete import is_cut
from images.errors import ImageError
from images.limits import Limits

__all__ = ["FORMATS", "MALFORMED", "decoding", "format_of", "frames_of", "open_picture"]

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
MALFORMED = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
)
"""What Pillow's readers let through on malformed bytes."""


def open_picture(data: bytes, limits: Limits) -> Image.Image:
    """Read the header of `data` and hold it against `limits`; no pixel is decoded.

    Raises `ImageError`, also where the bytes end before the end that their format announces.
    """
    limits.check_bytes(len(data))
    picture = _open(data)
    limits.check_shape(picture.height, picture.width)
    if is_cut(data):
        raise _truncated()
    return picture


def _open(data: bytes) -> Image.Image:
    try:
        return Image.open(BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise ImageError(
            "too_large",
            "the picture's header promises more pixels than can be decoded; use a smaller copy",
        ) from error
    except MALFORMED as error:
        if is_cut(data):
            raise _truncated() from error
        raise _not_image(error) from error


@contextlib.contextmanager
def decoding() -> Iterator[None]:
    """Turn whatever Pillow raises while it decodes an opened picture into an `ImageError`."""
    try:
        yield
    except Image.DecompressionBombError as error:
        raise ImageError(
            "too_large", "a frame of the picture has too many pixels; use a smaller copy"
        ) from error
    except MALFORMED as error:
        if "truncated" in str(error) or "broken" in str(error) or isinstance(error, EOFError):
            raise _truncated() from error
        raise _not_image(error) from error


def frames_of(picture: Image.Image) -> int:
    """Count the frames, 1 where they cannot be counted, and go back to the first."""
    try:
        count = int(getattr(picture, "n_frames", 1))
        picture.seek(0)
    except MALFORMED:
        return 1
    return count


def format_of(picture: Image.Image) -> tuple[str, str]:
    """Return the format in lower case and the ending of its files: ("jpeg", ".jpg")."""
    name = _NAMES.get(picture.format or "", (picture.format or "").lower())
    return name, _EXTENSIONS.get(name, f".{name}")


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
