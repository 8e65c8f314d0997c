"""Row 58: pages made to cost time, memory or stack are read to a limit and say so."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from scraping import Page, parse

URL = "https://site.test/"
SIZE = 1_000_000


def filled(part: str) -> str:
    return part * (SIZE // len(part))


def numbered(part: str, count: int = 40_000) -> str:
    return "".join(part.format(number) for number in range(count))


def record(text: str) -> str:
    return f"<script type=application/ld+json>{text}</script>"


RECORD = '{{"image": "{0}.jpg"}},'
PAGES: dict[str, Callable[[], str]] = {
    "tags": lambda: filled("<b>"),
    "lists": lambda: filled("<ul><li>"),
    "nested pictures": lambda: filled("<div><img src=x>"),
    "pictures": lambda: numbered("<img src=/{0}.jpg>"),
    "pictures of one figure": lambda: "<figure>" + numbered("<img src=/{0}.jpg>"),
    "a caption for each": lambda: (
        f"<figure><figcaption>{filled('x ')}</figcaption>" + "<img src=a.jpg>" * 40_000
    ),
    "pictures in many places": lambda: "<article itemscope>" * 400 + numbered("<img src=/{0}.jpg>"),
    "credits": lambda: "<article>" + numbered("<img src={0}.jpg><a rel=license href=/{0}>x</a>"),
    "a chain of shared addresses": lambda: numbered("<img src=/{0}.jpg srcset='/{0}1.jpg'>"),
    "one picture": lambda: "<picture>" + "<source srcset='a.jpg 1w'><img src=x>" * 40_000,
    "srcset": lambda: f"<img srcset='{filled('a, ')}'>",
    "srcset of widths": lambda: f"<img srcset='{numbered('{0}.jpg {0}w,')}'>",
    "many srcsets": lambda: f"<img srcset='{numbered('a{0} {0}w,', 99)}'>" * 900,
    "attributes": lambda: f"<img {numbered('a{0}=x ')}>",
    "links": lambda: numbered("<a href=/{0}>x</a>"),
    "one long link": lambda: f"<a href=/a.jpg>{filled('word ')}" * 2,
    "styles": lambda: numbered("<b style='background:url({0}.jpg)'></b>"),
    "a style sheet": lambda: f"<style>{filled('a{background:url(x')}</style>",
    "records": lambda: record(f"[{numbered(RECORD)}0]"),
    "a bottomless record": lambda: record(filled("[")),
    "cards": lambda: numbered("<meta property=og:image content={0}.jpg>"),
    "robots": lambda: f"<meta name=robots content='{filled('unavailable_after: x,')}'>",
    "fields": lambda: f"<img src='/?{'a&' * 3_900}'>" * 120,
    "escapes": lambda: f"<img src='/{'%41%C3' * 1_200}'>" * 120,
    "blanks": lambda: f"<img src='{filled(' ')}'>",
    "a data address": lambda: f"<img src='data:image/png;base64,{filled('A')}'>",
    "a refresh": lambda: f"<meta http-equiv=refresh content='{filled('0')}'>",
    "brackets": lambda: filled("<"),
    "references": lambda: filled("&amp;"),
    "noughts": lambda: filled("\0<img src=a>"),
}
CUT = {
    "tags": "nested deeper than the 500",
    "lists": "nested deeper than the 500",
    "nested pictures": "nested deeper than the 500",
    "pictures": "more than the 5,000 pictures",
    "pictures of one figure": "more than the 5,000 pictures",
    "styles": "more than the 5,000 pictures",
    "cards": "more than the 5,000 pictures",
    "brackets": "more than the 100,000 tags",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_hostile_page(name: str) -> None:
    """Whatever it repeats for a megabyte is read within seconds; a limit that was met is told."""
    text = PAGES[name]()
    started = time.monotonic()
    page = parse(text, URL, next_selector=".pager a.next")
    assert time.monotonic() - started < 20
    assert CUT.get(name, "") in page.cut
    assert bool(page.cut) or name not in CUT
    assert len(page.photos) <= 5_000
    assert all(len(photo.candidates) <= 12 for photo in page.photos)


def test_a_page_of_two_hundred_megabytes() -> None:
    """What lies within the first five million characters is found, the rest is not looked at."""
    text = "<img src=a.jpg>" + "x" * 200_000_000 + "<img src=b.jpg>"
    started = time.monotonic()
    page = parse(text, URL)
    assert time.monotonic() - started < 20
    assert [photo.candidates for photo in page.photos] == [(f"{URL}a.jpg",)]
    assert page.cut == "the page has more than the 5,000,000 characters that are read"


def test_an_ordinary_page_is_not_cut() -> None:
    """A gallery of 4,000 pictures, and text after noughts, are read to the end."""
    page: Page = parse("\0" + numbered("<li><a href=/p{0}><img src={0}.jpg></a></li>", 4_000), URL)
    assert (len(page.photos), page.cut) == (4_000, "")
