"""A page's text → the photos it shows. Pure: nothing is asked for here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bs4 import BeautifulSoup, Tag

from scraping.candidates import image_candidates
from scraping.credits import credit_near, credit_of_page, words
from scraping.css import background_urls
from scraping.found import Found, Page, merged
from scraping.optout import opted_out
from scraping.urls import absolute, is_image_path, is_web

__all__ = ["parse"]

_OPEN_GRAPH = re.compile(r"(og:image(:url|:secure_url)?|twitter:image(:src)?)$", re.IGNORECASE)
_DEEPEST_JSON = 12


def parse(text: str, url: str, agent: str = "atelier") -> Page:
    """Parse the HTML `text` of the page that was finally read at `url`.

    Found are img (src, srcset, lazy attributes), picture, CSS backgrounds in style attributes and
    elements, links to image files, og:image and JSON-LD images, in this order; photos that share an
    address are one. `agent` is the bot's name that meta tags may address.
    """
    # Opened as HTML, whatever it is: the parser would warn about XML and about bare words.
    soup = BeautifulSoup(f"<!doctype html>\n{text}", "lxml")
    base = _base(soup, url)
    page = credit_of_page(soup, base)
    photos = [
        replace(photo, page_url=url, credit=photo.credit.over(page))
        for finder in (_images, _backgrounds, _links, _open_graph, _json_ld)
        for photo in finder(soup, base)
    ]
    return Page(tuple(merged(photos)), _next(soup, base), opted_out(_robots(soup, agent), agent))


def _base(soup: BeautifulSoup, url: str) -> str:
    tag = soup.find("base", href=True)
    base = absolute(url, str(tag["href"])) if isinstance(tag, Tag) else ""
    return base if is_web(base) else url


def _images(soup: BeautifulSoup, base: str) -> Iterator[Found]:
    for tag in soup.find_all("img"):
        urls = image_candidates(tag, base)
        if not urls:
            continue
        figure = tag.find_parent("figure")
        caption = figure.find("figcaption") if figure is not None else None
        yield Found(
            tuple(urls),
            "picture" if tag.find_parent("picture") is not None else "img",
            landing_url=_landing(tag, base),
            title=words(_text(tag, "title")) or words(caption.get_text(" ") if caption else ""),
            alt=words(_text(tag, "alt")),
            credit=credit_near(tag, base),
        )


def _landing(tag: Tag, base: str) -> str:
    link = tag.find_parent("a")
    url = absolute(base, _text(link, "href")) if link is not None else ""
    return url if is_web(url) and not is_image_path(url) else ""


def _backgrounds(soup: BeautifulSoup, base: str) -> Iterator[Found]:
    for tag in soup.find_all(style=True):
        for reference in background_urls(_text(tag, "style")):
            if url := absolute(base, reference):
                label = words(_text(tag, "aria-label") or _text(tag, "title"))
                yield Found((url,), "background", alt=label, credit=credit_near(tag, base))
    for sheet in soup.find_all("style"):
        for reference in background_urls(sheet.get_text()):
            if url := absolute(base, reference):
                yield Found((url,), "background")


def _links(soup: BeautifulSoup, base: str) -> Iterator[Found]:
    for tag in soup.find_all(["a", "link"], href=True):
        url = absolute(base, _text(tag, "href"))
        if is_image_path(url) and (tag.name == "a" or "image_src" in _relations(tag)):
            title = words(_text(tag, "title"))
            label = words(tag.get_text(" "))
            yield Found((url,), "link", title=title, alt=label, credit=credit_near(tag, base))


def _open_graph(soup: BeautifulSoup, base: str) -> Iterator[Found]:
    for tag in soup.find_all("meta"):
        name = _text(tag, "property") or _text(tag, "name")
        url = absolute(base, _text(tag, "content")) if _OPEN_GRAPH.match(name.strip()) else ""
        if url:
            yield Found((url,), "og")


def _json_ld(soup: BeautifulSoup, base: str) -> Iterator[Found]:
    for tag in soup.find_all("script", type="application/ld+json"):
        try:
            record = json.loads(tag.get_text())
        except (ValueError, RecursionError):
            continue
        for reference in _json_images(record, 0):
            if url := absolute(base, reference):
                yield Found((url,), "json-ld")


def _json_images(value: Any, depth: int) -> Iterator[str]:
    """Every address under the keys image and contentUrl, strings, lists and ImageObjects alike."""
    if depth > _DEEPEST_JSON:
        return
    if isinstance(value, list):
        for item in value:
            yield from _json_images(item, depth + 1)
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        if key in ("image", "contentUrl") or (key == "url" and value.get("@type") == "ImageObject"):
            named = inner if isinstance(inner, list) else [inner]
            yield from (item for item in named if isinstance(item, str))
        yield from _json_images(inner, depth + 1)


def _next(soup: BeautifulSoup, base: str) -> str:
    for tag in soup.find_all(["a", "link"], href=True):
        if "next" in _relations(tag):
            url = absolute(base, _text(tag, "href"))
            if is_web(url):
                return url
    return ""


def _robots(soup: BeautifulSoup, agent: str) -> list[str]:
    names = ("robots", agent.lower())
    tags = soup.find_all("meta", attrs={"name": True, "content": True})
    return [_text(tag, "content") for tag in tags if _text(tag, "name").strip().lower() in names]


def _relations(tag: Tag) -> list[str]:
    value = tag.get("rel")
    named = value if isinstance(value, list) else str(value or "").split()
    return [str(word).lower() for word in named]


def _text(tag: Tag, name: str) -> str:
    value = tag.get(name)
    return value if isinstance(value, str) else ""
