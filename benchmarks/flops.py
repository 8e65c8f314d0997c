"""How much arithmetic a painting's step is: counted from the network's shape, not measured."""

from __future__ import annotations

from stylize.layers import BLOCKS, WIDTHS, conv_layers

__all__ = ["matrix_product", "vgg_step"]

TAPS = 9
"""Weights of a 3×3 convolution for one pair of channels."""


def vgg_step(
    height: int,
    width: int,
    network: str = "vgg19",
    last: str = "block5_conv1",
    widths: float = 1.0,
) -> float:
    """FLOPs of one step at `height` × `width`: forward to `last`, and the gradient in the image.

    A multiply-add is two. Per layer 2·9·C_in·C_out·H·W forward and as much backward, since frozen
    weights need no gradient of their own. `widths` is the network's width relative to the full VGG.
    Pooling, Gram matrices and losses are left out: well under a hundredth.
    """
    total, channels = 0.0, 3.0
    for layer in conv_layers(network):
        block = int(layer[len("block")]) - 1
        filters = WIDTHS[block] * widths
        total += 2 * TAPS * channels * filters * (height >> block) * (width >> block)
        channels = filters
        if layer == last:
            return 2 * total
    raise ValueError(f"{network} has no layer {last!r}: use one of {', '.join(BLOCKS)}.")


def matrix_product(size: int) -> float:
    """FLOPs of the product of two square matrices of `size` rows: 2·n³."""
    return 2.0 * size**3
