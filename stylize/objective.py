"""The loss of an image under a network, given its targets: what a painting minimises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from keras import ops

from stylize.losses import (
    FeatureMoments,
    Part,
    absolute_variation,
    content_loss,
    feature_moments,
    positions,
    relative_content_loss,
    total_variation,
)
from stylize.preprocess import preprocess
from stylize.recipe import Recipe
from stylize.style_losses import STYLE_LOSSES
from stylize.vgg import VGG

__all__ = ["CONTENT_LOSSES", "VARIATIONS", "Balance", "Losses", "Objective", "Targets"]

Tensor = Any
Features = Mapping[str, Tensor]
Layered = tuple[FeatureMoments, ...]

CONTENT_LOSSES = {"relative": relative_content_loss, "mean": content_loss}
VARIATIONS = {"squared": total_variation, "absolute": absolute_variation}


class Targets(NamedTuple):
    """What an image is held to.

    `content` has features (N,H,W,C) a content layer. `style` has, for each region, moments a style
    layer, of N pictures or of one for all. `masks` has, for each region, a mask (N,H,W,1) in [0,1]
    a style layer; it is empty where one region is the whole picture.
    """

    content: tuple[Tensor, ...]
    style: tuple[Layered, ...]
    masks: tuple[tuple[Tensor, ...], ...] = ()


class Balance(NamedTuple):
    """Weights of the three losses (3,), of the content layers and of the style layers."""

    terms: Tensor
    content: Tensor
    style: Tensor


class Losses(NamedTuple):
    """The weighted total, and the three losses before α, β and γ; each (N,)."""

    total: Tensor
    content: Tensor
    style: Tensor
    variation: Tensor


class Objective:
    """The loss of images (N,H,W,3) in [0,1]; which losses and layers, the recipe says."""

    def __init__(self, vgg: VGG, recipe: Recipe):
        self.vgg = vgg
        self.content_layers = tuple(name for name, _ in recipe.content_layers)
        self.style_layers = tuple(name for name, _ in recipe.style_layers)
        self.relative_content = recipe.content_loss == "relative"
        self._view = recipe.view
        self._content_loss = CONTENT_LOSSES[recipe.content_loss]
        self._style_loss = STYLE_LOSSES[recipe.style_loss]
        self._variation = VARIATIONS[recipe.variation]

    def __call__(self, image: Tensor, targets: Targets, balance: Balance) -> Losses:
        """α·content + β·style + γ·variation, and the three."""
        found = self.features(image, (*self.content_layers, *self.style_layers))
        counts = [positions(found[name]) for name in self.style_layers]
        shares = [ops.mean(masks[0], axis=(1, 2, 3)) for masks in targets.masks] or [1.0]
        return self.total(
            self.content(found, targets.content, balance.content),
            self.style(self.moments(found, targets.masks), targets.style, counts, shares, balance),
            self.variation(image),
            balance,
        )

    def total(self, content: Tensor, style: Tensor, variation: Tensor, balance: Balance) -> Losses:
        """The three losses with their weighted sum."""
        alpha, beta, gamma = (balance.terms[index] for index in range(3))
        return Losses(alpha * content + beta * style + gamma * variation, content, style, variation)

    def content(self, found: Features, targets: Sequence[Tensor], weights: Tensor) -> Tensor:
        """Σ over content layers: (N,)."""
        pairs = zip(self.content_layers, targets, strict=True)
        terms = [self._content_loss(found[name], target) for name, target in pairs]
        return _weighted(terms, weights)

    def moments(self, found: Features, masks: Sequence[Sequence[Tensor]] = ()) -> list[Layered]:
        """The moments of the style layers in each region; the whole picture without masks."""
        regions: Sequence[Sequence[Tensor | None]] = masks or [[None] * len(self.style_layers)]
        return [
            tuple(
                feature_moments(found[name], mask)
                for name, mask in zip(self.style_layers, region, strict=True)
            )
            for region in regions
        ]

    def style(
        self,
        moments: Sequence[Layered],
        targets: Sequence[Layered],
        counts: Sequence[Any],
        shares: Sequence[Any],
        balance: Balance,
    ) -> Tensor:
        """Σ over regions, by their share of the picture, and style layers: (N,).

        `counts` are the positions H·W of each layer.
        """
        terms = [
            share * _weighted(list(map(self._style_loss, region, target, counts)), balance.style)
            for region, target, share in zip(moments, targets, shares, strict=True)
        ]
        return sum(terms[1:], terms[0])

    def variation(self, image: Tensor, part: Part | None = None) -> Tensor:
        """Total variation of the image as it is, whatever the network sees: (N,)."""
        return self._variation(image, part)

    def content_features(self, image: Tensor) -> tuple[Tensor, ...]:
        """Content targets of images in [0,1], one feature map a content layer."""
        found = self.features(image, self.content_layers)
        return tuple(found[name] for name in self.content_layers)

    def style_moments(self, image: Tensor) -> Layered:
        """Style targets of images in [0,1], moments a style layer."""
        return self.moments(self.features(image, self.style_layers))[0]

    def features(self, image: Tensor, layers: Sequence[str]) -> dict[str, Tensor]:
        """Feature maps of images in [0,1], as the network sees them."""
        if self._view:
            image = ops.image.resize(image, (self._view, self._view), antialias=True)
        return self.vgg.features(preprocess(image), layers)


def _weighted(terms: Sequence[Tensor], weights: Tensor) -> Tensor:
    weighted = [weights[index] * term for index, term in enumerate(terms)]
    return sum(weighted[1:], weighted[0])
