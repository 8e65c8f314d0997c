"""Rows 29–45: bytes that are no picture, too much of one, or one that takes care to read."""

from __future__ import annotations

import logging
import struct
import tracemalloc
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms

from images import decode, encode_png
from tests.scraping.catalogue.pictures import chunk, encoded, photo, png_of, scene
from tests.scraping.catalogue.rows import Row, catalogued
from tests.scraping.catalogue.web import BAD, Answer, Web

HTML = b"<!doctype html><title>Sign in</title><p>Please sign in to see this photo."
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"/>'
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n(/etc/passwd) (r) file\nshowpage\n"
COMMENT = b"\xff\xfe\0\x0athumb\xff\xd9\0"


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def fixed(pixels: Any, mode: str = "RGB") -> Image.Image:
    return Image.new(mode, (96, 80), pixels)


@catalogued(
    Row(29, "R", "HTML served as image/jpeg", "not_image", HTML),
    Row(30, "R", "SVG named .jpg", "not_image", SVG),
    Row(31, "R", "EPS bytes", "not_image", EPS, "no Ghostscript is started"),
    Row(33, "R", "a JPEG cut in half", "truncated", half(photo(1)), "Pillow's verify passes it"),
    Row(33, "R", "a progressive JPEG cut", "truncated", half(photo(1, progressive=True))),
    Row(33, "R", "a PNG cut in half", "truncated", half(photo(1, "PNG"))),
    Row(33, "R", "a WebP cut in half", "truncated", half(photo(1, "WEBP"))),
    Row(34, "R", "a JPEG without its end marker", "truncated", photo(1)[:-2]),
    Row(34, "R", "the same, an end marker in a comment", "truncated", None),
    Row(37, "R", "50000 × 1 pixels", "aspect", png_of(50_000, 1, b"\0" * 50_001)),
    Row(38, "R", "a picture of one pixel", "too_small", encoded(Image.new("RGB", (1, 1)), "GIF")),
    Row(38, "R", "a picture of 0 × 0 pixels", "not_image", png_of(0, 0)),
)
def test_bytes_that_are_refused(row: Row, net: Web) -> None:
    """Its word, the hash of what came, no file; and the same bytes are not asked for again."""
    whole = photo(1)
    data = row.setup or whole[:2] + COMMENT + whole[2:-2]
    net.has(BAD, Answer(data))
    outcome = net.visit(BAD)
    assert outcome.words == row.words
    assert len(outcome.row.sha256) == 64
    assert net.scrape(outcome.every).words == row.words
    assert len(net.times(BAD)) == 1


@catalogued(
    Row(35, "R", "a PNG header of 12000 × 12000", "too_large", 12_000, "before anything is loaded"),
    Row(36, "R", "a PNG header of 20000 × 20000", "too_large", 20_000, "Pillow would raise"),
    Row(36, "R", "a PNG header of 2³¹ − 1 squared", "too_large", 2**31 - 1),
)
def test_a_header_that_promises_too_much(row: Row, net: Web) -> None:
    """Refused by our own cap: neither an exception, nor a warning, nor memory."""
    net.has(BAD, Answer(png_of(row.setup, row.setup)))
    tracemalloc.start()
    try:
        outcome = net.visit(BAD)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert outcome.words == row.words
    assert peak < 20_000_000


@catalogued(
    Row(32, "R", "a PNG named .jpg", "taken", ("PNG", ".png"), "the ending is the decoder's"),
    Row(32, "R", "a WebP named .jpg", "taken", ("WEBP", ".webp"), "the ending is the decoder's"),
)
def test_the_ending_of_the_file(row: Row, net: Web) -> None:
    """Neither the address nor the announced type is believed."""
    form, ending = row.setup
    net.has(BAD, Answer(photo(1, form)))
    outcome = net.visit(BAD)
    assert outcome.words == row.words
    assert outcome.row.file.endswith(ending)


def animation(form: str) -> bytes:
    frames = [fixed(colour) for colour in ("red", "lime", "blue")]
    return encoded(frames[0], form, save_all=True, append_images=frames[1:], duration=100)


@catalogued(
    Row(39, "R", "an animated GIF", "taken", "GIF", "its first frame; the count is in the row"),
    Row(39, "R", "an animated WebP", "taken", "WEBP", "its first frame; the count is in the row"),
)
def test_an_animation(row: Row, net: Web, caplog: pytest.LogCaptureFixture) -> None:
    """The first frame is the photo; how many there are is said in the row or in the log."""
    net.has(BAD, Answer(animation(row.setup)))
    with caplog.at_level(logging.INFO):
        outcome = net.visit(BAD)
    assert outcome.words == row.words
    assert decode(outcome.data(outcome.row)).pixels[40, 40].argmax() == 0
    assert "3 frames" in f"{outcome.row.detail} {caplog.text}"


def deep_grey() -> bytes:
    ramp = np.linspace(0, 65_535, 96 * 80).astype(np.uint16).reshape(80, 96)
    return encoded(Image.fromarray(ramp), "PNG")


def turned() -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    return encoded(scene(1), exif=exif)


def swapped_profile() -> bytes:
    """A valid profile, sRGB's own with its red and blue primaries exchanged."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack_from(">I", profile, 128)[0]
    at = {bytes(profile[132 + 12 * i : 136 + 12 * i]): 136 + 12 * i for i in range(count)}
    red, blue = (slice(at[name], at[name] + 8) for name in (b"rXYZ", b"bXYZ"))
    profile[red], profile[blue] = profile[blue], profile[red]
    return bytes(profile)


def with_corrupt_exif() -> bytes:
    return encoded(scene(1), exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\xff" * 40)


def with_wild_chunk() -> bytes:
    data = photo(1, "PNG")
    return data[:33] + chunk(b"iCCP", b"x\0\0garbage") + data[33:]


def check_size(width: int, height: int) -> Callable[[NDArray[np.float32]], None]:
    def check(pixels: NDArray[np.float32]) -> None:
        assert pixels.shape == (height, width, 3)

    return check


def check_colour(*colour: float, tolerance: float = 0.03) -> Callable[[NDArray[np.float32]], None]:
    def check(pixels: NDArray[np.float32]) -> None:
        np.testing.assert_allclose(pixels[40, 40], colour, atol=tolerance)

    return check


def check_grey(pixels: NDArray[np.float32]) -> None:
    assert pixels.mean() == pytest.approx(0.5, abs=0.01)
    assert len(np.unique(pixels)) > 5000


def not_numbers() -> bytes:
    ramp = np.linspace(0, 1, 96 * 80, dtype=np.float32).reshape(80, 96)
    ramp.view(np.uint32)[0, :3] = (0x7F800001, 0x7FC00000, 0x7F800000)
    return encoded(Image.fromarray(ramp), "TIFF")


TEAL = (0, 128, 128)
NO_PROFILE = encoded(fixed(TEAL), "PNG", icc_profile=b"no profile at all")


@catalogued(
    Row(
        40,
        "R",
        "a CMYK JPEG",
        "taken",
        (lambda: encoded(fixed((255, 0, 0, 0), "CMYK")), check_colour(0, 1, 1)),
        "RGB",
    ),
    Row(41, "R", "a 16-bit grey PNG", "taken", (deep_grey, check_grey), "scaled, not clipped"),
    Row(
        42,
        "R",
        "a transparent RGBA PNG",
        "taken",
        (lambda: encoded(fixed((255, 0, 0, 51), "RGBA"), "PNG"), check_colour(1, 0.8, 0.8)),
        "composited on white",
    ),
    Row(43, "R", "EXIF orientation 6", "taken", (turned, check_size(80, 96)), "upright"),
    Row(44, "R", "corrupt EXIF", "taken", (with_corrupt_exif, check_size(96, 80)), "pixels kept"),
    Row(
        44,
        "R",
        "a corrupt ICC profile",
        "taken",
        (lambda: NO_PROFILE, check_colour(0, 0.502, 0.502, tolerance=0.002)),
        "pixels kept",
    ),
    Row(
        44,
        "R",
        "a float TIFF with signalling NaN, NaN and infinity",
        "taken",
        (not_numbers, check_size(96, 80)),
        "no warning",
    ),
    Row(44, "R", "a broken iCCP chunk", "taken", (with_wild_chunk, check_size(96, 80))),
    Row(
        45,
        "R",
        "a wide-gamut profile",
        "taken",
        (
            lambda: encoded(fixed("red"), "PNG", icc_profile=swapped_profile()),
            check_colour(0, 0, 1),
        ),
        "converted to sRGB",
    ),
)
def test_a_picture_that_takes_care(row: Row, net: Web) -> None:
    """It is taken; decoded it is upright, sRGB and opaque, and the row has its upright size."""
    make, check = row.setup
    net.has(BAD, Answer(make()))
    outcome = net.visit(BAD)
    assert outcome.words == row.words
    pixels = decode(outcome.data(outcome.row)).pixels
    check(pixels)
    assert (outcome.row.height, outcome.row.width) == pixels.shape[:2]


@catalogued(Row(45, "R", "GPS tags", "taken", (52.5, 13.4), "gone from what is made of the photo"))
def test_where_a_photo_was_shot(row: Row, net: Web) -> None:
    """Encoded again, as every later stage does, the picture tells no place."""
    exif = Image.Exif()
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitude], place[ExifTags.GPS.GPSLongitude] = row.setup
    data = encoded(scene(1), exif=exif)
    assert Image.open(BytesIO(data)).getexif().get_ifd(ExifTags.IFD.GPSInfo)
    net.has(BAD, Answer(data))
    outcome = net.visit(BAD)
    assert outcome.words == row.words
    made = Image.open(BytesIO(encode_png(decode(outcome.data(outcome.row)).pixels)))
    assert not made.getexif()
    assert "exif" not in made.info
