"""Photos that a page describes for other programs in JSON-LD, with the words of schema.org."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any

from scraping.credits import creator_name, licence_credit
from scraping.found import Credit, Found
from scraping.urls import absolute, is_image_path, is_web
from scraping.words import words

__all__ = ["json_ld_photos"]

_DEEPEST = 24
_MOST_NODES = 20_000
_WRAPPING = re.compile(
    r"\A\s*(?:<!--|//\s*<!\[CDATA\[|/\*<!\[CDATA\[\*/)|(?:-->|//\s*\]\]>|/\*\]\]>\*/)\s*\Z"
)
_IMAGES = frozenset({"ImageObject", "ImageObjectSnapshot"})
# What is stated about a work is stated about its picture; an article's author is no photographer.
_WORKS = frozenset({"Photograph", "VisualArtwork", "Painting", "Drawing"})
# Their pictures are logos and portraits, not what the page shows.
_PEOPLE = frozenset({"Person", "Organization", "NewsMediaOrganization", "LocalBusiness"})
_NOT_SHOWN = frozenset({"logo", "thumbnail", "publisher", "author", "creator", "provider"})


@dataclass(frozen=True)
class _Node:
    value: Any
    key: str = ""
    depth: int = 0
    credit: Credit = field(default_factory=Credit)


def json_ld_photos(text: str, base: str) -> list[Found]:
    """Return the photos in `text`, what a script of type application/ld+json holds.

    Found are ImageObjects (contentUrl, else url, a thumbnail last) with their licence, creator and
    words, and addresses under "image"; logos and portraits of authors are not. Text that is no JSON
    holds no photos.
    """
    try:
        record = json.loads(_WRAPPING.sub("", text.strip("\ufeff \t\r\n")), strict=False)
    except (ValueError, RecursionError):
        return []
    found: list[Found] = []
    stack = [_Node(record)]
    for _ in range(_MOST_NODES):
        if not stack:
            break
        node = stack.pop()
        photo = _shown(node, base)
        if photo is not None:
            found.append(replace(photo, credit=photo.credit.over(node.credit)))
        elif node.depth < _DEEPEST:
            stack += reversed(_inner(node, base))
    return found


def _shown(node: _Node, base: str) -> Found | None:
    value = node.value
    if isinstance(value, dict):
        return _photo(value, base) if node.key == "image" or _kinds(value) & _IMAGES else None
    url = absolute(base, value) if isinstance(value, str) else ""
    if node.key == "image" or (node.key == "contentUrl" and is_image_path(url)):
        return Found((url,), "json-ld") if url else None
    return None


def _inner(node: _Node, base: str) -> list[_Node]:
    value, below = node.value, node.depth + 1
    if isinstance(value, list):
        return [_Node(item, node.key, below, node.credit) for item in value[:_MOST_NODES]]
    if not isinstance(value, dict):
        return []
    kinds = _kinds(value)
    hidden = _NOT_SHOWN | ({"image"} if kinds & _PEOPLE else set())
    credit = _credit(value, base) if kinds & _WORKS else Credit()
    return [_Node(item, key, below, credit) for key, item in value.items() if key not in hidden]


def _kinds(record: dict[str, Any]) -> set[str]:
    return {str(kind).rpartition("/")[2] for kind in _listed(record.get("@type"))}


def _photo(node: dict[str, Any], base: str) -> Found | None:
    content = _addresses(node.get("contentUrl"), base)
    page = _addresses(node.get("url"), base)
    pictures = [url for url in page if is_image_path(url) or not content]
    thumbnails = [
        *_addresses(node.get("thumbnailUrl"), base),
        *_addresses(node.get("thumbnail"), base),
    ]
    candidates = tuple(dict.fromkeys([*content, *pictures, *thumbnails]))
    if not candidates:
        return None
    landing = next((url for url in page if url not in candidates and is_web(url)), "")
    name, caption = _text(node.get("name")), _text(node.get("caption"))
    title = name or _text(node.get("headline")) or caption
    alt = (caption if caption != title else "") or _text(node.get("description"))
    return Found(
        candidates,
        "json-ld",
        landing_url=landing,
        title=title,
        alt=alt,
        credit=_credit(node, base),
        attribution=_text(node.get("creditText")),
    )


def _credit(node: dict[str, Any], base: str) -> Credit:
    names = (
        _names(node.get("creator")),
        _names(node.get("author")),
        _text(node.get("creditText")),
        _names(node.get("copyrightHolder")),
        _text(node.get("copyrightNotice")),
    )
    credit = Credit(next((name for text in names if (name := creator_name(text))), ""))
    for licence in _listed(node.get("license")):
        text = _text(licence, ("url", "@id", "name"))
        if text:
            label = _text(licence, ("name",)) if isinstance(licence, dict) else ""
            credit = credit.over(licence_credit(text, base, label))
    acquired = absolute(base, _text(node.get("acquireLicensePage"), ("url", "@id"), whole=True))
    return credit.over(Credit(licence_url=acquired))


def _addresses(value: Any, base: str) -> list[str]:
    """The addresses in a string, a record with one, or a list of these."""
    texts = (_text(item, ("contentUrl", "url"), whole=True) for item in _listed(value))
    return [url for text in texts if (url := absolute(base, text))]


def _names(value: Any) -> str:
    return ", ".join(name for item in _listed(value)[:10] if (name := _text(item)))


def _text(value: Any, keys: tuple[str, ...] = ("name",), *, whole: bool = False) -> str:
    """The words of a string, of a value with a language, of a record, or the first of a list."""
    for item in _listed(value)[:1]:
        if isinstance(item, dict):
            named = (_spoken(item.get(key)) for key in (*keys, "@value"))
            item = next((name for name in named if name), "")
        if isinstance(item, str):
            return item if whole else words(item)
    return ""


def _spoken(value: Any) -> str:
    value = value.get("@value") if isinstance(value, dict) else value
    return value if isinstance(value, str) else ""


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
