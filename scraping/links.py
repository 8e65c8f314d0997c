"""Where a page leads: its next page, other pages, style sheets, and files of pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag

from scraping.found import Found
from scraping.urls import absolute, is_image_path, is_web, key_of, site_of
from scraping.words import attribute, text_of, words

__all__ = ["is_page_path", "linked_photos", "next_page", "page_links", "style_sheets"]

_ANCHORS = frozenset({"a", "area"})
_FRAMES = frozenset({"frame", "iframe"})
# Endings of what is surely no page; whatever else a link leads to says its type itself.
_NO_PAGE = re.compile(
    r"\.(?:css|js|mjs|json|xml|rss|atom|txt|csv|ics|pdf|epub|docx?|xlsx?|pptx?|od[tsp]|zip|gz|tgz"
    r"|bz2|xz|7z|rar|tar|exe|dmg|iso|apk|deb|rpm|mp[34]|m4[av]|mov|avi|mkv|web[ma]|og[agv]|wav"
    r"|flac|woff2?|ttf|otf|eot|svgz?|ico|psd|ai|eps|torrent)$",
    re.IGNORECASE,
)
_REFRESH = re.compile(r"[\s\d.]*[;,]\s*url\s*=\s*['\"]?([^'\"]+)", re.IGNORECASE)
_MOST_LINKS = 2_000
_MOST_SHEETS = 20


def next_page(
    soup: BeautifulSoup | None, tags: Sequence[Tag], base: str, selector: str = ""
) -> str:
    """Return the address of the page after this one, or "".

    It is that of the first element that the CSS `selector` finds in `soup`, or of a link in or
    around it; without a selector that of the first link with rel=next and without rel=nofollow.
    """
    if selector:
        chosen = soup.select(selector, limit=10) if soup is not None else []
        urls = (_address(link, base) for tag in chosen for link in _near_links(tag))
    else:
        named = (tag for tag in tags if tag.name in ("a", "link", "area"))
        urls = (_address(tag, base) for tag in named if _is_next(tag))
    return next((url for url in urls if is_web(url)), "")


def page_links(tags: Sequence[Tag], base: str, url: str) -> tuple[str, ...]:
    """Return the addresses of other pages of the site of `url` that robots may follow, in order,
    each once.

    They come from a, area, frame, iframe and meta refresh. Links with rel=nofollow, downloads, and
    files that are no page by their ending are left out; at most 2,000 are returned.
    """
    site, own = site_of(url), key_of(url)
    found: dict[str, str] = {}
    for tag in tags:
        target = absolute(base, reference) if (reference := _reference(tag)) else ""
        if not is_web(target) or site_of(target) != site or not is_page_path(target):
            continue
        if (key := key_of(target)) != own:
            found.setdefault(key, target)
        if len(found) == _MOST_LINKS:
            break
    return tuple(found.values())


def is_page_path(url: str) -> bool:
    """Tell whether the ending of the path of `url` leaves open that it is a page."""
    if not is_web(url) or is_image_path(url):
        return False
    return _NO_PAGE.search(urlsplit(url).path) is None


def style_sheets(tags: Sequence[Tag], base: str) -> tuple[str, ...]:
    """Return the addresses of at most 20 sheets that are in force on a screen."""
    linked = (tag for tag in tags if tag.name == "link" and "stylesheet" in _relations(tag))
    shown = (tag for tag in linked if "alternate" not in _relations(tag) and _on_screen(tag))
    urls = (absolute(base, attribute(tag, "href")) for tag in shown)
    return tuple(dict.fromkeys(url for url in urls if is_web(url)))[:_MOST_SHEETS]


def linked_photos(tags: Sequence[Tag], base: str) -> Iterator[tuple[Found, Tag]]:
    """Yield the files of pictures that links lead to, each with its link."""
    for tag in tags:
        if tag.name in _ANCHORS or (tag.name == "link" and "image_src" in _relations(tag)):
            url = absolute(base, attribute(tag, "href"))
            if is_image_path(url):
                title, label = words(attribute(tag, "title")), text_of(tag)
                yield Found((url,), "link", title=title, alt=label), tag


def _is_next(tag: Tag) -> bool:
    relations = _relations(tag)
    return "next" in relations and "nofollow" not in relations


def _near_links(tag: Tag) -> list[Tag]:
    """The element itself, the first link in it, the link around it."""
    inner = tag.find("a", href=True)
    around = next((box for box in tag.parents if box.name == "a"), None)
    return [link for link in (tag, inner, around) if isinstance(link, Tag)]


def _address(tag: Tag, base: str) -> str:
    return absolute(base, attribute(tag, "href"))


def _reference(tag: Tag) -> str:
    if tag.name in _ANCHORS:
        refused = "nofollow" in _relations(tag) or "download" in tag.attrs
        return "" if refused else attribute(tag, "href")
    if tag.name in _FRAMES:
        return attribute(tag, "src")
    if tag.name == "meta" and attribute(tag, "http-equiv").lower() == "refresh":
        match = _REFRESH.match(attribute(tag, "content")[:2_000])
        return match[1] if match else ""
    return ""


def _on_screen(tag: Tag) -> bool:
    media = attribute(tag, "media").strip().lower()
    return media not in ("print", "speech", "aural", "braille")


def _relations(tag: Tag) -> list[str]:
    return attribute(tag, "rel")[:200].lower().split()
