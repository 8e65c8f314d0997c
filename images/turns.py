"""The eight ways a camera may have been held."""

from __future__ import annotations

from PIL import ExifTags, Image

from images.opening import MALFORMED

__all__ = ["is_sideways", "turn_of"]

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def turn_of(picture: Image.Image) -> Image.Transpose | None:
    """Return the turn that makes the loaded `picture` upright, by its EXIF orientation, if any.

    A corrupt one asks for nothing; that of a TIFF has been applied by loading it.
    """
    try:
        return _TURNS.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except MALFORMED:
        return None


def is_sideways(turn: Image.Transpose | None) -> bool:
    """Tell whether `turn` exchanges width and height."""
    return turn in (_TURNS[5], _TURNS[6], _TURNS[7], _TURNS[8])
