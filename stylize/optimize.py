"""The loss of an image, and the compiled step that moves it down that loss."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from keras import ops

from stylize import backend
from stylize.adam import Moments, Rates, descend
from stylize.losses import (
    gram_matrix,
    normalised_content_loss,
    normalised_style_loss,
    total_variation,
)
from stylize.preprocess import preprocess
from stylize.vgg import VGG

__all__ = [
    "Balance",
    "Losses",
    "Objective",
    "Step",
    "Targets",
    "make_step",
]

Tensor = Any


class Targets(NamedTuple):
    """What the image is held to: content features (1,H,W,C) and Gram matrices (1,C,C) a layer."""

    content: tuple[Tensor, ...]
    style: tuple[Tensor, ...]


class Balance(NamedTuple):
    """Weights of the three losses (3,), of the content layers and of the style layers."""

    terms: Tensor
    content: Tensor
    style: Tensor


class Losses(NamedTuple):
    """The weighted total, and the three losses before α, β and γ."""

    total: Tensor
    content: Tensor
    style: Tensor
    variation: Tensor


Step = Callable[..., tuple[Tensor, tuple[Moments, ...], Losses, Tensor]]


class Objective:
    """The loss of an image (1,H,W,3) in [0,1] under a network, given its targets and weights."""

    def __init__(self, vgg: VGG, content_layers: Sequence[str], style_layers: Sequence[str]):
        self.vgg = vgg
        self.content_layers = tuple(content_layers)
        self.style_layers = tuple(style_layers)

    def content_features(self, batch: Tensor) -> tuple[Tensor, ...]:
        """Content targets of a batch in VGG space, one feature map a content layer."""
        found = self.vgg.features(batch, self.content_layers)
        return tuple(found[name] for name in self.content_layers)

    def style_grams(self, batch: Tensor) -> tuple[Tensor, ...]:
        """Style targets of a batch in VGG space, one Gram matrix a style layer."""
        found = self.vgg.features(batch, self.style_layers)
        return tuple(gram_matrix(found[name]) for name in self.style_layers)

    def __call__(self, image: Tensor, targets: Targets, balance: Balance) -> Losses:
        """The total Σ over layers, and its three parts."""
        found = self.vgg.features(preprocess(image), (*self.content_layers, *self.style_layers))
        content = _weighted(
            normalised_content_loss, self.content_layers, found, targets.content, balance.content
        )
        grams = {name: gram_matrix(found[name]) for name in self.style_layers}
        style = _weighted(
            normalised_style_loss, self.style_layers, grams, targets.style, balance.style
        )
        variation = total_variation(image)
        alpha, beta, gamma = (balance.terms[index] for index in range(3))
        return Losses(alpha * content + beta * style + gamma * variation, content, style, variation)


def make_step(objective: Callable[..., Losses]) -> Step:
    """The compiled ``(image, levels, step, rates, targets, balance)`` to the next image and levels.

    Returns ``image, levels, losses, ok``. The losses are those of the image that went in. `ok` is
    whether they and the gradient are finite; where it is false, the image that came in is not to be
    trusted either.
    """
    gradient_of = backend.value_and_gradient(objective)

    def step(
        image: Tensor,
        levels: tuple[Moments, ...],
        number: Tensor,
        rates: Rates,
        targets: Targets,
        balance: Balance,
    ) -> tuple[Tensor, tuple[Moments, ...], Losses, Tensor]:
        losses, gradient = gradient_of(image, targets, balance)
        moved, levels = descend(image, gradient, levels, number, rates)
        ok = ops.isfinite(losses.total) & ops.all(ops.isfinite(gradient))
        return moved, levels, losses, ok

    return backend.compiled(step)


def _weighted(
    loss: Callable[[Tensor, Tensor], Tensor],
    layers: Sequence[str],
    found: dict[str, Tensor],
    targets: Sequence[Tensor],
    weights: Tensor,
) -> Tensor:
    terms = [
        weights[index] * loss(found[name], target)
        for index, (name, target) in enumerate(zip(layers, targets, strict=True))
    ]
    return sum(terms[1:], terms[0])
