"""Any number of different JPEGs of 1200×800 with the bytes of real photos.

Each is a diptych: two crops of scikit-image's photos side by side, turned, tinted and with grain,
so that no two look alike, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from io import BytesIO
from itertools import count
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from images import inspect
from scraping.near import BITS, bit_counts

__all__ = ["HEIGHT", "WIDTH", "diptych", "distinct", "write_pictures"]

WIDTH, HEIGHT = 1200, 800

_PHOTOS = (
    "astronaut",
    "brick",
    "camera",
    "chelsea",
    "coffee",
    "hubble_deep_field",
    "immunohistochemistry",
    "retina",
    "rocket",
)
_QUALITY = 88
_GRAIN = 5.0
"""Standard deviation of the grain, in levels of 255, as of a small camera by day."""
_CHUNK = 50

Levels = NDArray[np.uint8]


def diptych(seed: int) -> bytes:
    """Return the JPEG of this `seed`, the same every time."""
    rng = np.random.default_rng(seed)
    split = int(rng.integers(WIDTH // 4, WIDTH * 3 // 4))
    canvas = np.concatenate([_half(rng, split), _half(rng, WIDTH - split)], axis=1)
    shift = rng.integers(0, HEIGHT * WIDTH)
    grained = canvas + np.roll(_grain(), shift)[..., None]
    out = BytesIO()
    Image.fromarray(np.clip(grained, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def write_pictures(folder: Path, number: int) -> list[Path]:
    """Fill `folder` with `number` pictures, 00000.jpg and on, unless it has them all.

    All cores work at it: 2,000 take about a minute on two.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{at:05}.jpg" for at in range(number)]
    if not all(path.is_file() for path in paths):
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            made = (data for chunk in count() for data in pool.map(diptych, _seeds(chunk)))
            for path, data in zip(paths, distinct(made), strict=False):
                path.write_bytes(data)
    return paths


def distinct(pictures: Iterator[bytes]) -> Iterator[bytes]:
    """Leave out the pictures whose difference hash is as close to that of an earlier one as those
    of copies are: photos of different things hardly ever are.
    """
    seen = np.zeros(0, np.uint64)
    for data in pictures:
        value = np.uint64(int(inspect(data).dhash, 16))
        if not (bit_counts(seen ^ value) <= BITS).any():
            seen = np.append(seen, value)
            yield data


def _seeds(chunk: int) -> Sequence[int]:
    return range(chunk * _CHUNK, (chunk + 1) * _CHUNK)


def _half(rng: np.random.Generator, width: int) -> NDArray[np.float32]:
    """A crop of a photo as large as the half allows, turned and tinted, `width` × `HEIGHT`."""
    photo = _photos()[rng.integers(len(_photos()))]
    if rng.random() < 0.5:
        photo = photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    side = min(photo.width / width, photo.height / HEIGHT) * rng.uniform(0.6, 1)
    across, down = side * width, side * HEIGHT
    left = rng.uniform(0, photo.width - across)
    upper = rng.uniform(0, photo.height - down)
    box = (left, upper, left + across, upper + down)
    shown = photo.resize((width, HEIGHT), Image.Resampling.BICUBIC, box=box)
    tint = rng.uniform(0.8, 1.1, 3).astype(np.float32)
    return np.asarray(shown, np.float32) * tint


@cache
def _photos() -> list[Image.Image]:
    from skimage import data

    return [Image.fromarray(getattr(data, name)()).convert("RGB") for name in _PHOTOS]


@cache
def _grain() -> NDArray[np.float32]:
    rng = np.random.default_rng(0)
    return (rng.standard_normal((HEIGHT, WIDTH)) * _GRAIN).astype(np.float32)
