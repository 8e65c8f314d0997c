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

__all__ = ["CELL", "LEAST", "Scale", "canvas_of", "cell_of", "crop", "scales", "style_at"]

CELL = 16
"""What the sides of a canvas are multiples of by default: four poolings halve them."""

BUCKET = 64
"""The same where every new shape is compiled anew."""

LEAST = 32
"""Pixels that a side of a canvas or a style has at least, so that every layer sees something."""

SMALLEST = 64
"""No scale but the last has a longer side below this many pixels."""


class Scale(NamedTuple):
    """One level of the pyramid: canvas height and width in pixels, and Adam steps to take."""

    height: int
    width: int
    steps: int


def cell_of(recipe: Recipe, compiles_shapes: bool) -> int:
    """What the sides of a canvas are multiples of.

    As many halvings as Adam has levels must divide them; where every new shape is compiled anew,
    they fall into coarse buckets.
    """
    return max(1 << (recipe.levels - 1), BUCKET if compiles_shapes else 1)


def scales(
    height: int, width: int, recipe: Recipe, cell: int = CELL, above: int = 0
) -> list[Scale]:
    """The pyramid for a canvas of `height` × `width`, coarsest first, the last at full size.

    Coarse levels with a longer side under `SMALLEST`, or not above `above` pixels, or without
    steps, are left out.
    """
    levels = []
    for index, steps in enumerate(reversed(recipe.steps)):
        shrink, longer = recipe.scale_factor**index, max(height, width)
        level = Scale(_cells(height / shrink, cell), _cells(width / shrink, cell), steps)
        if index == 0 or (steps and longer / shrink >= max(SMALLEST, above + 1)):
            levels.append(level)
    return levels[::-1]


def _cells(side: float, cell: int) -> int:
    return max(LEAST, round(side / cell) * cell)


def canvas_of(photo: Pixels, cell: int = CELL) -> Pixels:
    """`photo` mirrored outwards to sides that are multiples of `cell`, at least `LEAST` pixels.

    The rim is painted like the rest and cut off by `crop`, so that the picture keeps the photo's
    exact shape.
    """
    pads = [(max(LEAST, -(-side // cell) * cell) - side) for side in photo.shape[:2]]
    around = [(pad // 2, pad - pad // 2) for pad in pads]
    return np.pad(photo, (*around, (0, 0)), mode="symmetric")


def crop(canvas: Pixels, height: int, width: int) -> Pixels:
    """The part of `canvas` that `canvas_of` put a photo of `height` × `width` in."""
    top, left = (canvas.shape[0] - height) // 2, (canvas.shape[1] - width) // 2
    return np.ascontiguousarray(canvas[top : top + height, left : left + width])


def style_at(style: Pixels, scale: Scale, recipe: Recipe) -> Pixels:
    """`style` as it is seen at `scale`: never enlarged beyond its own size unless squeezed.

    Its sides are at least `LEAST`, so that every layer has something to see.
    """
    if recipe.style_fit == "squeezed":
        return resize(style, scale.height, scale.width)
    height, width = style.shape[:2]
    if recipe.style_fit == "relative":
        size = max(LEAST, round(max(scale.height, scale.width) * recipe.style_scale))
        height, width = fit_shape(height, width, size)
    return resize(style, max(height, LEAST), max(width, LEAST))
