"""Rows 23–28: what a site allows, in robots.txt, in headers and on its pages."""

from __future__ import annotations

from requests import ReadTimeout

from tests.scraping.catalogue.pictures import photo
from tests.scraping.catalogue.rows import Row, catalogued
from tests.scraping.catalogue.web import BAD, SITE, Answer, Web

ROBOTS = "https://bad.test/robots.txt"
CLOSED = b"User-agent: *\nDisallow: /\n"
FILLER = b"# nothing to see here, and a great deal of it\n" * 45_000
HTML = b"<!doctype html><title>Not found</title><p>Disallow: nothing"


def text(body: bytes, status: int = 200) -> Answer:
    return Answer(body, status, {}, "text/plain")


@catalogued(
    Row(23, "R", "robots.txt 404", "taken", text(b"", 404), "allows"),
    Row(23, "R", "robots.txt 500", "deferred", text(b"", 500), "denies, for now"),
    Row(23, "R", "robots.txt that is late", "deferred", Answer(ReadTimeout()), "denies, for now"),
    Row(23, "R", "robots.txt is HTML", "taken", Answer(HTML, kind="text/html"), "allows"),
    Row(23, "R", "robots.txt of 2 MB, a rule first", "robots", text(CLOSED + FILLER), "parsed"),
    Row(23, "R", "robots.txt of 2 MB, a rule last", "taken", text(FILLER + CLOSED), "cut"),
    Row(24, "R", "Disallow: /*.jpg$", "robots", text(b"User-agent: *\nDisallow: /*.jpg$\n")),
    Row(
        24,
        "R",
        "Disallow: /*.jpg, Allow: /photo.jpg",
        "taken",
        text(b"User-agent: *\nDisallow: /*.jpg\nAllow: /photo.jpg\n"),
        "the longer rule wins",
    ),
    Row(
        24,
        "R",
        "a group for Atelier alone",
        "robots",
        text(b"User-agent: *\nAllow: /\n\nUser-agent: atelier\nDisallow: /\n"),
    ),
    Row(
        25,
        "R",
        "Crawl-delay: 86400",
        "robots",
        text(b"User-agent: *\nCrawl-delay: 86400\n"),
        "the host is skipped and reported",
    ),
)
def test_robots_txt(row: Row, net: Web) -> None:
    """By RFC 9309; what is not allowed is not asked for."""
    net.has(BAD, Answer(photo(1)))
    net.has(ROBOTS, row.setup)
    assert net.visit(BAD).words == row.words
    assert bool(net.times(BAD)) == (row.expected == "taken")
    assert net.clock.slept < 60


@catalogued(
    Row(23, "R", "robots.txt 500, on the next run 404", "taken", None, "asked again"),
)
def test_a_site_that_opens_again(row: Row, net: Web) -> None:
    """A site that was closed for now is asked again by the next run."""
    net.has(BAD, Answer(photo(1)))
    net.has(ROBOTS, text(b"", 500))
    first = net.visit(BAD)
    net.has(ROBOTS, text(b"", 404))
    assert net.scrape(first.every).words == row.words


@catalogued(
    Row(24, "R", "Crawl-delay: 0.5", "taken taken", (0.5, 1.0), "1 s apart, the polite delay"),
    Row(24, "R", "Crawl-delay: 2.5", "taken taken", (2.5, 2.5), "2.5 s apart"),
)
def test_a_crawl_delay(row: Row, net: Web) -> None:
    """The larger of the site's delay and ours lies between two requests to it."""
    asked, kept = row.setup
    other = "https://bad.test/other.jpg"
    net.has(ROBOTS, text(f"User-agent: *\nCrawl-delay: {asked}\n".encode()))
    net.has(BAD, Answer(photo(1)))
    net.has(other, Answer(photo(2)))
    assert net.visit(BAD, other).words == row.words
    (first,), (second,) = net.times(BAD), net.times(other)
    assert kept <= abs(second - first) < kept + 1


def tagged(*values: str) -> Answer:
    return Answer(photo(1), headers={"X-Robots-Tag": ", ".join(values)})


@catalogued(
    Row(26, "R", "X-Robots-Tag: noai", "opted_out", tagged("noai")),
    Row(26, "R", "X-Robots-Tag: noimageai", "opted_out", tagged("noindex", "NoImageAI")),
    Row(26, "R", "X-Robots-Tag: noindex", "taken", tagged("noindex")),
    Row(27, "R", "X-Robots-Tag: otherbot: noai", "taken", tagged("otherbot: noai")),
    Row(27, "R", "X-Robots-Tag: atelier: noai", "opted_out", tagged("atelier: noai")),
    Row(
        27,
        "R",
        "X-Robots-Tag: otherbot: noindex, atelier: noai",
        "opted_out",
        tagged("otherbot: noindex", "atelier: noai"),
    ),
    Row(
        27,
        "R",
        "X-Robots-Tag: unavailable_after, past",
        "opted_out",
        tagged("unavailable_after: Tue, 25 Jun 2024 15:00:00 GMT"),
    ),
    Row(
        27,
        "R",
        "X-Robots-Tag: unavailable_after, to come",
        "taken",
        tagged("unavailable_after: Tue, 25 Jun 2030 15:00:00 GMT"),
    ),
)
def test_a_header_that_asks_not_to_be_used(row: Row, net: Web) -> None:
    """Read for the bot it names; a refusal is not asked about again."""
    net.has(BAD, row.setup)
    outcome = net.visit(BAD)
    assert outcome.words == row.words
    assert outcome.row.attempts == 1
    again = net.scrape(outcome.every)
    assert again.words == (["unchanged"] if row.expected == "taken" else row.words)
    assert len(net.times(BAD)) == 1


@catalogued(
    Row(28, "R", "meta robots noimageai", "opted_out", '<meta name=robots content="noimageai">'),
    Row(28, "R", "meta atelier noai", "opted_out", '<meta name=Atelier content="index, NOAI">'),
)
def test_a_page_that_asks_not_to_be_used(row: Row, net: Web) -> None:
    """Its pictures are passed over and a row says so, be it the first page or a later one."""
    net.page(f'{row.setup}<img src="{BAD}">')
    assert net.scrape().words == row.words
    net.page('<img src="https://good.test/good.jpg"><a rel=next href=2>more</a>')
    net.page(f'{row.setup}<img src="{BAD}">', f"{SITE}2")
    outcome = net.scrape()
    assert outcome.words == row.words
    assert (outcome.row.kind, outcome.row.page_url) == ("page", f"{SITE}2")
    assert net.times(BAD) == []


@catalogued(Row(28, "R", "meta otherbot noai", "taken", '<meta name=otherbot content="noai">'))
def test_a_page_that_asks_another_bot(row: Row, net: Web) -> None:
    """What is meant for others does not hold for us."""
    net.has(BAD, Answer(photo(1)))
    net.page(f'{row.setup}<img src="{BAD}">')
    assert net.scrape().words == row.words
