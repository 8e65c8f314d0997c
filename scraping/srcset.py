"""The srcset attribute, by the HTML standard's parsing rules."""

from __future__ import annotations

import math
import re

__all__ = ["parse_srcset"]

_LEADING = re.compile(r"[\s,]*")
_URL = re.compile(r"\S+")
# Descriptors run to the next comma outside parentheses.
_DESCRIPTORS = re.compile(r"(?:\([^)]*\)|[^,(])*")
_MOST = 100
"""Candidates that are read; pages offer a dozen."""


def parse_srcset(text: str) -> list[tuple[str, str, float]]:
    """Return (address, unit, value) for each of the first 100 candidates: unit "w" with pixels, or
    "x" with a density.

    Commas inside addresses are kept, a comma at an address' end separates; without a descriptor a
    candidate is 1x; candidates with a broken descriptor are dropped.
    """
    found: list[tuple[str, str, float]] = []
    at = 0
    for _ in range(_MOST):
        match = _URL.match(text, _leading(text, at))
        if match is None:
            break
        url, at = match[0], match.end()
        descriptors = ""
        if url.endswith(","):
            url = url.rstrip(",")
        else:
            words = _DESCRIPTORS.match(text, at)
            descriptors, at = (words[0], words.end()) if words else ("", at)
        size = _size(descriptors.split())
        if url and size is not None:
            found.append((url, *size))
    return found


def _leading(text: str, at: int) -> int:
    match = _LEADING.match(text, at)
    return match.end() if match else at


def _size(descriptors: list[str]) -> tuple[str, float] | None:
    if not descriptors:
        return "x", 1.0
    for word in descriptors:
        if word[-1] in "wx":
            try:
                value = float(word[:-1])
            except ValueError:
                return None
            return (word[-1], value) if value > 0 and math.isfinite(value) else None
    return None
