"""The demo site's pictures: scikit-image's free photos, and some that are broken on purpose."""

from __future__ import annotations

import functools
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from flows.errors import AtelierError
from images import encode_jpeg, encode_png, fit_shape, load, resize

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.float32]

__all__ = ["cut_in_half", "icon", "jpeg", "photograph"]

_QUALITY = 92


@functools.cache
def photograph(name: str) -> Pixels:
    """Read a photo of scikit-image's package data, float32 (H, W, 3) in [0, 1].

    Raises `AtelierError` where the installed scikit-image lacks it.
    """
    path = _package_data() / name
    if not path.is_file():
        raise AtelierError(
            f"{path} is missing, and the demo shows it; install scikit-image again from its wheel."
        )
    return load(path).pixels


def jpeg(pixels: Pixels, side: int = 640) -> bytes:
    """Encode as JPEG of quality 92, scaled down to `side` pixels where the longer side has more.

    Equal pixels give equal bytes.
    """
    height, width = fit_shape(pixels.shape[0], pixels.shape[1], side)
    if (height, width) != pixels.shape[:2]:
        pixels = resize(pixels, height, width)
    return encode_jpeg(pixels, quality=_QUALITY)


def cut_in_half(pixels: Pixels, scale: int = 1) -> bytes:
    """Encode as JPEG, enlarged `scale` times, and drop the second half of the bytes."""
    height, width = pixels.shape[:2]
    whole = encode_jpeg(resize(pixels, height * scale, width * scale), quality=_QUALITY)
    return whole[: len(whole) // 2]


def icon(side: int = 32) -> bytes:
    """Draw a lens as PNG, `side` pixels square: too small for a photo."""
    axis = np.linspace(-1, 1, side, dtype=np.float32)
    radius = np.hypot(axis[:, None], axis[None, :])[..., None]
    blue, dark, pale = (
        np.array(colour, dtype=np.float32)
        for colour in ((0.18, 0.42, 0.62), (0.1, 0.1, 0.12), (0.97, 0.95, 0.9))
    )
    lens = np.where(radius < 0.45, blue * (1.3 - radius), dark)
    return encode_png(np.where(radius < 0.9, lens, pale).astype(np.float32))


def _package_data() -> Path:
    # Importing scikit-image takes longer than reading four files beside it.
    found = importlib.util.find_spec("skimage")
    if found is None or not found.submodule_search_locations:
        raise AtelierError(
            "scikit-image is not installed, and the demo shows its photos; "
            "run `pip install scikit-image`."
        )
    return Path(found.submodule_search_locations[0]) / "data"
