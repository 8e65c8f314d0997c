"""Style losses by name: how far a layer's statistics are from the style's. A new one is one entry.

A style loss is a pure function ``(moments, target, positions)`` of two `FeatureMoments`, with N or
1 pictures, and of the layer's number of positions H·W; it gives float32 (N,).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from keras import ops

from stylize.losses import TINY, FeatureMoments
from stylize.wasserstein import relative_wasserstein

__all__ = ["STYLE_LOSSES", "StyleLoss", "gram_mean", "gram_sum", "relative_gram", "wasserstein"]

Tensor = Any
StyleLoss = Callable[[FeatureMoments, FeatureMoments, Any], Tensor]


def relative_gram(moments: FeatureMoments, target: FeatureMoments, positions: Any) -> Tensor:
    """``‖G - G*‖² / ‖G*‖²``: 0 at the target, 1 for G = 0, whatever scale and size."""
    norm = ops.mean(ops.square(target.second), axis=(1, 2))
    return gram_mean(moments, target, positions) / (norm + TINY)


def gram_mean(moments: FeatureMoments, target: FeatureMoments, positions: Any) -> Tensor:
    """``mean((G - G*)²)`` with G = F'F/(H·W). Differs from Gatys et al.: no ¼."""
    return ops.mean(ops.square(moments.second - target.second), axis=(1, 2))


def gram_sum(moments: FeatureMoments, target: FeatureMoments, positions: Any) -> Tensor:
    """``mean((G - G*)²) / (C·H·W)`` with G = F'F.

    ``(H·W/C)·mean((Ĝ - Ĝ*)²)`` in normalised Ĝ = G/(H·W). The target is meant to be of as many
    positions; it grows with the picture's size.
    """
    factor = ops.cast(positions, moments.second.dtype) / float(moments.second.shape[-1])
    return factor * gram_mean(moments, target, positions)


def wasserstein(moments: FeatureMoments, target: FeatureMoments, positions: Any) -> Tensor:
    """Squared Wasserstein distance of the two layers' Gaussians, relative to the target's."""
    return relative_wasserstein(*moments, *target)


STYLE_LOSSES: Mapping[str, StyleLoss] = MappingProxyType(
    {
        "gram": relative_gram,
        "gram_mean": gram_mean,
        "gram_sum": gram_sum,
        "wasserstein": wasserstein,
    }
)
"""All style losses by the name that a recipe gives."""
