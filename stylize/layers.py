"""The layers of VGG16 and VGG19 by their Keras names (Simonyan & Zisserman, arXiv:1409.1556)."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["BLOCKS", "NETWORKS", "WIDTHS", "conv_layers", "deepest"]

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
