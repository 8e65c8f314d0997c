"""A high sea in four blocks: Prussian blue, sky blue, ochre and cream paper, cut with a gouge."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from flows.styles.generate.canvas import Field, Picture, blend, colours, grid, noise, ramp, step

__all__ = ["paint"]

INK, DEEP, BLUE, PALE, PAPER = colours("#0a1733 #123a7a #2a6cb0 #8fbfd6 #f4e8cc")
SKY = colours("#2a5f9e #7fa9bd #e9d9ae #f0c58a #e9a873")


class Wave(NamedTuple):
    """A row of breakers: where it stands, how high, how far apart, and how far its crests curl."""

    level: float
    height: float
    length: float
    start: float
    curl: float


WAVES = (
    Wave(0.56, 0.07, 0.21, 0.06, 1.2),
    Wave(0.66, 0.13, 0.36, 0.30, 1.7),
    Wave(0.80, 0.50, 0.95, 0.30, 2.9),
    Wave(0.88, 0.15, 0.42, -0.10, 1.8),
    Wave(1.02, 0.22, 0.55, 0.26, 2.0),
)


def paint(size: int, seed: int) -> Picture:
    """Return the picture, float32 (size, size, 3) in [0, 1]."""
    rng = np.random.default_rng(seed)
    x, y = grid(size)
    x = x + 0.0009 * noise(size, 45, rng)
    y = y + 0.0009 * noise(size, 45, rng)
    picture = _sky(x, y, rng)
    for wave in WAVES:
        picture = _breakers(picture, x, y, wave, rng)
    grain = noise(size, (150, 5), rng, 2) + 0.7 * noise(size, (60, 40), rng, 2)
    picture = picture * (1 + 0.035 * grain)[..., None]
    worn = step(2.2, 2.8, noise(size, (170, 45), rng)) * 0.35
    return np.clip(blend(picture, PAPER, worn), 0, 1).astype(np.float32)


def _line(field: Field, every: float, share: Field | float) -> Field:
    """Return 1 on lines at each multiple of `every` in `field`, `share` of the interval wide."""
    down, across = np.gradient(field / every)
    blur = np.hypot(down, across) + 1e-6
    away = np.abs(field / every - np.round(field / every))
    return step(0.7, -0.7, (away - np.asarray(share) / 2) / blur)


def _sky(x: Field, y: Field, rng: np.random.Generator) -> Picture:
    size = len(x)
    drift = noise(size, (5, 2), rng, 3)
    picture = ramp(np.clip(y / 0.62 + 0.05 * drift, 0, 1), SKY)
    sun = np.hypot(x - 0.80, y - 0.27)
    picture = blend(picture, colours("#dd5a34")[0], step(0.105, 0.103, sun))
    cloud = y + 0.035 * drift + 0.02 * np.sin(6 * x)
    banks = np.sin(cloud * 34 + 1.5 * drift)
    picture = blend(picture, PAPER, step(0.35, 0.42, banks) * step(0.62, 0.5, y))
    width = np.clip(0.36 + 0.22 * noise(size, (8, 4), rng, 2), 0.12, 0.62)
    width = width * step(0.100, 0.112, sun) + 0.28 * step(0.112, 0.100, sun)
    lines = _line(cloud, 1 / 66, width)
    picture = blend(
        picture,
        ramp(np.clip(y / 0.55, 0, 1), colours("#0f2f66 #2a6cb0 #3f86b4 #c4622f")),
        0.85 * lines,
    )
    ring = step(0.003, 0.0015, np.abs(sun - 0.104))
    return blend(picture, INK, ring)


def _breakers(
    picture: Picture, x: Field, y: Field, wave: Wave, rng: np.random.Generator
) -> Picture:
    size, px = len(x), 1 / len(x)
    depth, near = _sea(x, y, wave, rng)
    bubble, lot, home = _bubbles(x, y, 46, rng)
    high, close = depth[home], near[home]
    spray = (high < -0.006) & (high > -0.34 * wave.height * close) & (lot < 0.75 * close)
    drops = step(0.40, 0.34, bubble) * spray
    picture = blend(blend(picture, INK, step(0.56, 0.50, bubble) * spray), PAPER, drops)
    lace = 0.007 + 0.20 * wave.height * near**1.5 + 0.012 * noise(size, 14, rng, 2) * (0.3 + near)
    edge = depth - lace - 0.016 * (0.5 - bubble) * (0.7 + 2.4 * near)
    body = blend(_face(depth, wave, rng), INK, step(0.0065, 0.0045, edge))
    rims = step(0.16, 0.06, np.abs(bubble - 0.52)) * step(0.55, 0.45, lot)
    foam = blend(
        np.broadcast_to(PAPER, body.shape), PALE, step(0.75, 0.82, lot) * step(0.50, 0.44, bubble)
    )
    foam = blend(foam, DEEP, 0.9 * rims)
    body = blend(body, foam, step(0.5 * px, -0.5 * px, edge))
    outline = step(0.0048, 0.0034, np.abs(depth))
    return blend(blend(picture, body, step(-0.5 * px, 0.5 * px, depth)), INK, outline)


def _face(depth: Field, wave: Wave, rng: np.random.Generator) -> Picture:
    """Return the water itself: dark blocks, and the pale lines the gouge left along the swell."""
    size, scale = len(depth), wave.height
    fall = depth / scale + 0.16 * noise(size, (6, 5), rng, 2)
    tone = ramp(np.clip(fall * 0.8, 0, 1), np.stack([DEEP, INK, DEEP, BLUE, DEEP, INK]))
    bent = depth + 0.012 * noise(size, 5, rng)
    swell = np.clip(0.42 + 0.26 * noise(size, (7, 9), rng, 2), 0.08, 0.85)
    every = 0.022 + 0.030 * scale
    pale = blend(np.broadcast_to(PALE, tone.shape), BLUE, step(-0.1, 0.3, noise(size, 4, rng, 2)))
    body = blend(tone, pale, _line(bent, every, swell))
    return blend(body, PAPER, _line(bent, every, np.clip(0.5 * swell - 0.08, 0, 1)))


def _bubbles(
    x: Field, y: Field, rows: int, rng: np.random.Generator
) -> tuple[Field, Field, tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Return the distance to the nearest bubble (1: their spacing), its lot (0 to 1), its pixel."""
    middles = np.stack(np.meshgrid(np.arange(rows), np.arange(rows)), axis=-1).reshape(-1, 2)
    spots = (middles + 0.5 + rng.uniform(-0.32, 0.32, middles.shape)) / rows
    lots = rng.uniform(0, 1, len(spots))
    apart, near = cKDTree(spots).query(np.stack([x, y], axis=-1))
    column, row = np.clip(spots[near] * len(x), 0, len(x) - 1).astype(np.int64).transpose(2, 0, 1)
    return (apart * rows).astype(np.float32), lots[near].astype(np.float32), (row, column)


def _sea(x: Field, y: Field, wave: Wave, rng: np.random.Generator) -> tuple[Field, Field]:
    """Return the depth below the surface (negative above) and the nearness to a crest (0 to 1)."""
    u, v = x.copy(), y.copy()
    crests = np.arange(wave.start - 2 * wave.length, 1.6, wave.length)
    heights = wave.height * rng.uniform(0.8, 1.1, len(crests))
    near = np.zeros_like(x)
    for crest, height in zip(crests, heights, strict=True):
        dx, dy = x - crest - 0.25 * height, y - (wave.level - 0.80 * height)
        apart = np.hypot(dx, dy) / (0.55 * height)
        turn = -wave.curl * np.exp(-(apart**2))
        u += dx * (np.cos(turn) - 1) - dy * np.sin(turn)
        v += dx * np.sin(turn) + dy * (np.cos(turn) - 1)
        near = np.maximum(near, np.exp(-((apart / 1.5) ** 2)))
    surface = np.full_like(x, wave.level) + 0.06 * wave.height * np.sin(u * 9 / wave.length)
    for crest, height in zip(crests, heights, strict=True):
        s = (u - crest) / wave.length
        flank = np.where(
            s < 0, np.clip(1 + s / 0.62, 0, 1) ** 1.7, np.clip(1 - s / 0.42, 0, 1) ** 2.4
        )
        surface = np.minimum(surface, wave.level - height * flank)
    return v - surface, near
