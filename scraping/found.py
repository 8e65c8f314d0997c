"""What a page says about a photo, before a byte of it is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from scraping.urls import key_of

__all__ = ["Credit", "Discovery", "Found", "Page", "PageFailure", "merged"]

_NO_DERIVATIVES = re.compile(r"\bby\W(?:nc\W)?nd\b|\bno\W?deriv")
_MOST_CANDIDATES = 12
"""Addresses of one photo that are kept."""


@dataclass(frozen=True)
class Credit:
    """Whose photo it is: `creator`, `licence` as a short name, `licence_url`."""

    creator: str = ""
    licence: str = ""
    licence_url: str = ""

    def over(self, other: Credit) -> Credit:
        """Return this credit, with what it leaves open taken from `other`.

        A licence keeps the address that came with it. An address without a licence, where one may
        be asked for, gives way to a licence that is named.
        """
        creator = self.creator or other.creator
        if self.licence or not (other.licence or other.licence_url):
            return Credit(creator, self.licence, self.licence_url)
        if self.licence_url and not other.licence:
            return Credit(creator, "", self.licence_url)
        return Credit(creator, other.licence, other.licence_url)

    @property
    def derivative_ok(self) -> str:
        """Whether the licence allows derivatives: "yes", "no", or empty for an unknown one."""
        text = f"{self.licence_url} {self.licence}".lower()
        if _NO_DERIVATIVES.search(text):
            return "no"
        return "yes" if "creativecommons.org/" in text or text.strip().startswith("cc") else ""


@dataclass(frozen=True)
class Found:
    """A photo as a page shows it: its addresses, best first, and what is written about it.

    `kind` is img, picture, background, link, og, microdata, json-ld or sitemap; of an open
    collection `collection`, of a folder `file`. `id` is what a collection's records say, else "";
    `attribution` the line that the photo's own record asks for, else "".
    """

    candidates: tuple[str, ...]
    kind: str = "img"
    page_url: str = ""
    landing_url: str = ""
    title: str = ""
    alt: str = ""
    credit: Credit = field(default_factory=Credit)
    id: str = ""
    attribution: str = ""

    @property
    def key(self) -> str:
        """Its identity within its source: its record's id, or the key of its best address."""
        return self.id or key_of(self.candidates[0])

    def joined(self, other: Found) -> Found:
        """Return this photo with the words that `other` adds, and its addresses, up to 12 in
        all.
        """
        known = {key_of(url) for url in self.candidates}
        new = tuple(url for url in other.candidates if key_of(url) not in known)
        return replace(
            self,
            candidates=(self.candidates + new)[:_MOST_CANDIDATES],
            landing_url=self.landing_url or other.landing_url,
            title=self.title or other.title,
            alt=self.alt or other.alt,
            credit=self.credit.over(other.credit),
            attribution=self.attribution or other.attribution,
        )


@dataclass(frozen=True)
class Page:
    """A parsed page: its photos in order, the address of the `next` page or "", and whether its
    meta tags ask that its pictures are not used.

    `links` are the addresses of other pages that it lets robots follow, `sheets` those of its style
    sheets. `cut` is "", or says in a sentence what of the page was too much and left unread.
    """

    photos: tuple[Found, ...] = ()
    next: str = ""
    opted_out: bool = False
    links: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    cut: str = ""


@dataclass(frozen=True)
class PageFailure:
    """A page, style sheet or sitemap that could not be used, or not all of it: `status` is a
    reason word.
    """

    url: str
    status: str
    detail: str
    attempts: int


@dataclass(frozen=True)
class Discovery:
    """The photos of all pages, each once, and the pages that failed."""

    photos: tuple[Found, ...]
    failures: tuple[PageFailure, ...]


def merged(photos: Iterable[Found]) -> list[Found]:
    """Join the photos that share an address; the first keeps its place and its kind."""
    order: dict[int, Found] = {}
    places: dict[str, int] = {}
    for photo in photos:
        keys = [key_of(url) for url in photo.candidates]
        place = next((places[key] for key in keys if key in places), len(order))
        order[place] = order[place].joined(photo) if place in order else photo
        for key in keys:
            places.setdefault(key, place)
    return list(order.values())
