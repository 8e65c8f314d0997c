"""Pictures of 32×32 pixels, to see whether two look alike."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from images import ImageError, Limits, load, resize
from scraping.photo import Photo

__all__ = ["Thumbnail", "Thumbnails"]

_SIDE = 32
_REMEMBERED = 512

Thumbnail = NDArray[np.float32]
"""A picture of 32×32 pixels, RGB in [0, 1]."""


class Thumbnails:
    """Makes them from the content folder and remembers the last few hundred.

    `where(file)` is the path of a content file.
    """

    def __init__(self, where: Callable[[str], Path], limits: Limits | None = None) -> None:
        self._where = where
        self._limits = limits or Limits()
        self._made: OrderedDict[str, Thumbnail | None] = OrderedDict()

    def __call__(self, row: Photo, path: Path | None = None) -> Thumbnail | None:
        """Return that of `row`, whose picture lies at `path` or at its place; None where it cannot
        be read.
        """
        if row.sha256 not in self._made:
            self._made[row.sha256] = self._make(path or self._where(row.file))
            if len(self._made) > _REMEMBERED:
                self._made.popitem(last=False)
        self._made.move_to_end(row.sha256)
        return self._made[row.sha256]

    def _make(self, path: Path) -> Thumbnail | None:
        try:
            pixels = load(path, self._limits, size=2 * _SIDE).pixels
        except ImageError:
            return None
        return resize(pixels, _SIDE, _SIDE)
