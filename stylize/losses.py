"""The losses of neural style transfer (Gatys, Ecker & Bethge, CVPR 2016) as pure functions.

They know no weights, layers or devices. A feature map F is (N,H,W,C), one picture an N; statistics
are taken in float32 whatever precision the features came in.
"""

from __future__ import annotations

from typing import Any

from keras import ops

__all__ = [
    "content_loss",
    "gram_matrix",
    "normalised_content_loss",
    "normalised_style_loss",
    "style_loss",
    "total_variation",
]

Tensor = Any


def gram_matrix(features: Tensor) -> Tensor:
    """G = F'F / (H·W): (N,H,W,C) feature map to (N,C,C) float32, F flattened to (H·W,C).

    Differs from the paper: it is normalised by that layer's own H·W, so that equal textures have
    equal Gram matrices at every size.
    """
    shape = ops.shape(features)
    flat = ops.reshape(_single(features), (shape[0], shape[1] * shape[2], features.shape[-1]))
    positions = ops.cast(shape[1] * shape[2], flat.dtype)
    return ops.matmul(ops.transpose(flat, (0, 2, 1)), flat) / positions


def content_loss(features: Tensor, target: Tensor) -> Tensor:
    """mean((F - F*)²) over all positions and channels of two (N,H,W,C) feature maps; a scalar.

    Differs from the paper: a mean instead of half the sum.
    """
    return ops.mean(ops.square(_single(features) - _single(target)))


def normalised_content_loss(features: Tensor, target: Tensor) -> Tensor:
    """mean((F - F*)²) / mean(F*²): 0 at the target, 1 for F = 0, whatever the network's scale."""
    return content_loss(features, target) / (ops.mean(ops.square(_single(target))) + _TINY)


def style_loss(gram: Tensor, target: Tensor) -> Tensor:
    """mean((G - G*)²) of two (N,C,C) Gram matrices; a scalar. Differs from the paper: no ¼."""
    return ops.mean(ops.square(gram - target))


def normalised_style_loss(gram: Tensor, target: Tensor) -> Tensor:
    """‖G - G*‖² / ‖G*‖² of two (N,C,C) Gram matrices: 0 at the target, 1 for G = 0."""
    return style_loss(gram, target) / (ops.mean(ops.square(target)) + _TINY)


def total_variation(image: Tensor) -> Tensor:
    """mean(dx²) + mean(dy²) of an (N,H,W,3) image in [0,1]: 0 if constant, 2 for a checkerboard.

    The anisotropic, squared form (Mahendran & Vedaldi 2015, arXiv:1412.0035, β = 2).
    """
    dy = image[:, 1:] - image[:, :-1]
    dx = image[:, :, 1:] - image[:, :, :-1]
    return ops.mean(ops.square(dx)) + ops.mean(ops.square(dy))


# Keeps a black picture's target, whose features may all be zero, from dividing by zero.
_TINY = 1e-12


def _single(x: Tensor) -> Tensor:
    """Half precision up to float32; float32 and float64 (gradient checks) stay as they are."""
    return ops.cast(x, "float32") if x.dtype in ("bfloat16", "float16") else x
