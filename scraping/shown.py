"""A picture's element → the photo, with the words beside it."""

from __future__ import annotations

import re

from bs4 import Tag

from scraping.candidates import image_candidates
from scraping.found import Found
from scraping.urls import absolute, is_image_path, is_web
from scraping.words import ancestors, attribute, inside, text_of, words

__all__ = ["landing_page", "shown_photo"]

# Galleries of before figure: WordPress' dl and div, MediaWiki's li and div.
_BOX = re.compile(r"\b(?:wp-caption|thumbinner|gallerybox|gallery-item|gallery-caption-box)\b")
_CAPTION = re.compile(r"\b(?:wp-caption-text|thumbcaption|gallerytext|gallery-caption)\b")
_AS_FAR = 24


def shown_photo(image: Tag, base: str) -> Found | None:
    """Return the photo of `image`, an element that shows one; None where it has no address.

    Its title is the attribute, else the caption beside it; its alt the attribute, else the label,
    else the caption that did not become the title.
    """
    urls = image_candidates(image, base)
    if not urls:
        return None
    named, caption = words(attribute(image, "title")), _caption(image)
    label = words(attribute(image, "alt")) or words(attribute(image, "aria-label"))
    around = [box.name for box in ancestors(image, _AS_FAR)]
    return Found(
        tuple(urls),
        "picture" if "picture" in around else "img",
        landing_url=landing_page(image, base),
        title=named or caption,
        alt=label or (caption if named else ""),
    )


def landing_page(tag: Tag, base: str) -> str:
    """Return the page that `tag`, or the link around it, leads to; "" where that is a picture."""
    links = (box for box in (tag, *ancestors(tag)) if box.name == "a")
    url = absolute(base, attribute(next(links, None), "href"))
    return url if is_web(url) and not is_image_path(url) else ""


def _caption(image: Tag) -> str:
    for box in ancestors(image, _AS_FAR):
        kinds = attribute(box, "class")[:500]
        if box.name == "figure":
            return text_of(next((tag for tag in inside(box) if tag.name == "figcaption"), None))
        if box.name == "dl" or _BOX.search(kinds):
            captions = (
                tag for tag in inside(box) if _CAPTION.search(attribute(tag, "class")[:500])
            )
            if caption := text_of(next(captions, None)):
                return caption
    return ""
