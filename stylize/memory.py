"""How much memory a step takes, and what follows from it: tiles, batches or a refusal."""

from __future__ import annotations

from typing import NamedTuple

from stylize.errors import PaintError
from stylize.layers import BLOCKS, WIDTHS, conv_layers, deepest
from stylize.recipe import Recipe
from stylize.tiling import rim_of

__all__ = ["LARGE", "SIDES", "Room", "batch_size", "budget", "pairs_for", "step_bytes", "tile_side"]

COMFORT = 2 << 30
"""Bytes above which a CPU paints in tiles unless told otherwise."""

SHARE = 0.6
"""The part of the free memory that a painting takes at most."""

SIDES = (1024, 768, 512, 256)
"""Tile sides that are tried, in pixels; larger ones waste less on their rims."""

# Measured, see docs/performance.md. A feature value is held once or twice for the way back, and in
# float32 for the statistics whatever its precision.
_VALUE_BYTES = {"float32": 9.5, "bfloat16": 8.5}

_IMAGE_BYTES = 160
"""A pixel's own: the image, its gradient and Adam's moments on all levels, old and new."""

_SEARCH_BYTES, _PAIR_BYTES = 220, 24
"""The same for L-BFGS, and for each pair that it remembers."""


LARGE = 1 << 22
"""Pixels above which a scale is painted by Adam, whatever the recipe: 2048 × 2048."""

PAIRS, PAIRS_BYTES = 20, 1 << 29
"""Pairs that L-BFGS remembers of an image, and the bytes that they may take."""


def pairs_for(height: int, width: int) -> int:
    """How many pairs are remembered for images of that shape: fewer for large ones, at least 2."""
    return max(2, min(PAIRS, PAIRS_BYTES // (24 * height * width)))


class Room(NamedTuple):
    """Bytes that a painting may take at most, and beyond which it makes its tiles smaller."""

    limit: int
    comfort: int


def budget(free: int, device: str) -> Room:
    """What a painting may take where `free` bytes are left."""
    share = int(free * SHARE)
    return Room(share, share if device == "gpu" else min(share, COMFORT))


def step_bytes(recipe: Recipe, height: int, width: int, widths: float, precision: str) -> int:
    """Bytes that a step at `height` × `width` takes: features for the way back, and the image's.

    `widths` is the network's width relative to the full VGG.
    """
    if recipe.view:
        return _features(recipe, recipe.view, recipe.view, widths, precision) + _image(
            recipe, height, width
        )
    return _features(recipe, height, width, widths, precision) + _image(recipe, height, width)


def tile_side(
    recipe: Recipe, height: int, width: int, widths: float, precision: str, room: Room
) -> int:
    """The side of tiles for a step within `room`; 0 where none are needed.

    The smallest tiles may go beyond its comfort; beyond its limit they raise `PaintError`.
    """
    needed = step_bytes(recipe, height, width, widths, precision)
    # Half as much again is left for what the scales before it leave behind.
    if 3 * needed <= 2 * room.comfort:
        return 0
    # What the tiles cannot make smaller: the image's own arrays and the content targets.
    fixed = _image(recipe, height, width) + 4 * _content(recipe, height, width, widths)
    for side in () if recipe.view else SIDES:
        window = side + 2 * rim_of(recipe.network, _layers(recipe))
        needed = fixed + _features(recipe, window, window, widths, precision)
        if needed <= (room.limit if side == min(SIDES) else room.comfort):
            return side
    raise PaintError(
        f"A picture of {width} × {height} needs about {_gib(needed)} of memory, "
        f"{_gib(room.limit)} may be used: choose a smaller size, or free some memory."
    )


def batch_size(
    recipe: Recipe, height: int, width: int, widths: float, precision: str, memory: int
) -> int:
    """How many pictures of `height` × `width` fit into a step within `memory` bytes; at least 1."""
    return max(1, memory // step_bytes(recipe, height, width, widths, precision))


def _features(recipe: Recipe, height: int, width: int, widths: float, precision: str) -> int:
    names = conv_layers(recipe.network)
    used = len(names[: names.index(deepest(recipe.network, _layers(recipe))) + 1])
    blocks = [block for block, count in enumerate(BLOCKS[recipe.network]) for _ in range(count)]
    values = sum(
        (height >> block) * (width >> block) * WIDTHS[block] * widths for block in blocks[:used]
    )
    return int(values * _VALUE_BYTES[precision])


def _layers(recipe: Recipe) -> list[str]:
    return [name for name, _ in (*recipe.content_layers, *recipe.style_layers)]


def _content(recipe: Recipe, height: int, width: int, widths: float) -> int:
    blocks = [int(name[5]) - 1 for name, _ in recipe.content_layers]
    return int(sum((height >> b) * (width >> b) * WIDTHS[b] * widths for b in blocks))


def _image(recipe: Recipe, height: int, width: int) -> int:
    if recipe.optimiser == "adam" or height * width > LARGE:
        return height * width * _IMAGE_BYTES
    return height * width * (_SEARCH_BYTES + _PAIR_BYTES * pairs_for(height, width))


def _gib(count: int) -> str:
    return f"{count / (1 << 30):.1f} GiB"
