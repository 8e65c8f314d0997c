"""`decode(…, size)`: pixels of the wanted size, as good as those resized later."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import ExifTags, Image
from skimage import data as photographs
from skimage.metrics import structural_similarity

import images
from images import ImageError, decode, encode_png, fit_levels, fit_shape, load, quick_png, resize


def saved(picture: Image.Image, form: str, **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def photograph(name: str) -> Image.Image:
    return Image.fromarray(getattr(photographs, name)())


def both_ways(data: bytes, size: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The pixels from `decode(size)`, and those resized from the full ones."""
    full = decode(data).pixels
    return decode(data, size=size).pixels, resize(full, *fit_shape(*full.shape[:2], size))


def decibels(got: NDArray[np.float32], wanted: NDArray[np.float32]) -> float:
    assert got.shape == wanted.shape
    assert got.dtype == np.float32
    return float(-10 * np.log10(np.square(got - wanted).mean() + 1e-12))


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee", "rocket"])
@pytest.mark.parametrize("part", [0.9, 0.6, 0.43, 0.3, 0.2, 0.1])
def test_a_shrunk_jpeg_is_as_good_as_one_resized_in_full(name: str, part: float) -> None:
    """At every ratio, odd sides included: 38 dB and more, where JPEG itself has about 40; of what
    is left of a tenth, 36."""
    photo = photograph(name)
    got, wanted = both_ways(saved(photo, "JPEG", quality=92), int(max(photo.size) * part))
    assert decibels(got, wanted) > (38 if part > 0.1 else 36)
    assert structural_similarity(got, wanted, channel_axis=2, data_range=1) > 0.98


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF", *images.FORMATS[6:]])
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P"])
def test_every_format_and_mode_comes_at_the_size(form: str, mode: str) -> None:
    """Resampled before or after its colours are managed: the same picture."""
    picture = photograph("coffee").convert(mode)
    if mode == "RGBA":
        picture.putalpha(photograph("coffee").convert("L"))
    got, wanted = both_ways(saved(picture, form), 100)
    assert decibels(got, wanted) > 38


def test_deep_grey_keeps_its_depth() -> None:
    """16 bits are resampled in float."""
    ramp = np.linspace(20_000, 21_000, 200 * 300).astype(np.uint16).reshape(200, 300)
    got, wanted = both_ways(saved(Image.fromarray(ramp), "PNG"), 150)
    np.testing.assert_array_equal(got, wanted)
    assert len(np.unique(got)) > 500


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("form", "mode"),
    [("JPEG", "RGB"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("WEBP", "RGB"), ("TIFF", "RGB")],
)
def test_the_size_is_that_of_the_upright_picture(form: str, mode: str, orientation: int) -> None:
    """All eight orientations, whatever the samples."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    data = saved(photograph("coffee").convert(mode), form, exif=exif)
    got, wanted = both_ways(data, 211)
    assert decibels(got, wanted) > 38


def test_nothing_is_enlarged() -> None:
    """A size above the picture's own, or its own, gives the full pixels."""
    data = saved(photograph("coffee"), "JPEG")
    full = decode(data).pixels
    for size in (600, 601, 8192):
        np.testing.assert_array_equal(decode(data, size=size).pixels, full)


def test_every_byte_is_still_read(tmp_path: Path) -> None:
    """A picture cut short is found at every size; `load` hands the size on."""
    data = saved(photograph("coffee"), "JPEG")
    for size in (10, 75, 150, 300, 600):
        with pytest.raises(ImageError, match="breaks off"):
            decode(data[: len(data) // 2], size=size)
    (tmp_path / "a.jpg").write_bytes(data)
    assert load(tmp_path / "a.jpg", size=75).pixels.shape == (50, 75, 3)


def test_a_size_of_no_pixels() -> None:
    """That is the caller's mistake, not the picture's."""
    with pytest.raises(ValueError, match="at least 1 pixel"):
        decode(saved(photograph("coffee"), "JPEG"), size=0)


@pytest.mark.parametrize("shape", [(64, 64), (64, 97), (341, 512)])
def test_a_quick_png_has_the_same_levels(shape: tuple[int, int]) -> None:
    """Every level comes back, rough or flat, and nothing else is inside."""
    levels = np.random.default_rng(5).integers(0, 256, (*shape, 3), dtype=np.uint8)
    levels[:20, :20] = 128
    quick = quick_png(levels)
    np.testing.assert_array_equal(np.rint(decode(quick).pixels * 255), levels)
    with Image.open(BytesIO(quick)) as opened:
        assert (opened.mode, opened.info) == ("RGB", {})


def test_a_quick_png_of_a_photo_is_small() -> None:
    """At most a tenth larger than the one that takes nine times as long."""
    data = saved(photograph("coffee"), "PNG")
    usual = encode_png(decode(data, size=512).pixels)
    assert len(quick_png(fit_levels(data, 341, 512))) < 1.1 * len(usual)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "I;16"])
@pytest.mark.parametrize("shape", [(200, 300), (400, 600), (67, 101)])
def test_levels_are_the_pixels_rounded(mode: str, shape: tuple[int, int]) -> None:
    """`fit_levels` gives what `decode` gives."""
    picture = photograph("coffee")
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(picture.convert("L"), np.uint16) * 257)
    data = saved(picture.convert(mode), "PNG")
    wanted = resize(decode(data, size=max(shape)).pixels, *shape)
    levels = fit_levels(data, *shape)
    assert (levels.dtype, levels.shape) == (np.uint8, (*shape, 3))
    np.testing.assert_array_equal(levels, np.rint(wanted * np.float32(255)))


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_levels_of_another_aspect(mode: str) -> None:
    """The shape that is asked for is obeyed, whatever the picture's own."""
    data = saved(photograph("coffee").convert(mode), "PNG")
    wanted = resize(decode(data).pixels, 150, 120)
    assert decibels(fit_levels(data, 150, 120).astype(np.float32) / 255, wanted) > 35


def test_levels_have_the_errors_of_decoding() -> None:
    """Bytes that are no picture, and sides that are none."""
    with pytest.raises(ImageError, match="no picture"):
        fit_levels(b"shopping list", 64, 64)
    with pytest.raises(ValueError, match="at least 1"):
        fit_levels(saved(photograph("coffee"), "PNG"), 0, 64)
