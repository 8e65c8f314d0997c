"""The layers of VGG16 and VGG19 by their Keras names (Simonyan & Zisserman, arXiv:1409.1556)."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["BLOCKS", "NETWORKS", "WIDTHS", "conv_layers", "deepest", "reach", "stride"]

NETWORKS = ("vgg16", "vgg19")

BLOCKS = {"vgg16": (2, 2, 3, 3, 3), "vgg19": (2, 2, 4, 4, 4)}
"""Convolutions in each of the five blocks."""

WIDTHS = (64, 128, 256, 512, 512)
"""Channels of each block's convolutions at full width."""


def conv_layers(network: str) -> tuple[str, ...]:
    """Names of all convolution layers from input to output, ``block1_conv1`` first."""
    return tuple(
        f"block{block}_conv{index}"
        for block, count in enumerate(BLOCKS[network], start=1)
        for index in range(1, count + 1)
    )


def deepest(network: str, layers: Iterable[str]) -> str:
    """The one of `layers` that lies furthest from the input."""
    return max(layers, key=conv_layers(network).index)


def stride(layer: str) -> int:
    """Pixels between two neighbouring positions of `layer`: 1 in the first block, then 2, 4, …"""
    return 1 << (int(layer[len("block")]) - 1)


def reach(network: str, layer: str) -> int:
    """How far from a position of `layer` the image is seen, in pixels, rounded up.

    Each 3×3 convolution adds its stride; each 2×2 pooling, off centre, at most the stride before.
    """
    names = conv_layers(network)
    used = names[: names.index(layer) + 1]
    return sum(stride(name) for name in used) + stride(layer) - 1
