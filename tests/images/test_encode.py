"""Pixels become files that hold their provenance and nothing else."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import ExifTags, Image

from images import (
    ImageError,
    decode,
    difference_hash,
    encode_jpeg,
    encode_png,
    read_provenance,
    resize,
    thumbnail,
)

keys = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=79)
records = st.dictionaries(keys, st.text(max_size=60), max_size=5)
FLAT = np.full((64, 64, 3), 0.5, np.float32)


def photo(height: int = 96, width: int = 128) -> NDArray[np.float32]:
    rough = np.random.default_rng(3).random((6, 8, 3), np.float32)
    return resize(rough, height, width)


def test_png_round_trip_is_exact_in_8_bits() -> None:
    """Every one of the 256 levels comes back; values between are rounded to the nearest."""
    levels = np.arange(256, dtype=np.float32).repeat(48).reshape(64, 64, 3) / 255
    np.testing.assert_array_equal(decode(encode_png(levels)).pixels, levels)
    odd = decode(encode_png(np.full((64, 64, 3), 100.6 / 255, np.float32))).pixels
    np.testing.assert_allclose(odd, 101 / 255, atol=1e-6)


def test_out_of_range_values_are_clipped() -> None:
    """−1 is black and 2 is white; nothing wraps around."""
    for value, wanted in ((-1.0, 0.0), (2.0, 1.0)):
        for write in (encode_png, encode_jpeg):
            got = decode(write(np.full((64, 64, 3), value, np.float32))).pixels
            np.testing.assert_allclose(got, wanted, atol=0.01)


@settings(max_examples=40, deadline=None)
@given(record=records)
def test_provenance_round_trip(record: dict[str, str]) -> None:
    """Commas, quotes, newlines, NUL, Unicode: what went in comes out, from PNG and from JPEG."""
    assert read_provenance(encode_png(FLAT, record)) == record
    assert read_provenance(encode_jpeg(FLAT, record)) == record


def test_a_long_provenance() -> None:
    """A PNG holds a loss trace with room to spare; a JPEG says when it cannot."""
    record = {"atelier": "[1, 2.5], " * 20_000}
    assert read_provenance(encode_png(FLAT, record)) == record
    with pytest.raises(ValueError, match="write a PNG"):
        encode_jpeg(FLAT, record)


@pytest.mark.parametrize("key", ["", "k" * 80, "ключ", "a\0b"])
def test_png_refuses_keys_it_cannot_hold(key: str) -> None:
    """A key of another form is an error here, not a broken chunk later."""
    with pytest.raises(ValueError, match="1–79"):
        encode_png(FLAT, {key: "x"})


def test_nothing_else_is_inside() -> None:
    """Row 45: no profile, no EXIF, no GPS, no gamma: untagged sRGB."""
    for data in (encode_png(FLAT, {"a": "b"}), encode_jpeg(FLAT, {"a": "b"})):
        with Image.open(BytesIO(data)) as picture:
            assert picture.mode == "RGB"
            assert not picture.getexif()
            assert {"icc_profile", "exif", "gamma", "xmp", "dpi"}.isdisjoint(picture.info)


def test_a_tagged_picture_is_stripped_on_the_way_through() -> None:
    """GPS and camera of the source do not reach the output."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SecretCamera"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    out = BytesIO()
    Image.new("RGB", (64, 64)).save(out, "JPEG", exif=exif)
    assert b"SecretCamera" in out.getvalue()
    pixels = decode(out.getvalue()).pixels
    assert b"SecretCamera" not in encode_jpeg(pixels) + encode_png(pixels)


def test_jpeg_keeps_full_colour_resolution() -> None:
    """4:4:4: one-pixel colour stripes survive, and the quality is high."""
    stripes = np.zeros((64, 64, 3), np.float32)
    stripes[:, ::2, 0] = 1
    stripes[:, 1::2, 2] = 1
    got = decode(encode_jpeg(stripes)).pixels
    assert np.abs(got - stripes).max() < 0.2
    assert np.abs(decode(encode_jpeg(photo())).pixels - photo()).mean() < 0.01


def test_read_provenance_of_other_files() -> None:
    """A picture without provenance has {}, other people's comments are none, text is no picture."""
    assert read_provenance(encode_png(FLAT)) == {}
    for comment in (b"made with a camera", b"[1, 2]", b"\xff\xfe"):
        out = BytesIO()
        Image.new("RGB", (8, 8)).save(out, "JPEG", comment=comment)
        assert read_provenance(out.getvalue()) == {}
    with pytest.raises(ImageError, match="no picture"):
        read_provenance(b"hello")


def test_thumbnail() -> None:
    """A small JPEG, longer side `size`, never enlarged."""
    small = decode(thumbnail(photo(300, 400), 200))
    assert (small.height, small.width, small.format) == (150, 200, "jpeg")
    assert decode(thumbnail(photo(70, 90), 200)).width == 90


def distance(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def test_difference_hash() -> None:
    """Row 47: a re-encoded, shrunk copy is near; another picture is far; flat is all zeros."""
    pixels = photo(300, 400)
    copy = decode(encode_jpeg(resize(pixels, 90, 120), quality=60)).pixels
    other = np.ascontiguousarray(pixels[:, ::-1])
    assert len(difference_hash(pixels)) == 16
    assert distance(difference_hash(pixels), difference_hash(copy)) <= 3
    assert distance(difference_hash(pixels), difference_hash(other)) > 16
    assert difference_hash(FLAT) == "0" * 16
    ramp = np.broadcast_to(np.linspace(0, 1, 90, dtype=np.float32)[None, :, None], (80, 90, 3))
    assert difference_hash(ramp) == "f" * 16
