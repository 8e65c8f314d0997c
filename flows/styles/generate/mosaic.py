"""A pavement: two fishes circling in a medallion, in tesserae laid in rows along every outline."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree
from skimage import measure

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

WORK = 768  # the tesserae are laid out at this size, whatever the size of the picture
TILE = 11.8
GROUT = colours("#4a3a30")[0]
PALETTES = (
    colours("#0fa3a8 #16b8b0 #0c7f96 #5fd3c4 #0a6a86"),  # 0 sea
    colours("#e2a52c #f3c64e #c98a1e #ffe08a"),  # 1 fish, gold
    colours("#c5482a #e0663a #a3341f #f08a52"),  # 2 fish, terracotta
    colours("#f3e7cd #e6d2ab #fff6e2"),  # 3 ivory lines
    colours("#123a5c #0d2a48 #1c5580"),  # 4 deep blue
    colours("#b5532c #cf6c3c #9c4022 #dd8450"),  # 5 terracotta ground
    colours("#e9b949 #f6d67c #d19a2a"),  # 6 gold ornament
    colours("#7d9a3e #5f7f2e #a3b85a"),  # 7 olive leaves
    colours("#2b1d1a #3c2822"),  # 8 dark outline
)


def paint(size: int, seed: int) -> Picture:
    """Return the picture, float32 (size, size, 3) in [0, 1]."""
    rng = np.random.default_rng(seed)
    design = _design(*grid(WORK))
    tiles, lean = _lay(design, rng)
    x, y = grid(size)
    return _set(x * WORK, y * WORK, tiles, lean, design, rng)


def _design(x: Field, y: Field) -> Labels:
    """Return the number of the palette at each place."""
    u, v = x * 2 - 1, y * 2 - 1
    apart, angle = np.hypot(u, v), np.arctan2(v, u)
    plan = np.full(x.shape, 5, np.int64)
    _corners(plan, u, v)
    braid = 0.04 * np.sin(angle * 14)
    plan[apart < 0.985] = 3
    plan[apart < 0.955] = 4
    for sense in (1, -1):
        strand = np.abs(apart - 0.86 - sense * braid)
        plan[strand < 0.036] = 6 if sense > 0 else 2
    plan[apart < 0.765] = 3
    plan[apart < 0.735] = 0
    swirl = np.sin(angle * 3 + apart * 19)
    plan[(apart < 0.735) & (swirl > 0.55)] = 4
    plan[(apart < 0.735) & (swirl < -0.9)] = 3
    for sense in (1, -1):
        _fish(plan, sense * u, sense * v, 1 if sense > 0 else 2)
    return plan


def _corners(plan: Labels, u: Field, v: Field) -> None:
    reach = np.hypot(np.abs(u) - 1.0, np.abs(v) - 1.0)
    turn = np.arctan2(1.0 - np.abs(v), 1.0 - np.abs(u) + 1e-6)
    for outer, palette in ((0.42, 3), (0.39, 7), (0.30, 6), (0.22, 4), (0.12, 6)):
        plan[reach < outer * (1 + 0.06 * np.cos(turn * 16))] = palette


def _fish(plan: Labels, u: Field, v: Field, palette: int) -> None:
    """Draw a fish that swims along the circle of radius 0.4, its nose at the left."""
    apart, angle = np.hypot(u, v), np.arctan2(v, u)
    along = (angle + np.pi * 0.92) / (np.pi * 0.78)  # 0 nose, 1 tail
    body = 0.155 * np.clip(along, 0, 1) ** 0.4 * np.clip(1.06 - along, 0, 1) ** 0.75 * 1.75
    tail = np.where((along > 0.9) & (along < 1.16), 0.03 + 0.62 * np.clip(along - 0.93, 0, 1), 0)
    fin = np.where(
        (along > 0.3) & (along < 0.75) & (apart > 0.4),
        0.07 * np.sin((along - 0.3) / 0.45 * np.pi),
        0,
    )
    off = np.abs(apart - 0.4)
    half = np.maximum(body, tail)
    plan[(off < half + fin + 0.028) & (half > 0)] = 8
    plan[(off < half + fin) & (half > 0.004)] = 4 if palette == 2 else 2
    plan[(off < half) & (half > 0.004)] = palette
    scales = np.sin(along * 44 - 150 * off**2 - 6 * off)
    plan[(off < body - 0.02) & (along > 0.34) & (scales > 0.5)] = 3 if palette == 2 else 5
    plan[(off < body) & (np.abs(along - 0.33 + 4 * off**2) < 0.016)] = 8
    eye = np.hypot((along - 0.15) * 0.98, apart - 0.43)
    plan[eye < 0.046] = 3
    plan[eye < 0.024] = 8


def _lay(
    design: Labels, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the tesserae's centres (n, 2) in x, y and their directions, in rows along outlines."""
    inside = seams(design).astype(np.float64)
    soft = ndimage.gaussian_filter(inside, 1.5)
    down, across = np.gradient(soft)
    taken: list[NDArray[np.float64]] = []
    for level in np.arange(TILE * 0.5, inside.max(), TILE):
        for line in measure.find_contours(inside, level):
            steps = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
            marks = np.arange(rng.uniform(0, TILE), steps[-1], TILE * 1.04)
            taken.append(np.stack([np.interp(marks, steps, line[:, k]) for k in (1, 0)], axis=-1))
    filler = rng.uniform(0, WORK, (20_000, 2))
    spots = _apart(np.concatenate([*taken, filler]), 0.76 * TILE)
    column, row = np.clip(spots, 0, WORK - 1).astype(np.int64).T
    return spots, np.arctan2(down[row, column], across[row, column]) + rng.normal(
        0, 0.05, len(spots)
    )


def _apart(spots: NDArray[np.float64], least: float) -> NDArray[np.float64]:
    """Return the spots, in order, that have no earlier one nearer than `least`."""
    kept = np.ones(len(spots), bool)
    for one, near in enumerate(cKDTree(spots).query_ball_point(spots, least)):
        if kept[one]:
            later = np.array(near)
            kept[later[later > one]] = False
    return spots[kept]


def _set(
    x: Field,
    y: Field,
    tiles: NDArray[np.float64],
    lean: NDArray[np.float64],
    design: Labels,
    rng: np.random.Generator,
) -> Picture:
    """Return the pavement: each tessera cut square to its row, chipped, tilted in its bed."""
    apart, near = cKDTree(tiles).query(np.stack([x, y], axis=-1), k=5)
    dx, dy = x[..., None] - tiles[near, 0], y[..., None] - tiles[near, 1]
    cos, sin = np.cos(lean)[near], np.sin(lean)[near]
    a, b = dx * cos + dy * sin, dy * cos - dx * sin
    square = np.maximum(np.abs(a), np.abs(b)) + 0.10 * apart
    order = np.sort(square, axis=-1)
    mine = np.take_along_axis(near, square.argmin(axis=-1)[..., None], axis=-1)[..., 0]
    chips = 0.5 * noise(len(x), 70, rng, 2)
    face = step(0.55, 1.55, (order[..., 1] - order[..., 0]) + chips * 0.5) * step(
        0.74 * TILE, 0.66 * TILE, order[..., 0] + chips
    )
    column, row = np.clip(tiles, 0, WORK - 1).astype(np.int64).T
    stones = np.stack([_stone(PALETTES[p], rng) for p in design[row, column]])
    tilt = rng.normal(0, 0.035, (2, len(tiles)))
    pick = square.argmin(axis=-1)[..., None]
    slope = (
        np.take_along_axis(dx, pick, -1)[..., 0] * tilt[0, mine]
        + np.take_along_axis(dy, pick, -1)[..., 0] * tilt[1, mine]
    )
    bevel = relief(ndimage.gaussian_filter(face, 0.8 * len(x) / WORK) * 3 * len(x) / WORK, 0.9)
    grain = 0.045 * noise(len(x), 190, rng, 2) + 0.03 * noise(len(x), 60, rng)
    picture = stones[mine] * (1 + 0.5 * slope + 0.35 * bevel + grain)[..., None]
    bed = GROUT * (1 + 0.3 * noise(len(x), 200, rng))[..., None]
    gloss = 0.22 * np.maximum(bevel, 0) ** 2
    return np.clip(blend(bed, picture, face) + (gloss * face)[..., None], 0, 1).astype(np.float32)


def _stone(palette: Picture, rng: np.random.Generator) -> Picture:
    stone = palette[rng.integers(len(palette))] * rng.normal(1.0, 0.09) + rng.normal(0, 0.018, 3)
    return np.asarray(np.clip(stone, 0, 1), np.float32)
