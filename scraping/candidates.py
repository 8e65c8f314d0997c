"""The addresses of one img element, best first."""

from __future__ import annotations

import re

from bs4 import Tag

from images import FORMATS
from scraping.srcset import parse_srcset
from scraping.urls import absolute, is_image_path

__all__ = ["image_candidates"]

_LAZY_SETS = ("data-srcset", "data-lazy-srcset", "lazy-srcset", "data-original-set")
_LAZY = (
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-lazy",
    "data-hi-res-src",
    "data-full-src",
    "data-original-src",
    "data-image",
    "lazy-src",
)
_PLACEHOLDER = re.compile(
    r"(?:placeholder|spacer|blank|transparent|loading|loader|lazy|pixel|1x1|dummy)[\w.-]*$",
    re.IGNORECASE,
)
_READ_TYPES = {f"image/{name.lower()}" for name in FORMATS} | {"image/jpg", ""}
# A width that stands in for an unknown one, so that densities can be held against widths.
_USUAL_WIDTH = 640.0
_LAZY_SCORE, _PLAIN_SCORE = 2.0, 1.0


def image_candidates(image: Tag, base: str) -> list[str]:
    """Return absolute addresses of `image`, an img element, the largest first.

    They come from an image file that a link around it leads to, then srcset of the picture's
    sources and of the img itself by width or density, then lazy-loading attributes, then src.
    A src that is a mere placeholder for a lazy picture is left out.
    """
    scored: list[tuple[float, str]] = []
    for source in _sources(image):
        scored += _from_sets(source, base)
    scored += _from_sets(image, base)
    scored += [(_LAZY_SCORE, absolute(base, text)) for text in _values(image, _LAZY)]
    scored = [(score, url) for score, url in scored if url and not _is_tiny_data(url)]
    src = absolute(base, _value(image, "src"))
    if not (_is_placeholder(src) and (scored or _shown_by_noscript(image))):
        scored.append((_PLAIN_SCORE, src))
    scored.sort(key=lambda pair: -pair[0])
    urls = [_linked_file(image, base), *(url for _, url in scored)]
    return list(dict.fromkeys(url for url in urls if url))


def _sources(image: Tag) -> list[Tag]:
    picture = image.find_parent("picture")
    if picture is None:
        return []
    return [tag for tag in picture.find_all("source") if _value(tag, "type").lower() in _READ_TYPES]


def _from_sets(tag: Tag, base: str) -> list[tuple[float, str]]:
    width = _width(tag)
    scored: list[tuple[float, str]] = []
    for text in _values(tag, ("srcset", *_LAZY_SETS)):
        for url, unit, value in parse_srcset(text):
            scored.append((value if unit == "w" else value * width, absolute(base, url)))
    return scored


def _width(tag: Tag) -> float:
    text = _value(tag, "width")
    return float(text) if text.isdecimal() and int(text) > 0 else _USUAL_WIDTH


def _linked_file(image: Tag, base: str) -> str:
    link = image.find_parent("a")
    url = absolute(base, _value(link, "href")) if link is not None else ""
    return url if is_image_path(url) else ""


def _is_tiny_data(url: str) -> bool:
    """Tell a data: address that lazy loading puts in a picture's place from one that is a photo."""
    return url[:14].lower() == "data:image/svg" or (url[:5].lower() == "data:" and len(url) < 1000)


def _is_placeholder(url: str) -> bool:
    return (
        _is_tiny_data(url)
        or _PLACEHOLDER.search(url.partition("?")[0].rpartition("/")[2]) is not None
    )


def _shown_by_noscript(image: Tag) -> bool:
    after = image.find_next_sibling()
    return isinstance(after, Tag) and after.name == "noscript" and after.find("img") is not None


def _values(tag: Tag, names: tuple[str, ...]) -> list[str]:
    return [text for name in names if (text := _value(tag, name))]


def _value(tag: Tag, name: str) -> str:
    value = tag.get(name)
    return value if isinstance(value, str) else ""
