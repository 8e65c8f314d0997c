"""The name of an output: a hash of everything that decides its pixels."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

__all__ = ["FINGERPRINT_DIGITS", "HasCanonical", "canonical", "fingerprint"]

FINGERPRINT_DIGITS = 32


class HasCanonical(Protocol):
    """A recipe, as far as the state is concerned: hashable, and equal to what it canonises to."""

    def __hash__(self) -> int:
        """Recipes are values."""
        ...

    def canonical(self) -> str:
        """Canonical JSON of every field."""
        ...


def fingerprint(
    recipe: HasCanonical,
    content_sha256: str,
    styles: Sequence[tuple[str, float]],
    masks: Sequence[str] = (),
    weights_sha256: str = "",
) -> str:
    """Name the output of `recipe` for one content photo: 32 hex digits.

    `styles` holds (SHA-256, weight) of each style of a blend; their order does not matter, nor
    does the scale of the weights. What the machine decides (precision, tiling) and the engine's
    version are not part of it.
    """
    total = sum(weight for _, weight in styles) or 1.0
    blend = sorted((sha256, round(weight / total, 6)) for sha256, weight in styles)
    parts = [content_sha256, list(masks), blend, weights_sha256]
    text = f"{canonical(recipe)}\n{json.dumps(parts, separators=(',', ':'))}"
    return hashlib.sha256(text.encode()).hexdigest()[:FINGERPRINT_DIGITS]


@lru_cache(maxsize=64)
def canonical(recipe: HasCanonical) -> str:
    """The recipe's canonical JSON, remembered: a plan asks for it a hundred thousand times."""
    return recipe.canonical()
