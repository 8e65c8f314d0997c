"""How much memory a step takes, and what follows from it: tiles, batches or a refusal."""

from __future__ import annotations

from stylize.errors import PaintError
from stylize.layers import BLOCKS, WIDTHS, conv_layers, deepest
from stylize.recipe import Recipe

__all__ = ["SIDES", "batch_size", "budget", "step_bytes", "tile_side"]

MOST = 3 << 30
"""Bytes that a painting takes at most on a CPU unless told otherwise."""

SHARE = 0.6
"""The part of the free memory that a painting takes at most."""

SIDES = (1024, 768, 512, 256)
"""Tile sides that are tried, in pixels; larger ones waste less on their rims."""

RIM = 96
"""Pixels that a tile's window reaches further on each side, as VGG19's block5_conv1 needs."""

# Measured, see docs/performance.md. A feature value is held once or twice for the way back, and in
# float32 for the statistics whatever its precision.
_VALUE_BYTES = {"float32": 9.5, "bfloat16": 8.5}

_IMAGE_BYTES = 160
"""A pixel's own: the image, its gradient and Adam's moments on all levels, old and new."""


def budget(free: int, device: str) -> int:
    """Bytes that a painting may take where `free` are left."""
    share = int(free * SHARE)
    return share if device == "gpu" else min(share, MOST)


def step_bytes(recipe: Recipe, height: int, width: int, widths: float, precision: str) -> int:
    """Bytes that a step at `height` × `width` takes: features for the way back, and the image's.

    `widths` is the network's width relative to the full VGG.
    """
    if recipe.view:
        return _features(recipe, recipe.view, recipe.view, widths, precision) + _image(
            height, width
        )
    return _features(recipe, height, width, widths, precision) + _image(height, width)


def tile_side(
    recipe: Recipe, height: int, width: int, widths: float, precision: str, memory: int
) -> int:
    """The side of tiles for a step within `memory` bytes; 0 where none are needed.

    Raises `PaintError` where not even the smallest tiles fit.
    """
    needed = step_bytes(recipe, height, width, widths, precision)
    if needed <= memory:
        return 0
    # What the tiles cannot make smaller: the image's own arrays and the content targets.
    fixed = _image(height, width) + 4 * _content(recipe, height, width, widths)
    for side in () if recipe.view else SIDES:
        window = side + 2 * RIM
        needed = fixed + _features(recipe, window, window, widths, precision)
        if needed <= memory:
            return side
    raise PaintError(
        f"A picture of {width} × {height} needs about {_gib(needed)} of memory, "
        f"{_gib(memory)} may be used: choose a smaller size, or free some memory."
    )


def batch_size(
    recipe: Recipe, height: int, width: int, widths: float, precision: str, memory: int
) -> int:
    """How many pictures of `height` × `width` fit into a step within `memory` bytes; at least 1."""
    return max(1, memory // step_bytes(recipe, height, width, widths, precision))


def _features(recipe: Recipe, height: int, width: int, widths: float, precision: str) -> int:
    layers = [name for name, _ in (*recipe.content_layers, *recipe.style_layers)]
    names = conv_layers(recipe.network)
    used = len(names[: names.index(deepest(recipe.network, layers)) + 1])
    blocks = [block for block, count in enumerate(BLOCKS[recipe.network]) for _ in range(count)]
    values = sum(
        (height >> block) * (width >> block) * WIDTHS[block] * widths for block in blocks[:used]
    )
    return int(values * _VALUE_BYTES[precision])


def _content(recipe: Recipe, height: int, width: int, widths: float) -> int:
    blocks = [int(name[5]) - 1 for name, _ in recipe.content_layers]
    return int(sum((height >> b) * (width >> b) * WIDTHS[b] * widths for b in blocks))


def _image(height: int, width: int) -> int:
    return height * width * _IMAGE_BYTES


def _gib(count: int) -> str:
    return f"{count / (1 << 30):.1f} GiB"
