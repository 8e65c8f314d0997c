"""Photos that a page names for other programs: Open Graph, cards, microdata in its head."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bs4 import Tag

from scraping.found import Found
from scraping.urls import absolute
from scraping.words import attribute, words

__all__ = ["microdata_photos", "open_graph_photos", "robots_values"]

_CARD = re.compile(r"(og:image|twitter:image)(?::(url|secure_url|src|alt))?", re.IGNORECASE)
_MICRODATA = frozenset({"image", "contenturl"})


def open_graph_photos(tags: Sequence[Tag], base: str) -> list[Found]:
    """Return the photos of og:image and twitter:image, each with the words and the secure address
    that follow it.
    """
    found: list[Found] = []
    for tag in tags:
        match = _CARD.fullmatch(_name(tag)) if tag.name == "meta" else None
        if match is None:
            continue
        text, part = attribute(tag, "content"), (match[2] or "").lower()
        url = absolute(base, text) if part != "alt" else ""
        if part == "alt" and found:
            found[-1] = found[-1].joined(Found(found[-1].candidates, alt=words(text)))
        elif url and part in ("url", "secure_url") and found:
            found[-1] = Found((url,), "og").joined(found[-1])
        elif url:
            found.append(Found((url,), "og"))
    return found


def microdata_photos(tags: Sequence[Tag], base: str) -> Iterator[Found]:
    """Yield the photos of meta and link elements with itemprop "image" or "contentUrl"."""
    for tag in tags:
        if tag.name not in ("meta", "link"):
            continue
        roles = attribute(tag, "itemprop")[:200].lower().split()
        if _MICRODATA.intersection(roles):
            url = absolute(base, attribute(tag, "content") or attribute(tag, "href"))
            if url:
                yield Found((url,), "microdata")


def robots_values(tags: Sequence[Tag], agent: str) -> list[str]:
    """Return what the meta elements for robots, or for `agent` by name, say."""
    names = ("robots", agent.lower())
    metas = (tag for tag in tags if tag.name == "meta")
    return [
        attribute(tag, "content")
        for tag in metas
        if attribute(tag, "name").strip().lower() in names
    ]


def _name(tag: Tag) -> str:
    return (attribute(tag, "property") or attribute(tag, "name"))[:60].strip()
