"""NASA's image library: photos that are mostly in the public domain.

https://images-api.nasa.gov/search: addresses come with http and with spaces; the library states no
licence, so credits name NASA's guidelines; records that claim a copyright are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from scraping.collections.desk import Desk
from scraping.collections.record import (
    Json,
    address,
    by_use,
    credit_line,
    objects,
    reach,
    text,
)
from scraping.collections.source import OpenCollection, Skipped
from scraping.found import Credit, Found

__all__ = ["Nasa"]

_SEARCH = "https://images-api.nasa.gov/search"
_LANDING = "https://images.nasa.gov/details/"
_GUIDELINES = "https://www.nasa.gov/nasa-brand-center/images-and-media/"
_SIZE = re.compile(r"~(thumb|small|medium|large|orig)\.(\w+)$")
_SIDES = {"thumb": 320, "small": 640, "medium": 1280, "large": 1920, "orig": 6000}
_CLAIM = re.compile(r"©|copyright(?![\s–-]*free)", re.IGNORECASE)


class Nasa(OpenCollection):
    """Photos of images.nasa.gov."""

    slug = "nasa"
    holder = "NASA"
    api = (_SEARCH,)

    def records(self, desk: Desk) -> Iterator[Found | Skipped]:
        """Yield the items page by page."""
        page = 0
        more = True
        while more:
            page += 1
            query: dict[str, str | int] = {"q": self.words, "media_type": "image", "page": page}
            answer = desk.ask(_SEARCH, query)
            items = objects(desk.listed(answer, "collection", "items"))
            yield from map(_found, items)
            links = objects(reach(answer, "collection", "links"))
            more = bool(items) and any(link.get("rel") == "next" for link in links)


def _found(item: Json) -> Found | Skipped:
    said = next(iter(objects(item.get("data"))), {})
    key = text(said.get("nasa_id"))
    urls = _candidates(item)
    if not key or not urls:
        return Skipped("without an id or a picture")
    if _CLAIM.search(f"{said.get('description')} {said.get('photographer')}"):
        return Skipped("under somebody's copyright")
    title = text(said.get("title"))
    maker = text(said.get("photographer")) or text(said.get("secondary_creator"))
    creator = maker or "/".join(part for part in ("NASA", text(said.get("center"))) if part)
    credit = Credit(creator, "NASA media guidelines", _GUIDELINES)
    return Found(
        urls,
        "collection",
        page_url=_SEARCH,
        landing_url=f"{_LANDING}{quote(key, safe='')}",
        title=title,
        alt=text(said.get("description")),
        credit=credit,
        id=key,
        attribution=credit_line(title, creator, "NASA", credit.licence),
    )


def _candidates(item: Json) -> tuple[str, ...]:
    """The sizes that are listed; of older items, which list the thumbnail alone, those there are
    as a rule.
    """
    links = [link for link in objects(item.get("links")) if link.get("render", "image") == "image"]
    listed = [(address(link.get("href"), secure=True), link.get("width")) for link in links]
    sizes = [(url, _side(url, width)) for url, width in listed if url]
    if len(sizes) == 1 and (thumb := _SIZE.search(sizes[0][0])):
        stem = sizes[0][0][: thumb.start()]
        guessed = ((f"{stem}~{size}.jpg", _SIDES[size]) for size in ("medium", "large", "orig"))
        sizes = [*guessed, *sizes]
    return by_use(sizes)


def _side(url: str, width: object) -> int:
    if isinstance(width, int) and width > 0:
        return width
    size = _SIZE.search(url)
    return _SIDES[size[1]] if size else 1024
