"""Adam on arrays, and its multi-resolution form for images."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from keras import ops
from numpy.typing import NDArray

__all__ = [
    "OPPONENT",
    "SPACES",
    "Moments",
    "Rates",
    "adam",
    "by_axis",
    "descend",
    "enlarge",
    "smooth",
    "start",
]

Tensor = Any

OPPONENT = np.array([[1, 1, 1], [1, 0, -1], [1, -2, 1]], "float32")
OPPONENT /= np.linalg.norm(OPPONENT, axis=1, keepdims=True)
"""Rows are an orthonormal basis of RGB: lightness, red against blue, green against both."""

SPACES: Mapping[str, NDArray[np.float32]] = MappingProxyType(
    {
        "opponent": OPPONENT,
        "rgb": np.eye(3, dtype="float32"),
        "centred": np.eye(3, dtype="float32") * np.float32(0.5),
        "standardised": np.diag(np.array([0.229, 0.224, 0.225], "float32")),
        "bytes": np.eye(3, dtype="float32") * np.float32(1 / 255),
    }
)
"""Spaces an image is optimised in, as axes A: RGB in [0,1] is z·A plus a constant.

``standardised`` divides by the deviation of ImageNet's pixels, as torchvision's networks want it.
"""


class Moments(NamedTuple):
    """Adam's running mean of the gradient and of its square."""

    mean: Tensor
    square: Tensor


class Rates(NamedTuple):
    """Adam's parameters as scalars, β₁ β₂ and ε of the paper, and how the levels share α.

    `levels` (L,) is the learning rate of each level, finest first; `colours` (A,) multiplies it
    along each of the `axes` (A,3) of a space. The image is kept within `bounds` (2,).
    """

    levels: Tensor
    colours: Tensor
    axes: Tensor
    bounds: Tensor
    beta_1: Tensor
    beta_2: Tensor
    epsilon: Tensor


def adam(gradient: Tensor, moments: Moments, step: Tensor, rates: Rates) -> tuple[Tensor, Moments]:
    """The bias-corrected direction m̂ / (√v̂ + ε) at `step` ≥ 1, and the new moments.

    Kingma & Ba, arXiv:1412.6980, algorithm 1; the caller moves by -α times the direction.
    """
    mean = rates.beta_1 * moments.mean + (1.0 - rates.beta_1) * gradient
    square = rates.beta_2 * moments.square + (1.0 - rates.beta_2) * ops.square(gradient)
    mean_hat = mean / (1.0 - rates.beta_1**step)
    square_hat = square / (1.0 - rates.beta_2**step)
    return mean_hat / (ops.sqrt(square_hat) + rates.epsilon), Moments(mean, square)


def descend(
    image: Tensor, gradient: Tensor, levels: tuple[Moments, ...], step: Tensor, rates: Rates
) -> tuple[Tensor, tuple[Moments, ...]]:
    """One step of Adam on images (N,H,W,3) as a sum of enlarged levels.

    Level k has 1/2ᵏ of the sides; its gradient is the image's, pooled. Plain Adam moves every pixel
    by about α on its own, which fills a picture with coloured grain before it moves an area; here
    the coarse levels move an area as one. Colours are turned to the axes of a space, by default
    opponent ones, so that lightness and chroma can move at different speeds.
    """
    pooled = ops.matmul(gradient, ops.transpose(rates.axes))
    directions, updated = [], []
    for index, moments in enumerate(levels):
        pooled = pooled if index == 0 else ops.average_pool(smooth(pooled), 2, strides=2)
        direction, moments = adam(pooled, moments, step, rates)
        directions.append(direction * rates.levels[index])
        updated.append(moments)
    move = directions[-1]
    for direction in directions[-2::-1]:
        move = enlarge(move) + direction
    moved = image - ops.matmul(move * rates.colours, rates.axes)
    return ops.clip(moved, rates.bounds[0], rates.bounds[1]), tuple(updated)


def by_axis(rates: Rates) -> tuple[Rates, ...]:
    """Rates for a step along one axis after the other, in a third of the memory.

    The last of them keeps the image within its bounds, so that all make the very step that `rates`
    do.
    """
    free = np.array((-np.inf, np.inf), "float32")
    last = len(rates.axes) - 1
    return tuple(
        rates._replace(
            axes=rates.axes[index : index + 1],
            colours=rates.colours[index : index + 1],
            bounds=rates.bounds if index == last else free,
        )
        for index in range(last + 1)
    )


def start(count: int, height: int, width: int, levels: int, axes: int = 3) -> tuple[Moments, ...]:
    """Zero moments along `axes` for `count` images, whose sides `levels` - 1 halvings divide."""
    shapes = [(count, height >> level, width >> level, axes) for level in range(levels)]
    return tuple(Moments(np.zeros(s, "float32"), np.zeros(s, "float32")) for s in shapes)


def enlarge(x: Tensor) -> Tensor:
    """Twice the sides: the refinement 1 3 3 1 of quadratic B-splines.

    Over several levels it stays smooth; plainer kernels leave the cells' grid in the picture.
    """
    return smooth(ops.repeat(ops.repeat(x, 2, axis=1), 2, axis=2))


def smooth(x: Tensor) -> Tensor:
    """Averages over neighbours with weights 1 2 1 along both sides."""
    padded = ops.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="symmetric")
    return ops.average_pool(ops.average_pool(padded, 2, strides=1), 2, strides=1)
