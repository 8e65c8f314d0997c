"""`inspect` tells what `decode` would, without making the pixels."""

from __future__ import annotations

import struct
import time
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms

import images
from images import Inspected, Limits, decode, difference_hash, inspect, resize

RNG = np.random.default_rng(11)


def landscape(height: int, width: int, seed: int = 0) -> Image.Image:
    """A picture with shapes large and small, like a photo's."""
    rng = np.random.default_rng(seed)
    pixels = np.zeros((height, width, 3), np.float32)
    for cells, weight in ((4, 0.5), (16, 0.3), (64, 0.2)):
        pixels += weight * resize(rng.random((cells, cells, 3), np.float32), height, width)
    return Image.fromarray(np.round(pixels * 255).astype(np.uint8))


def saved(picture: Image.Image, form: str, **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def agrees(data: bytes, bits: int = 2) -> Inspected:
    """`inspect` says what `decode` says, and the hashes differ in at most `bits`."""
    told, full = inspect(data), decode(data)
    got = (told.format, told.extension, told.height, told.width, told.frames)
    assert got == (full.format, full.extension, full.height, full.width, full.frames)
    assert (int(told.dhash, 16) ^ int(difference_hash(full.pixels), 16)).bit_count() <= bits
    return told


@pytest.mark.parametrize("form", images.FORMATS)
@pytest.mark.parametrize("shape", [(64, 64), (130, 129), (400, 601), (800, 1200)])
def test_it_agrees_with_decoding_in_full(form: str, shape: tuple[int, int]) -> None:
    """Format, ending, sides, frames and hash, whatever the format and the size."""
    agrees(saved(landscape(*shape), form))


@pytest.mark.parametrize("options", [{"progressive": True}, {"quality": 40}, {"subsampling": 0}])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_it_agrees_on_every_kind_of_jpeg(options: dict[str, Any], mode: str) -> None:
    """Progressive, coarse, without subsampling; grey and for print."""
    agrees(saved(landscape(600, 900).convert(mode), "JPEG", **options))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_it_agrees_in_every_mode(mode: str) -> None:
    """Samples that must not be averaged as they are (palettes, alpha, deep grey) are not."""
    picture = landscape(400, 600)
    if mode == "I;16":
        deep = np.asarray(picture.convert("L"), np.uint16) * 257
        picture = Image.fromarray(deep)
    elif mode in ("LA", "RGBA"):
        picture.putalpha(landscape(400, 600, seed=1).convert("L"))
        picture = picture.convert(mode)
    agrees(saved(picture.convert(mode), "PNG"))


def test_transparent_entries_of_a_palette_and_keys_are_white() -> None:
    """A hidden colour does not show in the hash."""
    steps = np.zeros((400, 800), np.uint8)
    steps[:, 400:] = 1
    palette = Image.fromarray(steps).convert("P")
    palette.putpalette([0, 0, 0, 250, 250, 250])
    white_left = agrees(saved(palette, "PNG", transparency=0), 0).dhash
    assert white_left != agrees(saved(palette, "PNG"), 0).dhash
    agrees(saved(palette.convert("RGB"), "PNG", transparency=(0, 0, 0)), 0)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("shape", [(500, 740), (386, 385)])
def test_sides_and_hash_are_of_the_upright_picture(
    form: str, orientation: int, shape: tuple[int, int]
) -> None:
    """Row 43: all eight orientations, also where the small copy is square."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    told = agrees(saved(landscape(*shape), form, exif=exif))
    assert (told.width, told.height) == (shape if orientation >= 5 else shape[::-1])


def test_a_profile_counts_in_the_hash() -> None:
    """The brightness compared is that of the colours shown, not of the numbers stored."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for form in ("JPEG", "PNG", "WEBP", "TIFF"):
        for profile in (lab, srgb, wide_profile(), b"corrupt"):
            agrees(saved(landscape(500, 700), form, icc_profile=profile))


def wide_profile() -> bytes:
    """A valid profile with primaries more saturated than sRGB's: its own, edited."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack_from(">I", profile, 128)[0]
    tags = [struct.unpack_from(">4sII", profile, 132 + 12 * at) for at in range(count)]
    places = {name: place + 8 for name, place, _ in tags}
    red = struct.unpack_from(">3i", profile, places[b"rXYZ"])
    green = struct.unpack_from(">3i", profile, places[b"gXYZ"])
    moved = [part // 5 for part in green]
    struct.pack_into(
        ">3i", profile, places[b"rXYZ"], *(a + b for a, b in zip(red, moved, strict=True))
    )
    struct.pack_into(
        ">3i", profile, places[b"gXYZ"], *(a - b for a, b in zip(green, moved, strict=True))
    )
    return bytes(profile)


def test_several_pictures_in_one_jpeg() -> None:
    """Of a file of a stereo camera the first frame is taken, as `decode` does."""
    data = saved(
        landscape(400, 600), "MPO", save_all=True, append_images=[landscape(400, 600, seed=2)]
    )
    told = agrees(data)
    assert (told.format, told.frames) == ("jpeg", 2)


@pytest.mark.parametrize("form", images.FORMATS)
def test_a_picture_cut_anywhere_is_judged_as_decode_judges_it(form: str) -> None:
    """Row 33: what `decode` does not take, `inspect` does not take, at every length."""
    noise = Image.fromarray(RNG.integers(0, 256, (80, 100, 3), dtype=np.uint8))
    data = saved(noise, form)
    for length in np.linspace(0, len(data) - 1, 40).astype(int):
        assert verdict(inspect, data[:length]) == verdict(decode, data[:length])


def test_a_large_jpeg_cut_in_half_is_found_at_every_scale() -> None:
    """The bytes of the pixels that are not made are read all the same."""
    for side in (100, 400, 800, 1600, 3000):
        data = saved(landscape(side, side), "JPEG")
        whole_segments = data[: len(data) // 2] + b"\xff\xd9"
        assert verdict(inspect, data[: len(data) // 2]) == "truncated"
        assert verdict(inspect, data[:-2]) == "truncated"
        assert verdict(inspect, whole_segments) == verdict(decode, whole_segments)


def verdict(read: Any, data: bytes) -> str:
    try:
        read(data, Limits())
    except images.ImageError as error:
        return error.reason
    return "taken"


def test_a_photo_is_inspected_in_less_than_half_the_time_of_decoding() -> None:
    """It makes neither pixels nor floats of them."""
    data = saved(landscape(1600, 2400), "JPEG", quality=90)

    def fastest(read: Any) -> float:
        times = []
        for _ in range(5):
            begin = time.thread_time()
            read(data)
            times.append(time.thread_time() - begin)
        return min(times)

    assert fastest(inspect) < fastest(decode) / 2
