"""Mutated pictures of every format: a picture or an ImageError comes out, in bounded time and
memory.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms

import images
from images import ImageError, Limits, decode
from images.errors import REASONS
from tests.bounds import fuzzed, within

LIMITS = Limits(max_pixels=2_000_000)
"""Two megapixels, so that the bound on memory can be tight."""

_EDGES = (0, 1, 7, 8, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def _scene(mode: str) -> Image.Image:
    blobs = np.random.default_rng(3).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(blobs).resize((96, 72), Image.Resampling.BICUBIC).convert(mode)


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.ImageDescription] = "a harbour"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (52.0, 30.0, 0.0)
    return exif


_ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
_FRAMES: dict[str, Any] = {
    "save_all": True,
    "append_images": [Image.new("RGB", (96, 72), colour) for colour in ("red", "blue")],
}
_VARIANTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("JPEG", "RGB", {}),
    ("JPEG", "RGB", {"progressive": True, "exif": _exif(), "icc_profile": _ICC}),
    ("JPEG", "RGB", {"restart_marker_rows": 1, "comment": b"by \xff\xd9 nobody"}),
    ("JPEG", "CMYK", {"icc_profile": _ICC}),
    ("JPEG", "L", {"optimize": True}),
    ("PNG", "RGB", {"icc_profile": _ICC, "exif": _exif()}),
    ("PNG", "RGBA", {}),
    ("PNG", "P", {"transparency": 3}),
    ("PNG", "I;16", {}),
    ("PNG", "1", {}),
    ("PNG", "RGB", _FRAMES),
    ("WEBP", "RGB", {"exif": _exif(), "icc_profile": _ICC}),
    ("WEBP", "RGBA", {"lossless": True}),
    ("WEBP", "RGB", _FRAMES),
    ("GIF", "P", {"transparency": 3}),
    ("GIF", "RGB", _FRAMES),
    ("TIFF", "RGB", {"exif": _exif(), "icc_profile": _ICC}),
    ("TIFF", "RGB", {"compression": "tiff_lzw"}),
    ("TIFF", "RGB", {"compression": "jpeg"}),
    ("TIFF", "L", {"compression": "tiff_adobe_deflate"}),
    ("TIFF", "1", {"compression": "group4"}),
    ("TIFF", "F", {}),
    ("TIFF", "I;16", {}),
    ("TIFF", "RGB", _FRAMES),
    ("BMP", "RGB", {}),
    ("BMP", "P", {}),
    *((("AVIF", "RGB", {}), ("AVIF", "RGBA", {})) if "AVIF" in images.FORMATS else ()),
)


@cache
def _whole(number: int) -> bytes:
    form, mode, options = _VARIANTS[number]
    picture = _scene("L" if mode == "I;16" else mode)
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(picture).astype(np.uint16) * 257)
    out = BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


@pytest.mark.parametrize("number", range(len(_VARIANTS)))
def test_what_is_mutated_is_a_picture(number: int) -> None:
    """Every file that the fuzz starts from can be decoded."""
    assert decode(_whole(number), LIMITS).pixels.shape in ((72, 96, 3), (96, 72, 3))


# A place is drawn within the first bytes as often as anywhere: headers are where the harm is.
places = st.floats(0, 1, exclude_max=True) | st.integers(0, 120)
Place = float


def _at(data: bytearray, place: Place) -> int:
    if isinstance(place, int):
        return min(place, max(len(data) - 1, 0))
    return int(place * len(data))


def _set(place: Place, written: bytes) -> Callable[[bytearray], None]:
    def change(data: bytearray) -> None:
        at = _at(data, place)
        data[at : at + len(written)] = written

    return change


def _flip(place: Place, bit: int) -> Callable[[bytearray], None]:
    def change(data: bytearray) -> None:
        if data:
            data[_at(data, place)] ^= 1 << bit

    return change


def _cut(first: Place, second: Place) -> Callable[[bytearray], None]:
    def change(data: bytearray) -> None:
        at, end = sorted((_at(data, first), _at(data, second)))
        del data[at:end]

    return change


def _stop(place: Place) -> Callable[[bytearray], None]:
    def change(data: bytearray) -> None:
        del data[_at(data, place) :]

    return change


def _insert(place: Place, written: bytes) -> Callable[[bytearray], None]:
    def change(data: bytearray) -> None:
        at = _at(data, place)
        data[at:at] = written

    return change


def _splice(place: Place, number: int, first: Place, second: Place) -> Callable[[bytearray], None]:
    def change(data: bytearray) -> None:
        other = bytearray(_whole(number))
        at, end = sorted((_at(other, first), _at(other, second)))
        start = _at(data, place)
        data[start : start + end - at] = other[at:end]

    return change


def _repeat(place: Place, length: int, times: int) -> Callable[[bytearray], None]:
    def change(data: bytearray) -> None:
        at = _at(data, place)
        data[at:at] = data[at : at + length] * times

    return change


def _mend(data: bytearray) -> None:
    """Make the check sums of a PNG right, so that what was changed is looked at."""
    at = 8
    while data[:4] == b"\x89PNG" and at + 12 <= len(data):
        (size,) = struct.unpack_from(">I", data, at)
        end = at + 8 + size
        if end + 4 > len(data):
            return
        data[end : end + 4] = struct.pack(">I", zlib.crc32(data[at + 4 : end]))
        at = end + 4


forms = st.sampled_from(("<H", ">H", "<I", ">I"))
edges = st.builds(
    lambda form, value: struct.pack(form, value & (0xFFFF if form[1] == "H" else 0xFFFFFFFF)),
    forms,
    st.sampled_from(_EDGES) | st.integers(0, 4000),
)
changes = st.one_of(
    st.builds(_set, places, edges),
    st.builds(_set, places, st.binary(min_size=1, max_size=4)),
    st.builds(_flip, places, st.integers(0, 7)),
    st.builds(_cut, places, places),
    st.builds(_stop, places),
    st.builds(_insert, places, st.binary(min_size=1, max_size=24) | edges),
    st.builds(_splice, places, st.integers(0, len(_VARIANTS) - 1), places, places),
    st.builds(_repeat, places, st.integers(1, 200), st.integers(1, 40)),
    st.just(_mend),
)


class Mutant(bytes):
    """The bytes of a file, too many to be printed: the decorator that a failure names has them."""

    def __repr__(self) -> str:
        return f"<{len(self)} bytes that begin with {self[:40]!r}>"


@st.composite
def mutants(draw: st.DrawFn) -> Mutant:
    """A picture after one to six changes."""
    data = bytearray(_whole(draw(st.integers(0, len(_VARIANTS) - 1))))
    for change in draw(st.lists(changes, min_size=1, max_size=6)):
        change(data)
    if draw(st.booleans()):
        _mend(data)
    return Mutant(data)


def outcome(look: Callable[[], Any]) -> Any:
    """What `look` returns within its bounds, or the reason word of its ImageError."""
    try:
        return within(look)
    except ImageError as error:
        refused = error
    assert refused.reason in REASONS
    assert len(str(refused)) > 20
    assert "\n" not in str(refused)
    return refused.reason


@fuzzed
@given(mutants())
def test_decoding_mutated_pictures(batch: int, data: Mutant) -> None:
    """Finite pixels in [0, 1] within the limits, or an ImageError."""
    got = outcome(lambda: decode(data, LIMITS))
    event(got if isinstance(got, str) else "decoded")
    if isinstance(got, str):
        return
    assert got.pixels.dtype == np.float32
    assert got.pixels.shape == (got.height, got.width, 3)
    assert LIMITS.min_side <= min(got.height, got.width)
    assert got.height * got.width <= LIMITS.max_pixels
    assert np.isfinite(got.pixels).all()
    assert 0 <= got.pixels.min() <= got.pixels.max() <= 1
    assert got.frames >= 1
    assert got.format.upper() in images.FORMATS


@fuzzed
@given(mutants())
def test_inspecting_mutated_pictures(batch: int, data: Mutant) -> None:
    """Looking at a picture says what decoding it says: the same reason, or the same shape."""
    seen = outcome(lambda: images.inspect(data, LIMITS))
    got = outcome(lambda: decode(data, LIMITS))
    event(seen if isinstance(seen, str) else "inspected")
    if isinstance(seen, str) or isinstance(got, str):
        assert seen == got
        return
    for name in ("format", "extension", "width", "height", "frames"):
        assert getattr(seen, name) == getattr(got, name), name
    assert len(seen.dhash) == 16
    assert set(seen.dhash) <= set("0123456789abcdef")
