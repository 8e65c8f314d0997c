"""Licence and author, as near to a photo as the page states them."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag

from scraping.found import Credit
from scraping.urls import absolute

__all__ = ["credit_near", "credit_of_page", "licence_name", "words"]

_CONTAINERS = ("figure", "article", "li", "td", "figcaption")
_CC = re.compile(r"creativecommons\.org/licenses/([a-z-]+)/(\d+\.\d+)", re.IGNORECASE)
_CC_ZERO = re.compile(r"creativecommons\.org/publicdomain/(zero|mark)/(\d+\.\d+)", re.IGNORECASE)
_LONGEST = 500


def words(text: str | None) -> str:
    """Return `text` on one line, at most 500 characters of it."""
    return " ".join((text or "").split())[:_LONGEST]


def licence_name(url: str) -> str:
    """Return the short name of a Creative Commons licence's address: "CC BY-SA 4.0"; else ""."""
    if match := _CC.search(url):
        return f"CC {match[1].upper()} {match[2]}"
    if match := _CC_ZERO.search(url):
        return "CC0 1.0" if match[1].lower() == "zero" else "Public Domain Mark 1.0"
    return ""


def credit_near(tag: Tag, base: str) -> Credit:
    """Return the credit of the nearest figure, article or list item around `tag` that has any."""
    for around in tag.find_parents(_CONTAINERS, limit=4):
        credit = _credit_in(around, base)
        if credit != Credit():
            return credit
    return Credit()


def credit_of_page(soup: BeautifulSoup, base: str) -> Credit:
    """Return what holds for the whole page: links outside every figure, and meta author."""
    outside = [tag for tag in _links(soup, "license") if not tag.find_parent(_CONTAINERS)]
    author = soup.find("meta", attrs={"name": re.compile("^author$", re.IGNORECASE)})
    named = words(str(author.get("content", ""))) if isinstance(author, Tag) else ""
    return Credit(named).over(_licence(outside[0], base) if outside else Credit())


def _credit_in(around: Tag, base: str) -> Credit:
    licences = _links(around, "license")
    authors = _links(around, "author") or around.find_all(itemprop=["author", "creator"])
    creator = words(authors[0].get_text()) if authors else ""
    return Credit(creator).over(_licence(licences[0], base) if licences else Credit())


def _licence(link: Tag, base: str) -> Credit:
    url = absolute(base, str(link.get("href", "")))
    return Credit(licence=licence_name(url) or words(link.get_text()) or url, licence_url=url)


def _links(around: Tag, relation: str) -> list[Tag]:
    return around.find_all(["a", "link"], rel=relation, href=True)
