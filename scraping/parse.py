"""A page's text → the photos it shows and where it leads. Pure: nothing is asked for here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from bs4 import BeautifulSoup, Tag

from scraping.backgrounds import background_photos
from scraping.candidates import IMAGE_TAGS
from scraping.credits import Credits
from scraping.found import Found, Page, merged
from scraping.json_ld import json_ld_photos
from scraping.links import linked_photos, next_page, page_links, style_sheets
from scraping.meta import microdata_photos, open_graph_photos, robots_values
from scraping.optout import keeps_links, opted_out
from scraping.shown import shown_photo
from scraping.urls import absolute, is_web
from scraping.words import attribute

__all__ = ["parse"]

_MOST_CHARACTERS = 5_000_000
_MOST_MARKUP = 100_000
"""How often "<" is read: every element takes about 10 µs and 1 kB to build."""
_MOST_PHOTOS = 5_000
_DEEPEST = 500
_JSON_LD = "application/ld+json"


def parse(text: str, url: str, agent: str = "atelier", *, next_selector: str = "") -> Page:
    """Parse the HTML `text` of the page that was finally read at `url`.

    Found are img (src, srcset, lazy attributes), picture, CSS backgrounds in style attributes and
    elements, links to image files, og:image, microdata and JSON-LD images, in this order; photos
    that share an address are one. `agent` is the bot's name that meta tags may address.
    `next_selector` is a CSS selector that finds the link to the next page in place of rel=next.

    Read are 5,000,000 characters, 100,000 tags, 500 levels and 5,000 photos; `Page.cut` says where
    there was more. Whatever the text, it takes some seconds at most, and raises nothing.
    """
    kept, cut = _within(text)
    # Opened as HTML, whatever it is: the parser would warn about XML and about bare words.
    soup = BeautifulSoup(f"<!doctype html>\n{kept}", "lxml")
    tags, flat = _shallow(soup)
    if not flat:
        cut = f"the page is nested deeper than the {_DEEPEST} elements that are read"
    base = _base(tags, url)
    pictures = [tag for tag in tags if tag.name in IMAGE_TAGS]
    stated = Credits(tags, pictures, base)
    found = list(islice(_finds(tags, pictures, base, stated), _MOST_PHOTOS + 1))
    if len(found) > _MOST_PHOTOS:
        cut = f"the page has more than the {_MOST_PHOTOS:,} pictures that are read"
    photos = [
        replace(photo, page_url=url, credit=photo.credit.over(stated.page))
        for photo in merged(found[:_MOST_PHOTOS])
    ]
    values = robots_values(tags, agent)
    follows = not keeps_links(values, agent)
    # A selector may climb from every element to the root, so it is kept from a bottomless page.
    chosen = next_page(soup if flat else None, tags, base, next_selector) if follows else ""
    links = page_links(tags, base, url) if follows else ()
    refuses = opted_out(values, agent)
    return Page(tuple(photos), chosen, refuses, links, style_sheets(tags, base), cut)


def _shallow(soup: BeautifulSoup) -> tuple[list[Tag], bool]:
    """The elements that lie at most 500 deep, in order, and whether that is all of them."""
    depths = {id(soup): 0}
    tags: list[Tag] = []
    flat = True
    for node in soup.descendants:
        if not isinstance(node, Tag):
            continue
        depth = depths.get(id(node.parent), _DEEPEST) + 1
        if depth > _DEEPEST:
            flat = False
            continue
        depths[id(node)] = depth
        tags.append(node)
    return tags, flat


def _within(text: str) -> tuple[str, str]:
    """The part of `text` that is read, and a sentence where that is not all."""
    cut = ""
    if len(text) > _MOST_CHARACTERS:
        cut = f"the page has more than the {_MOST_CHARACTERS:,} characters that are read"
        text = text[:_MOST_CHARACTERS]
    # The parser ends at a nought and fails at half a surrogate pair.
    text = text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    if text.count("<") > _MOST_MARKUP:
        cut = f"the page has more than the {_MOST_MARKUP:,} tags that are read"
        at = -1
        for _ in range(_MOST_MARKUP + 1):
            at = text.find("<", at + 1)
        text = text[:at]
    return text, cut


def _base(tags: Sequence[Tag], url: str) -> str:
    tag = next((tag for tag in tags if tag.name == "base" and "href" in tag.attrs), None)
    base = absolute(url, attribute(tag, "href"))
    return base if is_web(base) else url


def _finds(
    tags: Sequence[Tag], pictures: Sequence[Tag], base: str, stated: Credits
) -> Iterator[Found]:
    for tag in pictures:
        photo = shown_photo(tag, base)
        if photo is not None:
            yield replace(photo, credit=stated.near(tag))
    for photo, tag in background_photos(tags, base):
        yield replace(photo, credit=stated.near(tag))
    for photo, tag in linked_photos(tags, base):
        yield replace(photo, credit=stated.near(tag))
    yield from open_graph_photos(tags, base)
    yield from microdata_photos(tags, base)
    for tag in tags:
        if tag.name == "script" and _JSON_LD in attribute(tag, "type").lower():
            yield from json_ld_photos(tag.get_text(), base)
