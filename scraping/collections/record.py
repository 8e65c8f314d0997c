"""Reading records that others wrote: whatever is missing or of another kind is simply not there."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Any

from bs4 import BeautifulSoup

from scraping.urls import is_web
from scraping.words import words

__all__ = ["Json", "address", "by_use", "credit_line", "many", "objects", "plain", "reach", "text"]

Json = dict[str, Any]
"""A JSON object as it was read."""

_USEFUL = 800
"""Pixels of the longer side from which a picture serves a painting of 512 to 1024."""
_LONGEST_ADDRESS = 2000
_LONGEST_MARKUP = 5000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def reach(value: object, *path: str | int) -> Any:
    """Follow keys and list positions from `value`; None where one of them is not there."""
    for step in path:
        if isinstance(step, str):
            value = value.get(step) if isinstance(value, dict) else None
        else:
            value = value[step] if isinstance(value, list) and step < len(value) else None
    return value


def many(value: object) -> list[Any]:
    """Return a list as it is, nothing as an empty one, anything else as a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def objects(value: object) -> list[Json]:
    """Return the objects of a list (or the one object that stands for a list)."""
    return [item for item in many(value) if isinstance(item, dict)]


def text(value: object) -> str:
    """Return a string or number on one line, at most 500 characters; "" for everything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return words(str(value))


def plain(value: object) -> str:
    """Return the words of a piece of HTML on one line: “<a href=…>Ann</a>” is “Ann”."""
    if not isinstance(value, str):
        return text(value)
    markup = value[:_LONGEST_MARKUP]
    if "<" not in markup:  # the parser would warn about what looks like an address
        return words(html.unescape(markup))
    return words(BeautifulSoup(f"<p>{markup}", "lxml").get_text(" "))


def address(value: object, *, secure: bool = False) -> str:
    """Return a web address with its spaces encoded; "" for what is none.

    `secure` makes an https address of an http one, for hosts that are known to serve both.
    """
    if not isinstance(value, str) or len(value) > _LONGEST_ADDRESS:
        return ""
    url = _CONTROL.sub("", value.strip()).replace(" ", "%20")
    if secure and url[:7].lower() == "http://":
        url = f"https://{url[7:]}"
    return url if is_web(url) else ""


def by_use(sizes: Iterable[tuple[str, int]]) -> tuple[str, ...]:
    """Order (address, longer side in pixels): the smallest that is large enough comes first.

    After the larger ones come those that are too small, the largest first. An address occurs once;
    empty ones are dropped.
    """
    known: dict[str, int] = {}
    for url, side in sizes:
        if url:
            known.setdefault(url, side)
    return tuple(sorted(known, key=lambda url: _rank(known[url])))


def _rank(side: int) -> tuple[bool, int]:
    return (side < _USEFUL, side if side >= _USEFUL else -side)


def credit_line(title: str, creator: str, holder: str, licence: str) -> str:
    """Say in one line what it is, whose, where it is kept and under which licence."""
    parts = [
        f"“{title}”" if title else "",
        f"by {creator}," if creator else "",
        holder,
        f"({licence})" if licence else "",
    ]
    return " ".join(part for part in parts if part)
