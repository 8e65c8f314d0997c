"""The Art Institute of Chicago: paintings, prints and drawings in the public domain.

https://api.artic.edu/api/v1/: 60 calls a minute. Its picture host may answer 403 with a page that
keeps programs out; that is `blocked`, and nothing is done about it: take another museum then.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

from scraping.collections.desk import Desk
from scraping.collections.record import Json, address, credit_line, objects, reach, text
from scraping.collections.source import CC0, OpenCollection, Skipped
from scraping.found import Found

__all__ = ["Artic"]

_SEARCH = "https://api.artic.edu/api/v1/artworks/search"
_PICTURES = "https://www.artic.edu/iiif/2"
_LANDING = "https://www.artic.edu/artworks/"
_FIELDS = "id,title,artist_title,image_id,is_public_domain,artwork_type_title"
_FLAT = frozenset({"", "painting", "print", "drawing and watercolor"})
_PAGE = 50


class Artic(OpenCollection):
    """Pictures of artic.edu."""

    slug = "artic"
    holder = "The Art Institute of Chicago"
    api = ("https://api.artic.edu/api/v1/",)
    styles = True
    needs_query = False

    def records(self, desk: Desk) -> Iterator[Found | Skipped]:
        """Yield the works page by page, the most relevant first."""
        fixed: dict[str, str | int] = {
            "query[term][is_public_domain]": "true",
            "fields": _FIELDS,
            "limit": _PAGE,
        }
        if self.words:
            fixed["q"] = self.words
        for page in itertools.count(1):
            answer = desk.ask(_SEARCH, fixed | {"page": page})
            data = objects(desk.listed(answer, "data"))
            base = address(reach(answer, "config", "iiif_url"), secure=True) or _PICTURES
            yield from (_found(record, base) for record in data)
            pages = reach(answer, "pagination", "total_pages")
            if not data or (isinstance(pages, int) and page >= pages):
                return


def _found(record: Json, base: str) -> Found | Skipped:
    if record.get("is_public_domain") is not True:
        return Skipped("not in the public domain")
    if text(record.get("artwork_type_title")).lower() not in _FLAT:
        return Skipped("no painting, print or drawing")
    key, image = text(record.get("id")), text(record.get("image_id"))
    if not key or not image:
        return Skipped("without an id or a picture")
    title = text(record.get("title"))
    credit = replace(CC0, creator=text(record.get("artist_title")))
    picture = f"{base.rstrip('/')}/{quote(image, safe='')}/full"
    return Found(
        (f"{picture}/843,/0/default.jpg",),
        "collection",
        page_url=_SEARCH,
        landing_url=f"{_LANDING}{quote(key, safe='')}",
        title=title,
        credit=credit,
        id=key,
        attribution=credit_line(title, credit.creator, Artic.holder, credit.licence),
    )
