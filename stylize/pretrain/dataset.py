"""Labelled images for training: CIFAR-10 from Keras, or any folder or zip file of images."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["Dataset", "Split", "augment", "load_dataset"]

Reader = Callable[[], bytes]


class Split(NamedTuple):
    """Images as uint8 (N,H,W,3) RGB and their labels as int64 (N,)."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]


class Dataset(NamedTuple):
    """A training and a test split with the same classes."""

    train: Split
    test: Split


def load_dataset(source: str) -> Dataset:
    """The dataset at `source`.

    ``"keras"`` downloads CIFAR-10 (Krizhevsky 2009) through ``keras.datasets``; otherwise a folder
    or zip file with ``train/`` and ``test/``, each a folder of equally sized images a class.
    Raises `FileNotFoundError` where there are no such images.
    """
    if source == "keras":
        import keras

        train, test = keras.datasets.cifar10.load_data()
        return Dataset(*(Split(x, y.ravel().astype("int64")) for x, y in (train, test)))
    path = Path(source)
    if path.is_dir():
        files = (file for file in path.rglob("*") if file.is_file())
        return _dataset({file.relative_to(path).as_posix(): file.read_bytes for file in files})
    with zipfile.ZipFile(path) as archive:
        return _dataset({name: _member(archive, name) for name in archive.namelist()})


def augment(
    images: NDArray[np.float32], rng: np.random.Generator, pad: int = 4, erase: int = 0
) -> NDArray[np.float32]:
    """Flip (N,H,W,3) images at random, shift them by up to `pad` pixels, erase squares in them.

    Shifted-in pixels are mirrored; erased squares of side `erase` become 0, the mean.
    """
    count, height, width, _ = images.shape
    padded = np.pad(images, ((0, 0), (pad, pad), (pad, pad), (0, 0)), mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (height, width), axis=(1, 2))
    down, right = rng.integers(0, 2 * pad + 1, (2, count))
    picked = windows[np.arange(count), down, right]
    moved: NDArray[np.float32] = picked.transpose(0, 2, 3, 1).copy()
    flipped = rng.random(count) < 0.5
    moved[flipped] = moved[flipped, :, ::-1]
    if erase:
        corners = rng.integers(-erase // 2, height, (2, count))
        for image, top, left in zip(moved, *corners, strict=True):
            image[max(top, 0) : top + erase, max(left, 0) : left + erase] = 0
    return moved


def _member(archive: zipfile.ZipFile, name: str) -> Reader:
    return lambda: archive.read(name)


def _dataset(readers: Mapping[str, Reader]) -> Dataset:
    return Dataset(_split("train", readers), _split("test", readers))


def _split(split: str, readers: Mapping[str, Reader]) -> Split:
    parts = (name.split("/") for name in sorted(readers))
    named = [(label, "/".join((top, label, *rest))) for top, label, *rest in _deep(parts, split)]
    if not named:
        raise FileNotFoundError(f"The dataset has no images in {split}/<class>/: check its layout.")
    classes = sorted({label for label, _ in named})
    images = np.stack([_pixels(readers[name]()) for _, name in named])
    return Split(images, np.array([classes.index(label) for label, _ in named], np.int64))


def _deep(parts: Any, split: str) -> Any:
    return (part for part in parts if len(part) == 3 and part[0] == split and part[2])


def _pixels(data: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB"))
