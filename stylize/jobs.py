"""What the engine is asked to paint, checked and brought to size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from images import fit_shape, resize
from stylize.errors import PaintError
from stylize.picture import Picture
from stylize.recipe import Recipe
from stylize.result import Pixels

__all__ = ["StylizeJob", "prepare"]


@dataclass(frozen=True)
class StylizeJob:
    """One picture to paint; images are float32 (H,W,3), RGB in [0,1].

    Several `styles` are blended by `style_weights`, or each keeps to where its mask of `masks`,
    float (H,W) in [0,1], is white; masks of another size are resized with the photo, and where they
    overlap the styles share the place. `initial` is a picture to go on from: only scales larger
    than it are painted.
    """

    content: Pixels
    styles: Sequence[Pixels]
    recipe: Recipe = field(default_factory=Recipe)
    style_weights: Sequence[float] | None = None
    masks: Sequence[Pixels] | None = None
    initial: Pixels | None = None


def prepare(job: StylizeJob) -> Picture:
    """The picture to paint: the photo at its final shape, shares and masks that sum to 1.

    Raises `PaintError` for images, weights or masks that are none.
    """
    for image in (job.content, *job.styles, *(() if job.initial is None else (job.initial,))):
        _check_image(image)
    shares = _shares(len(job.styles), job.style_weights)
    height, width = job.content.shape[:2]
    shape = fit_shape(height, width, job.recipe.size, job.recipe.fit)
    masks = () if job.masks is None else _masks(job, shape)
    return Picture(resize(job.content, *shape), list(job.styles), shares, masks, job.initial)


def _check_image(image: Pixels) -> None:
    if image.ndim != 3 or image.shape[2] != 3 or not image.size or not np.isfinite(image).all():
        raise PaintError(
            f"An image is float32 (H,W,3) in [0,1] and finite, {image.dtype} {image.shape} came: "
            "load it with images.load."
        )
    if image.min() < 0 or image.max() > 1:
        raise PaintError(
            f"An image is RGB in [0,1], values from {image.min():.3g} to {image.max():.3g} came: "
            "divide 8-bit values by 255."
        )


def _shares(count: int, weights: Sequence[float] | None) -> list[float]:
    shares = [1.0] * count if weights is None else [float(weight) for weight in weights]
    if count == 0 or len(shares) != count or not 0 < sum(shares) < np.inf or min(shares) < 0:
        raise PaintError(
            f"{count} styles and {len(shares)} weights came: give a style or more, "
            "and for each a weight that is not negative, their sum above 0."
        )
    return [share / sum(shares) for share in shares]


def _masks(job: StylizeJob, shape: tuple[int, int]) -> list[Pixels]:
    masks = list(job.masks or ())
    if job.style_weights is not None:
        raise PaintError("Masks and style weights came: give each style a place or a share.")
    if len(masks) != len(job.styles):
        raise PaintError(
            f"{len(job.styles)} styles and {len(masks)} masks came: give each style its mask."
        )
    for number, mask in enumerate(masks, start=1):
        _check_mask(number, mask)
    placed = [resize(np.repeat(mask[..., None], 3, axis=2), *shape) for mask in masks]
    crowded = np.maximum(np.sum(placed, axis=0), 1)
    return [(mask / crowded).astype(np.float32) for mask in placed]


def _check_mask(number: int, mask: Pixels) -> None:
    if mask.ndim != 2 or not mask.size:
        raise PaintError(f"Mask {number} is of shape {mask.shape}: a mask is grey, (H,W) in [0,1].")
    if not np.isfinite(mask).all():
        raise PaintError(f"Mask {number} has values that are not finite: a mask is grey, in [0,1].")
    if mask.min() < 0 or mask.max() > 1:
        raise PaintError(
            f"Mask {number} has values from {mask.min():.3g} to {mask.max():.3g}: "
            "a mask is grey, in [0,1]."
        )
    if mask.max() == 0:
        raise PaintError(f"Mask {number} is black: its style would be nowhere; make a part white.")
