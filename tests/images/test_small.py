"""Small copies: what a thumbnail of the decoded pixels would be, in less time."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from images import ImageError, Limits, decode, encode_jpeg, encode_png, small_copy, thumbnail

RAMP = np.linspace(0, 1, 300 * 200 * 3, dtype=np.float32).reshape(200, 300, 3)


@pytest.mark.parametrize("encode", [encode_png, encode_jpeg])
@pytest.mark.parametrize("size", [100, 300, 480])
def test_it_is_the_thumbnail(encode: object, size: int) -> None:
    """The same shape, and hardly another level; never enlarged."""
    assert callable(encode)
    data = encode(RAMP)
    small = decode(small_copy(data, size)).pixels
    expected = decode(thumbnail(decode(data).pixels, size)).pixels
    assert small.shape == expected.shape
    assert max(small.shape) == min(size, 300)
    assert np.abs(small - expected).mean() < 0.02


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "I;16", "CMYK", "1"])
def test_every_kind_of_picture_becomes_one(mode: str) -> None:
    """Grey, palette, transparency, 16 bits, CMYK: a JPEG in sRGB."""
    out = BytesIO()
    picture = Image.fromarray((RAMP[..., 0] * 255).astype(np.uint8))
    picture = Image.new("I;16", (300, 200), 30_000) if mode == "I;16" else picture.convert(mode)
    picture.save(out, "TIFF")
    assert decode(small_copy(out.getvalue(), 150)).pixels.shape == (100, 150, 3)


def test_limits_hold() -> None:
    """What is cut short, too large or no picture is refused."""
    data = encode_png(RAMP)
    for broken, limits in (
        (data[:-40], Limits()),
        (b"", Limits()),
        (b"text", Limits()),
        (data, Limits(max_pixels=100)),
    ):
        with pytest.raises(ImageError):
            small_copy(broken, 100, limits)
