"""A window: a sun with wavy rays over hills, a river and flowers, in panes of jewel colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from flows.styles.generate.canvas import (
    Field,
    Picture,
    blend,
    colours,
    grid,
    noise,
    relief,
    seams,
    step,
)

__all__ = ["paint"]

Labels = NDArray[np.int64]

SUN = colours("#ffd23a #ffb01f #ff8a12 #ffe680 #f0560f")
WARM_RAY = colours("#ffb52e #f2541b #d8151f #ff8f1f #e8336d")
COOL_RAY = colours("#1238c9 #3a1fa8 #0b6fe0 #6a1fb8 #10a5e8 #0a1f8f")
HILLS = colours("#0a9a4e #0c6b46 #35c04a #0aa88f #8fd12f #06524a")
RIVER = colours("#0fb6e6 #0a5fd0 #2fd9e0 #0a35a8 #7fe8f0")
PETALS = colours("#e0123c #ff3f6e #b80a5a #ff7a3a #8a0f6e")
LEAD = colours("#0b0a10")[0]
LOTS = 997  # a pane's number, modulo this prime, draws its glass: the same at every size
SUN_AT = (0.36, 0.31)
FLOWERS = (
    (0.78, 0.80, 0.125, 9),
    (0.16, 0.86, 0.10, 8),
    (0.93, 0.55, 0.075, 7),
    (0.47, 0.93, 0.085, 8),
)


def paint(size: int, seed: int) -> Picture:
    """Return the picture, float32 (size, size, 3) in [0, 1]."""
    rng = np.random.default_rng(seed)
    x, y = grid(size)
    x = x + 0.006 * noise(size, 7, rng)
    y = y + 0.006 * noise(size, 7, rng)
    panes, shapes, glass = _window(x, y, rng)
    unit = size / 768
    inside = seams(panes) / unit
    glass = _light(glass, panes, inside, rng)
    lead = np.maximum(step(3.0, 1.7, inside), step(4.6, 3.2, seams(shapes) / unit))
    came = ndimage.gaussian_filter(lead, 0.8 * unit) * 3 * unit
    metal = LEAD + 0.34 * np.maximum(relief(came, 1.0), 0)[..., None] * colours("#9fb0c8")[0]
    return np.clip(blend(glass, metal, lead), 0, 1).astype(np.float32)


def _window(x: Field, y: Field, rng: np.random.Generator) -> tuple[Labels, Labels, Picture]:
    """Return the label of every pane, of every larger shape, and the colour of the glass."""
    panes, shapes, glass = _rays(x, y, rng)
    for number, (cut, palette) in enumerate(_bands(x, y), start=2):
        cells = _shards(x, y, 230, rng, stretch=2.0)
        _lay(panes, shapes, glass, cut, cells + 10_000 * number, number * 10, palette, rng)
    for number, (cx, cy, radius, count) in enumerate(FLOWERS, start=10):
        angle, apart = np.arctan2(y - cy, x - cx), np.hypot(x - cx, y - cy) / radius
        outer, inner = apart > 0.62, apart < 0.27
        turn = angle + 0.9 * apart + 0.5 * np.pi / count * outer
        petal = np.floor(turn / (2 * np.pi) * count).astype(np.int64) % count
        edge = 0.88 + 0.12 * np.abs(np.cos(turn * count / 2 + np.pi / 2))
        cells = 10_000 * number + petal + 50 * outer
        palette = np.roll(PETALS, number, axis=0)
        _lay(panes, shapes, glass, apart < edge, cells, number * 10, palette, rng)
        _lay(
            panes,
            shapes,
            glass,
            inner,
            10_000 * number + 200 + 0 * petal,
            number * 10 + 1,
            SUN[:1],
            rng,
        )
    return panes, shapes, glass


def _rays(x: Field, y: Field, rng: np.random.Generator) -> tuple[Labels, Labels, Picture]:
    angle = np.arctan2(y - SUN_AT[1], x - SUN_AT[0])
    apart = np.hypot(x - SUN_AT[0], y - SUN_AT[1])
    turn = angle + 0.045 / (apart + 0.12) * np.sin(apart * 23) * step(0.1, 0.25, apart)
    reach = (np.maximum(apart - 0.13, 0) / 0.9) ** 0.85 * 13
    far = reach > 6
    ray = np.floor((turn / (2 * np.pi) % 1) * np.where(far, 52, 26)).astype(np.int64) + 100 * far
    ring = np.floor(reach + 0.5 * (ray % 2)).astype(np.int64)
    panes, shapes = ray * 100 + ring, ray.copy()
    glass = np.zeros((*x.shape, 3), np.float32)
    everywhere = np.ones(x.shape, bool)
    _lay(panes, shapes, glass, everywhere & (ray % 2 == 0), panes.copy(), None, WARM_RAY, rng)
    _lay(panes, shapes, glass, everywhere & (ray % 2 == 1), panes.copy(), None, COOL_RAY, rng)
    spin = np.floor((angle + 2.6 * apart * 7) / (2 * np.pi) * 12).astype(np.int64) % 12
    disc = np.where(apart < 0.052, 5000, 5100 + spin)
    _lay(panes, shapes, glass, apart < 0.125, disc, 1000, SUN, rng)
    return panes, shapes, glass


def _bands(x: Field, y: Field) -> tuple[tuple[NDArray[np.bool_], Picture], ...]:
    far = y > 0.60 + 0.055 * np.sin(6.5 * x + 0.4) - 0.05 * x
    near = y > 0.70 + 0.06 * np.sin(5.0 * x + 2.6)
    water = np.abs(x - 0.52 - 0.13 * np.sin((y - 0.6) * 11)) < 0.03 + 0.42 * (y - 0.6)
    front = y > 0.90 + 0.05 * np.sin(7 * x + 1.2)
    return (far, HILLS), (near, np.roll(HILLS, 2, axis=0)), (far & water, RIVER), (front, HILLS)


def _shards(x: Field, y: Field, count: int, rng: np.random.Generator, stretch: float) -> Labels:
    seeds = rng.uniform(0, 1, (count, 2)) * (1, stretch)
    bent = y + 0.05 * np.sin(7 * x)
    return np.asarray(cKDTree(seeds).query(np.stack([x, bent * stretch], axis=-1))[1], np.int64)


def _lay(
    panes: Labels,
    shapes: Labels,
    glass: Picture,
    where: NDArray[np.bool_],
    cells: Labels,
    shape: int | None,
    palette: Picture,
    rng: np.random.Generator,
) -> None:
    sheets = palette[rng.permutation(np.arange(LOTS) % len(palette))]
    sheets = np.clip(sheets + rng.normal(0, 0.04, sheets.shape), 0, 1)
    glass[where] = sheets[cells[where] % LOTS]
    panes[where] = cells[where]
    if shape is not None:
        shapes[where] = shape


def _light(glass: Picture, panes: Labels, inside: Field, rng: np.random.Generator) -> Picture:
    """Return the glass with daylight behind it: hammered, streaked, and darker along the lead."""
    size, unit = len(glass), len(glass) / 768
    lean = rng.normal(0, 1, (2, LOTS))[:, panes % LOTS]
    hammered = relief(noise(size, 95, rng, octaves=2) * unit, 2.4)
    streaks = noise(size, (18, 46), rng, octaves=3)
    glow = 1.1 + 0.12 * noise(size, 5, rng) + 0.14 * streaks * lean[0] + 0.16 * hammered
    glow -= 0.38 * np.exp(-inside / 3.5)
    hatched = (
        step(0.35, 0.8, np.cos(inside * 2 * np.pi / 6.5)) * (lean[1] > 0.35) * step(3.5, 5, inside)
    )
    lit = glass * (glow * (1 - 0.45 * hatched))[..., None]
    white = np.maximum(hammered - 0.15, 0) ** 1.5 * 0.55 + np.maximum(glow - 1.15, 0) * 0.5
    return np.asarray(lit + white[..., None], np.float32)
