"""The Metropolitan Museum of Art: paintings in the public domain.

https://metmuseum.github.io/: a search gives numbers alone, so every object is a call of its own.
`hasImages` finds objects without a picture too, and the search may find nothing at one moment and
something at the next: each object is judged by what it says itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scraping.collections.desk import Desk
from scraping.collections.record import Json, address, credit_line, many, text
from scraping.collections.source import CC0, OpenCollection, Skipped
from scraping.errors import FetchError
from scraping.found import Found

__all__ = ["Met"]

_API = "https://collectionapi.metmuseum.org/public/collection/v1"


class Met(OpenCollection):
    """Paintings of metmuseum.org."""

    slug = "met"
    holder = "The Metropolitan Museum of Art"
    api = (f"{_API}/",)
    styles = True
    calls_each = 1

    def records(self, desk: Desk) -> Iterator[Found | Skipped]:
        """Yield the objects that the search names, one call for each."""
        query: dict[str, str | int] = {
            "hasImages": "true",
            "medium": "Paintings",
            "q": self.words,
        }
        answer = desk.ask(f"{_API}/search", query)
        if "objectIDs" not in answer:
            raise FetchError("page_failed", f"{_API}/search: the answer has no 'objectIDs'")
        for number in many(answer["objectIDs"]):
            if isinstance(number, int):
                record = desk.ask_for_record(f"{_API}/objects/{number}")
                yield Skipped("unreadable") if record is None else _found(record)


def _found(record: Json) -> Found | Skipped:
    if record.get("isPublicDomain") is not True:
        return Skipped("not in the public domain")
    key = text(record.get("objectID"))
    candidates = (address(record.get("primaryImage")), address(record.get("primaryImageSmall")))
    urls = tuple(dict.fromkeys(url for url in candidates if url))
    if not key or not urls:
        return Skipped("without an id or a picture")
    title = text(record.get("title"))
    credit = replace(CC0, creator=text(record.get("artistDisplayName")))
    return Found(
        urls,
        "collection",
        page_url=f"{_API}/objects/{key}",
        landing_url=address(record.get("objectURL")),
        title=title,
        credit=credit,
        id=key,
        attribution=credit_line(title, credit.creator, Met.holder, credit.licence),
    )
