"""Photos that a page puts behind things."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bs4 import Tag

from scraping.candidates import IMAGE_TAGS
from scraping.css import background_urls
from scraping.found import Found
from scraping.shown import landing_page
from scraping.srcset import parse_srcset
from scraping.urls import absolute, is_image_path
from scraping.words import attribute, words

__all__ = ["background_photos", "sheet_photos"]

_LAZY = (
    "data-bg",
    "data-background",
    "data-background-image",
    "data-bg-src",
    "data-bg-url",
    "data-setbg",
    "data-lazy-bg",
    "data-image-src",
    "data-parallax-src",
)
_NAMES = frozenset({*_LAZY, "data-bgset", "data-src", "background"})
_PAINTED = frozenset({"body", "table", "td", "th", "tr"})
_OTHERS = frozenset({"script", "iframe", "source", "video", "audio", "embed", "link", "meta"})
_MOST_STYLE = 1_000_000
"""Characters of style that are read of one page."""


def background_photos(tags: Sequence[Tag], base: str) -> Iterator[tuple[Found, Tag]]:
    """Yield the photos of style attributes, lazy backgrounds and style elements, each with its
    element.
    """
    left = _MOST_STYLE
    for tag in tags:
        if not tag.attrs:
            continue
        style = attribute(tag, "style")[:left]
        left -= len(style)
        painted = background_urls(style) if style else ()
        for reference in (*painted, *_lazy(tag, base)):
            if url := absolute(base, reference):
                label = words(attribute(tag, "aria-label") or attribute(tag, "title"))
                landing = landing_page(tag, base)
                yield Found((url,), "background", landing_url=landing, alt=label), tag
    for tag in tags:
        if tag.name == "style":
            sheet = tag.get_text()[:left]
            left -= len(sheet)
            for photo in sheet_photos(sheet, base):
                yield photo, tag


def sheet_photos(sheet: str, base: str) -> list[Found]:
    """Return the photos in the text of a style sheet whose address is `base`."""
    urls = (absolute(base, reference) for reference in background_urls(sheet))
    return [Found((url,), "background") for url in dict.fromkeys(urls) if url]


def _lazy(tag: Tag, base: str) -> Iterator[str]:
    if _NAMES.isdisjoint(tag.attrs):
        return
    for name in _LAZY:
        value = attribute(tag, name)
        if "url(" in value:
            yield from background_urls(f"background:{value[:20_000]}")
        elif value and is_image_path(absolute(base, value)):
            yield value
    if sized := parse_srcset(attribute(tag, "data-bgset")):
        yield max(sized, key=lambda candidate: candidate[2])[0]
    if tag.name in _PAINTED:
        yield attribute(tag, "background")
    source = attribute(tag, "data-src")
    if source and tag.name not in _OTHERS | IMAGE_TAGS and is_image_path(absolute(base, source)):
        yield source
