"""Night over ochre fields: thick strokes that follow a wind of whirls, lit from the side."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from flows.styles.generate.brush import Surface, follow
from flows.styles.generate.canvas import (
    Field,
    Picture,
    blend,
    colours,
    grid,
    noise,
    ramp,
    relief,
    step,
)

__all__ = ["paint"]

SKY = colours("#081033 #0f2470 #1c48a6 #2f78c4 #74b4cf #d9e3b4")
FIRE = colours("#2b6cb4 #d98a1c #f7c331 #fff0a6 #f3a21f #fff6cf")
EARTH = colours("#2c2a3f #7c3512 #b9611a #e29b26 #f4cf62 #f8e9a8")
# x, y, radius, and the sense in which the wind turns around each light.
LIGHTS = (
    (0.74, 0.20, 0.135, 1),
    (0.20, 0.14, 0.075, -1),
    (0.43, 0.30, 0.055, 1),
    (0.10, 0.43, 0.05, 1),
)
WHIRLS = ((0.36, 0.47, 0.12, -1), (0.90, 0.50, 0.09, 1), (0.52, 0.07, 0.08, -1))
LAYERS = ((900, 20, 105), (2400, 12, 74), (3800, 8.5, 50), (2200, 6, 34))


def paint(size: int, seed: int) -> Picture:
    """Return the picture, float32 (size, size, 3) in [0, 1]."""
    rng = np.random.default_rng(seed)
    x, y = grid(size)
    land = _land(x, y)
    angle = _wind(x, y, land, rng)
    sketch = _sketch(x, y, land, rng)
    surface = Surface(sketch * 0.55)
    unit = size / 768
    for count, width, length in LAYERS:
        _cover(surface, sketch, angle, rng, count, width * unit, length * unit)
    light = relief(ndimage.gaussian_filter(surface.height, 0.7 * unit), 2.6 * unit)
    lit = (
        surface.picture * (1 + 0.42 * light[..., None])
        + 0.16 * np.maximum(light, 0)[..., None] ** 2
    )
    return np.clip(lit, 0, 1).astype(np.float32)


def _land(x: Field, y: Field) -> Field:
    """Return how far below the horizon each point lies: above 0 is land."""
    horizon = 0.665 + 0.035 * np.sin(5.2 * x + 0.6) + 0.02 * np.sin(13 * x + 2)
    return np.asarray(y - horizon, np.float32)


def _wind(x: Field, y: Field, land: Field, rng: np.random.Generator) -> Field:
    size = len(x)
    stream = 0.16 * noise(size, 4, rng, octaves=2)
    down, across = np.gradient(ndimage.gaussian_filter(stream, 0.01 * size), 1 / size)
    east, south = 1.0 + 0.9 * down, -0.9 * across
    for cx, cy, radius, sense in (*LIGHTS, *WHIRLS):
        apart = np.hypot(x - cx, y - cy) / radius
        pull = 14 * np.exp(-((apart / 1.35) ** 2)) + 2.5 * np.exp(-((apart / 2.3) ** 2))
        east = east - sense * pull * (y - cy) / (radius * (0.25 + apart))
        south = south + sense * pull * (x - cx) / (radius * (0.25 + apart))
    rows = np.arctan(0.55 * np.cos(5.2 * x + 0.6 + 4 * land) + 0.3 * noise(size, 3, rng))
    return np.where(land > 0, rows, np.arctan2(south, east)).astype(np.float32)


def _sketch(x: Field, y: Field, land: Field, rng: np.random.Generator) -> Picture:
    size = len(x)
    drift = noise(size, (9, 4), rng, octaves=3)
    value = 0.36 + 0.17 * drift + 0.32 * y
    for cx, cy, radius, _ in WHIRLS:
        apart = np.hypot(x - cx, y - cy) / radius
        value += 0.3 * np.sin(apart * 7.5 - np.arctan2(y - cy, x - cx)) * step(2.4, 0.6, apart)
    picture = ramp(np.clip(value, 0, 1), SKY)
    for cx, cy, radius, _ in LIGHTS:
        apart = np.hypot(x - cx, y - cy) / radius
        rings = 1.08 - 0.5 * apart + 0.20 * np.cos(apart * 9.5) + 0.05 * drift
        halo = 0.5 + 0.5 * np.cos(apart * 9.5 - 0.6)
        cover = step(1.15, 0.95, apart) + step(2.0, 1.1, apart) * step(0.45, 0.8, halo)
        picture = blend(picture, ramp(np.clip(rings, 0, 1), FIRE), np.minimum(cover, 1))
    furrow = (
        0.5 + 0.30 * np.sin(land * 62 + 4 * np.sin(4.4 * x)) + 0.2 * noise(size, (16, 6), rng, 2)
    )
    field = ramp(np.clip(furrow, 0, 1), EARTH)
    teal = step(0.6, 1.2, noise(size, (9, 4), rng))
    field = blend(field, colours("#0f8079")[0], 0.8 * teal)
    return blend(picture, field, step(-0.003, 0.003, land))


def _cover(
    surface: Surface,
    sketch: Picture,
    angle: Field,
    rng: np.random.Generator,
    count: int,
    width: float,
    length: float,
) -> None:
    size = len(sketch)

    def look(points: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        column, row = np.clip(points, 0, size - 1).astype(np.int64).T
        return row, column

    starts = rng.uniform(-0.02, 1.02, (count, 2)) * size
    tints = rng.normal(0, 0.05, (count, 3)) + rng.normal(0, 0.07, (count, 1))
    paths = follow(starts, length, lambda points: angle[look(points)].astype(np.float64))
    sizes = width * rng.uniform(0.75, 1.3, count)
    for path, tint, wide in zip(paths, tints, sizes, strict=True):
        row, column = look(path[len(path) // 2][None])
        surface.stroke(path, wide, sketch[row[0], column[0]] + tint, rng, variety=0.06)
