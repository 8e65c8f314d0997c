"""The Cleveland Museum of Art: paintings in the public domain.

https://openaccess-api.clevelandart.org/: a call a second. A list of fields is not asked for: the
search then leaves the licence of each object empty.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

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
from scraping.collections.source import CC0, OpenCollection, Skipped
from scraping.found import Found

__all__ = ["Cleveland"]

_SEARCH = "https://openaccess-api.clevelandart.org/api/artworks/"
_PAGE = 20
_SIDES = {"web": 900, "print": 3400}


class Cleveland(OpenCollection):
    """Paintings of clevelandart.org."""

    slug = "cleveland"
    holder = "The Cleveland Museum of Art"
    api = (_SEARCH,)
    styles = True
    needs_query = False

    def records(self, desk: Desk) -> Iterator[Found | Skipped]:
        """Yield the paintings by `skip` and `limit`."""
        fixed: dict[str, str | int] = {"type": "Painting", "cc0": 1, "has_image": 1}
        if self.words:
            fixed["q"] = self.words
        for skip in itertools.count(0, _PAGE):
            answer = desk.ask(_SEARCH, fixed | {"skip": skip, "limit": _PAGE})
            data = objects(desk.listed(answer, "data"))
            yield from map(_found, data)
            total = reach(answer, "info", "total")
            if not data or (isinstance(total, int) and skip + _PAGE >= total):
                return


def _found(record: Json) -> Found | Skipped:
    if text(record.get("share_license_status")).upper() != "CC0":
        return Skipped("not in the public domain")
    key = text(record.get("id"))
    # `full` is an uncompressed TIFF of a hundred megabytes.
    urls = by_use(
        (address(reach(record, "images", size, "url")), side) for size, side in _SIDES.items()
    )
    if not key or not urls:
        return Skipped("without an id or a picture")
    title = text(record.get("title"))
    maker = text(reach(record, "creators", 0, "description"))
    credit = replace(CC0, creator=maker.partition(" (")[0])
    return Found(
        urls,
        "collection",
        page_url=_SEARCH,
        landing_url=address(record.get("url")),
        title=title,
        alt=text(record.get("description")),
        credit=credit,
        id=key,
        attribution=credit_line(title, credit.creator, Cleveland.holder, credit.licence),
    )
