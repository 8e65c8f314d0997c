"""Fields and colours that all painters share.

A field is an array (size, size); a picture is (size, size, 3) in [0, 1], sRGB as displayed. Random
fields are drawn on a lattice and then enlarged, so that one seed gives one composition at every
size.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

__all__ = [
    "Field",
    "Picture",
    "blend",
    "colours",
    "grid",
    "noise",
    "ramp",
    "relief",
    "seams",
    "step",
]

Field = NDArray[np.floating[Any]]
Picture = NDArray[np.floating[Any]]


def grid(size: int) -> tuple[Field, Field]:
    """Return x (to the right) and y (downwards) of every pixel's centre, in (0, 1)."""
    axis = ((np.arange(size) + 0.5) / size).astype(np.float32)
    x, y = np.meshgrid(axis, axis)
    return x, y


def noise(
    size: int, cells: int | tuple[int, int], rng: np.random.Generator, octaves: int = 1
) -> Field:
    """Return smooth noise of mean 0 and deviation about 1.

    `cells` is the number of bumps down and across; each octave doubles it at 0.55 of the strength.
    """
    down, across = (cells, cells) if isinstance(cells, int) else cells
    total = np.zeros((size, size), np.float32)
    for octave in range(octaves):
        lattice = rng.standard_normal((down * 2**octave + 3, across * 2**octave + 3))
        axes = [1 + (np.arange(size) + 0.5) / size * (n - 3) for n in lattice.shape]
        points = np.meshgrid(*axes, indexing="ij")
        total += 0.55**octave * ndimage.map_coordinates(lattice, points, order=3).astype(np.float32)
    return total / np.float32(0.75 * np.sqrt(sum(0.55 ** (2 * k) for k in range(octaves))))


def colours(text: str) -> Picture:
    """Return (n, 3) colours from words such as "#1b2a4c #f2c14e"."""
    rows = [[int(word[i : i + 2], 16) for i in (1, 3, 5)] for word in text.split()]
    return (np.array(rows) / 255).astype(np.float32)


def ramp(values: ArrayLike, stops: Picture) -> Picture:
    """Return the colour at each value in [0, 1] along evenly spaced `stops` (n, 3)."""
    at = np.asarray(values, np.float32)
    places = np.linspace(0, 1, len(stops))
    return np.stack([np.interp(at, places, stops[:, c]) for c in range(3)], axis=-1).astype(
        np.float32
    )


def step(low: ArrayLike, high: ArrayLike, values: ArrayLike) -> Field:
    """Return 0 below `low`, 1 above `high`, and a smooth passage between (either order)."""
    near, far = np.asarray(low, np.float32), np.asarray(high, np.float32)
    t = np.clip((np.asarray(values, np.float32) - near) / (far - near), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def blend(picture: Picture, colour: ArrayLike, cover: ArrayLike) -> Picture:
    """Return `picture` with `colour` (3,) or (…, 3) laid over it where `cover` is 1."""
    share = np.asarray(cover, np.float32)[..., None]
    return picture + (np.asarray(colour, np.float32) - picture) * share


def relief(height: Field, depth: float) -> Field:
    """Return how a surface of `height` (pixels) is lit from the upper left: -1 to 1, flat is 0."""
    down, across = np.gradient(height * depth)
    return np.asarray((down + across) / np.sqrt(2 + 2 * down**2 + 2 * across**2), np.float32)


def seams(labels: NDArray[np.int64]) -> Field:
    """Return each pixel's distance, in pixels, to the nearest border between two labels."""
    border = np.zeros(labels.shape, bool)
    border[1:] |= labels[1:] != labels[:-1]
    border[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    return np.asarray(ndimage.distance_transform_edt(~border), np.float32)
