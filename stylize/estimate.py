"""How long a painting will take, before any has been painted."""

from __future__ import annotations

from stylize.layers import BLOCKS, WIDTHS, conv_layers, deepest
from stylize.precision import choose_precision, cpu_flags
from stylize.pyramid import Scale, scales
from stylize.recipe import Recipe

__all__ = ["estimate_seconds", "multiply_adds"]

# Multiply-adds a second of two current server cores, all of a painting's seconds counted: measured
# with the half-width network at 320 px. Full width keeps the cores busier.
_RATE = {"float32": 0.6e11, "bfloat16": 1.0e11}
_FULL_WIDTH_GAIN, _GPU_GAIN = 3.5, 50.0


def multiply_adds(recipe: Recipe, height: int, width: int, widths: float = 1.0) -> float:
    """Multiply-adds of one step at `height` × `width`: forward, and backward to the image.

    `widths` is the network's width relative to the full VGG.
    """
    layers = [name for name, _ in (*recipe.content_layers, *recipe.style_layers)]
    names = conv_layers(recipe.network)
    last = names.index(deepest(recipe.network, layers))
    total, channels = 0.0, 3.0
    for index, (block, _) in enumerate(_blocks(recipe.network)):
        if index > last:
            break
        filters = WIDTHS[block] * widths
        total += 9 * channels * filters * (height >> block) * (width >> block)
        channels = filters
    return 2 * total


def estimate_seconds(
    recipe: Recipe, height: int, width: int, weights: str = "cifar10", device: str = "cpu"
) -> float:
    """Rough seconds to paint a photo of `height` × `width` pixels on two server cores.

    History beats it: once pictures have been painted, go by their seconds.
    """
    narrow = weights == "cifar10"
    rate = _RATE[choose_precision(device, cpu_flags())] * (1 if narrow else _FULL_WIDTH_GAIN)
    rate *= _GPU_GAIN if device == "gpu" else 1
    widths = 0.5 if narrow else 1.0
    work = sum(
        scale.steps * multiply_adds(recipe, *_seen(recipe, scale), widths)
        for scale in scales(height, width, recipe)
    )
    return work / rate


def _seen(recipe: Recipe, scale: Scale) -> tuple[int, int]:
    return (recipe.view, recipe.view) if recipe.view else (scale.height, scale.width)


def _blocks(network: str) -> list[tuple[int, int]]:
    return [(block, index) for block, n in enumerate(BLOCKS[network]) for index in range(n)]
