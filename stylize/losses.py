"""The losses of neural style transfer (Gatys, Ecker & Bethge, CVPR 2016) as pure functions.

They know no weights, layers or devices. A feature map F is (N,H,W,C), one picture an N; every loss
is float32 (N,), one value a picture. Statistics are taken in float32 whatever precision the
features came in.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from keras import ops

__all__ = [
    "FeatureMoments",
    "Part",
    "absolute_variation",
    "content_loss",
    "feature_moments",
    "feature_sums",
    "gram_matrix",
    "positions",
    "relative_content_loss",
    "single",
    "squared",
    "squared_error",
    "total_variation",
]

Tensor = Any

TINY = 1e-12
"""Keeps a black picture's target, whose features may all be zero, from dividing by zero."""


class FeatureMoments(NamedTuple):
    """What a style loss sees of a layer: the mean μ (N,C) and the second moment (N,C,C) of F.

    The second moment E[ff'] = F'F/(H·W) is the Gram matrix. Both are linear in the picture's
    positions: tiles, regions and blends of styles are weighted sums of them.
    """

    mean: Tensor
    second: Tensor


class Part(NamedTuple):
    """Which pixels of a window count, 1 or 0 in `core` (N,H,W,1), and the whole picture's sides."""

    core: Tensor
    height: Tensor
    width: Tensor


def gram_matrix(features: Tensor) -> Tensor:
    """G = F'F / (H·W): (N,H,W,C) feature map to (N,C,C) float32, F flattened to (H·W,C).

    Differs from the paper: it is normalised by that layer's own H·W, so that equal textures have
    equal Gram matrices at every size.
    """
    return feature_moments(features).second


def feature_moments(features: Tensor, mask: Tensor | None = None) -> FeatureMoments:
    """Moments of (N,H,W,C) features; with a mask (N,H,W,1) ≥ 0, each position weighs as it says."""
    if mask is None:
        sums = feature_sums(features)
        count = ops.cast(positions(features), sums.mean.dtype)
        return FeatureMoments(sums.mean / count, sums.second / count)
    sums, count = feature_sums(features, mask), ops.sum(mask, axis=(1, 2, 3)) + TINY
    return FeatureMoments(sums.mean / count[:, None], sums.second / count[:, None, None])


def feature_sums(features: Tensor, mask: Tensor | None = None) -> FeatureMoments:
    """Σ m·f and Σ m·ff' over the positions of (N,H,W,C) features, m a mask (N,H,W,1) or 1."""
    flat = _flat(features)
    weights = None if mask is None else _flat(mask)
    weighted = single(flat) if weights is None else single(flat) * weights
    return FeatureMoments(ops.sum(weighted, axis=1), _second_sums(flat, weights))


def positions(features: Tensor) -> Any:
    """H·W of a feature map (N,H,W,C)."""
    shape = ops.shape(features)
    return shape[1] * shape[2]


def content_loss(features: Tensor, target: Tensor) -> Tensor:
    """``mean((F - F*)²)`` over positions and channels of two (N,H,W,C) feature maps: (N,).

    Differs from the paper: a mean instead of half the sum.
    """
    return ops.mean(ops.square(single(features) - single(target)), axis=(1, 2, 3))


def relative_content_loss(features: Tensor, target: Tensor) -> Tensor:
    """``mean((F - F*)²) / mean(F*²)``: 0 at the target, 1 for F = 0, at any scale."""
    return content_loss(features, target) / (squared(target) + TINY)


def squared(target: Tensor) -> Tensor:
    """mean(F²) of (N,H,W,C) features: (N,)."""
    return ops.mean(ops.square(single(target)), axis=(1, 2, 3))


def squared_error(features: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """``Σ m·(F - F*)²`` over positions and channels, m a mask (N,H,W,1): (N,)."""
    return ops.sum(ops.square(single(features) - single(target)) * mask, axis=(1, 2, 3))


def total_variation(image: Tensor, part: Part | None = None) -> Tensor:
    """mean(dx²) + mean(dy²) of (N,H,W,3) images in [0,1]: 0 if constant, 2 for a checkerboard.

    The anisotropic, squared form (Mahendran & Vedaldi 2015, arXiv:1412.0035, β = 2). Of a `part`
    it is what it adds to the whole's.
    """
    down, right = _differences(ops.square, image, part)
    _, height, width, channels = ops.shape(image)
    if part is not None:
        height, width = part.height, part.width
    pairs = (ops.cast((height - 1) * width, down.dtype), ops.cast(height * (width - 1), down.dtype))
    return (down / pairs[0] + right / pairs[1]) / float(channels)


def absolute_variation(image: Tensor, part: Part | None = None) -> Tensor:
    """Σ|dx| + Σ|dy| of (N,H,W,3) images (Rudin, Osher & Fatemi 1992, anisotropic): (N,)."""
    down, right = _differences(ops.abs, image, part)
    return down + right


def single(x: Tensor) -> Tensor:
    """Half precision up to float32; float32 and float64 (gradient checks) stay as they are."""
    return ops.cast(x, "float32") if x.dtype in ("bfloat16", "float16") else x


def _second_sums(flat: Tensor, weights: Tensor | None) -> Tensor:
    """Σ m·ff' of (N,P,C) features and (N,P,1) weights or 1: (N,C,C) float32.

    By hand, its gradient m·f(D + D') is one product in the features' own precision, where tracing
    back would take two in float32: a tenth of a step.
    """

    def sums(flat: Tensor) -> tuple[Tensor, Any]:
        wide = single(flat)
        weighted = wide if weights is None else wide * weights

        def gradient(*received: Tensor, upstream: Tensor = None) -> Tensor:
            towards = received[0] if upstream is None else upstream
            both = ops.cast(towards + ops.transpose(towards, (0, 2, 1)), flat.dtype)
            pulled = ops.matmul(flat, both)
            return pulled if weights is None else pulled * ops.cast(weights, flat.dtype)

        return ops.matmul(ops.transpose(weighted, (0, 2, 1)), wide), gradient

    return ops.custom_gradient(sums)(flat)


def _differences(penalty: Any, image: Tensor, part: Part | None) -> tuple[Tensor, Tensor]:
    """Sums of the penalty of all differences to the pixel below, and to the right: (N,) each."""
    down = penalty(image[:, 1:] - image[:, :-1])
    right = penalty(image[:, :, 1:] - image[:, :, :-1])
    if part is not None:
        down, right = down * part.core[:, :-1], right * part.core[:, :, :-1]
    return ops.sum(down, axis=(1, 2, 3)), ops.sum(right, axis=(1, 2, 3))


def _flat(x: Tensor) -> Tensor:
    shape = ops.shape(x)
    return ops.reshape(x, (shape[0], shape[1] * shape[2], x.shape[-1]))
