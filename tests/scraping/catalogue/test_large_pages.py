"""Row 58: pages that are far too large, or shaped so that reading them would take for ever."""

from __future__ import annotations

import time
import tracemalloc
import zlib

import pytest

from scraping import PageError
from tests.scraping.catalogue.pictures import photo
from tests.scraping.catalogue.rows import Row, catalogued
from tests.scraping.catalogue.web import SITE, Answer, Web

SECONDS = 5.0
NEXT = "<img src=/0.jpg><a rel=next href=/2>next</a>"


def packed(text: bytes, times: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([*(packer.compress(text) for _ in range(times)), packer.flush()])


@catalogued(
    Row(58, "R", "a first page of 200 MB", "too_many_bytes", None, "the source's error"),
    Row(58, "R", "a later page of 200 MB", "taken page_failed", NEXT, "a row; memory is flat"),
)
def test_a_page_of_200_mb(row: Row, net: Web) -> None:
    """Read to its cap and no further: at most 40 MB of memory."""
    body = packed(b"<p>and so on and on</p>\n" * 40_000, 208)
    huge = Answer(body, 200, {"Content-Encoding": "gzip"}, "text/html")
    net.has(f"{SITE}0.jpg", Answer(photo(1)))
    net.page(row.setup or "")
    net.has(f"{SITE}2" if row.setup else SITE, huge)
    tracemalloc.start()
    try:
        if row.setup:
            assert net.scrape().words == row.words
        else:
            with pytest.raises(PageError) as caught:
                net.scrape()
            assert caught.value.reason == row.expected
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 40_000_000


def nested(given: str, fragment: str, times: int, close: str = "") -> Row:
    html = "".join(fragment.replace("#", str(number)) for number in range(times)) + close
    return Row(58, "R", given, "taken", html, f"read within {SECONDS:g} s")


@catalogued(
    nested("100 000 nested divs", "<div>", 100_000),
    nested("100 000 nested figures", "<figure>", 100_000),
    nested("40 000 open links", "<a href=x.html>", 40_000),
    nested("4000 divs nested around images", "<div><img src=#.jpg>", 4000),
    nested("1500 figures nested around images", "<figure><img src=#.jpg>", 1500),
    nested("3000 pairs of img and open noscript", "<img src=lazy.gif><noscript><img src=#>", 3000),
    nested("6000 nested backgrounds", "<div style='background:url(#.jpg)'>", 6000),
    nested("30 000 images in a row", "<img src=#.jpg>", 30_000),
)
def test_a_page_that_is_deep(row: Row, net: Web) -> None:
    """The photo before the abyss is taken, in time that grows no faster than the page."""
    check_in_time(row, net, row.setup)


def inside(given: str, opening: str, fragment: str, times: int, close: str) -> Row:
    html = "".join(fragment.replace("#", str(number)) for number in range(times))
    return Row(58, "R", given, "taken", opening + html + close, f"read within {SECONDS:g} s")


@catalogued(
    inside(
        "2500 images under one long caption",
        "<figure>",
        "<img src=#.jpg>",
        2500,
        f"<figcaption>{'x ' * 2500}</figcaption></figure>",
    ),
    inside(
        "1500 images and links in one figure",
        "<figure>",
        "<img src=#.jpg><a href=/x>y</a>",
        1500,
        "</figure>",
    ),
    inside(
        "700 sources and images in one <picture>",
        "<picture>",
        "<source srcset=#.jpg><img src=a#.jpg>",
        700,
        "</picture>",
    ),
    inside("a src of 40 000 times lazy", "<img src='", "lazy", 40_000, "!'>"),
    inside("a srcset of 100 000 open brackets", "<img srcset='", "a ( ", 100_000, "'>"),
    inside("a style of 60 000 open url(", "<style>", "a{background:url(", 60_000, "</style>"),
    inside(
        "JSON-LD nested 100 000 deep",
        "<script type='application/ld+json'>",
        "[",
        10**5,
        "</script>",
    ),
)
def test_a_page_that_is_wide(row: Row, net: Web) -> None:
    """One element with far too much in it costs no more than many with a little."""
    check_in_time(row, net, row.setup)


def check_in_time(row: Row, net: Web, html: str) -> None:
    """The page is read, and its first photo taken, within `SECONDS` of this machine's time; where
    not all of it was read, a row says so.
    """
    net.page(f"<img src=/first.jpg>{html}")
    net.has(f"{SITE}first.jpg", Answer(photo(1)))
    started = time.process_time()
    outcome = net.scrape(limit=1)
    assert time.process_time() - started < SECONDS
    assert outcome.words[:1] == row.words
    assert set(outcome.words[1:]) <= {"limit", "too_many_bytes"}
    assert all(row.kind == "page" for row in outcome.rows if row.status == "too_many_bytes")
