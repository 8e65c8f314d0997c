"""L-BFGS for images, preconditioned on several resolutions, for a batch and on the device.

What makes plain L-BFGS slow to start here is its first guess of the Hessian, one number for all
pixels. This one begins from the guess that Adam makes, 1/√(mean square of the gradient), on the
levels of a pyramid: so coarse and fine, flat and busy places move at once at their own pace, and
the pairs (s,y) correct what that guess misses. Measured in docs/performance.md.

Maps to Nocedal & Wright, "Numerical Optimization", algorithm 7.4: `steps` are s, `changes` y, rows
of `curvatures` ρ = 1/s'y, and H⁰ = 2·(s'y / y'Py)·P with the preconditioner P. Differs from it: the
box is kept by clipping, with gradients that point out of it left out; a step that does not lower
the loss is shortened by interpolation instead of a Wolfe search, so that each evaluation is a step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from keras import ops

from stylize.adam import enlarge, smooth

__all__ = ["History", "Search", "begin", "follow"]

Tensor = Any
Precondition = Callable[[Tensor], Tensor]

FIRST, FURTHEST = 0.03, 0.1
"""Root mean square move of the first step, and of any."""

MEMORY = 0.5
"""Decay of the preconditioner's mean square of the gradient."""

SHORTEST = 1e-3
"""A step shortened below this part of its direction makes the memory be dropped."""

BOLDNESS = 2.0
"""What H⁰ is multiplied by. Measured: twice the secant's guess is soonest, four times too far."""

TINY = 1e-20


class History(NamedTuple):
    """What L-BFGS remembers, oldest first: s and y, each (N,H,W,3), and ρ (N,M), 0 where unused.

    `scale` (N,) is 2·s'y / y'Py of the newest pair, 0 while there is none.
    """

    steps: tuple[Tensor, ...]
    changes: tuple[Tensor, ...]
    curvatures: Tensor
    scale: Tensor


class Search(NamedTuple):
    """The best images so far (N,H,W,3), and the ones to try next.

    `total` (N,) and `gradient` belong to `image`; `length` (N,) is the part of the direction that
    `trial` went, 1 unless shortened.
    `squares` are the mean squares of the gradient on each level, finest first.
    """

    image: Tensor
    total: Tensor
    gradient: Tensor
    trial: Tensor
    length: Tensor
    history: History
    squares: tuple[Tensor, ...]


def begin(image: Tensor, levels: int, pairs: int) -> Search:
    """A search that is about to try `image` (N,H,W,3) itself."""
    count, height, width, _ = np.shape(image)
    nothing = np.zeros((count, height, width, 3), np.float32)
    # One pixel stands for a pair of zeros: it broadcasts.
    empty = tuple(np.zeros((1, 1, 1, 3), np.float32) for _ in range(pairs))
    squares = tuple(
        np.zeros((count, height >> level, width >> level, 3), np.float32) for level in range(levels)
    )
    unknown = np.full((count,), np.inf, np.float32)
    zeros = np.zeros((count,), np.float32)
    history = History(empty, empty, np.zeros((count, pairs), np.float32), zeros)
    return Search(image, unknown, nothing, image, zeros, history, squares)


def follow(
    search: Search, total: Tensor, gradient: Tensor, axes: Tensor, colours: Tensor, bounds: Tensor
) -> tuple[Search, Tensor]:
    """The search after its trial turned out to have the loss `total` (N,) and that `gradient`.

    `axes` (3,3) and `colours` (3,) are the space the preconditioner works in and how fast each of
    its axes moves, `bounds` (2,) the box. Also gives whether each trial was finite (N,); where it
    was not, or its loss was higher, the image stays and the next step is shorter.
    """
    finite = ops.isfinite(total) & ops.all(ops.isfinite(gradient), axis=(1, 2, 3))
    gradient = ops.where(_each(finite), gradient, 0.0)
    better = finite & (total < search.total)
    first = better & ops.logical_not(ops.isfinite(search.total))
    squares = _squares(search.squares, gradient, axes, first, better)

    def precondition(x: Tensor) -> Tensor:
        return _precondition(x, squares, axes, colours)

    history = _remember(search, gradient, better & ops.logical_not(first), precondition)
    image = ops.where(_each(better), search.trial, search.image)
    length = ops.where(better, 1.0, _shortened(search, ops.where(finite, total, np.inf)))
    lost = length < SHORTEST
    history = history._replace(
        curvatures=ops.where(lost[:, None], 0.0, history.curvatures),
        scale=ops.where(lost, 0.0, history.scale),
    )
    length = ops.where(lost, SHORTEST**0.5, length)
    gradient = ops.where(_each(better), gradient, search.gradient)
    total = ops.where(better, total, search.total)
    direction = _direction(_inside(image, gradient, bounds), history, precondition)
    furthest = ops.where(history.scale > 0, FURTHEST, FIRST)
    reach = ops.minimum(1.0, furthest / (_rms(direction) + TINY))
    trial = ops.clip(image - _each(length * reach) * direction, bounds[0], bounds[1])
    moved = Search(image, total, gradient, trial, length, history, squares)
    return moved, finite


def _remember(
    search: Search, gradient: Tensor, better: Tensor, precondition: Precondition
) -> History:
    """The history with the newest pair in place of the oldest, where the curvature is positive."""
    keep = _each(better)
    step = ops.where(keep, search.trial - search.image, 0.0)
    change = ops.where(keep, gradient - search.gradient, 0.0)
    curvature = _dot(step, change)
    useful = curvature > 1e-10 * _dot(change, change)
    rho = ops.where(useful, 1.0 / ops.where(useful, curvature, 1.0), 0.0)
    steps, changes, curvatures, scale = search.history
    newton = BOLDNESS * curvature / (_dot(change, precondition(change)) + TINY)
    return History(
        (*steps[1:], step),
        (*changes[1:], change),
        ops.concatenate([curvatures[:, 1:], rho[:, None]], axis=1),
        ops.where(useful, newton, scale),
    )


def _direction(gradient: Tensor, history: History, precondition: Precondition) -> Tensor:
    """H·g by the two loops; the first direction is scaled to a root mean square of `FIRST`."""
    count = len(history.steps)
    rhos = [history.curvatures[:, index] for index in range(count)]
    remembered = list(zip(history.steps, history.changes, rhos, strict=True))
    found, shares = gradient, []
    for step, change, rho in reversed(remembered):
        share = rho * _dot(step, found)
        found = found - _each(share) * change
        shares.append(share)
    direction = precondition(found)
    first = FIRST / (_rms(direction) + TINY)
    direction = direction * _each(ops.where(history.scale > 0, history.scale, first))
    for (step, change, rho), share in zip(remembered, reversed(shares), strict=True):
        direction = direction + _each(share - rho * _dot(change, direction)) * step
    return direction


def _precondition(
    gradient: Tensor, squares: tuple[Tensor, ...], axes: Tensor, colours: Tensor
) -> Tensor:
    """P·g = Σ over levels of enlarged (shrunk g) / √squares: symmetric and positive."""
    shrunk = _levels(ops.matmul(gradient, ops.transpose(axes)), len(squares))
    moves = [
        one / ops.sqrt(square + 1e-3 * ops.mean(square, axis=(1, 2, 3), keepdims=True) + TINY)
        for one, square in zip(shrunk, squares, strict=True)
    ]
    total = moves[-1]
    for move in moves[-2::-1]:
        total = enlarge(total) + move
    return ops.matmul(total * colours, axes)


def _squares(
    squares: tuple[Tensor, ...], gradient: Tensor, axes: Tensor, first: Tensor, better: Tensor
) -> tuple[Tensor, ...]:
    """The running mean square of the gradient on each level, smoothed over neighbours."""
    keep = ops.where(first, 0.0, ops.where(better, MEMORY, 1.0))
    shrunk = _levels(ops.matmul(gradient, ops.transpose(axes)), len(squares))
    return tuple(
        _each(keep) * old + _each(1.0 - keep) * smooth(ops.square(new))
        for old, new in zip(squares, shrunk, strict=True)
    )


def _levels(x: Tensor, count: int) -> list[Tensor]:
    levels = [x]
    for _ in range(count - 1):
        levels.append(ops.average_pool(smooth(levels[-1]), 2, strides=2))
    return levels


def _shortened(search: Search, total: Tensor) -> Tensor:
    """The length at which a parabola through both losses and the slope is lowest, ⅒ to ½ of it."""
    moved = search.image - search.trial
    fall = _dot(search.gradient, moved)
    bend = ops.maximum(total - search.total + fall, TINY)
    return search.length * ops.clip(fall / (2.0 * bend), 0.1, 0.5)


def _inside(image: Tensor, gradient: Tensor, bounds: Tensor) -> Tensor:
    """The gradient without what would push the image out of its box."""
    out = ((image <= bounds[0]) & (gradient > 0)) | ((image >= bounds[1]) & (gradient < 0))
    return ops.where(out, 0.0, gradient)


def _each(values: Tensor) -> Tensor:
    return values[:, None, None, None]


def _dot(one: Tensor, two: Tensor) -> Tensor:
    return ops.sum(one * two, axis=(1, 2, 3))


def _rms(x: Tensor) -> Tensor:
    return ops.sqrt(ops.mean(ops.square(x), axis=(1, 2, 3)))
