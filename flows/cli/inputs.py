"""What `atelier stylize` paints from: a photo, styles with their shares and masks, a start."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from flows.style_images import StyleImage
    from stylize import Recipe

    Pixels = NDArray[np.float32]

__all__ = ["Inputs", "gather", "initial_words"]

_ASPECT_TOLERANCE = 0.05
"""Part by which the aspects of two pictures of one scene may differ: rounding, a cut edge."""


@dataclass(frozen=True)
class Inputs:
    """Pixels in [0, 1]: `photo` (H, W, 3) at its final shape, and `styles`.

    `more` are further keywords of `Stylizer.stylize`; `facts` say what was given.
    """

    photo: Pixels
    styles: list[Pixels]
    more: dict[str, Any]
    facts: dict[str, Any]


def gather(
    content: Path,
    styles: Sequence[StyleImage],
    recipe: Recipe,
    shares: str | None = None,
    masks: Sequence[Path] = (),
    initial: Path | None = None,
) -> Inputs:
    """Read everything; what was not given is left to the painter.

    Raises `typer.BadParameter` for shares and masks that do not fit the styles or the photo,
    `ImageError` for files that are no pictures.
    """
    from images import load

    photo = _photo(content, recipe)
    facts: dict[str, Any] = {"content": content.name, "styles": [style.name for style in styles]}
    more: dict[str, Any] = {}
    if shares is not None:
        more["style_weights"] = facts["style_weights"] = _shares(shares, len(styles))
    if masks:
        more["masks"] = _masks(masks, len(styles), photo)
        facts["masks"] = [_named(path) for path in masks]
    if initial is not None:
        more["initial"] = _same_aspect(load(initial).pixels, photo, initial, "--initial")
        facts["initial"] = _named(initial)
    return Inputs(photo, [load(style.path).pixels for style in styles], more, facts)


def initial_words() -> tuple[str, ...]:
    """What the recipe's key `initial` may be: a start that is no picture of one's own."""
    from typing import get_args

    from stylize import Recipe

    return get_args(Recipe.model_fields["initial"].annotation)


def _photo(path: Path, recipe: Recipe) -> Pixels:
    """The photo at the recipe's size, prepared as a build does it: equal recipes, equal pictures.

    A build keeps 8 bits a sample of the photos it prepares, and shrinks a JPEG while decoding it.
    """
    import numpy as np

    from images import fit_levels, fit_shape, load

    shape = load(path).pixels.shape
    height, width = fit_shape(shape[0], shape[1], recipe.size, recipe.fit)
    return fit_levels(path.read_bytes(), height, width).astype(np.float32) / np.float32(255)


def _shares(text: str, count: int) -> list[float]:
    try:
        shares = [float(part) for part in text.split(",")]
    except ValueError:
        shares = []
    good = all(math.isfinite(share) and share >= 0 for share in shares) and sum(shares) > 0
    if not good or len(shares) != count:
        raise typer.BadParameter(
            f"--style-weights takes a number for each of the {count} styles, none negative and not "
            f"all 0, such as {','.join(['1'] * count)}; not {text!r}"
        )
    return shares


def _masks(paths: Sequence[Path], count: int, photo: Pixels) -> list[Pixels]:
    if len(paths) != count:
        raise typer.BadParameter(
            f"{len(paths)} masks came for {count} styles; give --mask once for each style, "
            "in their order"
        )
    return [_mask(path, photo) for path in paths]


def _mask(path: Path, photo: Pixels) -> Pixels:
    """The mask at `path` as (H, W) of the photo's shape; its soft edges stay soft."""
    from images import Limits, load, resize

    colours = load(path, Limits(min_side=1)).pixels
    grey = _same_aspect(colours, photo, path, "--mask").mean(axis=2, keepdims=True)
    if not grey.any():
        raise typer.BadParameter(
            f"--mask {path} is black everywhere; paint white where its style is to apply"
        )
    mask: Pixels = resize(grey, *photo.shape[:2])[..., 0]
    return mask


def _same_aspect(pixels: Pixels, photo: Pixels, path: Path, option: str) -> Pixels:
    given, wanted = (image.shape[1] / image.shape[0] for image in (pixels, photo))
    if abs(math.log(given / wanted)) > _ASPECT_TOLERANCE:
        sizes = [f"{image.shape[1]} × {image.shape[0]}" for image in (pixels, photo)]
        raise typer.BadParameter(
            f"{option} {path} is {sizes[0]} and the photo is painted at {sizes[1]}; "
            "give it the photo's aspect"
        )
    return pixels


def _named(path: Path) -> dict[str, str]:
    from flows.files import file_sha256

    return {"name": path.name, "sha256": file_sha256(path)}
