"""Adam on arrays, and its multi-resolution form for images."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from keras import ops

__all__ = ["OPPONENT", "Moments", "Rates", "adam", "descend", "start"]

Tensor = Any

OPPONENT = np.array([[1, 1, 1], [1, 0, -1], [1, -2, 1]], "float32")
OPPONENT /= np.linalg.norm(OPPONENT, axis=1, keepdims=True)
"""Rows are an orthonormal basis of RGB: lightness, red against blue, green against both."""


class Moments(NamedTuple):
    """Adam's running mean of the gradient and of its square."""

    mean: Tensor
    square: Tensor


class Rates(NamedTuple):
    """Adam's parameters as scalars, β₁ β₂ and ε of the paper, and how the levels share α.

    `levels` (L,) is the learning rate of each level, finest first; `colours` (3,) multiplies it for
    lightness and the two chromas.
    """

    levels: Tensor
    colours: Tensor
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
    """One step of Adam on an image (1,H,W,3) as a sum of enlarged levels, clipped to [0,1].

    Level k has 1/2ᵏ of the sides; its gradient is the image's, pooled. Plain Adam moves every pixel
    by about α on its own, which fills a picture with coloured grain before it moves an area; here
    the coarse levels move an area as one. Colours are turned to opponent axes, so that lightness
    and chroma can move at different speeds.
    """
    pooled = ops.matmul(gradient, OPPONENT.T)
    directions, updated = [], []
    for index, moments in enumerate(levels):
        pooled = pooled if index == 0 else ops.average_pool(_smooth(pooled), 2, strides=2)
        direction, moments = adam(pooled, moments, step, rates)
        directions.append(direction * rates.levels[index])
        updated.append(moments)
    move = directions[-1]
    for direction in directions[-2::-1]:
        move = _enlarge(move) + direction
    moved = image - ops.matmul(move * rates.colours, OPPONENT)
    return ops.clip(moved, 0.0, 1.0), tuple(updated)


def start(height: int, width: int, levels: int) -> tuple[Moments, ...]:
    """Zero moments for an image of `height` × `width`, whose sides `levels` halvings divide."""
    shapes = [(1, height >> level, width >> level, 3) for level in range(levels)]
    return tuple(Moments(np.zeros(s, "float32"), np.zeros(s, "float32")) for s in shapes)


def _enlarge(x: Tensor) -> Tensor:
    """Twice the sides: the refinement 1 3 3 1 of quadratic B-splines.

    Over several levels it stays smooth; plainer kernels leave the cells' grid in the picture.
    """
    return _smooth(ops.repeat(ops.repeat(x, 2, axis=1), 2, axis=2))


def _smooth(x: Tensor) -> Tensor:
    """Averages over neighbours with weights 1 2 1 along both sides."""
    padded = ops.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="symmetric")
    return ops.average_pool(ops.average_pool(padded, 2, strides=1), 2, strides=1)
