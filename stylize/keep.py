"""Which iterate a scale ends with: the last, that of the lowest loss, or a running average."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
from keras import ops

__all__ = ["KEEPERS", "Averaged", "Keeper", "Last", "Lowest"]

Tensor = Any

DECAY = 0.99
"""Of the running average: about the last hundred iterates count."""


class Keeper(Protocol):
    """Sees every step of a scale and says which images (N,H,W,3) it ends with."""

    def see(self, before: Tensor, losses: Tensor, after: Tensor) -> None:
        """A step from `before`, whose total losses (N,) are `losses`, to `after`."""
        ...

    def kept(self, last: Tensor) -> Tensor:
        """The images to go on with; `last` is what the optimiser ended with."""
        ...


class Last:
    """The last iterate."""

    def see(self, before: Tensor, losses: Tensor, after: Tensor) -> None:
        """Nothing to remember."""

    def kept(self, last: Tensor) -> Tensor:
        """`last`."""
        return last


class Lowest:
    """For each picture the iterate with the lowest loss among those whose loss is known."""

    def __init__(self) -> None:
        self._lowest: Any = None
        self._images: Tensor = None

    def see(self, before: Tensor, losses: Tensor, after: Tensor) -> None:
        """Keep `before` where its loss is the lowest so far."""
        totals = np.asarray(losses)
        if self._lowest is None:
            self._lowest, self._images = totals, before
            return
        better = totals < self._lowest
        self._images = ops.where(better[:, None, None, None], before, self._images)
        self._lowest = np.minimum(totals, self._lowest)

    def kept(self, last: Tensor) -> Tensor:
        """The images with the lowest losses; `last` if no step was seen."""
        return last if self._images is None else self._images


class Averaged:
    """An exponential moving average of the iterates, corrected for its start at zero.

    It takes out the grain that Adam's steps leave (Polyak & Juditsky 1992 average; the
    exponential form as in Kingma & Ba, arXiv:1412.6980, section 7.2).
    """

    def __init__(self) -> None:
        self._sum: Tensor = 0.0
        self._weight = 0.0
        self._begun = False

    def see(self, before: Tensor, losses: Tensor, after: Tensor) -> None:
        """Take `before` into the average, unless the scale starts from it.

        `after` is taken when the next step is seen: until its loss is known to be finite, it may be
        one that is rolled back.
        """
        if self._begun:
            self._sum, self._weight = self._with(before)
        self._begun = True

    def kept(self, last: Tensor) -> Tensor:
        """The average, `last` in it; `last` if no step was seen."""
        if not self._begun:
            return last
        total, weight = self._with(last)
        return total / weight

    def _with(self, image: Tensor) -> tuple[Tensor, float]:
        total = DECAY * self._sum + (1 - DECAY) * ops.convert_to_tensor(image)
        return total, DECAY * self._weight + (1 - DECAY)


KEEPERS: Mapping[str, type[Keeper]] = MappingProxyType(
    {"last": Last, "lowest": Lowest, "averaged": Averaged}
)
"""All of them by the name that a recipe gives."""
