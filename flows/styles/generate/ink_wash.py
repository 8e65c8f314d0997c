"""Mountains in mist, in ink on rice paper: wet washes, dry strokes, plum blossom and a seal."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from flows.styles.generate.brush import Surface
from flows.styles.generate.canvas import Field, Picture, blend, colours, grid, noise, ramp, step

__all__ = ["paint"]

RICE = colours("#efdfbd #e6cfa2 #f6ebd2")
INK, TEAL, INDIGO, RUST = colours("#121319 #1d525c #252f66 #9c4a20")
BLOSSOM = colours("#c4162a #e23a3f #9a0f2a #f0736a")
# level of the foot, height of the peaks, strength of the ink, and its tint
RIDGES = (
    (0.38, 0.22, 0.50, INDIGO),
    (0.52, 0.24, 0.66, TEAL),
    (0.68, 0.22, 0.82, INDIGO),
    (0.84, 0.18, 0.95, TEAL),
    (1.02, 0.16, 1.00, INK),
)

# The seal, a hill, a sun and water: what is carved away shows the paper.
SEAL = (
    ".............",
    ".####...####.",
    ".#..#.#.#..#.",
    ".#..#.#.#..#.",
    ".####.#.####.",
    "......#......",
    ".###########.",
    ".#....#....#.",
    ".#.##.#.##.#.",
    ".#..#.#.#..#.",
    "....#...#....",
    ".####.#.####.",
    "......#......",
    ".##.#####.##.",
    ".............",
)


def paint(size: int, seed: int) -> Picture:
    """Return the picture, float32 (size, size, 3) in [0, 1]."""
    rng = np.random.default_rng(seed)
    x, y = grid(size)
    surface = Surface(_paper(size, rng))
    _clouds(surface, rng)
    for ridge in RIDGES:
        _mountain(surface, x, y, ridge, rng)
    _branch(surface, rng)
    picture = _seal(surface.picture, x, y, rng)
    tooth = noise(size, 300, rng) * 0.018 + noise(size, (90, 300), rng) * 0.012
    return np.asarray(np.clip(picture * (1 + tooth[..., None]), 0, 1), np.float32)


def _paper(size: int, rng: np.random.Generator) -> Picture:
    mottle = 0.5 + 0.22 * noise(size, 5, rng, 4)
    paper = ramp(np.clip(mottle, 0, 1), RICE)
    fibres = np.abs(noise(size, (26, 40), rng, 2))
    return blend(paper, colours("#b48a55")[0], 0.35 * step(0.07, 0.0, fibres))


def _clouds(surface: Surface, rng: np.random.Generator) -> None:
    """Lay bleeding washes over the sky, and broad dry strokes over those."""
    size = len(surface.picture)
    _, y = grid(size)
    wash = noise(size, (7, 4), rng, 4)
    pools = (
        step(0.1, 0.25, wash)
        * (0.35 + 0.65 * np.exp(-(((wash - 0.2) / 0.12) ** 2)))
        * step(0.75, 0.3, y)
    )
    surface.picture = blend(surface.picture, TEAL * 0.7 + INDIGO * 0.5, 0.55 * pools)
    for _ in range(70):
        length, width = rng.uniform(0.15, 0.5), rng.uniform(14, 40)
        left, top = rng.uniform(-0.2, 0.95), rng.uniform(-0.02, 0.5)
        t = np.linspace(0, 1, 30)
        bend = 0.02 * np.sin(t * rng.uniform(2, 6) + rng.uniform(0, 6))
        path = np.stack([left + length * t, top + bend], axis=-1) * size
        ink = (INDIGO, TEAL, RUST)[rng.integers(3)]
        surface.stroke(path, width * size / 768, ink, rng, dryness=0.78, opacity=0.55, hairs=26)


def _mountain(
    surface: Surface,
    x: Field,
    y: Field,
    ridge: tuple[float, float, float, Picture],
    rng: np.random.Generator,
) -> None:
    foot, high, dark, tint = ridge
    size = len(x)
    line = _profile(size, foot, high, rng)
    fall = y - line[None, :] + 0.005 * noise(size, 40, rng, 2)
    veil = step(0.0, 0.05, fall) * step(0.5, 0.3, fall)
    surface.picture = blend(surface.picture, RICE[2], 0.8 * veil)
    pools = noise(size, (11, 16), rng, 4)
    wash = np.exp(-np.maximum(fall, 0) / np.maximum(0.12 + 0.04 * pools, 0.04)) * (
        0.8 + 0.25 * pools
    )
    bleed = step(-0.045, 0.0, fall + 0.018 * noise(size, 24, rng, 3)) * (fall < 0)
    rim = np.exp(-(((fall - 0.005) / 0.005) ** 2)) * step(-0.6, 0.8, noise(size, 20, rng, 2))
    cover = np.clip(dark * (wash * step(-0.003, 0.004, fall) + 0.30 * bleed + 0.5 * rim), 0, 0.97)
    warm = step(0.3, 1.4, noise(size, 6, rng, 2))[..., None]
    surface.picture = blend(surface.picture, tint + (RUST - tint) * 0.75 * warm, cover)
    _texture(surface, line, dark, tint, rng)
    if dark > 0.7:
        _pines(surface, line, dark, rng)


def _profile(size: int, foot: float, high: float, rng: np.random.Generator) -> Field:
    at, line = np.linspace(0, 1, size), np.full(size, foot)
    for _ in range(7):
        middle, wide = rng.uniform(-0.05, 1.05), rng.uniform(0.05, 0.13)
        peak = high * rng.uniform(0.5, 1.05) * np.exp(-(np.abs((at - middle) / wide) ** 1.5))
        line = np.minimum(line, foot - peak)
    for octave in range(2, 7):
        knots = rng.uniform(-1, 1, 4 * 2**octave + 1)
        line -= 0.16 * 0.5**octave * np.interp(at, np.linspace(0, 1, len(knots)), knots)
    return np.asarray(ndimage.gaussian_filter1d(line, 0.002 * size), np.float32)


def _texture(
    surface: Surface, line: Field, dark: float, tint: Picture, rng: np.random.Generator
) -> None:
    """Draw the strokes that model the rock: from the ridge downwards, drier as they fall."""
    size = len(line)
    slope = np.gradient(ndimage.gaussian_filter1d(line, 0.015 * size)) * size
    t = np.linspace(0, 1, 14)
    for _ in range(820):
        place, length = rng.uniform(0, 1), rng.uniform(0.03, 0.11)
        column = min(int(place * size), size - 1)
        deep = abs(rng.normal(0, 0.09))
        sense = np.clip(slope[column], -1.6, 1.6) * 0.45 + rng.normal(0, 0.16)
        across = place + length * sense * (0.8 * t + 0.3 * t**2)
        down = line[column] + deep + length * (0.6 * t + 0.4 * t**2)
        ink = (INK if rng.random() < 0.6 else tint if rng.random() < 0.7 else RUST) + 0.22 * (
            1 - dark
        )
        surface.stroke(
            np.stack([across, down], axis=-1) * size,
            rng.uniform(3.5, 12) * size / 768,
            ink,
            rng,
            dryness=rng.uniform(0.45, 0.75),
            opacity=float(0.9 * dark * np.exp(-deep / 0.18)),
        )


def _pines(surface: Surface, line: Field, dark: float, rng: np.random.Generator) -> None:
    """Plant pines along the ridge: a leaning trunk, and boughs in flat dabs."""
    size = len(line)
    for place in rng.uniform(0.02, 0.98, 26):
        tall, lean = rng.uniform(0.03, 0.075), rng.normal(0, 0.012)
        base = line[min(int(place * size), size - 1)] + 0.012
        t = np.linspace(0, 1, 8)
        trunk = np.stack([place + lean * t, base - tall * t], axis=-1) * size
        surface.stroke(trunk, 3.2 * size / 768, INK, rng, opacity=dark)
        for up in np.linspace(0.35, 1.0, 6):
            reach = (0.020 - 0.010 * up) * rng.uniform(0.7, 1.5)
            side = np.linspace(-reach, reach, 8) + rng.normal(0, 0.004)
            bough = np.stack(
                [place + lean * up + side, base - tall * up + 6 * side**2 / reach * 0.06], axis=-1
            )
            surface.stroke(
                bough * size, rng.uniform(4, 7) * size / 768, INK, rng, dryness=0.4, opacity=dark
            )


def _branch(surface: Surface, rng: np.random.Generator) -> None:
    """Draw a plum branch from the upper right corner, twig by twig, and its blossom."""
    size = len(surface.picture)
    unit = size / 768
    stems = [(np.array([1.04, 0.10]), 2.75, 0.34, 17.0)]
    buds: list[np.ndarray] = []
    while stems:
        at, heading, length, width = stems.pop()
        turns = heading + np.cumsum(rng.normal(0, 0.09, 22))
        path = (
            at + np.cumsum(np.stack([np.cos(turns), np.sin(turns)], axis=-1), axis=0) * length / 22
        )
        surface.stroke(path * size, width * unit, INK, rng, dryness=0.42, variety=0.05)
        buds.extend(path[rng.integers(5, 22, 5)])
        if width > 4:
            for place in (8, 14, 21):
                side = rng.choice([-1, 1]) * rng.uniform(0.35, 0.9)
                stems.append(
                    (
                        path[place],
                        turns[place] + side,
                        length * rng.uniform(0.5, 0.75),
                        width * 0.55,
                    )
                )
    for bud in buds:
        _flower(surface, (bud + rng.normal(0, 0.012, 2)) * size, rng.uniform(7, 13) * unit, rng)


def _flower(surface: Surface, middle: np.ndarray, radius: float, rng: np.random.Generator) -> None:
    colour = BLOSSOM[rng.integers(len(BLOSSOM))]
    for turn in rng.uniform(0, 6.3) + np.arange(5) * 2 * np.pi / 5:
        way = np.array([np.cos(turn), np.sin(turn)])
        path = middle + np.linspace(0.25, 0.85, 6)[:, None] * way * radius
        surface.stroke(path, radius * 0.85, colour, rng, opacity=0.85, variety=0.06)
    surface.stroke(middle + np.linspace(-0.15, 0.15, 3)[:, None] * radius, radius * 0.4, INK, rng)


def _seal(picture: Picture, x: Field, y: Field, rng: np.random.Generator) -> Picture:
    wobble = 0.025 * noise(len(x), 60, rng)
    u, v = (x - 0.085) / 0.05 + wobble, (y - 0.10) / 0.06 + wobble
    inside = np.maximum(np.abs(u), np.abs(v))
    carved = np.array([[mark == "#" for mark in row] for row in SEAL])
    row = np.clip((v + 1) / 2 * len(carved), 0, len(carved) - 1).astype(np.int64)
    column = np.clip((u + 1) / 2 * carved.shape[1], 0, carved.shape[1] - 1).astype(np.int64)
    stamp = step(1.02, 0.96, inside) * step(1.9, 1.2, noise(len(x), 90, rng)) * ~carved[row, column]
    return blend(picture, BLOSSOM[0], 0.93 * stamp)
