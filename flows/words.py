"""Counts and sizes as people say them."""

from __future__ import annotations

__all__ = ["many", "pictures", "storage"]


def many(count: int, thing: str) -> str:
    """Return "1 picture" or "12 pictures"."""
    return f"1 {thing}" if count == 1 else f"{count:d} {thing}s"


def pictures(count: int, new: int) -> str:
    """Return "12 pictures, all of them new", "12 pictures, 3 of them new" or "1 picture, new"."""
    told = many(count, "picture")
    if not count:
        return told
    if new == count:
        return f"{told}, {'new' if count == 1 else 'all of them new'}"
    return f"{told}, {new or 'none'} of them new" if count > 1 else f"{told}, not new"


def storage(count: float) -> str:
    """Return so many bytes as "512 B", "203 kB", "1.4 MB" or "2.0 GB"."""
    if count < 1000:
        return f"{count:.0f} B"
    if count < 10**6:
        return f"{count / 1000:.0f} kB"
    return f"{count / 10**6:.1f} MB" if count < 10**9 else f"{count / 10**9:.1f} GB"
