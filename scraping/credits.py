"""Licence and author, as near to a photo as the page states them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from bs4 import Tag

from scraping.found import Credit
from scraping.urls import absolute, is_web
from scraping.words import ancestors, attribute, inside, text_of, words

__all__ = ["Credits", "creator_name", "licence_credit", "licence_name"]

_CONTAINERS = frozenset({"figure", "article", "li", "td", "figcaption", "dl"})
_WHOLE = frozenset({"html", "body", "main"})
# A licence in one of these speaks of what is in there, also where that is no picture.
_CLOSED = frozenset({"figure", "article", "figcaption"})
_CC = re.compile(r"creativecommons\.org/licenses/([a-z-]+)/(\d+\.\d+)", re.IGNORECASE)
_CC_ZERO = re.compile(r"creativecommons\.org/publicdomain/(zero|mark)/(\d+\.\d+)", re.IGNORECASE)
_CREATORS = {
    "author": 0,
    "creator": 0,
    "cc:attributionname": 0,
    "dc:creator": 0,
    "dct:creator": 0,
    "credittext": 1,
    "copyrightholder": 1,
    "copyrightnotice": 2,
}
_LICENCES = {"license": 0, "licence": 0, "cc:license": 0}
_ACQUIRED = {"acquirelicensepage": 2}
_ROLES = _CREATORS.keys() | _LICENCES.keys() | _ACQUIRED.keys()
_META_AUTHORS = frozenset({"author", "dc.creator", "dcterms.creator"})
_META_LICENCES = frozenset({"dc.rights.license", "dcterms.license", "license"})
_CC_LINK = 1
_MOST_MARKS = 5_000
_NEAREST = 4


def licence_name(url: str) -> str:
    """Return the short name of a Creative Commons licence's address: "CC BY-SA 4.0"; else ""."""
    if match := _CC.search(url):
        return f"CC {match[1].upper()} {match[2]}"
    if match := _CC_ZERO.search(url):
        return "CC0 1.0" if match[1].lower() == "zero" else "Public Domain Mark 1.0"
    return ""


def licence_credit(text: str, base: str, label: str = "") -> Credit:
    """Return the credit of a licence that is given as an address or in words.

    Its name is that of a Creative Commons licence, else `label`, else the address.
    """
    url = absolute(base, text) if "/" in text and " " not in text.strip() else ""
    if not is_web(url):
        return Credit(licence=words(text))
    return Credit(licence=licence_name(url) or words(label) or url, licence_url=url)


def creator_name(text: str) -> str:
    """Return `text` as a name: on one line, without a copyright sign, and no address."""
    name = re.sub(r"^(?:©|\(c\)|copyright\b|by\b)\s*", "", words(text), flags=re.IGNORECASE)
    return "" if is_web(name) else name


@dataclass
class _Stated:
    """The best that is stated in one place: each with its rank, the lowest wins."""

    creator: tuple[int, str] = (9, "")
    licence: tuple[int, Credit] = (9, Credit())

    def add(self, creator: tuple[int, str] | None, licence: tuple[int, Credit] | None) -> None:
        if creator is not None and creator[1] and creator[0] < self.creator[0]:
            self.creator = creator
        if licence is not None and licence[0] < self.licence[0]:
            self.licence = licence

    @property
    def credit(self) -> Credit:
        return Credit(self.creator[1]).over(self.licence[1])


class Credits:
    """What a page says about whose its photos are, gathered once and looked up for each photo.

    What is stated in a figure, article, list item, table cell or schema.org item that holds a
    picture is about the pictures in there; a licence stated elsewhere is the whole page's.
    """

    def __init__(self, tags: Sequence[Tag], pictures: Iterable[Tag], base: str) -> None:
        self._base = base
        holding = {id(around) for picture in pictures for around in _containers(picture)}
        self._near: dict[int, _Stated] = {}
        whole = _Stated()
        for tag in _marks(tags):
            creator, licence = self._creator(tag), self._licence(tag)
            around = next((box for box in _containers(tag) if id(box) in holding), None)
            if around is not None:
                self._near.setdefault(id(around), _Stated()).add(creator, licence)
            elif licence is not None and licence[0] != _CC_LINK and not _is_closed(tag):
                whole.add(None, licence)
        author = next((name for tag in tags if (name := _meta_author(tag))), "")
        self.page = Credit(author).over(whole.credit)
        """What holds for the whole page."""

    def near(self, tag: Tag) -> Credit:
        """Return the credit of the nearest place around `tag` that states any."""
        for around in islice(_containers(tag), _NEAREST):
            stated = self._near.get(id(around))
            if stated is not None and stated.credit != Credit():
                return stated.credit
        return Credit()

    def _creator(self, tag: Tag) -> tuple[int, str] | None:
        roles = _roles(tag)
        ranks = [_CREATORS[role] for role in roles if role in _CREATORS]
        if not ranks:
            return None
        named = next(
            (inner for inner in inside(tag) if "name" in _words_of(inner, "itemprop")), tag
        )
        return min(ranks), creator_name(attribute(named, "content") or text_of(named))

    def _licence(self, tag: Tag) -> tuple[int, Credit] | None:
        text = attribute(tag, "href") or attribute(tag, "content")
        roles = _roles(tag)
        if tag.name == "meta" and attribute(tag, "name").lower() in _META_LICENCES:
            roles = ["license"]
        if any(role in _LICENCES for role in roles) and (text or tag.name not in ("a", "link")):
            label = text_of(tag)
            return 0, licence_credit(text or label, self._base, label)
        if any(role in _ACQUIRED for role in roles):
            return 2, Credit(licence_url=absolute(self._base, text))
        if tag.name == "a" and licence_name(text):
            return _CC_LINK, licence_credit(text, self._base)
        return None


def _marks(tags: Sequence[Tag]) -> Iterator[Tag]:
    """The first 5,000 elements that state an author or a licence."""
    yield from islice((tag for tag in tags if tag.attrs and _states(tag)), _MOST_MARKS)


def _states(tag: Tag) -> bool:
    if tag.name == "meta" and attribute(tag, "name").lower() in _META_LICENCES:
        return True
    if tag.name == "a" and "creativecommons.org/" in attribute(tag, "href"):
        return True
    return any(role in _ROLES for role in _roles(tag))


def _roles(tag: Tag) -> list[str]:
    return [*_words_of(tag, "rel"), *_words_of(tag, "itemprop"), *_words_of(tag, "property")]


def _words_of(tag: Tag, name: str) -> list[str]:
    return attribute(tag, name)[:200].lower().split()


def _containers(tag: Tag) -> Iterator[Tag]:
    for box in ancestors(tag):
        if box.name in _CONTAINERS or ("itemscope" in box.attrs and box.name not in _WHOLE):
            yield box


def _is_closed(tag: Tag) -> bool:
    return any(box.name in _CLOSED for box in _containers(tag))


def _meta_author(tag: Tag) -> str:
    if tag.name != "meta" or attribute(tag, "name").strip().lower() not in _META_AUTHORS:
        return ""
    return creator_name(attribute(tag, "content"))
