"""A river on a summer afternoon, in dots of pure colour that mix only in the eye."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from flows.styles.generate.canvas import Field, Picture, blend, colours, grid, noise, ramp, step

__all__ = ["paint"]

PIGMENTS = colours(
    "#fff6d8 #ffe14a #ffb21e #ff7a1a #f0402f #e0287a #b04ac8 #5a3cb4 #2b3fa8 #1f6fd8"
    " #4fb0f0 #a8dcf4 #14a89a #1f9a4a #7ec832 #c8e04a #0f5a3c #ffc0a8 #1c2360"
)
SKY = colours("#2f6fd8 #4f9cf0 #8ccbe8 #ffdf9a #ffb47a #ff8f86")
WATER = colours("#1a4fb0 #2f86d6 #6cc4e0 #ffe0a0")
GRASS = colours("#0f5a3c #2f9a42 #8fcc3a #e6e45a #ffd84a")
LEAVES = colours("#1a1f5c #0f5a4a #1f8a46 #7fc438 #f0dc50")
# x, y, half width, half height of each crown; the shadow falls to the right of the foot.
TREES = (
    (0.13, 0.30, 0.20, 0.24),
    (0.33, 0.43, 0.085, 0.12),
    (0.90, 0.40, 0.12, 0.15),
    (0.73, 0.475, 0.05, 0.065),
)
SAILS = ((0.50, 0.60, 0.225), (0.635, 0.555, 0.10), (0.40, 0.54, 0.06))
LAYERS = ((6_000, 6.4), (9_000, 5.4), (11_000, 4.3), (9_000, 3.3))


def paint(size: int, seed: int) -> Picture:
    """Return the picture, float32 (size, size, 3) in [0, 1]."""
    rng = np.random.default_rng(seed)
    x, y = grid(size)
    sketch = np.clip(_sketch(x, y, rng), 0, 1)
    picture = np.broadcast_to(colours("#f3e6c4")[0], sketch.shape).astype(np.float32)
    picture = blend(picture, sketch, np.full(x.shape, 0.45))
    smooth = ndimage.gaussian_filter(sketch, (0.004 * size, 0.004 * size, 0))
    for count, radius in LAYERS:
        at = rng.uniform(0, 1, (count, 2))
        row, column = (at * size).astype(np.int64).T
        paints = _pigments(smooth[row, column], rng)
        _dab(picture, at * size, radius * size / 768 * rng.uniform(0.8, 1.2, count), paints)
    return np.clip(picture, 0, 1).astype(np.float32)


def _pigments(wanted: Picture, rng: np.random.Generator) -> Picture:
    """Return a tube colour for each wanted one (n, 3): near it, or now and then its complement."""
    wish = wanted + rng.normal(0, 0.13, wanted.shape)
    grey = wanted.mean(axis=1, keepdims=True)
    contrary = rng.uniform(size=len(wanted)) < 0.10
    wish[contrary] = (grey + 1.3 * (grey - wanted) + 0.05)[contrary]
    vivid = grey + 1.45 * (wish - grey)
    apart = ((vivid[:, None] - PIGMENTS[None]) ** 2 * (0.9, 1.4, 0.7)).sum(axis=-1)
    return np.asarray(
        PIGMENTS[apart.argmin(axis=1)] + rng.normal(0, 0.025, wanted.shape), np.float32
    )


def _dab(
    picture: Picture, at: NDArray[np.float64], radii: NDArray[np.float64], paints: Picture
) -> None:
    size = len(picture)
    for (cy, cx), radius, paint_ in zip(at, radii, paints, strict=True):
        top, left = max(int(cy - radius - 1), 0), max(int(cx - radius - 1), 0)
        window = picture[top : int(cy + radius + 2), left : int(cx + radius + 2)]
        y = np.arange(top, top + window.shape[0])[:, None] + 0.5 - cy
        x = np.arange(left, left + window.shape[1])[None] + 0.5 - cx
        apart = np.hypot(x, y)
        cover = np.clip(radius + 0.5 - apart, 0, 1) * min(1.0, 60 / size + 0.94)
        lit = 1 - 0.06 * (x + y) / radius
        window += (paint_ * lit[..., None] - window) * cover[..., None]


def _sketch(x: Field, y: Field, rng: np.random.Generator) -> Picture:
    size = len(x)
    clouds = noise(size, (7, 3), rng, octaves=3)
    picture = ramp(np.clip(y / 0.52 + 0.10 * clouds, 0, 1), SKY)
    picture = blend(
        picture,
        colours("#fff4dc")[0],
        0.85 * step(0.5, 1.3, clouds) * step(0.45, 0.3, y) * step(-0.1, 0.25, x),
    )
    hills = 0.47 + 0.02 * np.sin(9 * x + 1) + 0.012 * np.sin(23 * x)
    distance = ramp(
        np.clip(0.5 + 0.35 * noise(size, (20, 8), rng, 2), 0, 1),
        colours("#5a4ab0 #5f8fd0 #8fc07a #f0d080"),
    )
    picture = blend(picture, distance, step(0, 0.006, y - hills))
    ripples = (
        0.42
        + 0.3 * noise(size, (60, 7), rng, 2)
        + 0.9 * np.exp(-(((x - 0.56) / 0.10) ** 2)) * step(0.85, 0.5, y)
    )
    picture = blend(picture, ramp(np.clip(ripples, 0, 1), WATER), step(0.515, 0.52, y))
    for boat in SAILS:
        picture = _sail(picture, x, y, *boat)
    bank = 0.87 - 0.42 * step(0.66, -0.06, x) ** 1.4 + 0.012 * np.sin(17 * x)
    ground = np.maximum(
        y - bank, np.minimum(0.54 + 0.12 * step(0.6, 1, x) - y, step(0.58, 0.6, x) * (y - 0.505))
    )
    lawn = 0.62 + 0.22 * noise(size, (13, 7), rng, 3) - 0.2 * np.sin(5 * x + 14 * y)
    picture = blend(picture, ramp(np.clip(lawn, 0, 1), GRASS), step(0, 0.006, ground))
    poppies = step(1.1, 1.5, noise(size, (34, 30), rng)) * step(0.02, 0.1, y - bank)
    picture = blend(picture, colours("#f0402f")[0], poppies)
    for tree in TREES:
        picture = _tree(picture, x, y, ground, rng, tree)
    return picture


def _tree(
    picture: Picture,
    x: Field,
    y: Field,
    ground: Field,
    rng: np.random.Generator,
    place: tuple[float, float, float, float],
) -> Picture:
    cx, cy, wide, high = place
    lumps = noise(len(x), 12, rng, octaves=3)
    foot = cy + 1.5 * high
    shadow = np.hypot((x - cx - 1.1 * wide) / (1.7 * wide), (y - foot) / (0.22 * high))
    picture = blend(
        picture,
        colours("#2b2f9a")[0],
        0.75 * step(1.1, 0.8, shadow + 0.08 * lumps) * step(0, 0.006, ground),
    )
    bend = cx + 0.03 * wide * np.sin((y - cy) * 30)
    trunk = (
        step(0.09 * wide, 0.07 * wide, np.abs(x - bend))
        * step(cy, cy + 0.01, y)
        * step(foot, foot - 0.01, y)
    )
    picture = blend(picture, colours("#4a2a7a")[0], trunk)
    crown = np.hypot((x - cx) / wide, (y - cy) / high) + 0.10 * lumps
    sun = 0.52 - 0.42 * ((x - cx) / wide + (y - cy) / high) * 0.8 + 0.24 * lumps
    return blend(picture, ramp(np.clip(sun, 0, 1), LEAVES), step(1.02, 0.97, crown))


def _sail(picture: Picture, x: Field, y: Field, cx: float, foot: float, high: float) -> Picture:
    up = (foot - y) / high
    lee = (x - cx) / high
    main = (
        (up > 0.06) & (up < 1) & (lee > 0.01) & (lee < 0.42 * np.clip(1 - up, 0, 1) ** 0.8 + 0.02)
    )
    jib = (up > 0.1) & (up < 0.86) & (lee < -0.01) & (lee > -0.28 * np.clip(0.86 - up, 0, 1) ** 0.9)
    hull = (up <= 0.03) & (up > -0.08) & (np.abs(lee - 0.05) < 0.42 + 1.2 * up)
    mirror = (up <= -0.08) & (up > -0.9) & (np.abs(lee - 0.08) < 0.18 * (1 + 0.4 * np.sin(y * 420)))
    picture = blend(picture, colours("#fff0c8")[0], 0.55 * mirror)
    picture = blend(picture, colours("#fffbe8")[0], main)
    picture = blend(picture, colours("#ff9a4a")[0], jib)
    return blend(picture, colours("#7a1f6a")[0], hull)
