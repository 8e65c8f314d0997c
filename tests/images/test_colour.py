"""Every mode, profile, transparency and orientation comes out as upright sRGB."""

from __future__ import annotations

import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms

from images import decode

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


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif_orientation_is_applied(form: str, orientation: int) -> None:
    """All eight orientations (43) come out upright, in every format that can carry them."""
    upright = np.asarray(scene())
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    options = {"lossless": True} if form == "WEBP" else {}
    picture = Image.fromarray(np.ascontiguousarray(stored))
    got = decode(saved(picture, form, exif=exif, **options))
    assert (got.height, got.width) == (80, 120)
    assert np.abs(got.pixels - upright / 255).max() < 0.1


def test_transparency_is_composited_on_white() -> None:
    """Row 42: α·colour + (1 − α)·white, without quantising again."""
    rgba = np.zeros((64, 64, 4), np.uint8)
    rgba[..., 0] = 200
    rgba[..., 3] = np.arange(64) * 4
    got = decode(saved(Image.fromarray(rgba), "PNG")).pixels
    alpha = rgba[..., 3:].astype(np.float32) / 255
    np.testing.assert_allclose(got, rgba[..., :3] / 255 * alpha + 1 - alpha, atol=1e-6)


def test_transparency_of_palettes_and_keys() -> None:
    """A palette's transparent entry, a grey key, an RGB key and LA all turn white."""
    palette = Image.new("P", (64, 64), 0)
    palette.putpalette([10, 20, 30, 200, 100, 50])
    palette.paste(1, (32, 0, 64, 64))
    for data in (
        saved(palette, "PNG", transparency=0),
        saved(palette, "GIF", transparency=0),
        saved(palette, "PNG", transparency=b"\0\xff"),
    ):
        got = decode(data).pixels
        np.testing.assert_allclose(got[5, 5], 1)
        np.testing.assert_allclose(got[5, 50], np.array([200, 100, 50]) / 255, atol=1e-6)
    grey = saved(Image.new("L", (64, 64), 7), "PNG", transparency=7)
    keyed = saved(Image.new("RGB", (64, 64), (1, 2, 3)), "PNG", transparency=(1, 2, 3))
    both = saved(Image.new("LA", (64, 64), (9, 0)), "PNG")
    for data in (grey, keyed, both):
        np.testing.assert_array_equal(decode(data).pixels, 1)


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    """Row 41: a 16-bit grey ramp keeps its middle and its precision."""
    ramp = np.linspace(0, 65535, 64 * 100).astype(np.uint16).reshape(64, 100)
    for form in ("PNG", "TIFF"):
        got = decode(saved(Image.fromarray(ramp), form)).pixels
        np.testing.assert_allclose(got[..., 1], ramp / 65535, atol=1e-6)
        assert len(np.unique(got)) > 6000


def test_deep_tiffs_are_scaled_by_the_range_they_use() -> None:
    """32-bit integers and floats: [0, 1], 8, 16 or 32 bits, whichever holds the values."""
    unit = np.linspace(0, 1, 6400, dtype=np.float32).reshape(64, 100)
    np.testing.assert_allclose(decode(saved(Image.fromarray(unit), "TIFF")).pixels[..., 0], unit)
    whole = (unit * 65535).astype(np.int32)
    got = decode(saved(Image.fromarray(whole), "TIFF")).pixels[..., 2]
    np.testing.assert_allclose(got, whole / 65535, atol=1e-6)
    broken = unit.copy()
    broken[0, 0] = np.nan
    assert np.isfinite(decode(saved(Image.fromarray(broken), "TIFF")).pixels).all()


def test_a_transparent_key_in_sixteen_bits() -> None:
    """A deep grey picture honours its transparent value too."""
    values = np.full((64, 64), 1000, np.uint16)
    values[:, 32:] = 2000
    data = saved(Image.fromarray(values), "PNG")
    key = struct.pack(">H", 1000)
    chunk = struct.pack(">I", 2) + b"tRNS" + key + struct.pack(">I", zlib.crc32(b"tRNS" + key))
    at = data.index(b"IDAT") - 4
    got = decode(data[:at] + chunk + data[at:]).pixels
    assert got[0, 0, 0] == 1
    assert got[0, 40, 0] == pytest.approx(2000 / 65535)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr"])
def test_every_mode_becomes_rgb(mode: str) -> None:
    """Whatever the samples are (40: CMYK), three channels come out, near the picture's own look."""
    picture = scene().convert(mode)
    form = "JPEG" if mode in ("CMYK", "YCbCr") else "PNG"
    got = decode(saved(picture, form))
    assert got.pixels.shape == (80, 120, 3)
    assert np.abs(got.pixels - np.asarray(picture.convert("RGB")) / 255).mean() < 0.05


def adobe_like_profile() -> bytes:
    """A valid matrix profile whose red and blue primaries are exchanged: sRGB's own, edited."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack_from(">I", profile, 128)[0]
    at = {bytes(profile[132 + 12 * i : 136 + 12 * i]): 132 + 12 * i for i in range(count)}
    red, blue = at[b"rXYZ"] + 4, at[b"bXYZ"] + 4
    profile[red : red + 8], profile[blue : blue + 8] = (
        profile[blue : blue + 8],
        profile[red : red + 8],
    )
    return bytes(profile)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_an_icc_profile_is_converted_to_srgb(form: str) -> None:
    """Row 45: in a profile with red and blue exchanged, a red picture is a blue one."""
    options: dict[str, Any] = {"lossless": True} if form == "WEBP" else {}
    data = saved(
        Image.new("RGB", (64, 64), "red"), form, icc_profile=adobe_like_profile(), **options
    )
    np.testing.assert_allclose(decode(data).pixels[30, 30], [0, 0, 1], atol=0.03)


def test_a_profile_and_alpha_together() -> None:
    """The colours are converted, the alpha is not, and white shines through."""
    picture = Image.new("RGBA", (64, 64), (255, 0, 0, 128))
    got = decode(saved(picture, "PNG", icc_profile=adobe_like_profile())).pixels[30, 30]
    np.testing.assert_allclose(got, [127 / 255, 127 / 255, 1], atol=0.02)


@pytest.mark.parametrize("profile", [b"not a profile", b"\0" * 200, adobe_like_profile()[:300]])
def test_a_corrupt_profile_keeps_the_pixels(profile: bytes) -> None:
    """Row 44: a profile nobody can read is ignored."""
    data = saved(Image.new("RGB", (64, 64), (10, 200, 30)), "PNG", icc_profile=profile)
    np.testing.assert_allclose(decode(data).pixels[0, 0], np.array([10, 200, 30]) / 255, atol=1e-6)


def test_a_profile_for_another_kind_of_picture_keeps_the_pixels() -> None:
    """An RGB profile on a grey picture cannot be applied."""
    data = saved(Image.new("L", (64, 64), 77), "PNG", icc_profile=adobe_like_profile())
    np.testing.assert_allclose(decode(data).pixels, 77 / 255, atol=1e-6)


def test_a_profile_that_is_srgb_changes_no_level() -> None:
    """The most frequent profile of all is the space the pixels are wanted in."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    noise = RNG.integers(0, 256, (64, 90, 3), dtype=np.uint8)
    for _ in range(2):
        got = decode(saved(Image.fromarray(noise), "PNG", icc_profile=profile)).pixels
        np.testing.assert_array_equal(got, noise.astype(np.float32) / np.float32(255))


def test_pictures_with_different_profiles_do_not_mix() -> None:
    """One after the other, and again: each by its own profile and mode, in many threads too."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    red = [saved(Image.new("RGB", (64, 64), "red"), "PNG", icc_profile=profile)
           for profile in (srgb, adobe_like_profile(), b"not a profile")]  # fmt: skip
    grey = saved(Image.new("L", (64, 64), 77), "PNG", icc_profile=adobe_like_profile())
    wanted = [[1, 0, 0], [0, 0, 1], [1, 0, 0], [77 / 255] * 3]
    with ThreadPoolExecutor(8) as pool:
        got = [decoded.pixels[30, 30] for decoded in pool.map(decode, [*red, grey] * 20)]
    np.testing.assert_allclose(got, wanted * 20, atol=0.03)
