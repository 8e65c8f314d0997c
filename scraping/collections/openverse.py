"""Openverse: photos of many sites that their makers gave a Creative Commons licence.

https://api.openverse.org/v1/: without a key 20 records a page, 20 calls a minute, 200 a day, and
240 records deep. Licences without derivatives are left out by the search itself.
"""

from __future__ import annotations

from collections.abc import Iterator

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
from scraping.credits import licence_name
from scraping.found import Credit, Found

__all__ = ["Openverse"]

_SEARCH = "https://api.openverse.org/v1/images/"
_PAGE = 20
_DEEPEST = 12
_THUMB = 600
_NAMED = {"cc0": "CC0", "pdm": "Public Domain Mark"}


class Openverse(OpenCollection):
    """Photos of api.openverse.org."""

    slug = "openverse"
    holder = "Openverse"
    api = (_SEARCH,)
    delay = 3.0
    daily = 200

    def records(self, desk: Desk) -> Iterator[Found | Skipped]:
        """Yield the results page by page."""
        fixed: dict[str, str | int] = {
            "q": self.words,
            "license_type": "modification",
            "category": "photograph",
            "size": "large",
            "page_size": _PAGE,
        }
        for page in range(1, _DEEPEST + 1):
            answer = desk.ask(_SEARCH, fixed | {"page": page})
            results = objects(desk.listed(answer, "results"))
            yield from map(_found, results)
            pages = reach(answer, "page_count")
            if not results or (isinstance(pages, int) and page >= pages):
                return


def _found(record: Json) -> Found | Skipped:
    key, url = text(record.get("id")), address(record.get("url"))
    if not key or not url:
        return Skipped("without an id or a picture")
    credit = _credit(record)
    title = text(record.get("title"))
    sides = [side for side in (record.get("width"), record.get("height")) if isinstance(side, int)]
    # A picture whose size is not told is taken to be large, as was asked for.
    sizes = [
        (url, max(sides, default=0) or 1024),
        (address(record.get("thumbnail")), _THUMB),
    ]
    said = text(record.get("attribution"))
    return Found(
        by_use(sizes),
        "collection",
        page_url=_SEARCH,
        landing_url=address(record.get("foreign_landing_url")),
        title=title,
        credit=credit,
        id=key,
        attribution=said or credit_line(title, credit.creator, "via Openverse", credit.licence),
    )


def _credit(record: Json) -> Credit:
    url = address(record.get("license_url"))
    kind, version = text(record.get("license")).lower(), text(record.get("license_version"))
    name = _NAMED.get(kind) or (f"CC {kind.upper()}" if kind else "")
    licence = f"{name} {version}".strip() if name else licence_name(url)
    return Credit(text(record.get("creator")), licence, url)
