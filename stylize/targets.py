"""Targets, computed once: style moments a style and size, content features a photo and size."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from keras import ops

from images import resize
from stylize.cache import Cache
from stylize.layers import stride
from stylize.losses import FeatureMoments
from stylize.objective import Targets
from stylize.picture import Picture
from stylize.preprocess import check_batch, preprocess
from stylize.pyramid import Scale, canvas_of, style_at
from stylize.recipe import Recipe
from stylize.result import Pixels
from stylize.statistics_store import StatisticsStore

__all__ = ["LIMIT", "TargetStore", "layer_mask"]

LIMIT = 8 << 20
"""Bytes of style moments, and of content features, that are kept for the next pictures."""

Layered = tuple[FeatureMoments, ...]


class TargetStore:
    """Computes targets with two functions of a (1,H,W,3) image, and keeps those used last."""

    def __init__(
        self,
        content_features: Callable[[Any], tuple[Any, ...]],
        style_moments: Callable[[Any], Layered],
        style_layers: Sequence[str],
        shared: StatisticsStore | None = None,
    ):
        """`shared` keeps style moments for other painters, too."""
        self._shared = shared
        self._content_features = content_features
        self._style_moments = style_moments
        self._style_layers = style_layers
        self._features, self._moments = Cache(LIMIT), Cache(LIMIT)

    def of(self, pictures: Sequence[Picture], scale: Scale, recipe: Recipe, cell: int) -> Targets:
        """The targets of a batch of pictures at `scale`."""
        content = [self._content(canvas_of(p.photo, cell), scale) for p in pictures]
        if pictures[0].masks:
            (picture,) = pictures
            regions = tuple(self._style(style, scale, recipe) for style in picture.styles)
            return Targets(content[0], regions, self._masks(picture, scale, recipe, cell))
        blends = [self._blend(picture, scale, recipe) for picture in pictures]
        return Targets(_stacked(content), (_shared(blends),))

    def _content(self, canvas: Pixels, scale: Scale) -> tuple[Any, ...]:
        key = (_digest(canvas), scale.height, scale.width)
        return self._features.get(
            key, lambda: self._content_features(_batch(resize(canvas, scale.height, scale.width)))
        )

    def _style(self, style: Pixels, scale: Scale, recipe: Recipe) -> Layered:
        seen = style_at(style, scale, recipe)
        digest = _digest(seen)
        made = self._moments.get(digest, lambda: self._measured(digest, seen))
        return tuple(FeatureMoments(*map(np.asarray, moments)) for moments in made)

    def _measured(self, digest: bytes, seen: Pixels) -> Layered:
        if self._shared is None:
            return self._style_moments(_batch(seen))
        return self._shared.get(digest, lambda: self._style_moments(_batch(seen)))

    def _blend(self, picture: Picture, scale: Scale, recipe: Recipe) -> Layered:
        """Moments of all the styles' positions together, weighted by the styles' shares."""
        styles = [self._style(style, scale, recipe) for style in picture.styles]
        return tuple(
            FeatureMoments(
                *(
                    sum(share * one for share, one in zip(picture.shares, part, strict=True))
                    for part in zip(*layer, strict=True)
                )
            )
            for layer in zip(*styles, strict=True)
        )

    def _masks(
        self, picture: Picture, scale: Scale, recipe: Recipe, cell: int
    ) -> tuple[tuple[Any, ...], ...]:
        seen = (recipe.view, recipe.view) if recipe.view else (scale.height, scale.width)
        masks = [resize(canvas_of(mask, cell), *seen) for mask in picture.masks]
        return tuple(tuple(layer_mask(mask, name) for name in self._style_layers) for mask in masks)


def layer_mask(mask: Pixels, layer: str) -> Any:
    """A mask (H,W,3) averaged to the positions of `layer`: (1,H',W',1)."""
    side = stride(layer)
    height, width = (length // side for length in mask.shape[:2])
    cells = mask[: height * side, : width * side, 0].reshape(height, side, width, side)
    return cells.mean((1, 3), dtype=np.float32)[None, :, :, None]


def _stacked(pictures: Sequence[tuple[Any, ...]]) -> tuple[Any, ...]:
    if len(pictures) == 1:
        return pictures[0]
    return tuple(ops.concatenate(layer) for layer in zip(*pictures, strict=True))


def _shared(blends: Sequence[Layered]) -> Layered:
    """One set of moments where all pictures have the same, else one a picture."""
    first = blends[0]
    if all(_equal(blend, first) for blend in blends[1:]):
        return first
    return tuple(
        FeatureMoments(*(np.concatenate(part) for part in zip(*layer, strict=True)))
        for layer in zip(*blends, strict=True)
    )


def _equal(one: Layered, two: Layered) -> bool:
    return all(
        np.array_equal(a, b)
        for x, y in zip(one, two, strict=True)
        for a, b in zip(x, y, strict=True)
    )


def _batch(image: Pixels) -> Any:
    check_batch(np.asarray(preprocess(image[None])))
    return np.ascontiguousarray(image[None])


def _digest(pixels: Pixels) -> bytes:
    shape = repr(pixels.shape).encode()
    return hashlib.blake2b(np.ascontiguousarray(pixels).data, digest_size=16, key=shape).digest()
