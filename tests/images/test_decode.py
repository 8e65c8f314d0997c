"""Untrusted bytes become upright sRGB float pixels, or an ImageError with a reason word."""

from __future__ import annotations

import struct
import threading
import warnings
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

import images
from images import Decoded, ImageError, Inspected, Limits, decode, inspect, load
from images.errors import REASONS

RNG = np.random.default_rng(7)


def scene(height: int = 80, width: int = 120) -> Image.Image:
    """A smooth picture whose corners differ, so that every turn shows."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [x / width * 255, y / height * 255, (x + y) / (width + height) * 128]
    return Image.fromarray(np.stack(planes, axis=-1).astype(np.uint8))


def saved(picture: Image.Image, form: str, **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def reason(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(ImageError) as caught:
        decode(data, limits or Limits())
    assert len(str(caught.value)) > 20
    assert "\n" not in str(caught.value)
    assert caught.value.reason in REASONS
    with pytest.raises(ImageError) as inspected:
        inspect(data, limits or Limits())
    assert (inspected.value.reason, str(inspected.value)) == (
        caught.value.reason,
        str(caught.value),
    )
    return caught.value.reason


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("form", images.FORMATS)
def test_every_format_decodes_to_float_rgb(form: str) -> None:
    """float32 (H, W, 3) in [0, 1], close to what was saved; the decoder names the format."""
    got = decode(saved(scene(), form))
    assert got.pixels.dtype == np.float32
    assert got.pixels.shape == (80, 120, 3)
    assert (got.height, got.width, got.frames) == (80, 120, 1)
    assert 0 <= got.pixels.min() <= got.pixels.max() <= 1
    assert np.abs(got.pixels - np.asarray(scene()) / 255).mean() < 0.04
    assert got.format == form.lower()
    assert got.extension == {"JPEG": ".jpg", "TIFF": ".tif"}.get(form, f".{form.lower()}")


def test_lossless_pixels_are_exact() -> None:
    """A PNG's 8-bit values come back as value / 255, exactly."""
    noise = RNG.integers(0, 256, (70, 90, 3), dtype=np.uint8)
    got = decode(saved(Image.fromarray(noise), "PNG"))
    np.testing.assert_array_equal(got.pixels, noise.astype(np.float32) / np.float32(255))


def test_empty_bytes() -> None:
    """No bytes at all are "empty"."""
    assert reason(b"") == "empty"


@pytest.mark.parametrize(
    "data",
    [
        b"<html><body>Not found</body></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg' width='100' height='100'/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\nshowpage\n",
        b"\0" * 500,
        bytes(range(256)),
    ],
)
def test_what_is_no_picture(data: bytes) -> None:
    """HTML, SVG, EPS (29–31) and noise are "not_image"; nothing is run to find out."""
    assert reason(data) == "not_image"


@pytest.mark.parametrize("form", images.FORMATS)
@pytest.mark.parametrize("part", [0.3, 0.5, 0.9])
def test_a_picture_cut_short_is_truncated(form: str, part: float) -> None:
    """Any format cut in the middle (33) is "truncated", though Pillow's verify would pass some."""
    noise = Image.fromarray(RNG.integers(0, 256, (100, 100, 3), dtype=np.uint8))
    data = saved(noise, form)
    assert reason(data[: int(len(data) * part)]) == "truncated"


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
def test_a_jpeg_without_its_end_marker_is_truncated(options: dict[str, Any]) -> None:
    """Row 34: all scan lines are there but the end marker is not; and bytes after it do no harm."""
    data = saved(scene(), "JPEG", **options)
    assert data.endswith(b"\xff\xd9")
    assert reason(data[:-2]) == "truncated"
    assert decode(data + b"\0trailing\xff\xd8\xff").width == 120


def test_the_end_marker_of_an_embedded_thumbnail_does_not_count() -> None:
    """A thumbnail inside the EXIF block ends with FFD9 too; the picture around it is still cut."""
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = "x\xff\xd9"
    data = saved(scene(), "JPEG", exif=exif, comment=b"thumb \xff\xd8 \xff\xd9 inside")
    assert reason(data[:-2]) == "truncated"


def test_a_png_without_its_end_chunk_is_truncated() -> None:
    """IEND missing means that the download broke off."""
    assert reason(saved(scene(), "PNG")[:-12]) == "truncated"


def test_a_palette_png_without_its_palette_is_damaged() -> None:
    """Transparent by a colour of the palette that is not there: Pillow asserts that it is."""
    picture = scene(80, 80).quantize(8)
    whole = saved(picture, "PNG", transparency=3)
    at = whole.index(b"PLTE")
    end = at + 8 + int.from_bytes(whole[at - 4 : at])
    assert reason(whole[: at - 4] + whole[end:]) == "not_image"


def test_load_truncated_images_is_never_switched_on() -> None:
    """The process-wide switch of Pillow that paints half pictures stays off."""
    from PIL import ImageFile

    decode(saved(scene(), "JPEG"))
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


@pytest.mark.parametrize("side", [12_000, 20_000, 60_000])
def test_the_pixel_cap_holds_before_anything_is_loaded(side: int) -> None:
    """Rows 35 and 36: a header that promises too much is refused, and no warning escapes."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert reason(png_header(side, side)) == "too_large"
    assert seen == []


def test_limits_on_bytes_sides_and_aspect() -> None:
    """Rows 37 and 38: each limit has its reason word."""
    assert reason(saved(scene(), "PNG"), Limits(max_bytes=100)) == "too_large"
    assert reason(png_header(20_000, 1)) == "aspect"
    assert reason(saved(Image.new("RGB", (1, 1)), "PNG")) == "too_small"
    assert reason(saved(scene(63, 100), "PNG")) == "too_small"
    assert decode(saved(scene(64, 64), "PNG")).width == 64
    assert decode(saved(scene(64, 640), "PNG")).width == 640
    assert reason(saved(scene(64, 641), "PNG")) == "aspect"


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_taken(form: str) -> None:
    """Row 39: the first frame, and how many there are."""
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "lime", "blue")]
    options = {"lossless": True} if form == "WEBP" else {}
    got = decode(saved(frames[0], form, save_all=True, append_images=frames[1:], **options))
    assert got.frames == 3
    np.testing.assert_allclose(got.pixels.mean((0, 1)), [1, 0, 0], atol=0.01)


def test_a_gif_cut_after_its_first_frame_still_gives_that_frame() -> None:
    """The count of frames may fail without losing the picture."""
    frames = [Image.fromarray(RNG.integers(0, 256, (64, 64, 3), dtype=np.uint8)) for _ in range(3)]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert decode(data[: int(len(data) * 0.8)]).pixels.shape == (64, 64, 3)


@pytest.mark.parametrize(
    "exif",
    [
        b"Exif\0\0garbage",
        b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\xff" * 40,
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x63\0\0\0\0\0\0",
    ],
)
def test_corrupt_exif_keeps_the_pixels(exif: bytes) -> None:
    """Row 44: neither an exception nor a warning, and no turn."""
    assert decode(saved(scene(), "JPEG", exif=exif)).pixels.shape == (80, 120, 3)


def test_load_names_the_path(tmp_path: Path) -> None:
    """Messages of `load` carry the path: text as photo, missing file, folder, a file too large."""
    text = tmp_path / "notes.txt"
    text.write_text("shopping list")
    for path in (text, tmp_path / "missing.jpg", tmp_path):
        with pytest.raises(ImageError, match=str(path)) as caught:
            load(path)
        assert caught.value.reason == "not_image"
    picture = tmp_path / "a.png"
    picture.write_bytes(saved(scene(), "PNG"))
    assert load(picture).format == load(str(picture)).format == "png"
    with pytest.raises(ImageError, match=str(picture)) as caught:
        load(picture, Limits(max_bytes=10))
    assert caught.value.reason == "too_large"


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damaged_bytes_never_raise_anything_else(data: st.DataObject) -> None:
    """Whatever bytes are changed or cut, the outcome is a picture or an ImageError, of `inspect`
    too, and the same one."""
    form = data.draw(st.sampled_from(images.FORMATS))
    whole = bytearray(saved(scene(64, 64), form))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    decoded, inspected = outcome(decode, cut), outcome(inspect, cut)
    assert decoded == inspected
    assert isinstance(decoded, tuple) or decoded in REASONS


def outcome(read: Callable[[bytes], Decoded | Inspected], data: bytes) -> object:
    """What reading `data` comes to: the reason word, or format, shape and frames."""
    try:
        got = read(data)
    except ImageError as error:
        return error.reason
    return got.format, got.height, got.width, got.frames


def test_decoding_in_threads_leaves_the_warning_filters_alone() -> None:
    """Warnings are held back while decoding only, whatever the threads do."""
    before = list(warnings.filters)
    data = saved(scene(), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\xff" * 40)
    threads = [threading.Thread(target=decode, args=(data,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(warnings.filters) == before
