"""A picture to paint, and what it starts from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from images import resize
from stylize.colour import recolour
from stylize.pyramid import canvas_of
from stylize.recipe import Recipe
from stylize.result import Pixels

__all__ = ["Picture", "initial_image"]


class Picture(NamedTuple):
    """A photo at its final shape, its styles, and what share or region each of them has.

    `shares` sum to 1. `masks` (H,W,3), one a style, are empty unless the styles have regions.
    `initial` is a picture to go on from, else None.
    """

    photo: Pixels
    styles: Sequence[Pixels]
    shares: Sequence[float]
    masks: Sequence[Pixels] = ()
    initial: Pixels | None = None


def initial_image(picture: Picture, recipe: Recipe, cell: int) -> Pixels:
    """What the painting of `picture` starts from, on its canvas."""
    canvas = canvas_of(picture.photo, cell)
    if picture.initial is not None:
        return canvas_of(resize(picture.initial, *picture.photo.shape[:2]), cell)
    if recipe.initial == "content":
        return canvas
    if recipe.initial == "style":
        return _mixed([resize(style, *canvas.shape[:2]) for style in picture.styles], picture)
    if recipe.initial == "recoloured":
        share = np.float32(min(1.0, 2 * recipe.strength))
        return canvas + share * (_recoloured(canvas, picture, cell) - canvas)
    noise = np.random.default_rng(recipe.seed).normal(0.5, 0.2, canvas.shape)
    return np.clip(noise, 0, 1).astype(np.float32)


def _recoloured(canvas: Pixels, picture: Picture, cell: int) -> Pixels:
    if not picture.masks:
        return recolour(canvas, picture.styles, picture.shares)
    # Where no style is to be, the photo keeps its colours.
    moved = canvas.copy()
    for style, mask in zip(picture.styles, picture.masks, strict=True):
        moved += canvas_of(mask, cell) * (recolour(canvas, [style], [1.0]) - canvas)
    return np.clip(moved, 0, 1)


def _mixed(images: Sequence[Pixels], picture: Picture) -> Pixels:
    mixed: Pixels = np.sum(
        [share * image for share, image in zip(picture.shares, images, strict=True)], axis=0
    ).astype(np.float32)
    return mixed
