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


def _bytes(tensors: Any) -> int:
    """Of a tensor, or of a (nested) tuple of tensors."""
    if isinstance(tensors, tuple):
        return sum(map(_bytes, tensors))
    # A backend's bfloat16 is no NumPy type, so its size is read from its name.
    return int(math.prod(tensors.shape)) * (2 if "16" in str(tensors.dtype) else 4)
