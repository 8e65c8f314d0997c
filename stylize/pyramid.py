"""Coarse to fine: the scales a picture is painted at, and the canvas it is painted on.

Broad strokes are laid at coarse scales, where a network's receptive field covers more of the
picture, and refined at finer ones (Gatys et al., CVPR 2017, arXiv:1611.07865, section 6).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from images import fit_shape, resize
from stylize.recipe import Recipe
from stylize.result import Pixels

__all__ = ["CELL", "Scale", "canvas_of", "crop", "scales", "style_at"]

CELL = 16
"""Sides of a canvas are multiples of this: four poolings halve them without a rest."""

SMALLEST = 64
"""No scale but the last has a longer side below this many pixels."""


class Scale(NamedTuple):
    """One level of the pyramid: canvas height and width in pixels, and Adam steps to take."""

    height: int
    width: int
    steps: int


def scales(height: int, width: int, recipe: Recipe) -> list[Scale]:
    """The pyramid for a canvas of `height` × `width`, coarsest first, the last at full size.

    Coarse levels with a longer side under `SMALLEST`, or without steps, are left out.
    """
    levels = []
    for index, steps in enumerate(reversed(recipe.steps)):
        shrink = recipe.scale_factor**index
        level = Scale(_cells(height / shrink), _cells(width / shrink), steps)
        if index == 0 or (steps and max(height, width) / shrink >= SMALLEST):
            levels.append(level)
    return levels[::-1]


def _cells(side: float) -> int:
    return max(2 * CELL, round(side / CELL) * CELL)


def canvas_of(photo: Pixels) -> Pixels:
    """`photo` mirrored outwards to sides that are multiples of `CELL`, at least two cells.

    The rim is painted like the rest and cut off by `crop`, so that the picture keeps the photo's
    exact shape.
    """
    pads = [(max(2 * CELL, -(-side // CELL) * CELL) - side) for side in photo.shape[:2]]
    around = [(pad // 2, pad - pad // 2) for pad in pads]
    return np.pad(photo, (*around, (0, 0)), mode="symmetric")


def crop(canvas: Pixels, height: int, width: int) -> Pixels:
    """The part of `canvas` that `canvas_of` put a photo of `height` × `width` in."""
    top, left = (canvas.shape[0] - height) // 2, (canvas.shape[1] - width) // 2
    return np.ascontiguousarray(canvas[top : top + height, left : left + width])


def style_at(style: Pixels, scale: Scale, style_scale: float) -> Pixels:
    """`style` with a longer side of `style_scale` times the canvas', never enlarged.

    Its sides are at least two cells, so that every layer has something to see.
    """
    size = max(2 * CELL, round(max(scale.height, scale.width) * style_scale))
    height, width = fit_shape(style.shape[0], style.shape[1], size)
    return resize(style, max(height, 2 * CELL), max(width, 2 * CELL))
