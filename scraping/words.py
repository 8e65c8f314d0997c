"""Words of a page, in amounts that no page can make large."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from bs4 import Tag
from bs4.element import NavigableString

__all__ = ["ancestors", "attribute", "inside", "text_of", "words"]

_LONGEST = 500
_READ = 5_000
_MOST_STRINGS = 200
_HIGHEST = 60


def words(text: str | None) -> str:
    """Return `text` on one line, at most 500 characters of it."""
    return " ".join((text or "")[:_READ].split())[:_LONGEST]


def text_of(tag: Tag | None) -> str:
    """Return the words shown inside `tag`, on one line, at most 500 characters of them."""
    parts: list[str] = []
    size = 0
    for node in islice(tag.descendants if tag is not None else (), _MOST_STRINGS):
        # Comments, scripts and styles are strings of classes of their own.
        if type(node) is NavigableString and size < _READ:
            parts.append(node[:_READ])
            size += len(parts[-1])
    return words(" ".join(parts))


def attribute(tag: Tag | None, name: str) -> str:
    """Return an attribute's text; "" where it is absent."""
    value = tag.get(name) if tag is not None else None
    if isinstance(value, list):
        return " ".join(value)
    return value or ""


def ancestors(tag: Tag, most: int = _HIGHEST) -> Iterator[Tag]:
    """Yield the elements around `tag`, the nearest first, at most 60: nesting has no end."""
    yield from islice(tag.parents, most)


def inside(tag: Tag, most: int = _MOST_STRINGS) -> Iterator[Tag]:
    """Yield the elements inside `tag` that come among its first 200 nodes."""
    return (node for node in islice(tag.descendants, most) if isinstance(node, Tag))
