"""Rows 56 and 58 for whole sites: links and sitemaps that lead round and round, or nowhere near."""

from __future__ import annotations

import gzip
import time
import tracemalloc

from tests.scraping.catalogue.pictures import photo
from tests.scraping.catalogue.rows import Row, catalogued
from tests.scraping.catalogue.web import SITE, Answer, Web

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {n} "{f"&{p};" * 10}">' for p, n in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><urlset><url><loc>&i;</loc></url></urlset>"
)
INSIDE = (
    '<?xml version="1.0"?><!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    "<urlset><url><loc>https://site.test/&x;</loc></url></urlset>"
)


def link_to(*paths: str) -> str:
    return "".join(f"<a href='/{path}'>on</a>" for path in paths)


@catalogued(
    Row(56, "R", "pages that link to each other, depth 3", "taken taken", ("a", "", 2)),
    Row(56, "R", "an endless calendar of links, depth 20", "taken " * 5, (None, 20, 5)),
    Row(56, "R", "an endless calendar of links, depth 2", "taken " * 3, (None, 2, 3)),
    Row(56, "R", "links to other sites, depth 3", "taken", ("https://other.test/a", "", 1)),
)
def test_links_without_end(row: Row, net: Web) -> None:
    """Each page once, so deep and no deeper, so many and no more, and within the site."""
    there, depth, pages = row.setup
    if there is None:
        for day in range(30):
            net.page(f"<img src=/{day}.jpg>{link_to(f'day-{day + 1}', '')}", _day(day))
    else:
        net.page(f"<img src=/0.jpg><a href='{there}'>on</a>")
        net.page(f"<img src=/1.jpg>{link_to('', 'a', 'a#x')}", f"{SITE}a")
    for day in range(30):
        net.has(f"{SITE}{day}.jpg", Answer(photo(day)))
    outcome = net.scrape(depth=depth or 3, max_pages=5)
    assert outcome.words == row.words
    read = [asked.url for asked in net.asked if not asked.url.endswith((".jpg", ".txt"))]
    assert len(read) == len(set(read)) == pages
    assert net.hosts() == {"site.test"}


def _day(number: int) -> str:
    return f"{SITE}day-{number}" if number else SITE


def index_of(*names: str) -> str:
    inner = "".join(f"<sitemap><loc>{SITE}{name}</loc></sitemap>" for name in names)
    return f"<sitemapindex>{inner}</sitemapindex>"


@catalogued(
    Row(56, "R", "sitemaps that name each other", "taken", index_of("sitemap.xml", "b.xml")),
    Row(58, "R", "a sitemap of entities in entities", "taken page_failed", BOMB, "not expanded"),
    Row(58, "R", "a sitemap with a file as entity", "taken page_failed", INSIDE, "not opened"),
    Row(58, "R", "a sitemap cut in half", "taken page_failed", "<urlset><url><loc>https://si"),
    Row(
        58,
        "R",
        "a sitemap that is gzip of zeros, 60 MB",
        "taken page_failed",
        None,
        "capped; at most 60 MB",
    ),
)
def test_sitemaps_that_harm(row: Row, net: Web) -> None:
    """Read once each, to their caps; what is wrong with one is a row, the pages are read anyway."""
    body = gzip.compress(b"\0" * 60_000_000, 9) if row.setup is None else row.setup.encode()
    net.page("<img src=/0.jpg>")
    net.has(f"{SITE}0.jpg", Answer(photo(1)))
    for name in ("sitemap.xml", "b.xml"):
        net.has(SITE + name, Answer(body, kind="application/xml"))
    tracemalloc.start()
    started = time.process_time()
    try:
        outcome = net.scrape(sitemap=True)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sorted(outcome.words, reverse=True) == row.words
    assert time.process_time() - started < 5
    assert peak < 60_000_000
    assert net.hosts() == {"site.test"}
    assert all(len(net.times(SITE + name)) <= 1 for name in ("sitemap.xml", "b.xml"))
