"""What a page says about a photo, before a byte of it is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from scraping.urls import key_of

__all__ = ["Credit", "Discovery", "Found", "Page", "PageFailure", "merged"]


@dataclass(frozen=True)
class Credit:
    """Whose photo it is: `creator`, `licence` as a short name, `licence_url`."""

    creator: str = ""
    licence: str = ""
    licence_url: str = ""

    def over(self, other: Credit) -> Credit:
        """Return this credit, with what it leaves open taken from `other`."""
        licence, url = self.licence, self.licence_url
        if not licence and not url:
            licence, url = other.licence, other.licence_url
        return Credit(self.creator or other.creator, licence, url)

    @property
    def derivative_ok(self) -> str:
        """Whether the licence allows derivatives: "yes", "no", or empty for an unknown one."""
        text = f"{self.licence_url} {self.licence}".lower()
        if "creativecommons.org/" not in text and not text.strip().startswith("cc"):
            return ""
        return "no" if "-nd" in text else "yes"


@dataclass(frozen=True)
class Found:
    """A photo as a page shows it: its addresses, best first, and what is written about it.

    `kind` is img, picture, background, og, json-ld or link; of an open collection `collection`, of
    a folder `file`. `id` and `attribution` are what a collection's records say, else "".
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
        """Return this photo with the addresses and words that `other` adds."""
        known = {key_of(url) for url in self.candidates}
        new = tuple(url for url in other.candidates if key_of(url) not in known)
        return replace(
            self,
            candidates=self.candidates + new,
            title=self.title or other.title,
            alt=self.alt or other.alt,
            credit=self.credit.over(other.credit),
        )


@dataclass(frozen=True)
class Page:
    """A parsed page: its photos in order, the address of the `next` page or "", and whether its
    meta tags ask that its pictures are not used.
    """

    photos: tuple[Found, ...] = ()
    next: str = ""
    opted_out: bool = False


@dataclass(frozen=True)
class PageFailure:
    """A page after the first that could not be used: `status` is a reason word."""

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
