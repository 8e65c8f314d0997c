"""Where tiles lie: boxes that cover a picture, each with the wider window it is seen in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from stylize.layers import deepest, reach

__all__ = ["GRID", "Tile", "inside", "rim_of", "scaled", "tiles_of"]

Box = tuple[slice, slice]

GRID = 16
"""Tiles begin at multiples of this, so that every layer's positions fall into one tile."""


class Tile(NamedTuple):
    """The positions a tile accounts for, and the wider window it is seen in; rows, columns."""

    core: Box
    window: Box


def rim_of(network: str, layers: Iterable[str]) -> int:
    """Pixels that a window reaches further than its tile, for `layers` to see all they would."""
    return -(-reach(network, deepest(network, layers)) // GRID) * GRID


def tiles_of(
    height: int, width: int, side: int, rim: int, shift: tuple[int, int] = (0, 0)
) -> Iterator[Tile]:
    """Tiles of at most `side` pixels that cover the picture, their grid moved by `shift`.

    Windows reach `rim` pixels further, but not out of the picture. `side`, `rim` and `shift` are
    multiples of `GRID`.
    """
    for top, bottom in _cuts(height, side, shift[0]):
        for left, right in _cuts(width, side, shift[1]):
            window = (_wider(top, bottom, height, rim), _wider(left, right, width, rim))
            yield Tile((slice(top, bottom), slice(left, right)), window)


def scaled(box: Box, stride: int) -> Box:
    """`box` in positions of a layer with `stride` pixels between them, rests cut off."""
    rows, columns = (slice(side.start // stride, side.stop // stride) for side in box)
    return rows, columns


def inside(tile: Tile, stride: int) -> Box:
    """Where the core lies in its window, in positions of a layer with `stride`."""
    pairs = zip(scaled(tile.core, stride), scaled(tile.window, stride), strict=True)
    rows, columns = (slice(core.start - w.start, core.stop - w.start) for core, w in pairs)
    return rows, columns


def _cuts(length: int, side: int, shift: int) -> Iterator[tuple[int, int]]:
    edges = [0, *range(shift % side or side, length, side), length]
    return pairwise(edges)


def _wider(first: int, last: int, length: int, rim: int) -> slice:
    return slice(max(0, first - rim), min(length, last + rim))
