"""Counts as people say them."""

from __future__ import annotations

__all__ = ["many"]


def many(count: int, thing: str) -> str:
    """Return "1 picture" or "12 pictures"."""
    return f"1 {thing}" if count == 1 else f"{count:d} {thing}s"
