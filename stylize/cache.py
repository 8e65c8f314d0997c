"""A memory of computed targets, bounded in bytes so that ten thousand pictures keep memory flat."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

__all__ = ["Cache"]

Tensors = tuple[Any, ...]


class Cache:
    """Keeps the tuples of tensors used last, `limit` bytes of them, and always the newest."""

    def __init__(self, limit: int):
        self._limit = limit
        self._held = 0
        self._values: OrderedDict[Hashable, Tensors] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable, make: Callable[[], Tensors]) -> Tensors:
        """The value of `key`, made if it is not there."""
        if key not in self._values:
            self._values[key] = made = tuple(make())
            self._held += _bytes(made)
        self._values.move_to_end(key)
        while self._held > self._limit and len(self._values) > 1:
            self._held -= _bytes(self._values.popitem(last=False)[1])
        return self._values[key]


def _bytes(tensors: Tensors) -> int:
    # A backend's bfloat16 is no NumPy type, so its size is read from its name.
    widths = ((math.prod(tensor.shape), "16" in str(tensor.dtype)) for tensor in tensors)
    return sum(count * (2 if half else 4) for count, half in widths)
