"""The addresses of one img element, best first."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from bs4 import Tag

from images import FORMATS
from scraping.srcset import parse_srcset
from scraping.urls import absolute, is_data, is_image_path
from scraping.words import ancestors, attribute, inside

__all__ = ["IMAGE_TAGS", "image_candidates", "is_placeholder"]

IMAGE_TAGS = frozenset({"img", "amp-img", "image"})
"""Elements that show a picture; browsers read "image" as img."""

_SETS = (
    "srcset",
    "data-srcset",
    "data-lazy-srcset",
    "data-ll-srcset",
    "lazy-srcset",
    "nitro-lazy-srcset",
    "data-original-set",
)
# Zoom views and light boxes show the picture in full.
_FULL = (
    "data-orig-file",
    "data-full-src",
    "data-full-url",
    "data-full",
    "data-hi-res-src",
    "data-zoom-image",
    "data-zoom-src",
    "data-large_image",
    "data-pin-media",
)
_LAZY = (
    "data-large-file",
    "data-large",
    "data-src",
    "data-original",
    "data-original-src",
    "data-lazy-src",
    "data-lazy",
    "data-ll-src",
    "data-echo",
    "data-img-src",
    "data-img",
    "data-image",
    "data-cfsrc",
    "data-ezsrc",
    "lazy-src",
    "nitro-lazy-src",
)
_AROUND = ("href", "data-full-url", "data-full", "data-src", "data-large", "data-pswp-src")
_PLACEHOLDER = re.compile(
    r"(?:placeholder|spacer|blank|transparent|loading|loader|lazy|pixel|1x1|dummy)[\w.-]*$",
    re.IGNORECASE,
)
_READ_TYPES = {f"image/{name.lower()}" for name in FORMATS} | {"image/jpg", ""}
# Services that make pictures smaller, and the field in which they are told the picture itself.
_RESIZERS = {
    "/_next/image": "url",
    "/_vercel/image": "url",
    "/.netlify/images": "url",
    "/_image": "href",
}
# A width that stands in for an unknown one, so that densities can be held against widths.
_USUAL_WIDTH = 640.0
_FULL_SCORE, _LAZY_SCORE = math.inf, 1.0
_MOST, _TRIED = 8, 24
# The parser nests the sources of a picture, of which there may be a dozen, in one another.
_AS_FAR = 24


def image_candidates(image: Tag, base: str) -> list[str]:
    """Return at most 8 absolute addresses of `image`, an img element, the best first.

    They come from an image file that a link around it leads to, the picture that a resizing service
    is told, the attributes of zoom views, then srcset of the picture's sources and of the img
    itself by width or density, then lazy-loading attributes, then src. A src that is a mere
    placeholder for a lazy picture is left out; where nothing else is there, any data attribute that
    holds the address of a picture is used.
    """
    urls = _resolved(_scored(image), base)
    src = absolute(base, attribute(image, "src") or attribute(image, "href"))
    is_stand_in = not src or is_placeholder(src)
    if not urls and is_stand_in:
        urls = list(_any_address(image, base))
    if src and not (is_stand_in and (urls or _shown_by_noscript(image))):
        urls = [*urls[: _MOST - 1], src]
    urls = [_linked_file(image, base), *_originals(urls), *urls]
    return list(dict.fromkeys(url for url in urls if url))[:_MOST]


def is_placeholder(url: str) -> bool:
    """Tell an address that lazy loading puts in a picture's place from a photo's."""
    name = url.partition("?")[0].rpartition("/")[2][-100:]
    return _is_tiny_data(url) or (not is_data(url) and _PLACEHOLDER.search(name) is not None)


def _scored(image: Tag) -> list[tuple[float, str]]:
    scored: list[tuple[float, str]] = []
    for tag in (*_sources(image), image):
        width = _width(tag)
        for name in _SETS:
            for url, unit, value in parse_srcset(attribute(tag, name)):
                scored.append((value if unit == "w" else value * width, url))
    for score, names in ((_FULL_SCORE, _FULL), (_LAZY_SCORE, _LAZY)):
        texts = (_filled(image, attribute(image, name)) for name in names)
        scored += [(score, text) for text in texts if _is_address(text)]
    return scored


def _resolved(scored: list[tuple[float, str]], base: str) -> list[str]:
    """The best addresses, absolute; those of no scheme that is read are passed over."""
    best = sorted(scored, key=lambda pair: -pair[0])[:_TRIED]
    urls = (absolute(base, text) for _, text in best)
    return [url for url in urls if url and not _is_tiny_data(url)][:_MOST]


def _sources(image: Tag) -> list[Tag]:
    picture = next((tag for tag in ancestors(image, _AS_FAR) if tag.name == "picture"), None)
    if picture is None:
        return []
    return [tag for tag in inside(picture) if tag.name == "source" and _is_read(tag)]


def _is_read(source: Tag) -> bool:
    return attribute(source, "type").partition(";")[0].strip().lower() in _READ_TYPES


def _width(tag: Tag) -> float:
    text = attribute(tag, "width")[:6]
    return float(text) if text.isdecimal() and int(text) > 0 else _USUAL_WIDTH


def _filled(image: Tag, text: str) -> str:
    """Put a width where a theme's script would: data-src="sea_{width}x.jpg"."""
    if "{width}" not in text:
        return text
    listed = re.findall(r"\d{2,5}", attribute(image, "data-widths")[:500])
    return text.replace("{width}", max(listed, key=int) if listed else "1080")


def _is_address(text: str) -> bool:
    """Tell an address from a flag ("true"), a number or a record in JSON."""
    return is_data(text) or (("." in text or "/" in text) and text.lstrip()[:1] not in ("{", "["))


def _any_address(image: Tag, base: str) -> Iterator[str]:
    for name, value in image.attrs.items():
        if name.startswith("data-") and isinstance(value, str) and " " not in value:
            url = absolute(base, value)
            if is_image_path(url) and not is_placeholder(url):
                yield url


def _linked_file(image: Tag, base: str) -> str:
    link = next((tag for tag in ancestors(image) if tag.name == "a"), None)
    if link is None:
        return ""
    urls = (absolute(base, attribute(link, name)) for name in _AROUND)
    return next((url for url in urls if is_image_path(url)), "")


def _originals(urls: list[str]) -> Iterator[str]:
    """What a resizing service is asked to make the first of `urls` from."""
    for url in urls[:1]:
        split = urlsplit(url)
        field = _RESIZERS.get(split.path, "")
        for value in parse_qs(split.query).get(field, [])[:1]:
            yield absolute(url, value)


def _is_tiny_data(url: str) -> bool:
    return url[:14].lower() == "data:image/svg" or (is_data(url) and len(url) < 1000)


def _shown_by_noscript(image: Tag) -> bool:
    for tag in (image, *ancestors(image, 1)):
        if tag is not image and tag.name not in ("picture", "span", "a"):
            continue
        for near in (tag.find_next_sibling(), tag.find_previous_sibling()):
            if isinstance(near, Tag) and near.name == "noscript":
                return any(inner.name in IMAGE_TAGS for inner in inside(near))
    return False
