"""Untrusted bytes → what a picture is, every byte read but no full pixels made."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from images.colour import is_deep, is_plain, is_srgb, to_pixels
from images.dhash import Box, hash_of_luma, luma_of
from images.limits import Limits
from images.opening import decoding, format_of, frames_of, open_picture
from images.quiet import quiet_pillow
from images.turns import is_sideways, turn_of

__all__ = ["Inspected", "inspect"]

_ENOUGH = 192
"""Pixels of the shorter side that the hash is made from at least, where there are so many."""


@dataclass(frozen=True)
class Inspected:
    """What a picture is.

    `format` in lower case ("jpeg"), `extension` with its dot (".jpg"), upright `width` and
    `height`, `frames` in the file, `dhash` of the first: 16 hexadecimal digits.
    """

    format: str
    extension: str
    width: int
    height: int
    frames: int
    dhash: str


_DEFAULT = Limits()


def inspect(data: bytes, limits: Limits = _DEFAULT) -> Inspected:
    """Check untrusted `data` as `decode` does, in a fraction of its time.

    Every byte goes through the decoder, so that a picture cut short is found; a JPEG is decoded at
    a part of its size. Limits and `ImageError`s are those of `decode`; the hash differs from
    that of the full pixels in hardly a bit.
    """
    with quiet_pillow:
        picture = open_picture(data, limits)
        with decoding():
            frames = frames_of(picture)
            name, extension = format_of(picture)
            size = picture.size
            small, box = _small(picture)
            turn = turn_of(picture)
            dhash = hash_of_luma(_luma(small), box, turn)
    width, height = size[::-1] if is_sideways(turn) else size
    return Inspected(name, extension, width, height, frames, dhash)


def _small(picture: Image.Image) -> tuple[Image.Image, Box]:
    """The picture loaded and shrunk, and which part of that it fills: the last pixels may stand for
    less than the others.
    """
    # Brightness is all the hash needs, and a profile needs the colours.
    drafted = picture.draft("L" if is_srgb(picture) else None, (_ENOUGH, _ENOUGH))
    picture.load()
    _, _, width, height = drafted[1] if drafted else (0.0, 0.0, *picture.size)
    factor = min(picture.size) // _ENOUGH
    if factor < 2 or is_deep(picture):
        return picture, (0, 0, width, height)
    return _averageable(picture).reduce(factor), (0, 0, width / factor, height / factor)


def _luma(small: Image.Image) -> Image.Image:
    if small.mode == "L" and is_plain(small) and is_srgb(small):
        return small.convert("F")
    return luma_of(to_pixels(small))


def _averageable(picture: Image.Image) -> Image.Image:
    """The picture in a mode whose samples can be averaged; transparency counts by its share."""
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    if picture.mode == "1":
        return picture.convert("L")
    return picture.convert("RGB") if picture.mode == "P" else picture
