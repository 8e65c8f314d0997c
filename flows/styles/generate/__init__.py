"""The programs that paint the shipped styles; `python -m flows.styles.generate` runs them all.

Each painter takes a side in pixels and a seed, and returns float32 (size, size, 3) in [0, 1]. One
seed gives one picture, pixel for pixel; another size gives much the same composition, sharper or
coarser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from flows.styles.generate import (
    flow_field,
    ink_wash,
    mosaic,
    pointillism,
    stained_glass,
    woodcut_waves,
)
from flows.styles.generate.canvas import Picture

__all__ = ["SIZE", "STYLES", "Style"]

SIZE = 768


class Style(NamedTuple):
    """How one shipped style is painted, and the JPEG quality (1–95) its texture needs."""

    paint: Callable[[int, int], Picture]
    seed: int
    quality: int = 88


STYLES: Mapping[str, Style] = {
    "flow_field": Style(flow_field.paint, 7),
    "ink_wash": Style(ink_wash.paint, 2),
    "mosaic": Style(mosaic.paint, 7),
    "pointillism": Style(pointillism.paint, 7),
    "stained_glass": Style(stained_glass.paint, 2),
    "woodcut_waves": Style(woodcut_waves.paint, 7),
}
